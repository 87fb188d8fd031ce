//! Tries again what may work the next time, and waits longer each time.
//!
//! It does not know what is tried: a failure says itself whether another attempt makes sense.

use std::time::Duration;
use tokio::time;

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// It will fail again.
    GiveUp,
    /// It may work after a while.
    TryAgain,
    /// It may work after so long, and not before.
    TryAfter(Duration),
}

/// A failure that knows whether trying again makes sense.
pub trait Failure {
    /// An attempt that took longer than it may.
    fn timed_out(after: Duration) -> Self;
    /// What to do about it.
    fn advice(&self) -> Advice;
}

/// How often and how fast to try.
#[derive(Debug, Clone)]
pub struct Retry {
    /// Attempts in all, the first included.
    pub attempts: u32,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How long to wait after the first attempt; doubles after each further one.
    pub base: Duration,
    /// How long to wait at most. Who asks for more is not waited for: the caller has a client waiting.
    pub cap: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 3,
            timeout: Duration::from_secs(5),
            base: Duration::from_millis(200),
            cap: Duration::from_secs(2),
        }
    }
}

impl Retry {
    /// How long to wait after a failed attempt, counted from 1.
    pub fn wait_after(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        self.base.saturating_mul(1 << doublings).min(self.cap)
    }

    /// The result of one attempt, or the failure of one that takes too long.
    ///
    /// # Errors
    ///
    /// Those of the attempt, and [`Failure::timed_out`].
    pub async fn in_time<T, E: Failure>(&self, attempt: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        time::timeout(self.timeout, attempt).await.unwrap_or_else(|_| Err(E::timed_out(self.timeout)))
    }

    /// The result of the first attempt that works, or of the last one. The attempt is counted from 1.
    ///
    /// # Errors
    ///
    /// The failure of the last attempt.
    pub async fn run<T, E, F>(&self, mut attempt: impl FnMut(u32) -> F) -> Result<T, E>
    where
        E: Failure,
        F: Future<Output = Result<T, E>>,
    {
        let mut count = 1;
        loop {
            let error = match attempt(count).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let Some(wait) = self.wait_for(&error, count) else { return Err(error) };
            time::sleep(wait).await;
            count += 1;
        }
    }

    fn wait_for(&self, error: &impl Failure, attempt: u32) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        match error.advice() {
            Advice::GiveUp => None,
            Advice::TryAgain => Some(self.wait_after(attempt)),
            Advice::TryAfter(wait) if wait > self.cap => None,
            Advice::TryAfter(wait) => Some(wait.max(self.wait_after(attempt))),
        }
    }
}
