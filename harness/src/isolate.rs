//! Worker processes: the same executable once more, which tries the tests that it is told to, one at a time.
//!
//! A process is told through a socket that it finds as its standard input, and moves out of the way of tests at once. What
//! it prints, and what C code and its own children print, goes through one pipe into a [`Process`]'s keeping, so that it is
//! there when the process is not. Nothing here knows how a test is tried; [`crate::wire`] has the words.

#[cfg(not(unix))]
mod absent;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod parent;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod system;

#[cfg(not(unix))]
pub(crate) use absent::{AVAILABLE, Answers, Control, News, Parent, Process};
#[cfg(unix)]
pub(crate) use parent::{Answers, Parent};
#[cfg(unix)]
pub(crate) use process::{AVAILABLE, Control, News, Process};

use crate::settings::Capture;
use crate::wire::Begin;
use std::ffi::OsString;
use std::fmt;

/// The first argument of a worker process; those of the run follow.
const ARGUMENT: &str = "--async-harness-worker";

/// Takes away the argument that only a worker process has; answers whether it was there.
pub(crate) fn is_worker(arguments: &mut Vec<OsString>) -> bool {
    let is_worker = arguments.get(1).is_some_and(|first| first == ARGUMENT);
    if is_worker {
        arguments.remove(1);
    }
    is_worker
}

/// What a process is started with.
#[cfg_attr(not(unix), allow(dead_code, reason = "no process begins there"))]
pub(crate) struct Start {
    pub(crate) begin: Begin,
    /// Whether what it prints is kept.
    pub(crate) capture: Capture,
}

/// How a process came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "no process begins there"))]
pub(crate) enum Death {
    /// By this signal.
    Signal(i32),
    /// With this code.
    Exit(i32),
    /// It has closed the channel, or cannot be asked.
    Mute,
}

/// The code with which a process ends that cannot answer its run, and hardly one of a test's.
#[cfg(unix)]
const UNHEARD: i32 = 213;

impl fmt::Display for Death {
    /// What it did, as it stands after "the test" or "the process".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Death::Signal(KILLED) => {
                write!(f, "was killed: SIGKILL (signal {KILLED}), as the system does where memory runs out")
            }
            Death::Signal(number) => write!(f, "crashed: {} (signal {number})", crate::signal::name(number)),
            Death::Exit(code) => write!(f, "called exit({code})"),
            Death::Mute => f.write_str("closed the descriptor by which its process answers"),
        }
    }
}

const KILLED: i32 = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_death_says_what_happened() {
        for (death, wanted) in [
            (Death::Signal(6), "crashed: SIGABRT (signal 6)"),
            (Death::Signal(11), "crashed: SIGSEGV (signal 11)"),
            (Death::Signal(63), "crashed: a signal (signal 63)"),
            (Death::Signal(9), "was killed: SIGKILL (signal 9), as the system does where memory runs out"),
            (Death::Exit(0), "called exit(0)"),
        ] {
            assert_eq!(death.to_string(), wanted);
        }
    }

    #[test]
    fn only_the_first_argument_makes_a_worker() {
        for (arguments, worker, left) in [
            (vec!["suite", ARGUMENT, "-n", "2"], true, vec!["suite", "-n", "2"]),
            (vec!["suite", "-n", ARGUMENT], false, vec!["suite", "-n", ARGUMENT]),
            (vec!["suite"], false, vec!["suite"]),
        ] {
            let mut arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
            assert_eq!(is_worker(&mut arguments), worker);
            assert_eq!(arguments, left);
        }
    }
}
