//! Threads that were left behind, and the tests that they are still at.

use crate::test::Test;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Whether a thread that was left behind has come back.
pub(super) type Back = Arc<AtomicBool>;

/// The tests whose threads were left behind.
#[derive(Default)]
pub(super) struct Stuck {
    /// Whether there are any: most runs have none, and ask for each test.
    any: AtomicBool,
    tests: Mutex<Vec<(usize, Back)>>,
}

impl Stuck {
    /// The thread of this test has been left behind.
    pub(super) fn add(&self, test: &'static Test, back: Back) {
        self.tests.lock().unwrap_or_else(PoisonError::into_inner).push((test.id(), back));
        self.any.store(true, Ordering::Release);
    }

    /// Whether a thread is still at this test.
    pub(super) fn has(&self, test: &'static Test) -> bool {
        self.any.load(Ordering::Acquire) && {
            let tests = self.tests.lock().unwrap_or_else(PoisonError::into_inner);
            tests.iter().any(|(id, back)| *id == test.id() && !back.load(Ordering::Acquire))
        }
    }
}
