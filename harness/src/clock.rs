//! The time of a run, which goes on when the process is executed again after a crash.

use std::time::{Duration, Instant};

/// Counts from the beginning of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    begin: Instant,
}

impl Clock {
    /// For a run that began so long ago.
    pub(crate) fn begun(ago: Duration) -> Self {
        let now = Instant::now();
        // Where the system's clock does not reach back that far, the run began when the system did.
        Clock { begin: now.checked_sub(ago).unwrap_or(now) }
    }

    /// The time now.
    pub(crate) fn now(self) -> Duration {
        self.begin.elapsed()
    }

    /// The time of a moment.
    pub(crate) fn at(self, moment: Instant) -> Duration {
        moment.saturating_duration_since(self.begin)
    }
}
