//! The end of a run: by the main thread, or in its place.

use super::bench::Bench;
use super::chair::Lost;
use crate::aside::run_aside;
use crate::event::{Cut, Event, NotRun};
use crate::settings::Capture;
use crate::{capture, crash, usage};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

/// Ends a run, once.
pub(super) struct Ending {
    bench: Arc<Bench>,
    planned: usize,
    /// Ends the process in place of a main thread that does not answer.
    abandon: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Ending {
    pub(super) fn new(bench: Arc<Bench>, planned: usize, abandon: impl FnOnce() + Send + 'static) -> Self {
        Ending { bench, planned, abandon: Mutex::new(Some(Box::new(abandon))) }
    }

    /// Tears down what is left and says that the run is over.
    pub(super) fn end(&self, cut: Option<Cut>) {
        let bench = &self.bench;
        bench.lending.finish();
        bench.tell_of_owed();
        let mut stray = if bench.capture == Capture::Yes { capture::stop() } else { Vec::new() };
        stray.extend(bench.fleet.stray());
        bench.fleet.lost().into_iter().for_each(|note| bench.note(note));
        bench.note_children();
        bench.note_what_is_unknown();
        if let Some(usage) = bench.tells_usage.then(usage::now).flatten() {
            bench.events.send(Event::Used(usage));
        }
        let count = self.planned - bench.finished.load(Ordering::Acquire);
        let cut = match bench.is_interrupted() {
            true => Some(Cut::Interrupt),
            false => cut.or_else(|| (count > 0).then_some(Cut::Failures)),
        };
        let not_run = NotRun { count, cut };
        bench.events.send(Event::RunFinished { elapsed: bench.clock.now(), not_run, stray });
        // Nothing follows, so the receiver need not rest for what may gather. It cannot know by its last sender being gone: the
        // threads that wait for an interrupt, or were left behind, have one as well.
        bench.events.wait_until_told();
    }

    /// Ends an interrupted run in which nothing has begun but to wait for other processes, for that cannot be ended.
    pub(super) fn end_in_vain(&self) {
        if self.bench.locking.load(Ordering::Acquire) > 0 {
            self.end(None);
            self.abandon();
        }
    }

    /// Goes on when the main thread does not come back from a test: what should have run on it cannot.
    pub(super) fn without_main_thread(self: &Arc<Self>, lost: Lost) {
        let this = Arc::clone(self);
        let go_on = move || {
            let job = this.bench.give_up(lost);
            let left = this.planned > this.bench.finished.load(Ordering::Acquire);
            if left && !this.bench.is_stopped() {
                this.bench.lending.finish();
                crash::execute_again();
            }
            this.end(left.then_some(Cut::MainThread(&job.step().test.test)));
            this.abandon();
        };
        // Not on the watchdog's own thread: teardowns have limits too.
        run_aside("test-ending", go_on);
    }

    fn abandon(&self) {
        let abandon = self.abandon.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(abandon) = abandon {
            abandon();
        }
    }
}
