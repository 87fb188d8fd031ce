//! A failure in a few words, for reports that other programs read.

use super::cause::{Cause, cause};
use crate::outcome::Failure;

/// What a test failed of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Brief {
    /// `panic`, `error`, `timeout`, `crash`, `fixture`, `interrupted`, `time limit` or `failure`.
    pub(super) kind: &'static str,
    /// The first line of the reason, with the place of a panic.
    pub(super) message: String,
}

/// What the test of this name, which printed that, failed of.
pub(super) fn brief(name: &str, failure: &Failure, printed: &str) -> Brief {
    let (kind, message) = match failure {
        Failure::Told => match cause(name, printed) {
            Some(Cause::Panic { message, place }) => {
                ("panic", format!("panicked at {place}: {}", first_line(&message)))
            }
            Some(Cause::Error(error)) => ("error", format!("Error: {}", first_line(&error))),
            None => ("failure", "the test failed".to_owned()),
        },
        Failure::TimeLimit => ("time limit", "time limit exceeded".to_owned()),
        Failure::Interrupted => ("interrupted", "interrupted".to_owned()),
        Failure::Because(reason) => (kind(reason), first_line(reason).to_owned()),
    };
    Brief { kind, message }
}

fn kind(reason: &str) -> &'static str {
    let begins = |with: &str| reason.starts_with(with);
    if begins("timed out") {
        "timeout"
    } else if begins("the test crashed") || begins("the test called") {
        "crash"
    } else if begins("fixture `") {
        "fixture"
    } else {
        "failure"
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
