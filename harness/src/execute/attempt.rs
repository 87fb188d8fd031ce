//! One attempt at a test: marked, caught, recorded, judged, its fixtures up before and down after.

use super::{Bench, Job, TestStep};
use crate::capture::{Keeps, Recording};
use crate::fixture::{BUILT_IN, FixtureDecl, FixtureKind, FixtureRuntime, Scope};
use crate::instance::{AttemptContext, Broken, Context, Ended, Prepare, Prepared, TearDownError, Worker};
use crate::judge::{Ending, expect_failure, judge};
use crate::outcome::{Failure, Finished, Outcome};
use crate::panics::{__rust_begin_short_backtrace, Running, caught, discard};
use crate::registry::{Body, Registered, Runtime, Start};
use crate::runtime::{Ground, OwnRuntime, ending};
use crate::settings::Capture;
use crate::test::{RuntimeChoice, Test};
use std::io;
use std::panic::resume_unwind;
use std::time::{Duration, Instant};

/// Runs a test on this thread.
pub(super) fn run(job: &Job, bench: &Bench, worker: &mut Worker) -> Finished {
    let Registered { test, body } = job.step.test;
    let keeps = match bench.capture {
        Capture::Yes => Keeps::Output,
        Capture::No => Keeps::Nothing,
    };
    let recording = Recording::begin(test, keeps);
    let begin = Instant::now();
    let tried = {
        let _running = Running::test(test);
        let attempt = Attempt { test, job, bench, recording: &recording };
        attempt.run(body, worker).unwrap_or_else(|error| {
            Tried::new(Ending::Prevented(format!("the runtime of the test could not be built: {error}")))
        })
    };
    let duration = begin.elapsed();
    let output = recording.finish();
    finished(test, &job.step, tried, output, duration)
}

/// What came of an attempt.
struct Tried {
    ending: Ending,
    /// Teardowns of its own fixtures that failed.
    teardowns: Vec<TearDownError>,
    /// How many threads of its runtime were left behind.
    threads_left: usize,
}

impl Tried {
    fn new(ending: Ending) -> Self {
        Tried { ending, teardowns: Vec::new(), threads_left: 0 }
    }
}

struct Attempt<'a> {
    test: &'static Test,
    job: &'a Job,
    bench: &'a Bench,
    recording: &'a Recording,
}

impl Attempt<'_> {
    fn run(&self, body: &Body, worker: &mut Worker) -> io::Result<Tried> {
        match body {
            Body::Sync(run) => Ok(Tried::new(self.told(ending(|| __rust_begin_short_backtrace(run))))),
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
        let ending = self.told(match caught(start) {
            Ok(future) => ground.run(future),
            Err(payload) => ending(|| resume_unwind(payload)),
        });
        Ok(Tried { ending, teardowns: Vec::new(), threads_left: ground.leave() })
    }

    fn ground(&self, runtime: Runtime) -> io::Result<Ground> {
        if self.job.step.session {
            return Ok(Ground::Session(self.bench.lending.session().handle()?));
        }
        OwnRuntime::new(runtime, self.recording.mark()).map(Ground::Own)
    }

    /// A plain function needs a runtime only for fixtures of its own thread that are async.
    fn ground_of_prepared(&self, runtime: Runtime) -> io::Result<Ground> {
        let is_async = |fixture: &&FixtureDecl| {
            fixture.scope <= Scope::Worker && (fixture.kind == FixtureKind::Async || fixture.has_teardown())
        };
        let needless = matches!(runtime, Runtime::None) && !self.job.step.fixtures.iter().any(is_async);
        if needless && !self.job.step.session { Ok(Ground::Thread) } else { self.ground(runtime) }
    }

    fn prepared(&self, ground: Ground, prepare: fn(Context) -> Prepare, worker: &mut Worker) -> Tried {
        let attempt = AttemptContext::new(self.test, std::mem::take(worker), self.job.loan.clone());
        let prepared = caught(|| ground.block_on(prepare(attempt.context())));
        let ending = self.told(match prepared {
            Ok(Ok(Prepared::Sync(run))) => {
                let _entered = ground.enter();
                ending(|| __rust_begin_short_backtrace(run))
            }
            Ok(Ok(Prepared::Async(test))) => ground.run(test),
            Ok(Err(broken)) => Ending::Prevented(prevented(&broken)),
            Err(payload) => ending(|| resume_unwind(payload)),
        });
        let teardowns =
            if attempt.has_own() { self.tear_down(&attempt, &ground, &ending) } else { Vec::new() };
        *worker = attempt.end();
        Tried { ending, teardowns, threads_left: ground.leave() }
    }

    /// What a skip in a task or on a thread has become: a panic, or an error of its own.
    fn told(&self, ending: Ending) -> Ending {
        match self.recording.skipped() {
            Some(reason) if ending.is_bad() => Ending::Skipped(reason),
            _ => ending,
        }
    }

    fn tear_down(&self, attempt: &AttemptContext, ground: &Ground, ending: &Ending) -> Vec<TearDownError> {
        let outcome = judge(self.test.should_panic, self.test.place, ending);
        let failed = expect_failure(self.test.xfail, outcome).is_failure();
        attempt.ended.set(if failed { Ended::Failed } else { Ended::Well });
        caught(|| ground.block_on(attempt.tear_down())).unwrap_or_else(|payload| {
            discard(payload);
            Vec::new()
        })
    }
}

