//! Stops asking a carrier that does not answer, and tries it again after a while with one request.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Counts failures in a row; past a threshold it lets nothing through until it has cooled down.
#[derive(Debug)]
pub struct Breaker {
    threshold: u32,
    cool_down: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    Probing,
}

/// Nothing is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// When it is worth asking again.
    pub retry_after: Duration,
}

/// Leave to make one request. Says how it went, or is dropped without a verdict.
#[derive(Debug)]
#[must_use = "a permit that is dropped at once tells the breaker nothing"]
pub struct Permit<'a> {
    breaker: &'a Breaker,
    is_open: bool,
}

impl Breaker {
    /// Opens after so many failures in a row, for so long.
    pub fn new(threshold: u32, cool_down: Duration) -> Self {
        Self { threshold, cool_down, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Leave to make a request.
    ///
    /// # Errors
    ///
    /// [`Open`] while it cools down, and while the one request that tests the waters is under way.
    pub fn admit(&self) -> Result<Permit<'_>, Open> {
        let mut state = self.state();
        match *state {
            State::Closed { .. } => {}
            State::Open { until } if Instant::now() < until => {
                return Err(Open { retry_after: until - Instant::now() });
            }
            State::Open { .. } => *state = State::Probing,
            State::Probing => return Err(Open { retry_after: self.cool_down }),
        }
        Ok(Permit { breaker: self, is_open: true })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing can panic while it is held, and a state is valid whenever it is written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self) -> State {
        State::Open { until: Instant::now() + self.cool_down }
    }
}

impl Permit<'_> {
    /// The request was answered.
    pub fn succeeded(mut self) {
        self.is_open = false;
        *self.breaker.state() = State::Closed { failures: 0 };
    }

    /// The request was not answered.
    pub fn failed(mut self) {
        self.is_open = false;
        let mut state = self.breaker.state();
        *state = match *state {
            State::Closed { failures } if failures + 1 < self.breaker.threshold => {
                State::Closed { failures: failures + 1 }
            }
            // Others that were let through before it opened must not keep it open for longer.
            open @ State::Open { .. } => open,
            State::Closed { .. } | State::Probing => self.breaker.opened(),
        };
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        // A probe that was given up (its client went away) must make room for the next one.
        let mut state = self.breaker.state();
        if self.is_open && matches!(*state, State::Probing) {
            *state = State::Open { until: Instant::now() };
        }
    }
}
