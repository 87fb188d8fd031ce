//! What came of an attempt, in words: from its ending, its teardowns and what was noticed.

use super::TestStep;
use crate::fixture::{BUILT_IN, FixtureDecl, FixtureRuntime, Scope};
use crate::instance::{Broken, TearDownError};
use crate::judge::{Ending, expect_failure, judge};
use crate::outcome::{Course, FailedAttempt, Failure, Finished, Outcome, Output, Overdue};
use crate::test::{RuntimeChoice, Test};
use crate::watchdog::{Doing, LeftBehind};
use std::ops::Range;
use std::time::Duration;

/// Why a test never began.
pub(super) fn prevented(Broken { fixture, error }: &Broken) -> String {
    let label = fixture.label();
    match (error, fixture.scope) {
        (Some(error), _) => format!("fixture `{label}` failed to set up: {error}"),
        (None, Scope::Worker) => format!(
            "fixture `{label}` failed to set up; its error is shown with the first test that needed it on this worker"
        ),
        (None, _) => format!("fixture `{label}` failed to set up; its error is shown under its name"),
    }
}

/// What came of an attempt.
pub(super) struct Tried {
    pub(super) ending: Ending,
    /// How many threads of its runtime were left behind.
    pub(super) threads_left: usize,
    /// How many of its tasks have panicked, where that is a failure.
    pub(super) task_panics: usize,
    /// What few attempts have.
    pub(super) trouble: Option<Box<Trouble>>,
    /// How long it took to get its fixtures, and to tear its own down.
    pub(super) set_up: Duration,
    pub(super) tear_down: Duration,
}

/// What else is to be said of an attempt.
#[derive(Default)]
pub(super) struct Trouble {
    /// Teardowns of its own fixtures that failed.
    pub(super) teardowns: Vec<TearDownError>,
    /// What was noticed, where somebody wants to know.
    pub(super) noticed: Vec<String>,
}

impl Tried {
    /// Where more is to be said than how it ended.
    pub(super) fn trouble(&mut self) -> &mut Trouble {
        self.trouble.get_or_insert_default()
    }

    pub(super) fn new(ending: Ending) -> Self {
        Tried {
            ending,
            threads_left: 0,
            task_panics: 0,
            trouble: None,
            set_up: Duration::ZERO,
            tear_down: Duration::ZERO,
        }
    }
}

/// What of an attempt is known without looking at what came of it.
pub(super) struct Around {
    pub(super) output: Output,
    pub(super) duration: Duration,
    pub(super) course: Course,
    pub(super) parks: Vec<Range<Duration>>,
    pub(super) earlier: Vec<FailedAttempt>,
}

/// An attempt that came to its end.
pub(super) fn finished(step: &TestStep, tried: Tried, around: Around) -> Finished {
    let test = &step.test.test;
    let Around { mut output, duration, mut course, parks, earlier } = around;
    let Tried { ending, trouble, threads_left, task_panics, set_up, tear_down } = tried;
    course.set_up = set_up;
    course.tear_down = tear_down;
    // Nearly all tests end like this, and what follows is much code, none of it optimised.
    let nothing_to_say = trouble.is_none() && threads_left == 0 && task_panics == 0;
    if nothing_to_say && test.traits.is_none() && !ending.is_bad() {
        let (outcome, notes) = (Outcome::Passed, Vec::new());
        return Finished { outcome, output, notes, duration, course, parks, earlier };
    }
    let Trouble { teardowns, noticed } = trouble.map(|trouble| *trouble).unwrap_or_default();
    let outcome = outcome(test, &ending, task_panics);
    if matches!(outcome, Outcome::Failed(_)) {
        advise(step, &mut output);
    }
    let mut outcome = expect_failure(test.xfail(), outcome);
    for TearDownError { fixture, error } in teardowns {
        let message = format!("fixture `{}` failed to tear down: {error}", fixture.label());
        let note = match &outcome {
            // Not what the test is known to fail by.
            Outcome::Passed | Outcome::FailedAsExpected(_) => None,
            Outcome::Ignored(reason) => {
                Some(format!("the test was skipped: {}", reason.as_deref().unwrap_or_default()))
            }
            Outcome::Failed(_) => Some(message.clone()),
        };
        output.extend_from_slice(note.map(|note| format!("note: {note}\n")).unwrap_or_default().as_bytes());
        if !matches!(outcome, Outcome::Failed(_)) {
            outcome = Outcome::Failed(Failure::Because(message));
        }
    }
    let mut notes = match threads_left {
        0 => Vec::new(),
        1 => vec!["a blocking task was still running after its test and was left behind".to_owned()],
        n => vec![format!("{n} blocking tasks were still running after their test and were left behind")],
    };
    notes.extend(noticed);
    Finished { outcome, output, notes, duration, course, parks, earlier }
}

