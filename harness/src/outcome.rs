//! The words for how a test ended.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut, Range};
use std::time::Duration;

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It did what it promised.
    Passed,
    /// It did not.
    Failed(Failure),
    /// It did not, as `#[xfail]` says; and why where that is known.
    FailedAsExpected(Option<&'static str>),
    /// It was not run, or ended itself by `skip!`; and why where that is known.
    Ignored(Option<Cow<'static, str>>),
}

impl Outcome {
    /// Whether the run fails because of it.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self, Outcome::Failed(_))
    }
}

/// Why a test failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Its output says so: a panic's message, or the error that it returned.
    Told,
    /// What its output cannot say.
    Because(String),
    /// It took longer than `--ensure-time` allows.
    TimeLimit,
    /// The run was interrupted while it ran.
    Interrupted,
}

/// Why something had to end before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overdue {
    /// It took longer than this.
    Late(Duration),
    /// The run is to end.
    Interrupted,
}

impl fmt::Display for Overdue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Overdue::Late(limit) => write!(f, "timed out after {limit:?}"),
            Overdue::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// All that is known of a test that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finished {
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// What it printed; empty when not captured.
    pub(crate) output: Output,
    /// What the harness noticed beside the outcome, a sentence each.
    pub(crate) notes: Vec<String>,
    /// From before its runtime was built until after that was shut down.
    pub(crate) duration: Duration,
    /// Where and when that was, and what the time went to.
    pub(crate) course: Course,
    /// The longest of the stretches in which it waited without using a core, from the beginning of the attempt; only where
    /// the settings ask for the course of the run.
    pub(crate) parks: Vec<Range<Duration>>,
    /// The attempts before, all of which failed.
    pub(crate) earlier: Vec<FailedAttempt>,
}

impl Finished {
    /// A test that ended thus without having run.
    pub(crate) fn without_a_try(outcome: Outcome) -> Self {
        Finished {
            outcome,
            output: Output::default(),
            notes: Vec::new(),
            duration: Duration::ZERO,
            course: Course::default(),
            parks: Vec::new(),
            earlier: Vec::new(),
        }
    }

    /// All attempts, this one as the last of them; nothing if it has not failed.
    pub(crate) fn into_attempts(self) -> Option<Vec<FailedAttempt>> {
        let Finished { outcome, output, notes, duration, course, parks, mut earlier } = self;
        let Outcome::Failed(failure) = outcome else { return None };
        earlier.push(FailedAttempt { failure, output, notes, duration, course, parks });
        Some(earlier)
    }

    /// A test that is not tried again after these attempts, the last of which is how it ended; nothing if there are none.
    pub(crate) fn of_attempts(mut attempts: Vec<FailedAttempt>) -> Option<Self> {
        let FailedAttempt { failure, output, notes, duration, course, parks } = attempts.pop()?;
        Some(Finished {
            outcome: Outcome::Failed(failure),
            output,
            notes,
            duration,
            course,
            parks,
            earlier: attempts,
        })
    }

    /// Whether it did what was expected of it, though not at once.
    pub(crate) fn is_flaky(&self) -> bool {
        !self.earlier.is_empty() && matches!(self.outcome, Outcome::Passed | Outcome::FailedAsExpected(_))
    }
}

/// A try that failed and was followed by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailedAttempt {
    /// Why it failed.
    pub(crate) failure: Failure,
    /// What it printed.
    pub(crate) output: Output,
    /// What the harness noticed beside that.
    pub(crate) notes: Vec<String>,
    /// How long it took.
    pub(crate) duration: Duration,
    /// Where and when that was, and what the time went to.
    pub(crate) course: Course,
    /// When it waited; see [`Finished::parks`].
    pub(crate) parks: Vec<Range<Duration>>,
}

/// Where and when an attempt ran, and what its time went to: the latter only where the settings ask for it. All zero where
/// it did not run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Course {
    /// The worker, from 0.
    pub(crate) worker: usize,
    /// From the beginning of the run to that of the attempt.
    pub(crate) began: Duration,
    /// Getting its fixtures: setting up its own, and waiting for shared ones.
    pub(crate) set_up: Duration,
    /// Tearing its own fixtures down.
    pub(crate) tear_down: Duration,
    /// Waiting without using a core.
    pub(crate) parked: Duration,
}

/// What was printed on standard output and standard error, in the order of printing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Output {
    bytes: Vec<u8>,
    /// What of it was printed on standard error, as far as that is known.
    errors: Vec<Range<usize>>,
}

impl Output {
    /// Output of which these parts, in their order, were printed on standard error.
    pub(crate) fn new(bytes: Vec<u8>, errors: Vec<Range<usize>>) -> Self {
        Output { bytes, errors }
    }

    /// The parts that were printed on standard error.
    pub(crate) fn errors(&self) -> &[Range<usize>] {
        &self.errors
    }

    /// What was printed on standard output, and what on standard error.
    #[cfg(any(test, feature = "junit"))]
    pub(crate) fn apart(&self) -> (Vec<u8>, Vec<u8>) {
        let (mut out, mut err, mut at) = (Vec::new(), Vec::new(), 0);
        for part in &self.errors {
            let end = part.end.min(self.bytes.len());
            let begin = part.start.clamp(at, end.max(at));
            out.extend_from_slice(self.bytes.get(at..begin).unwrap_or_default());
            err.extend_from_slice(self.bytes.get(begin..end).unwrap_or_default());
            at = end.max(at);
        }
        out.extend_from_slice(self.bytes.get(at..).unwrap_or_default());
        (out, err)
    }

    /// Has what follows begin on a line of its own.
    pub(crate) fn end_line(&mut self) {
        if !self.bytes.is_empty() && !self.bytes.ends_with(b"\n") {
            self.bytes.push(b'\n');
        }
    }
}

impl From<Vec<u8>> for Output {
    fn from(bytes: Vec<u8>) -> Self {
        Output { bytes, errors: Vec::new() }
    }
}

#[cfg(test)]
impl From<&str> for Output {
    fn from(text: &str) -> Self {
        text.as_bytes().to_vec().into()
    }
}

impl Deref for Output {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.bytes
    }
}

/// Only ever added to: parts keep their places.
impl DerefMut for Output {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_streams_are_told_apart() {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        for (errors, out, err) in [
            (&[][..], "abcdef", ""),
            (&[(0, 6)], "", "abcdef"),
            (&[(1, 2), (4, 5)], "acdf", "be"),
            (&[(4, 99)], "abcd", "ef"),
            (&[(7, 9)], "abcdef", ""),
        ] {
            let errors = errors.iter().map(|(begin, end)| *begin..*end).collect();
            let (o, e) = Output::new(b"abcdef".to_vec(), errors).apart();
            assert_eq!((text(o).as_str(), text(e).as_str()), (out, err));
        }
    }
}
