//! The worker processes of a run, as far as they concern all of it.

use crate::capture::{Kept, Stream};
use crate::isolate::Control;
use crate::named::Named;
use crate::settings::{Capture, Isolation, Settings};
use crate::wire::Request;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The worker processes of a run.
pub(super) struct Fleet {
    /// Whether tests run in them.
    pub(super) isolation: Isolation,
    /// Whether what they print is kept.
    pub(super) capture: Capture,
    /// The ways to those that live.
    live: Mutex<Vec<Weak<Control>>>,
    /// What was printed in them while no test ran there.
    stray: Mutex<Kept>,
    /// The fixtures that went down with processes, and how often.
    lost: Mutex<Named<'static, usize>>,
}

impl Fleet {
    /// No process yet. Where each test has been given a process of its own there will be none but for a test that is
    /// tried again.
    pub(super) fn new(settings: &Settings, process_per_test: bool) -> Self {
        Fleet {
            isolation: if process_per_test { Isolation::None } else { settings.isolation },
            capture: settings.capture,
            live: Mutex::default(),
            stray: Mutex::default(),
            lost: Mutex::default(),
        }
    }

    /// A process has started.
    pub(super) fn enlist(&self, control: &Arc<Control>) {
        let mut live = lock(&self.live);
        live.retain(|control| control.strong_count() > 0);
        live.push(Arc::downgrade(control));
    }

    /// Asks everything but teardowns to end, in all of them.
    pub(super) fn interrupt(&self) {
        let live: Vec<_> = lock(&self.live).iter().filter_map(Weak::upgrade).collect();
        for control in live {
            // One that is gone has nothing to end.
            let _ = control.say(&Request::Interrupt);
        }
    }

    /// Keeps what was printed while no test ran.
    pub(super) fn keep_stray(&self, output: &[u8]) {
        if !output.is_empty() {
            lock(&self.stray).append(Stream::Out, output);
        }
    }

    /// All that was, since the last call.
    pub(super) fn stray(&self) -> Vec<u8> {
        lock(&self.stray).take().to_vec()
    }

    /// A fixture has gone down with its process.
    pub(super) fn lose(&self, fixture: &'static str) {
        *lock(&self.lost).entry(fixture, || 0) += 1;
    }

    /// What is to be said of those.
    pub(super) fn lost(&self) -> Vec<String> {
        let lost = std::mem::take(&mut *lock(&self.lost));
        let note = |(fixture, count): &(&str, usize)| match count {
            1 => format!("fixture `{fixture}` was not torn down in a worker process that died"),
            _ => format!("fixture `{fixture}` was not torn down in {count} worker processes that died"),
        };
        lost.by_name().map(note).collect()
    }
}

/// Locks without poisoning: nothing here can be left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
