//! What can go wrong with a carrier, and which of it may go right the next time.

use crate::retry::{Advice, Failure};
use std::time::Duration;

/// Why the carrier did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum CarrierError {
    /// It understood and said no.
    #[error("the carrier refused: {message} ({code})")]
    Refused {
        /// Its word for it.
        code: String,
        /// Its words for people.
        message: String,
    },
    /// It does not know what we speak of.
    #[error("the carrier does not know it")]
    Unknown,
    /// It does not know us: our mistake, not our client's.
    #[error("the carrier does not accept our credentials")]
    Credentials,
    /// It has had enough of us for now.
    #[error("the carrier is limiting our requests")]
    Limited {
        /// When to come back, if it said so.
        retry_after: Option<Duration>,
    },
    /// It failed.
    #[error("the carrier failed with status {0}")]
    Failed(u16),
    /// It did not answer in time.
    #[error("the carrier did not answer within {0:?}")]
    TimedOut(Duration),
    /// It could not be reached.
    #[error("the carrier could not be reached")]
    Unreachable(#[source] reqwest::Error),
    /// It answered with something that makes no sense.
    #[error("the carrier's answer makes no sense: {0}")]
    Malformed(String),
    /// It has failed too often of late, and was not asked.
    #[error("the carrier is given a rest")]
    Resting {
        /// When it is asked again.
        retry_after: Duration,
    },
}

impl CarrierError {
    /// Whether it says something about the carrier's health rather than about the request.
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::TimedOut(_) | Self::Unreachable(_))
    }
}

impl Failure for CarrierError {
    fn timed_out(after: Duration) -> Self {
        Self::TimedOut(after)
    }

    fn advice(&self) -> Advice {
        match self {
            Self::Limited { retry_after: Some(wait) } => Advice::TryAfter(*wait),
            Self::Limited { retry_after: None }
            | Self::Failed(_)
            | Self::TimedOut(_)
            | Self::Unreachable(_) => Advice::TryAgain,
            Self::Refused { .. }
            | Self::Unknown
            | Self::Credentials
            | Self::Malformed(_)
            | Self::Resting { .. } => Advice::GiveUp,
        }
    }
}
