//! Decides what a crash means: whose it is, and what it fails.

use super::How;
use crate::event::{Event, InFlight};
use crate::judge::expect_failure;
use crate::outcome::{Course, Failure, Finished, Outcome, Output};
use crate::panics::Owner;
use crate::test::Test;

/// A crash, with what its thread had printed.
#[derive(Debug, Clone)]
pub(super) struct Crash {
    pub(super) how: How,
    pub(super) owner: Option<Owner>,
    pub(super) output: Output,
}

/// What crashes mean.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// What they fail.
    pub(super) events: Vec<Event>,
    /// Those that ran, of which one may be to blame: nobody else is.
    pub(super) suspects: Vec<&'static Test>,
}

/// The tests that these crashes are put down to, each once.
pub(super) fn blamed(crashes: &[Crash], in_flight: &[InFlight]) -> Vec<&'static Test> {
    let mut blamed: Vec<&'static Test> = Vec::new();
    for crash in crashes {
        if let Some(test) = suspected(crash.owner, in_flight)
            && !blamed.iter().any(|other| std::ptr::eq(*other, test))
        {
            blamed.push(test);
        }
    }
    blamed
}

/// The test whose crash it is: that of a thread of nobody is that of the one test that ran, where there was one.
fn suspected(owner: Option<Owner>, in_flight: &[InFlight]) -> Option<&'static Test> {
    match (owner, in_flight) {
        (Some(Owner::Test(test)), _) => Some(test),
        (None, [alone]) => Some(alone.test),
        (Some(Owner::Fixture(..)) | None, _) => None,
    }
}

/// Finds what each crash fails. A test fails once.
pub(super) fn verdict(crashes: Vec<Crash>, in_flight: &[InFlight]) -> Verdict {
    let mut verdict = Verdict::default();
    let mut failed: Vec<&'static Test> = Vec::new();
    for Crash { how, owner, output } in crashes {
        if how == How::Blocked {
            // Its test has its result.
            continue;
        }
        if let Some(Owner::Fixture(fixture, phase)) = owner {
            let (error, output) = (format!("it {how}"), output.to_vec());
            verdict.events.push(Event::FixtureFailed { fixture, phase, error, output });
            continue;
        }
        let test = suspected(owner, in_flight);
        let since = |test: &'static Test| in_flight.iter().find(|running| std::ptr::eq(running.test, test));
        match test.map(|test| (test, since(test))) {
            Some((test, _)) if failed.iter().any(|other| std::ptr::eq(*other, test)) => {}
            Some((test, Some(running))) => {
                failed.push(test);
                verdict.events.push(crashed(running, how, output));
            }
            Some((test, None)) => {
                let reason = format!("the process {how}, on a thread that `{}` had left behind", test.name());
                verdict.events.push(Event::RunBroken { reason, output: output.to_vec() });
            }
            None => {
                verdict.suspects = in_flight.iter().map(|running| running.test).collect();
                let (reason, output) = (outside(how, &verdict.suspects), output.to_vec());
                verdict.events.push(Event::RunBroken { reason, output });
            }
        }
    }
    verdict.suspects.retain(|test| !failed.iter().any(|other| std::ptr::eq(*other, *test)));
    verdict
}

fn crashed(running: &InFlight, how: How, mut output: Output) -> Event {
    let InFlight { test, worker, began, ran_for: duration } = *running;
    output.end_line();
    let outcome = Outcome::Failed(Failure::Because(format!("the test {how}")));
    let outcome = expect_failure(test.xfail(), outcome);
    let course = Course { worker, began, ..Course::default() };
    let finished = Finished { output, duration, course, ..Finished::without_a_try(outcome) };
    Event::TestFinished { test, finished }
}

fn outside(how: How, running: &[&'static Test]) -> String {
    let names: Vec<_> = running.iter().take(NAMED).map(|test| format!("`{}`", test.name())).collect();
    let more = match running.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match names.as_slice() {
        [] => format!("the process {how} outside any test"),
        _ => format!("the process {how} outside any test, while {}{more} ran", names.join(", ")),
    }
}

/// How many tests a message names.
const NAMED: usize = 8;

/// The failure of a test whose fixture failed before the process was executed again: it is not tried a second time.
pub(super) fn without_fixture(test: &'static Test, fixture: &str) -> Event {
    let reason = format!("fixture `{fixture}` failed to set up; its error is shown under its name");
    let outcome = expect_failure(test.xfail(), Outcome::Failed(Failure::Because(reason)));
    Event::TestFinished { test, finished: Finished::without_a_try(outcome) }
}
