//! One attempt at a test: marked, caught, recorded, judged, its fixtures up before and down after.

use super::bench::Bench;
use super::chair::{Chair, Current, Lost};
use super::jobs::JobRef;
use super::verdict::{self, Around, Tried};
use crate::capture::{Keeps, Recording};
use crate::clock::Clock;
use crate::crash;
use crate::fixture::{FixtureDecl, FixtureKind, Scope};
use crate::fixtures;
use crate::hygiene;
use crate::instance::{AttemptContext, Context, Ended, Prepare, Prepared, TearDownError, Trial, Worker};
use crate::judge::{Ending, expect_failure};
use crate::outcome::{Course, FailedAttempt, Finished, Overdue};
use crate::panics::{__rust_begin_short_backtrace, Hook, Running, caught, discard, keep_hook};
use crate::registry::{Body, Registered, Runtime, Start};
use crate::runtime::{Ground, Watchers, ending};
use crate::settings::Capture;
use crate::skip;
use crate::test::{TaskPanics, Test};
use crate::watchdog::Doing;
use std::io;
use std::panic::resume_unwind;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is said of a test that has hidden its panics from us, or had them hidden by another.
const REPLACED: &str =
    "the panic hook was replaced while the test ran: panics in its tasks may have gone unseen";

/// Runs a test on this thread, for the so-and-so-many-th time, after the attempts that have failed. Nothing comes back if the thread was left behind
/// meanwhile: then another has gone on in its place.
pub(super) fn run(
    job: &JobRef,
    bench: &Bench,
    worker: &mut Worker,
    chair: &Chair,
    number: u32,
    earlier: Vec<FailedAttempt>,
) -> Option<Finished> {
    let Registered { test, body } = job.step().test;
    let keeps = match bench.capture {
        Capture::Yes => Keeps::Output,
        Capture::No => Keeps::Nothing,
    };
    let recording = Recording::begin(test, keeps);
    let since = Instant::now();
    let watchers = Watchers { activity: bench.activity(), hygiene: bench.hygiene() };
    let mark = recording.mark();
    chair.sit(Current { job: job.clone(), earlier, since, mark, activity: watchers.activity.clone() });
    let task_panics = test.options().task_panics.unwrap_or(bench.task_panics);
    let watches_tasks = task_panics == TaskPanics::Fail || bench.debug_async;
    if watches_tasks {
        // An earlier test may have put its own in the place of ours.
        keep_hook();
    }
    let mut tried = {
        let _running = Running::test(test);
        let limit = test.options().timeout.or(bench.timeout);
        let watchers = &watchers;
        let recording = &recording;
        let attempt = Attempt { test, job, bench, recording, chair, number, limit, task_panics, watchers };
        let mut tried = attempt.run(body, worker).unwrap_or_else(|error| {
            Tried::new(Ending::Prevented(format!("the runtime of the test could not be built: {error}")))
        });
        tried.task_panics = attempt.task_panics();
        tried
    };
    let duration = since.elapsed();
    if let Some(hygiene) = &watchers.hygiene {
        let noticed = &mut tried.trouble().noticed;
        *noticed = hygiene.notes(&recording);
        let children = bench.children.left_by_this_thread();
        noticed.extend(hygiene::note_of(&children).map(|note| format!("it {note}")));
    }
    if watches_tasks && keep_hook() == Hook::Replaced {
        tried.trouble().noticed.push(REPLACED.to_owned());
    }
    let output = recording.finish();
    let Current { earlier, activity, .. } = chair.rise()?;
    let mut course = Course { worker: worker.id, began: bench.clock.at(since), ..Course::default() };
    let mut parks = Vec::new();
    if let Some(activity) = activity {
        (course.parked, parks) = activity.end();
    }
    Some(verdict::finished(job.step(), tried, Around { output, duration, course, parks, earlier }))
}

