//! The watchdog's thread: it sleeps until something is due, and starts when something is due for the first time.

use super::seat::{LeftBehind, Look, Seat};
use crate::aside;
use crate::capture;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

/// Whoever watches over the seats of a run.
pub(crate) struct Watchdog {
    patrol: Arc<Patrol>,
}

pub(super) struct Patrol {
    seats: Mutex<Vec<Weak<Seat>>>,
    round: Mutex<Round>,
    woken: Condvar,
}

struct Round {
    /// When to look after the seats again.
    at: Option<Instant>,
    thread: Thread,
    /// Whether the run is to end.
    interrupted: bool,
}

#[derive(PartialEq)]
enum Thread {
    None,
    Walking,
    /// There is no further need for it, or it cannot be started: limits are then kept by whoever polls, or not at all.
    Over,
}

impl Watchdog {
    /// A watchdog without anything to watch over.
    pub(crate) fn new() -> Self {
        let round = Round { at: None, thread: Thread::None, interrupted: false };
        Watchdog {
            patrol: Arc::new(Patrol {
                seats: Mutex::default(),
                round: Mutex::new(round),
                woken: Condvar::new(),
            }),
        }
    }

    /// A seat for a thread. `left_behind` is called on the watchdog's thread, once at most, when that gives up on the
    /// thread: [`Seat::end`] will answer that nothing counts which the thread still does.
    pub(crate) fn seat(&self, left_behind: impl Fn(LeftBehind) + Send + Sync + 'static) -> Arc<Seat> {
        let seat = Arc::new(Seat::new(&self.patrol, Box::new(left_behind)));
        lock(&self.patrol.seats).push(Arc::downgrade(&seat));
        if lock(&self.patrol.round).interrupted {
            seat.interrupt();
        }
        seat
    }

    /// Whether everything was asked to end.
    pub(crate) fn is_interrupted(&self) -> bool {
        lock(&self.patrol.round).interrupted
    }

    /// Asks everything but teardowns to end.
    pub(crate) fn interrupt(&self) {
        lock(&self.patrol.round).interrupted = true;
        for seat in self.patrol.seats() {
            seat.interrupt();
        }
        self.patrol.expect(Instant::now());
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        lock(&self.patrol.round).thread = Thread::Over;
        self.patrol.woken.notify_all();
    }
}

impl Patrol {
    /// Something will be due then.
    pub(super) fn expect(self: &Arc<Self>, due: Instant) {
        let mut round = lock(&self.round);
        if round.at.is_some_and(|at| at <= due) {
            return;
        }
        round.at = Some(due);
        match round.thread {
            Thread::None => {
                let this = Arc::clone(self);
                let started = aside::start("test-watchdog", move || this.walk());
                round.thread = if started.is_ok() { Thread::Walking } else { Thread::Over };
            }
            Thread::Walking => self.woken.notify_all(),
            Thread::Over => {}
        }
    }

    fn walk(&self) {
        // A test's thread has started it, but it is nobody's.
        capture::disown();
        let mut round = lock(&self.round);
        while round.thread != Thread::Over {
            let now = Instant::now();
            round = match round.at {
                None => self.woken.wait(round).unwrap_or_else(PoisonError::into_inner),
                Some(at) if at > now => {
                    let waited = self.woken.wait_timeout(round, at - now);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                Some(_) => {
                    round.at = None;
                    drop(round);
                    let next = self.look_after_all(now);
                    let mut round = lock(&self.round);
                    round.at = [round.at, next].into_iter().flatten().min();
                    round
                }
            };
        }
    }

    /// Looks after every seat; answers when the next thing is due.
    fn look_after_all(&self, now: Instant) -> Option<Instant> {
        let mut next = None;
        for seat in self.seats() {
            match seat.look(now) {
                Look::Again(None) => {}
                Look::Again(Some(at)) => next = Some(next.map_or(at, |next: Instant| next.min(at))),
                Look::Leave(left) => seat.tell(left),
            }
        }
        next
    }

    /// The seats that somebody still has.
    fn seats(&self) -> Vec<Arc<Seat>> {
        let mut seats = lock(&self.seats);
        seats.retain(|seat| seat.strong_count() > 0);
        seats.iter().filter_map(Weak::upgrade).collect()
    }
}

/// Locks without poisoning: nothing here can be left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