/// What the ending of a test means, after so many panics of its tasks that are failures.
pub(super) fn outcome(test: &Test, ending: &Ending, task_panics: usize) -> Outcome {
    match judge(test.should_panic(), test.place, ending) {
        Outcome::Passed if task_panics > 0 => {
            let tasks = if task_panics == 1 { "a task".to_owned() } else { format!("{task_panics} tasks") };
            Outcome::Failed(Failure::Because(format!("{tasks} of the test panicked")))
        }
        outcome => outcome,
    }
}

/// What becomes of a thread that does not answer.
pub(super) const LEFT: &str = "it blocked its thread, which was left behind";
/// Why a test is not run again after that.
pub(super) const STILL_AT_IT: &str =
    "not run again: it blocked its thread before, which was left behind and is still at it";
/// What becomes of it in a process of its own.
pub(super) const KILLED: &str = "it blocked its thread, and its process was killed";

/// An attempt whose thread did not answer, and what became of that.
pub(super) fn left_behind(
    step: &TestStep,
    left: LeftBehind,
    stuck: &str,
    output: Output,
    duration: Duration,
) -> Finished {
    let LeftBehind { doing, overdue } = left;
    let reason = match doing {
        Doing::Test => format!("{overdue}: {stuck}"),
        Doing::SetUp(fixture) => {
            format!("fixture `{}` failed to set up: {overdue}: {stuck}", fixture.label())
        }
        Doing::TearDown(fixture) => {
            format!("fixture `{}` failed to tear down: {overdue}: {stuck}", fixture.label())
        }
        Doing::ShutDown => format!("dropping the tasks that it has left {overdue}: {stuck}"),
    };
    let failed = match overdue {
        Overdue::Interrupted => Failure::Interrupted,
        Overdue::Late(_) => Failure::Because(reason),
    };
    let outcome = expect_failure(step.test.test.xfail(), Outcome::Failed(failed));
    Finished { output, duration, ..Finished::without_a_try(outcome) }
}

/// How tokio and the crates on top of it say that the runtime which drives a value is gone.
const LOST_RUNTIME: [&str; 5] = [
    "IO driver has terminated",
    "runtime is shutting down",
    "it is being shutdown",
    "dispatch dropped without returning error",
    "runtime dropped the dispatch task",
];

/// Adds to the output of a failed test what to declare, where it looks as if a shared value had lost its runtime.
pub(super) fn advise(step: &TestStep, output: &mut Vec<u8>) {
    let advice = lost_runtime(step, output).unwrap_or_default();
    output.extend_from_slice(advice.as_bytes());
}

/// What to declare when a shared value has lost the runtime that it opened a connection on.
fn lost_runtime(step: &TestStep, output: &[u8]) -> Option<String> {
    // Nearest to the test first: what it names itself is what it used.
    let shared = |fixture: &&&FixtureDecl| {
        fixture.scope > Scope::Test
            && fixture.runtime != FixtureRuntime::Any
            && fixture.place.file != BUILT_IN
    };
    let fixture = step.fixtures.iter().rev().find(shared)?.label();
    let output = String::from_utf8_lossy(output);
    let lost = LOST_RUNTIME.iter().find(|words| output.contains(**words))?;
    let advice = match (step.session, step.test.test.on) {
        (true, _) => format!(
            "this test ran on the session runtime, so another test has used `{fixture}` on a runtime of its own: look for \
             one with `runtime = \"fresh\"`"
        ),
        (false, RuntimeChoice::Fresh) => {
            format!(
                "this test ran on a runtime of its own with the shared `{fixture}`: remove its `runtime = \"fresh\"`"
            )
        }
        (false, _) => format!(
            "this test ran on a runtime of its own with the shared `{fixture}`: declare `runtime = \"session\"` on that \
             fixture, or on the test"
        ),
    };
    Some(format!(
        "note: \"{lost}\" is what a value says whose connection was opened on a runtime that is gone; {advice}\n"
    ))
}
