//! What must be reported of a test: a pure function of what it does and of how it is run.
//!
//! It says what is promised, and no more:
//! - The blocking of the main thread is final, however many retries a test has: after it the process is executed again. In a
//!   worker process it is a failure like any other.
//! - In process, what a thread prints after its test has ended is no test's, unless it is one of the session runtime, and a
//!   single test runs. In a worker process it is that of the test that runs then, and may stand in the midst of a line of
//!   that: what is printed there goes to one pipe, and std prints a line to standard error in several pieces.
//! - A test whose thread was left behind does not run again under `--repeat`, unless a crash has ended that thread meanwhile.

use super::mode::Mode;
use super::plan::{AGAIN, Behaviour, DEADLINE, Death, Test};

/// The word that a result is told with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    Ok,
    Failed,
    Ignored,
}

/// What must be reported.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) word: Word,
    /// Whether it passes since `#[xfail]` says that it fails.
    pub(super) as_expected: bool,
    /// How many results it has: `--repeat` repeats what runs.
    pub(super) results: usize,
    /// How often it is tried for each of them.
    pub(super) attempts: u32,
    /// How often its body begins.
    pub(super) begins: u32,
    /// What its section says, if it fails.
    pub(super) says: Vec<String>,
}

/// How one attempt ends.
enum Ending {
    Passes,
    Skips,
    /// With what its section says.
    Fails(Vec<String>),
    Panics(Vec<String>),
    /// Likewise; its process dies with it.
    Dies(Vec<String>),
}

impl Expected {
    pub(super) fn of(test: &Test, mode: &Mode) -> Self {
        if test.family.name == "left_out" {
            return Expected {
                word: Word::Ignored,
                as_expected: false,
                results: 1,
                attempts: 1,
                begins: 0,
                says: Vec::new(),
            };
        }
        let retries = if test.family.name == "again" { AGAIN } else { mode.retries };
        let tried = ending(test, mode);
        let (word, as_expected, says, is_final) = match (test.family.name, tried) {
            (_, Ending::Skips) => (Word::Ignored, false, Vec::new(), true),
            ("known", Ending::Passes) => {
                (Word::Failed, false, vec!["says that it fails: known".into()], false)
            }
            ("known", _) => (Word::Ok, true, Vec::new(), true),
            ("should_panic", Ending::Panics(says)) => match test.behaviour {
                Behaviour::PanicAsExpected => (Word::Ok, false, Vec::new(), true),
                _ => (
                    Word::Failed,
                    false,
                    [says, vec!["did not contain expected string".into()]].concat(),
                    false,
                ),
            },
            ("should_panic", Ending::Passes | Ending::Fails(_)) => {
                (Word::Failed, false, vec!["test did not panic as expected".into()], false)
            }
            (_, Ending::Passes) => (Word::Ok, false, Vec::new(), true),
            (_, Ending::Fails(says) | Ending::Panics(says)) => (Word::Failed, false, says, false),
            (_, Ending::Dies(says)) => (Word::Failed, false, says, false),
        };
        let is_final = is_final || (test.blocks() && on_main_thread(test, mode));
        let (word, attempts) = match (word, test.behaviour) {
            (Word::Failed, Behaviour::Flaky(fails)) if fails <= retries => (Word::Ok, fails + 1),
            (Word::Failed, _) if !is_final => (Word::Failed, retries + 1),
            _ => (word, 1),
        };
        let begins = if test.behaviour == Behaviour::SetUpFails { 0 } else { attempts };
        Expected { word, as_expected, results: mode.repeat, attempts, begins, says }
    }

    /// Whether it passes, though not at once.
    pub(super) fn is_flaky(&self) -> bool {
        self.word == Word::Ok && self.attempts > 1
    }

    /// How often its first words are shown, of all that is printed for people.
    pub(super) fn shown(&self, mode: &Mode) -> u32 {
        match self.word {
            Word::Failed => self.begins,
            Word::Ok => self.attempts - 1 + u32::from(mode.show_output),
            Word::Ignored => 0,
        }
    }
}

/// What is said of the next copy of a test whose thread is still at it.
pub(super) const STILL_AT_IT: &str = "note: not run again: it blocked its thread before";

/// Whether it may be that only some of its copies run: of what blocks, and on a machine that is busy enough of what merely waits.
pub(super) fn may_not_run_again(test: &Test, mode: &Mode) -> bool {
    test.is_hurried() && !mode.isolate && mode.repeat > 1
}

/// Whether it has the main thread, in the process of the run.
fn on_main_thread(test: &Test, mode: &Mode) -> bool {
    !mode.isolate && (mode.workers == 0 || test.is_serial())
}

fn ending(test: &Test, mode: &Mode) -> Ending {
    let name = test.name();
    let first = format!("[[{name}]]\n");
    let both = || vec![first.clone(), format!("[[/{name}]]\n")];
    let and = |mut says: Vec<String>, more: String| {
        says.push(more);
        says
    };
    match test.behaviour {
        Behaviour::Panic | Behaviour::PanicAsExpected | Behaviour::Flaky(_) | Behaviour::BothFail => {
            Ending::Panics(and(both(), format!("told by {name}")))
        }
        Behaviour::Error => Ending::Fails(and(both(), format!("Error: \"told by {name}\""))),
        Behaviour::Skip => Ending::Skips,
        Behaviour::TaskPanics if test.family.name == "strict_tasks" => {
            Ending::Fails(and(both(), "a task of the test panicked".into()))
        }
        Behaviour::Hang | Behaviour::Block | Behaviour::Spin => {
            Ending::Fails(vec![first.clone(), format!("note: timed out after {DEADLINE:?}")])
        }
        Behaviour::Die(death) => Ending::Dies(and(both(), format!("note: {}", called(death, mode)))),
        Behaviour::SetUpFails => Ending::Fails(vec!["no luck on the way up".into()]),
        Behaviour::TearDownFails => Ending::Fails(and(both(), "no luck on the way down".into())),
        _ => Ending::Passes,
    }
}

fn called(death: Death, mode: &Mode) -> &'static str {
    match death {
        Death::Abort | Death::DoublePanic | Death::OnAThread | Death::WithAChild => {
            "the test crashed: SIGABRT (signal 6)"
        }
        Death::Segfault => "the test crashed: SIGSEGV (signal 11)",
        Death::Illegal => "the test crashed: SIGILL (signal 4)",
        Death::Overflow if mode.isolate => "the test crashed: stack overflow (SIGABRT, signal 6)",
        Death::Overflow => "the test crashed: stack overflow (SIGSEGV, signal 11)",
        // The C library does not say with which code.
        Death::ExitQuickly if !mode.isolate => "the test called exit",
        Death::Exit(0) | Death::ExitAtOnce | Death::ExitQuickly => "the test called exit(0)",
        Death::Exit(_) => "the test called exit(3)",
    }
}
