//! Where a worker sits: what its thread is at, for whoever has to go on in its place.

use super::jobs::JobRef;
use super::stuck::Back;
use crate::activity::Activity;
use crate::capture::Mark;
use crate::instance::Hand;
use crate::outcome::FailedAttempt;
use crate::runtime::Plain;
use crate::watchdog::{LeftBehind, Seat, Watchdog};
use std::cell::RefCell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A worker's place.
pub(super) struct Chair {
    pub(super) seat: Arc<Seat>,
    /// What builds runtimes for it.
    pub(super) plain: RefCell<Plain>,
    /// What of the shared instances it holds. Where its thread is left behind nobody puts that back: it goes with the run.
    pub(super) hand: Hand,
    current: Arc<Mutex<Option<Current>>>,
    /// Whether its thread has been left behind, and has come back since.
    back: Back,
}

/// The attempt that is on.
pub(super) struct Current {
    pub(super) job: JobRef,
    /// The attempts before it.
    pub(super) earlier: Vec<FailedAttempt>,
    pub(super) since: Instant,
    /// Where what it prints is kept.
    pub(super) mark: Mark,
    /// Its use of cores, where those are counted.
    pub(super) activity: Option<Arc<Activity>>,
}

/// An attempt whose thread did not answer.
pub(super) struct Lost {
    pub(super) current: Current,
    pub(super) left: LeftBehind,
    /// Whether the thread has come back since.
    pub(super) back: Back,
}

impl Chair {
    /// A place for a worker; `succeed` is called when its thread has to be left behind.
    pub(super) fn new(watchdog: &Watchdog, succeed: impl Fn(Lost) + Send + Sync + 'static) -> Self {
        let current = Arc::new(Mutex::new(None));
        let lost = Arc::clone(&current);
        let back = Back::default();
        let there = Arc::clone(&back);
        let seat = watchdog.seat(move |left| {
            let current: Option<Current> = lost.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(current) = current {
                succeed(Lost { current, left, back: Arc::clone(&there) });
            }
        });
        Chair { seat, plain: RefCell::default(), hand: Hand::default(), current, back }
    }

    /// An attempt begins.
    pub(super) fn sit(&self, current: Current) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(current);
        self.seat.begin();
    }

    /// It is over. Nothing is given back where the thread has been left behind meanwhile: then its end does not count.
    pub(super) fn rise(&self) -> Option<Current> {
        if !self.seat.end() {
            self.back.store(true, Ordering::Release);
            return None;
        }
        self.current.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