fn prevented(Broken { fixture, error }: &Broken) -> String {
    let label = fixture.label();
    match (error, fixture.scope) {
        (Some(error), _) => format!("fixture `{label}` failed to set up: {error}"),
        (None, Scope::Worker) => format!(
            "fixture `{label}` failed to set up; its error is shown with the first test that needed it on this worker"
        ),
        (None, _) => format!("fixture `{label}` failed to set up; its error is shown under its name"),
    }
}

fn finished(
    test: &'static Test,
    step: &TestStep,
    tried: Tried,
    mut output: Vec<u8>,
    duration: Duration,
) -> Finished {
    let Tried { ending, teardowns, threads_left } = tried;
    let mut outcome = judge(test.should_panic, test.place, &ending);
    for TearDownError { fixture, error } in teardowns {
        let message = format!("fixture `{}` failed to tear down: {error}", fixture.label());
        if outcome == Outcome::Passed {
            outcome = Outcome::Failed(Failure::Because(message));
        } else {
            output.extend_from_slice(format!("note: {message}\n").as_bytes());
        }
    }
    if matches!(outcome, Outcome::Failed(_)) {
        output.extend_from_slice(lost_runtime(step, &output).unwrap_or_default().as_bytes());
    }
    let notes = match threads_left {
        0 => Vec::new(),
        1 => vec!["a blocking task was still running after its test and was left behind".to_owned()],
        n => vec![format!("{n} blocking tasks were still running after their test and were left behind")],
    };
    Finished { outcome: expect_failure(test.xfail, outcome), output, notes, duration }
}

/// How tokio and the crates on top of it say that the runtime which drives a value is gone.
const LOST_RUNTIME: [&str; 5] = [
    "IO driver has terminated",
    "runtime is shutting down",
    "it is being shutdown",
    "dispatch dropped without returning error",
    "runtime dropped the dispatch task",
];

/// What to declare when a shared value has lost the runtime that it opened a connection on.
fn lost_runtime(step: &TestStep, output: &[u8]) -> Option<String> {
    // Nearest to the test first: what it names itself is what it used.
    let shared = |fixture: &&&FixtureDecl| {
        fixture.scope > Scope::Test
            && fixture.runtime != FixtureRuntime::Any
            && fixture.place.file != BUILT_IN
    };
    let fixture = step.fixtures.iter().rev().find(shared)?.label();
    let output = String::from_utf8_lossy(output);
    let lost = LOST_RUNTIME.iter().find(|words| output.contains(**words))?;
    let advice = match (step.session, step.test.test.on) {
        (true, _) => format!(
            "this test ran on the session runtime, so another test has used `{fixture}` on a runtime of its own: look for \
             one with `runtime = \"fresh\"`"
        ),
        (false, RuntimeChoice::Fresh) => {
            format!(
                "this test ran on a runtime of its own with the shared `{fixture}`: remove its `runtime = \"fresh\"`"
            )
        }
        (false, _) => format!(
            "this test ran on a runtime of its own with the shared `{fixture}`: declare `runtime = \"session\"` on that \
             fixture, or on the test"
        ),
    };
    Some(format!(
        "note: \"{lost}\" is what a value says whose connection was opened on a runtime that is gone; {advice}\n"
    ))
}
