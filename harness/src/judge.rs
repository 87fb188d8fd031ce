//! Decides what a test's ending means, in libtest's words.

use crate::outcome::{Failure, Outcome, Overdue};
use crate::place::Place;
use crate::test::ShouldPanic;
use crate::test::Xfail;
use std::any::Any;
use std::borrow::Cow;
use std::process::ExitCode;

/// How the function of a test ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// It returned, and its result reported this code.
    Returned(ExitCode),
    /// It panicked with this message, or with a value of another type.
    Panicked(Result<String, String>),
    /// It ended itself by `skip!`.
    Skipped(String),
    /// It never began: this is why.
    Prevented(String),
    /// It was ended from outside.
    Overdue(Overdue),
}

impl Ending {
    /// Whether it stands in the way of passing.
    pub(crate) fn is_bad(&self) -> bool {
        !matches!(self, Ending::Returned(code) if *code == ExitCode::SUCCESS)
    }

    /// Reads a panic's payload: its message, else the name of what it holds.
    pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Self {
        let message = payload
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| payload.downcast_ref::<String>().cloned());
        Ending::Panicked(message.ok_or_else(|| format!("{:?}", payload.type_id())))
    }
}

/// What an outcome means for a test that is marked `#[xfail]`.
pub(crate) fn expect_failure(xfail: Xfail, outcome: Outcome) -> Outcome {
    let reason = match xfail {
        Xfail::No => return outcome,
        Xfail::Yes => None,
        Xfail::Because(reason) => Some(reason),
    };
    match outcome {
        Outcome::Failed(Failure::Interrupted) => outcome,
        Outcome::Failed(_) => Outcome::FailedAsExpected(reason),
        Outcome::Passed => {
            let why = reason.map_or(String::new(), |reason| format!(": {reason}"));
            Outcome::Failed(Failure::Because(format!("test passed, but `#[xfail]` says that it fails{why}")))
        }
        other => other,
    }
}

/// What the ending means for a test that expected, or did not expect, to panic.
pub(crate) fn judge(expected: ShouldPanic, place: Place, ending: &Ending) -> Outcome {
    let failure = match (expected, ending) {
        (_, Ending::Skipped(reason)) => return Outcome::Ignored(Some(Cow::Owned(reason.clone()))),
        (_, Ending::Prevented(reason)) => Some(Failure::Because(reason.clone())),
        (_, Ending::Overdue(Overdue::Interrupted)) => Some(Failure::Interrupted),
        (_, Ending::Overdue(late)) => Some(Failure::Because(late.to_string())),
        (ShouldPanic::No, Ending::Returned(code)) => (*code != ExitCode::SUCCESS).then_some(Failure::Told),
        (ShouldPanic::No, Ending::Panicked(_)) => Some(Failure::Told),
        (ShouldPanic::Yes | ShouldPanic::With(_), Ending::Returned(_)) => {
            Some(Failure::Because(format!("test did not panic as expected at {place}")))
        }
        (ShouldPanic::Yes, Ending::Panicked(_)) => None,
        (ShouldPanic::With(part), Ending::Panicked(Ok(message))) => {
            (!message.contains(part)).then(|| Failure::Because(another_message(message, part)))
        }
        (ShouldPanic::With(part), Ending::Panicked(Err(type_id))) => {
            Some(Failure::Because(another_value(type_id, part)))
        }
    };
    failure.map_or(Outcome::Passed, Outcome::Failed)
}

fn another_message(message: &str, part: &str) -> String {
    format!(
        "panic did not contain expected string\n      panic message: {message:?}\n expected substring: {part:?}"
    )
}

fn another_value(type_id: &str, part: &str) -> String {
    format!(
        "expected panic with string value,\n found non-string value: `{type_id}`\n     expected substring: {part:?}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { file: "src/lib.rs", line: 4, column: 8 };

    fn returned(code: u8) -> Ending {
        Ending::Returned(ExitCode::from(code))
    }

    fn panicked(message: &str) -> Ending {
        Ending::Panicked(Ok(message.to_owned()))
    }

    fn because(reason: &str) -> Outcome {
        Outcome::Failed(Failure::Because(reason.to_owned()))
    }

    #[test]
    fn a_plain_test_passes_by_returning_success() {
        assert_eq!(judge(ShouldPanic::No, PLACE, &returned(0)), Outcome::Passed);
        assert_eq!(judge(ShouldPanic::No, PLACE, &returned(3)), Outcome::Failed(Failure::Told));
        assert_eq!(judge(ShouldPanic::No, PLACE, &panicked("boom")), Outcome::Failed(Failure::Told));
    }

    #[test]
    fn a_test_that_should_panic_passes_by_panicking() {
        assert_eq!(judge(ShouldPanic::Yes, PLACE, &panicked("boom")), Outcome::Passed);
        assert_eq!(
            judge(ShouldPanic::Yes, PLACE, &returned(0)),
            because("test did not panic as expected at src/lib.rs:4:8")
        );
    }

    #[test]
    fn a_known_failure_has_to_fail() {
        let failed = Outcome::Failed(Failure::Told);
        assert_eq!(expect_failure(Xfail::No, failed.clone()), failed);
        assert_eq!(expect_failure(Xfail::Yes, failed.clone()), Outcome::FailedAsExpected(None));
        assert_eq!(
            expect_failure(Xfail::Because("#7"), Outcome::Passed),
            because("test passed, but `#[xfail]` says that it fails: #7")
        );
        assert_eq!(expect_failure(Xfail::Yes, Outcome::Ignored(None)), Outcome::Ignored(None));
    }

    #[test]
    fn an_expected_message_is_looked_for_inside_the_panics() {
        assert_eq!(judge(ShouldPanic::With("oo"), PLACE, &panicked("boom")), Outcome::Passed);
        assert_eq!(
            judge(ShouldPanic::With("xx"), PLACE, &panicked("yy")),
            because(
                "panic did not contain expected string\n      panic message: \"yy\"\n expected substring: \"xx\""
            )
        );
        let Outcome::Failed(Failure::Because(reason)) =
            judge(ShouldPanic::With("xx"), PLACE, &Ending::panicked(&5_i32))
        else {
            panic!("a value that is no string has no message");
        };
        assert!(reason.starts_with("expected panic with string value,\n found non-string value: `TypeId("));
    }
}
