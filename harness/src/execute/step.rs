//! Runs one step: the same for a worker of the pool and for the main thread.

use super::{Bench, Job, Telling};
use crate::event::Event;
use crate::instance::Worker;
use crate::outcome::{Failure, Finished, Outcome};
use crate::plan::Action;
use crate::registry::Registered;
use crate::settings::Stop;
use crate::time_limits::Enforcement;
use std::borrow::Cow;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Bench {
    /// Runs a step and tells of its start and its end.
    pub(super) fn run(&self, job: &Job, worker: &mut Worker) {
        let step = &job.step;
        let Registered { test, .. } = step.test;
        let locks = match (&self.locks, step.action) {
            (Some(locks), Action::Run) => Some(locks.hold(test.concurrency(), &step.keys)),
            _ => None,
        };
        self.tell(Event::TestStarted { test, ignored: matches!(step.action, Action::Ignore(_)) });
        let finished = match (step.action, &locks) {
            (Action::Ignore(reason), _) => without_a_try(Outcome::Ignored(reason.map(Cow::Borrowed))),
            (Action::Run, Some(Err(error))) => {
                without_a_try(Outcome::Failed(Failure::Because(error.to_string())))
            }
            (Action::Run, _) => self.in_time(super::attempt::run(job, self, worker)),
        };
        drop(locks);
        let failed = finished.outcome.is_failure();
        self.tell(Event::TestFinished { test, finished });
        self.finished.fetch_add(1, Ordering::Release);
        if failed && self.stop == Stop::AtFailure {
            self.stopped.store(true, Ordering::Release);
        }
        job.loan.release();
    }

    fn tell(&self, event: Event) {
        self.events.send(event);
        if self.telling == Telling::AtOnce {
            self.events.wait_until_told();
        }
    }

    /// Says something about the run as a whole.
    pub(super) fn note(&self, note: String) {
        self.tell(Event::RunNoted { note });
    }

    /// Fails a test that passed too late, where limits are enforced.
    fn in_time(&self, mut finished: Finished) -> Finished {
        let limit = self.time.filter(|time| time.enforcement == Enforcement::Fail).map(|time| time.critical);
        if finished.outcome == Outcome::Passed && limit.is_some_and(|limit| finished.duration >= limit) {
            finished.outcome = Outcome::Failed(Failure::TimeLimit);
        }
        finished
    }
}

fn without_a_try(outcome: Outcome) -> Finished {
    Finished { outcome, output: Vec::new(), notes: Vec::new(), duration: Duration::ZERO }
}
