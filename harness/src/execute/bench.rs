//! What every worker needs to run a step.

use super::fleet::Fleet;
use super::lock::ProcessLocks;
use super::stuck::Stuck;
use crate::activity::{Activity, Cores, Keeps};
use crate::capture;
use crate::channel::Sender;
use crate::clock::Clock;
use crate::dist::Dist;
use crate::event::{Detail, Event, Phase};
use crate::hygiene::{self, Children, Hygiene};
use crate::instance::{Lending, Terms};
use crate::outcome::{FailedAttempt, Finished};
use crate::settings::{Capture, RetryIn, Settings, Stop};
use crate::test::{TaskPanics, Test};
use crate::time_limits::TimeLimits;
use crate::watchdog::Watchdog;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// What every worker needs to run a step.
pub(super) struct Bench {
    pub(super) lending: Lending,
    pub(super) events: Sender,
    pub(super) capture: Capture,
    pub(super) time: Option<TimeLimits>,
    pub(super) stop: Stop,
    pub(super) dist: Dist,
    /// How long a test may take, and each set-up and teardown, where they do not say so themselves.
    pub(super) timeout: Option<Duration>,
    /// How often a test is tried again that does not say so itself.
    pub(super) retries: u32,
    /// Where it is tried again.
    pub(super) retry_in: RetryIn,
    /// The worker processes.
    pub(super) fleet: Fleet,
    /// What a panic in a task means for a test that does not say so itself.
    pub(super) task_panics: TaskPanics,
    pub(super) watchdog: Arc<Watchdog>,
    /// Whether somebody wants to know what the process uses.
    pub(super) tells_usage: bool,
    /// Whether it is said what async tests do and should not.
    pub(super) debug_async: bool,
    /// The child processes that tests leave running.
    pub(super) children: Children,
    /// What time it is.
    pub(super) clock: Clock,
    /// Whether somebody wants to know what the time of each test goes to.
    pub(super) wants_details: bool,
    /// Whether somebody wants to know when what happened, and what held it up.
    pub(super) tells_course: bool,
    /// Whoever counts the cores in use, while somebody does.
    pub(super) cores: OnceLock<Arc<dyn Cores>>,
    /// Tests that have failed before, are to be tried again, and have not been: with their attempts.
    pub(super) owed: Mutex<Vec<(&'static Test, Vec<FailedAttempt>)>>,
    /// The tests whose threads were left behind.
    pub(super) stuck: Stuck,
    /// Locks against other processes, where each test has one of its own.
    pub(super) locks: Option<ProcessLocks>,
    /// When events are told of.
    pub(super) telling: Telling,
    /// Whether no further test may start.
    pub(super) stopped: AtomicBool,
    /// Whether that is since the run is to end.
    pub(super) interrupted: AtomicBool,
    /// How many tests wait for other processes.
    pub(super) locking: AtomicUsize,
    /// How many tests have failed.
    pub(super) failures: AtomicUsize,
    /// How many tests have ended.
    pub(super) finished: AtomicUsize,
}

/// When the events of a step are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// Whenever the thread that reports gets to it.
    Later,
    /// Before the step goes on: tests print for themselves and one at a time, so a result has to stand before the output
    /// of the next.
    AtOnce,
}

impl Telling {
    pub(super) fn new(capture: Capture, settings: &Settings, planned: usize) -> Self {
        let alone = settings.most_at_once() == 1 || planned == 1;
        if capture == Capture::No && alone { Telling::AtOnce } else { Telling::Later }
    }
}

impl Bench {
    pub(super) fn new(
        settings: &Settings,
        capture: Capture,
        telling: Telling,
        events: Sender,
        clock: Clock,
    ) -> Self {
        let watchdog = Arc::new(Watchdog::new());
        let locks = ProcessLocks::for_this_process();
        if settings.debug_async {
            capture::watch_threads();
        }
        Bench {
            tells_usage: settings.reports.stats || settings.reports.want_course(),
            debug_async: settings.debug_async,
            children: Children::before_tests(),
            lending: Lending::new(Terms {
                events: events.clone(),
                clock,
                capture,
                watchdog: Arc::clone(&watchdog),
                limit: settings.timeout,
                details: settings.reports.want_details(),
            }),
            clock,
            wants_details: settings.reports.want_details(),
            tells_course: settings.reports.want_course(),
            events,
            capture,
            time: settings.time,
            stop: settings.stop,
            dist: settings.dist,
            timeout: settings.timeout,
            retries: settings.retries,
            task_panics: settings.task_panics,
            retry_in: settings.retry_in,
            fleet: Fleet::new(settings, locks.is_some()),
            watchdog,
            cores: OnceLock::new(),
            owed: Mutex::default(),
            stuck: Stuck::default(),
            locks,
            telling,
            stopped: AtomicBool::new(false),
            interrupted: AtomicBool::new(false),
            locking: AtomicUsize::new(0),
            failures: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
        }
    }

    /// A test is tried again now: how it ends is yet to be seen.
    pub(super) fn goes_on_with(&self, test: &'static Test) {
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        owed.retain(|(other, _)| !std::ptr::eq(*other, test));
    }

    /// Tells of the tests that were to be tried again, now that this will not be.
    pub(super) fn tell_of_owed(&self) {
        let owed = std::mem::take(&mut *self.owed.lock().unwrap_or_else(PoisonError::into_inner));
        for (test, attempts) in owed {
            if let Some(finished) = Finished::of_attempts(attempts) {
                self.events.send(Event::TestFinished { test, finished });
                self.finished.fetch_add(1, Ordering::Release);
            }
        }
    }

    /// What says when an attempt waits, where somebody wants to know.
    pub(super) fn activity(&self) -> Option<Arc<Activity>> {
        let cores = self.cores.get();
        let keeps = if self.tells_course { Keeps::Stretches } else { Keeps::Sum };
        (cores.is_some() || self.wants_details).then(|| Activity::new(cores.cloned(), keeps))
    }

    /// What notices what an attempt should not do, where somebody wants to know.
    pub(super) fn hygiene(&self) -> Option<Arc<Hygiene>> {
        self.debug_async.then(Arc::default)
    }

    /// Says which child processes tests have left running in this process.
    pub(super) fn note_children(&self) {
        if let Some(note) = hygiene::note_of(&self.children.left_by_tests()) {
            self.note(format!("tests {note}"));
        }
    }

    /// Says what of that cannot be told here.
    pub(super) fn note_what_is_unknown(&self) {
        if self.debug_async && !hygiene::is_available() {
            self.note(hygiene::UNKNOWN.to_owned());
        }
    }

    /// Tells of something that happened.
    pub(super) fn tell(&self, event: Event) {
        self.events.send(event);
        if self.telling == Telling::AtOnce {
            self.events.wait_until_told();
        }
    }

    /// Says that a phase begins, where somebody wants to know.
    pub(super) fn begin(&self, phase: Phase) {
        if self.tells_course {
            self.events.send(Event::Detail(Detail::PhaseStarted { phase, at: self.clock.now() }));
        }
    }

    /// Says something about the run as a whole.
    pub(super) fn note(&self, note: String) {
        self.tell(Event::RunNoted { note });
    }

    /// Ends the run early and in good order: no further test starts, and what waits ends now.
    pub(super) fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Release);
        self.stopped.store(true, Ordering::Release);
        self.watchdog.interrupt();
        self.fleet.interrupt();
    }

    /// Whether the run is to end.
    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Acquire)
    }

    /// Whether no further test may start.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }
}
