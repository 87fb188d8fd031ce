//! What time it is: the system's, or one that is set by hand.
//!
//! Only what is written down (expiry, creation, signatures) asks it; waiting is tokio's business.

use crate::timestamp::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// Tells the time.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

/// Moves the clock that came with it.
#[derive(Debug, Clone)]
pub struct Hand(Arc<AtomicI64>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still but for its hand.
    pub fn by_hand(start: Timestamp) -> (Self, Hand) {
        let now = Arc::new(AtomicI64::new(start.as_secs()));
        (Self(Some(now.clone())), Hand(now))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Some(now) => Timestamp::from_secs(now.load(Ordering::SeqCst)),
            None => {
                let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_secs(0).after(since)
            }
        }
    }
}

impl Hand {
    /// Lets so much time go by, in whole seconds.
    pub fn advance(&self, time: Duration) {
        let secs = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        self.0.fetch_add(secs, Ordering::SeqCst);
    }
}
