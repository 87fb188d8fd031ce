//! The words for how a test ended.

use std::borrow::Cow;
use std::fmt;
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
    /// What it printed, on standard output and standard error in the order of printing; empty when not captured.
    pub(crate) output: Vec<u8>,
    /// What the harness noticed beside the outcome, a sentence each.
    pub(crate) notes: Vec<String>,
    /// From before its runtime was built until after that was shut down.
    pub(crate) duration: Duration,
    /// The attempts before, all of which failed.
    pub(crate) earlier: Vec<FailedAttempt>,
}

impl Finished {
    /// Whether it passed, though not at once.
    pub(crate) fn is_flaky(&self) -> bool {
        !self.earlier.is_empty() && !self.outcome.is_failure()
    }
}

/// A try that failed and was followed by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailedAttempt {
    /// Why it failed.
    pub(crate) failure: Failure,
    /// What it printed.
    pub(crate) output: Vec<u8>,
    /// What the harness noticed beside that.
    pub(crate) notes: Vec<String>,
    /// How long it took.
    pub(crate) duration: Duration,
}