/// What is to be said of an attempt whose thread did not answer, and of what became of that.
pub(super) fn left_behind(lost: Lost, worker: usize, clock: Clock, became: &str) -> (JobRef, Finished) {
    let Lost { current: Current { job, earlier, since, mark, activity }, left, back: _ } = lost;
    let (parked, parks) = activity.map(|activity| activity.end()).unwrap_or_default();
    let mut output = mark.close();
    let test = &job.step().test.test;
    // Before anybody else may change the same.
    if let Err(error) = fixtures::put_back(test) {
        output.end_line();
        output.extend_from_slice(format!("note: not as it was before: {error}\n").as_bytes());
    }
    for path in crash::name_folders(test) {
        output.end_line();
        output.extend_from_slice(crash::kept(&path).as_bytes());
    }
    let finished = verdict::left_behind(job.step(), left, became, output, since.elapsed());
    let course = Course { worker, began: clock.at(since), parked, ..finished.course };
    (job, Finished { earlier, course, parks, ..finished })
}

struct Attempt<'a> {
    test: &'static Test,
    job: &'a JobRef,
    bench: &'a Bench,
    recording: &'a Recording,
    chair: &'a Chair,
    /// From 1.
    number: u32,
    /// How long the test itself may take.
    limit: Option<Duration>,
    /// What a panic in one of its tasks means.
    task_panics: TaskPanics,
    watchers: &'a Watchers,
}

impl<'a> Attempt<'a> {
    fn run(&self, body: &Body, worker: &mut Worker) -> io::Result<Tried> {
        match body {
            Body::Sync(run) => Ok(Tried::new(self.function(run))),
            Body::Async { runtime, start } => self.future(*runtime, start),
            Body::Made { runtime, start } => self.future(*runtime, start),
            Body::Prepared { runtime, prepare } => {
                let ground = self.ground_of_prepared(*runtime)?;
                Ok(self.prepared(ground, *prepare, worker))
            }
        }
    }

    fn future(&self, runtime: Runtime, start: impl Fn() -> Start) -> io::Result<Tried> {
        let ground = self.ground(runtime)?;
        let ending = match caught(start) {
            Ok(future) => self.test(&ground, future),
            Err(payload) => self.told(ending(|| resume_unwind(payload))),
        };
        let mut tried = Tried::new(ending);
        tried.threads_left = ground.leave(&self.chair.seat, self.limit);
        Ok(tried)
    }

    fn test(&self, ground: &Ground<'_>, test: Start) -> Ending {
        let seat = &self.chair.seat;
        self.told(self.in_time(|| ground.run(test, seat)))
    }

    fn function(&self, run: impl FnOnce() -> ExitCode) -> Ending {
        self.told(self.in_time(|| ending(|| __rust_begin_short_backtrace(run))))
    }

    /// The ending of a test that was in time; what else it has come to is in its output, if anywhere.
    fn in_time(&self, run: impl FnOnce() -> Ending) -> Ending {
        self.chair.seat.in_time(self.limit, run).unwrap_or_else(Ending::Overdue)
    }

