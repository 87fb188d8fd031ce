//! Keeps a test that kills its process from taking the run along: the process is executed again and goes on.
//!
//! The thread that reports writes each result to a journal, a file in memory which stays open when a process executes
//! another image. The handler of a fatal signal, or of a call of `exit`, notes whose thread it is on ([`handler`]), waits
//! until that thread has told of everything that had finished ([`teller`]), and executes the same binary with the same
//! arguments. The new image reads the journal ([`story`]), counts what was told, tells of the crash, and runs what is left.
//!
//! Where the process cannot be executed again, or must not be, the run ends with a report of what it came to.

#[cfg(all(target_os = "linux", not(miri)))]
mod actions;
mod choice;
#[cfg(all(target_os = "linux", not(miri)))]
mod circumstances;
// With the tests on Linux too, where they can be run.
#[cfg(all(unix, not(miri), any(test, not(target_os = "linux"))))]
mod culprit;
#[cfg(test)]
#[path = "crash/ends_tests.rs"]
mod ends_tests;
#[cfg(all(target_os = "linux", not(miri)))]
mod exits;
#[cfg_attr(not(all(target_os = "linux", not(miri))), path = "crash/absent.rs")]
mod handler;
#[cfg(all(target_os = "linux", not(miri)))]
mod held;
#[cfg(all(target_os = "linux", not(miri)))]
mod image;
mod journal;
#[cfg(test)]
#[path = "crash/journal_tests.rs"]
mod journal_tests;
mod last;
mod lost;
#[cfg(all(target_os = "linux", not(miri)))]
mod making;
mod names;
mod progress;
mod records;
#[cfg(all(unix, not(miri)))]
mod signals;
mod story;
#[cfg(test)]
#[path = "crash/story_tests.rs"]
mod story_tests;
mod teller;
#[cfg(test)]
#[path = "crash/teller_tests.rs"]
mod teller_tests;
mod verdict;

pub(crate) use choice::Chosen;
pub(crate) use handler::{
    Guard, before, begun, end, ends_with, execute_again, had_children, listen, looked_for, making,
    reports_here,
};
pub(crate) use lost::{
    attempt_failed, folder_made, folder_removed, is_open, keep, kept, name_folder, name_folders, set_up,
    settled, tell_of_folders, torn_down,
};
pub(crate) use story::Earlier;
pub(crate) use teller::Teller;

use crate::capture::Mark;
use crate::clock::Clock;
use crate::event::Listener;
use crate::panics::Owner;
use crate::plan::{Plan, Planned};
use crate::settings::{Crashes, Settings, Stop};
use crate::signal;
use journal::{Header, Journal, Outputs};
use std::fmt;
use std::time::Duration;
use story::GoingOn;

/// What a run needs to outlive a crash.
pub(crate) struct Precaution {
    journal: Option<Journal>,
    going_on: Option<GoingOn>,
    begin: Duration,
    crashes: Crashes,
}

impl Precaution {
    /// Prepares for a run; or goes on with one, whose plan then loses what has a result. `chosen` is what the next image could not
    /// find again.
    ///
    /// # Errors
    ///
    /// If there is a run to go on with and that is impossible.
    pub(crate) fn new<T: Planned>(
        earlier: Option<Earlier>,
        plan: &mut Plan<T>,
        settings: &Settings,
        seed: u64,
        chosen: &Chosen,
    ) -> Result<Self, String> {
        let all = settings.show_output || settings.reports.want_output();
        let outputs = if all { Outputs::OfAll } else { Outputs::OfFailures };
        let crashes = settings.crashes;
        if let Some(earlier) = earlier {
            let (going_on, journal, header) =
                earlier.go_on(plan, settings.stop, settings.retries, outputs)?;
            let (journal, going_on) = (Some(journal), Some(going_on));
            return Ok(Precaution { journal, going_on, begin: header.begin, crashes });
        }
        let begin = handler::now();
        let journal = match crashes {
            Crashes::FailTheirTest => handler::memory().and_then(|file| {
                let process = std::process::id();
                let header = Header { process, begin, seed, had_children: had_children() };
                let mut journal = Journal::begin(file, header, outputs);
                journal.chosen(chosen);
                // A crash may come before anything else is written, and be the thread's that writes.
                journal.write().ok().map(|_| journal)
            }),
            Crashes::EndTheRun => None,
        };
        Ok(Precaution { journal, going_on: None, begin, crashes })
    }

    /// What time it is in the run.
    pub(crate) fn clock(&self) -> Clock {
        Clock::begun(handler::now().saturating_sub(self.begin))
    }

    /// When the rest of a run is to stop, of which a part may have run before.
    pub(crate) fn stop(&self, stop: Stop) -> Stop {
        stop.after(self.going_on.as_ref().map_or(0, |going_on| going_on.failures))
    }

    /// Looks after crashes from now on: what the run tells goes through the teller.
    pub(crate) fn take<L: Listener>(self, listener: L) -> (Guard, Teller<L>) {
        let Precaution { journal, going_on, begin, crashes } = self;
        let guard = handler::arm(crashes, journal.as_ref().map(Journal::file));
        (guard, Teller::new(listener, journal, going_on, begin))
    }
}

/// How a process came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// By this signal.
    Signal(i32),
    /// By this signal, for a thread had no stack left.
    StackOverflow(i32),
    /// By a call of `exit`, with this code where it is known.
    Exit(Option<i32>),
    /// It did not: a test has its main thread and does not give it back.
    Blocked,
}

impl How {
    /// What it is called after "the test" or "the process".
    fn verb(self) -> &'static str {
        match self {
            How::Signal(_) | How::StackOverflow(_) => "crashed: ",
            How::Exit(_) => "called ",
            How::Blocked => "lost its main thread to a test",
        }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb())?;
        match *self {
            How::Signal(number) => write!(f, "{} (signal {number})", signal::name(number)),
            How::StackOverflow(number) => {
                write!(f, "stack overflow ({}, signal {number})", signal::name(number))
            }
            How::Exit(Some(code)) => write!(f, "exit({code})"),
            How::Exit(None) => f.write_str("exit"),
            How::Blocked => Ok(()),
        }
    }
}

/// What the handler knows of a crash.
#[derive(Debug, Clone, Copy)]
struct Death {
    how: How,
    /// Whose thread it was.
    owner: Option<Owner>,
    /// The recording of that thread.
    mark: Option<Mark>,
}
