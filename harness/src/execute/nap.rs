//! Helps workers that began on one core to find one each.
//!
//! The kernel looks for an idle core when a thread wakes. A worker with tests to run does not sleep, so two that began on the
//! same core stay there, each at half its speed and with another core idle, until the kernel balances by itself, which may take
//! half of a short run. A worker that naps wakes up where there is room.

use std::time::{Duration, Instant};

/// When to nap first. Later the others that a run starts with, threads in reserve among them, are at rest.
const FIRST: Duration = Duration::from_millis(1);

/// For how long: the shortest sleep there is, which the system makes some 50 us of.
const NAP: Duration = Duration::from_micros(1);

/// The naps of one worker: each after twice the time, so that they are few in any run.
pub(super) struct Naps {
    begin: Instant,
    next: Duration,
}

impl Naps {
    pub(super) fn new() -> Self {
        Naps { begin: Instant::now(), next: FIRST }
    }

    /// Naps, if it is time to.
    pub(super) fn between_tests(&mut self) {
        let elapsed = self.begin.elapsed();
        if elapsed >= self.next {
            self.next = elapsed.saturating_mul(2);
            std::thread::sleep(NAP);
        }
    }
}
