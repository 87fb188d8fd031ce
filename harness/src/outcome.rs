//! The words for how a test ended.

use std::borrow::Cow;
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
}