    fn ground(&self, runtime: Runtime) -> io::Result<Ground<'a>> {
        let watchers = self.watchers;
        if self.job.step().session {
            return Ok(Ground::session(self.bench.lending.session().handle()?, watchers));
        }
        let own =
            || Ground::own(runtime, self.recording.mark(), watchers, &mut self.chair.plain.borrow_mut());
        match (runtime, self.limit) {
            // It may have workers: where the system has threads for some of them only, tokio waits for ever for these.
            (Runtime::Built(_), Some(limit)) => self.chair.seat.watched(Doing::Test, limit, own),
            _ => own(),
        }
    }

    /// A plain function needs a runtime only for fixtures of its own thread that are async.
    fn ground_of_prepared(&self, runtime: Runtime) -> io::Result<Ground<'a>> {
        let is_async = |fixture: &&FixtureDecl| {
            fixture.scope <= Scope::Worker && (fixture.kind == FixtureKind::Async || fixture.has_teardown())
        };
        let needless = matches!(runtime, Runtime::None) && !self.job.step().fixtures.iter().any(is_async);
        if needless && !self.job.step().session {
            return Ok(Ground::thread(self.watchers));
        }
        self.ground(runtime)
    }

    fn prepared(&self, ground: Ground<'_>, prepare: fn(Context) -> Prepare, worker: &mut Worker) -> Tried {
        let (job, hand) = (self.job, &self.chair.hand);
        if job.loan().len() == job.step().fixtures.len()
            && let Some(context) = hand.context(job.loan())
            && let Some(ending) = self.at_hand(&ground, prepare, context)
        {
            let threads_left = ground.leave(&self.chair.seat, self.limit);
            return Tried { threads_left, ..Tried::new(ending) };
        }
        let trial = Trial {
            test: self.test,
            number: self.number,
            seat: Arc::clone(&self.chair.seat),
            limit: self.bench.timeout,
        };
        let attempt = AttemptContext::new(trial, std::mem::take(worker), self.job.loan(), &self.chair.hand);
        let clock = || self.bench.wants_details.then(Instant::now);
        let passed = |since: Option<Instant>| since.map(|since| since.elapsed()).unwrap_or_default();
        let since = clock();
        let prepared = caught(|| match prepare(attempt.context()) {
            Prepare::Ready(prepared) => Ok(prepared),
            Prepare::Pending(set_up) => ground.block_on(set_up),
        });
        let set_up = passed(since);
        let ending = match prepared {
            Ok(Ok(prepared)) => self.with_fixtures(&ground, prepared),
            Ok(Err(_)) if attempt.is_interrupted() => Ending::Overdue(Overdue::Interrupted),
            Ok(Err(broken)) => self.told(Ending::Prevented(verdict::prevented(&broken))),
            Err(payload) => self.told(ending(|| resume_unwind(payload))),
        };
        let (mut teardowns, mut tear_down) = (Vec::new(), Duration::ZERO);
        if attempt.has_own() {
            let since = clock();
            teardowns = self.tear_down(&attempt, &ground, &ending);
            tear_down = passed(since);
        }
        *worker = attempt.end();
        let threads_left = ground.leave(&self.chair.seat, self.limit);
        let mut tried = Tried { threads_left, set_up, tear_down, ..Tried::new(ending) };
        if !teardowns.is_empty() {
            tried.trouble().teardowns = teardowns;
        }
        tried
    }

    /// Runs a test all of whose fixtures are at hand, so that there is nothing to set up and nothing to tear down.
    fn at_hand(
        &self,
        ground: &Ground<'_>,
        prepare: fn(Context) -> Prepare,
        context: Context,
    ) -> Option<Ending> {
        match caught(|| prepare(context)) {
            Ok(Prepare::Ready(prepared)) => Some(self.with_fixtures(ground, prepared)),
            Ok(Prepare::Pending(_)) => None,
            Err(payload) => Some(self.told(ending(|| resume_unwind(payload)))),
        }
    }

    fn with_fixtures(&self, ground: &Ground<'_>, prepared: Prepared) -> Ending {
        match prepared {
            Prepared::Sync(run) => {
                let _entered = ground.enter();
                self.function(run)
            }
            Prepared::Async(test) => self.test(ground, test),
        }
    }

    /// What a skip in a task or on a thread has become, if it is that which the test has failed by.
    fn told(&self, ending: Ending) -> Ending {
        let skipped = match &ending {
            _ if !ending.is_bad() => None,
            Ending::Returned(_) => skip::told(),
            Ending::Panicked(Ok(message)) if skip::may_be_of_a_thread(message) => self.recording.skipped(),
            Ending::Prevented(error) => skip::in_a_task(error),
            Ending::Panicked(_) | Ending::Skipped(_) | Ending::Overdue(_) => None,
        };
        skipped.map_or(ending, Ending::Skipped)
    }

    /// How many of its tasks have panicked by now, where that is a failure.
    fn task_panics(&self) -> usize {
        match self.task_panics {
            TaskPanics::Fail => self.recording.task_panics(),
            TaskPanics::Ignored => 0,
        }
    }

    fn tear_down(
        &self,
        attempt: &AttemptContext,
        ground: &Ground<'_>,
        ending: &Ending,
    ) -> Vec<TearDownError> {
        let outcome = verdict::outcome(self.test, ending, self.task_panics());
        let failed = expect_failure(self.test.xfail(), outcome).is_failure();
        attempt.ended.set(if failed { Ended::Failed } else { Ended::Well });
        let mut errors = Vec::new();
        // Each turn takes one of them at least. What a test has leaked may still panic when it is dropped.
        while attempt.has_own() {
            let _ = caught(|| ground.block_on(attempt.tear_down(&mut errors))).map_err(discard);
        }
        errors
    }
}
