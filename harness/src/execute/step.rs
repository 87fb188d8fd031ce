//! Runs one step: the same for a worker of the pool and for the main thread.

use super::bench::Bench;
use super::chair::Lost;
use super::jobs::JobRef;
use super::runner::Runner;
use super::verdict;
use crate::crash;
use crate::event::Event;
use crate::outcome::{Course, FailedAttempt, Failure, Finished, Outcome};
use crate::plan::Action;
use crate::registry::Registered;
use crate::settings::RetryIn;
use crate::time_limits::Enforcement;
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The worker that the main thread is.
const MAIN_THREAD: usize = 0;

/// Whether a step was run to its end by the thread that began it.
#[must_use]
pub(super) enum Ran {
    /// It was.
    ToTheEnd,
    /// It was not: the thread was left behind, and another has gone on in its place.
    LeftBehind,
}

impl Bench {
    /// Runs a step and tells of its start and its end.
    pub(super) fn run(&self, job: &JobRef, runner: &mut Runner) -> Ran {
        runner.keep_only(job.loan());
        let step = job.step();
        let Registered { test, .. } = step.test;
        let locks = match (&self.locks, step.action) {
            (Some(locks), Action::Run) => {
                self.locking.fetch_add(1, Ordering::Release);
                let held = locks.hold(test.concurrency(), &step.keys);
                self.locking.fetch_sub(1, Ordering::Release);
                Some(held)
            }
            _ => None,
        };
        if !step.earlier.is_empty() {
            self.goes_on_with(test);
        }
        let (worker, began) = (runner.worker(), self.clock.now());
        let ignored = matches!(step.action, Action::Ignore(_));
        self.tell(Event::TestStarted { test, ignored, worker, began });
        let without_a_try = |outcome| {
            let course = Course { worker, began, ..Course::default() };
            Finished { course, ..Finished::without_a_try(outcome) }
        };
        let ran = match (step.action, &locks) {
            (Action::Ignore(reason), _) => {
                self.finish(job, without_a_try(Outcome::Ignored(reason.map(Cow::Borrowed))))
            }
            (Action::Run, Some(Err(error))) => {
                self.finish(job, without_a_try(Outcome::Failed(Failure::Because(error.to_string()))))
            }
            // Only where tests are repeated.
            (Action::Run, _) if self.stuck.has(test) => {
                let reason = Failure::Because(verdict::STILL_AT_IT.to_owned());
                self.finish(job, without_a_try(Outcome::Failed(reason)))
            }
            (Action::Run, _) => self.try_until_done(job, runner, step.earlier.clone()),
        };
        drop(locks);
        ran
    }

    /// Goes on in place of a thread that was left behind.
    pub(super) fn succeed(&self, lost: Lost, runner: &mut Runner) -> (JobRef, Ran) {
        self.stuck.add(&lost.current.job.step().test.test, Arc::clone(&lost.back));
        let (job, mut finished) =
            super::attempt::left_behind(lost, runner.worker(), self.clock, verdict::LEFT);
        let ran = match self.again(&job, &mut finished) {
            Some(earlier) => self.try_until_done(&job, runner, earlier),
            None => self.finish(&job, finished),
        };
        (job, ran)
    }

    /// Ends the step of a thread that was left behind and cannot be replaced.
    pub(super) fn give_up(&self, lost: Lost) -> JobRef {
        let (job, finished) = super::attempt::left_behind(lost, MAIN_THREAD, self.clock, verdict::LEFT);
        let _ = self.finish(&job, finished);
        job
    }

    fn try_until_done(&self, job: &JobRef, runner: &mut Runner, mut earlier: Vec<FailedAttempt>) -> Ran {
        loop {
            let number = u32::try_from(earlier.len()).unwrap_or(u32::MAX).saturating_add(1);
            let finished = match (number, self.retry_in) {
                (2.., RetryIn::FreshProcess) => Some(runner.attempt_afresh(job, self, number, earlier)),
                _ => runner.attempt(job, self, number, earlier),
            };
            let Some(mut finished) = finished else { return Ran::LeftBehind };
            match self.again(job, &mut finished) {
                Some(failed) => earlier = failed,
                None => return self.finish(job, finished),
            }
        }
    }

    /// The attempts after which a test is tried again, this one among them; nothing where it has ended thus.
    fn again(&self, job: &JobRef, finished: &mut Finished) -> Option<Vec<FailedAttempt>> {
        self.hold_to_time(finished);
        hold_to_failures(finished);
        let Outcome::Failed(_) = &finished.outcome else { return None };
        let test = &job.step().test.test;
        if finished.earlier.len() >= test.retries(self.retries) as usize || self.is_stopped() {
            return None;
        }
        let failed = std::mem::replace(finished, Finished::without_a_try(Outcome::Passed));
        let attempts = failed.into_attempts()?;
        if let Some(last) = attempts.last() {
            crash::attempt_failed(test, last);
        }
        Some(attempts)
    }

    fn finish(&self, job: &JobRef, finished: Finished) -> Ran {
        let failed = finished.outcome.is_failure();
        let leaves_traces = !job.step().fixtures.is_empty() || !finished.earlier.is_empty();
        self.tell(Event::TestFinished { test: &job.step().test.test, finished });
        if leaves_traces {
            crash::settled(&job.step().test.test);
        }
        self.finished.fetch_add(1, Ordering::Release);
        if failed && self.stop.is_due(self.failures.fetch_add(1, Ordering::AcqRel) + 1) {
            self.stopped.store(true, Ordering::Release);
        }
        job.loan().release();
        Ran::ToTheEnd
    }

    /// Fails a test that passed too late, where limits are enforced.
    fn hold_to_time(&self, finished: &mut Finished) {
        let limit = self.time.filter(|time| time.enforcement == Enforcement::Fail).map(|time| time.critical);
        if finished.outcome == Outcome::Passed && limit.is_some_and(|limit| finished.duration >= limit) {
            finished.outcome = Outcome::Failed(Failure::TimeLimit);
        }
    }
}

/// Fails a test that is skipped when it is tried again: its failure was one, and nothing has shown that it is flaky.
fn hold_to_failures(finished: &mut Finished) {
    if let Outcome::Ignored(reason) = &finished.outcome
        && !finished.earlier.is_empty()
    {
        let reason = reason.as_deref().unwrap_or_default();
        let failure = Failure::Because(format!("it had failed before it was skipped: {reason}"));
        finished.outcome = Outcome::Failed(failure);
    }
}
