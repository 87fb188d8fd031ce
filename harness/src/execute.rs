//! Runs a plan: the parallel phase on a pool, then the serial phase on the calling thread. It prints nothing; whatever
//! happens is an event.

mod attempt;
mod lock;
mod parallel;
mod step;

use crate::channel::Sender;
use crate::event::Event;
use crate::instance::{Lending, Loan, Worker};
use crate::plan::{Plan, Step};
use crate::registry::Registered;
use crate::settings::{Capture, Settings, Stop, Workers};
use crate::{capture, panics};
use lock::ProcessLocks;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// A planned test.
pub(crate) type TestStep = Step<&'static Registered>;

/// A step with what it may borrow.
pub(crate) struct Job {
    pub(crate) step: TestStep,
    pub(crate) loan: Loan,
}

/// What every worker needs to run a step.
struct Bench {
    lending: Lending,
    events: Sender,
    capture: Capture,
    time: Option<crate::time_limits::TimeLimits>,
    stop: Stop,
    /// Locks against other processes, where each test has one of its own.
    locks: Option<ProcessLocks>,
    /// When events are told of.
    telling: Telling,
    /// Whether no further test may start.
    stopped: AtomicBool,
    /// How many tests have ended.
    finished: AtomicUsize,
}

/// When the events of a step are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Telling {
    /// Whenever the thread that reports gets to it.
    Later,
    /// Before the step goes on: tests print for themselves and one at a time, so a result has to stand before the output
    /// of the next.
    AtOnce,
}

impl Telling {
    fn new(capture: Capture, workers: Workers, plan: &Plan<&'static Registered>) -> Self {
        let alone = !workers.run_beside_each_other() || plan.len() == 1;
        if capture == Capture::No && alone { Telling::AtOnce } else { Telling::Later }
    }
}

/// Runs a plan from [`Event::RunStarted`] to [`Event::RunFinished`].
pub(crate) fn run(plan: Plan<&'static Registered>, settings: &Settings, events: Sender) {
    let begin = Instant::now();
    let planned = plan.len();
    let keep = match settings.capture {
        Capture::Yes if capture::AVAILABLE => Capture::Yes,
        _ => Capture::No,
    };
    events.send(Event::RunStarted {
        tests: planned,
        filtered_out: plan.filtered_out,
        shuffle_seed: plan.shuffle_seed,
    });
    panics::install_hook();
    if keep == Capture::Yes {
        capture::start();
    }
    let telling = Telling::new(keep, settings.workers, &plan);
    let mut lending = Lending::new(events.clone(), keep);
    let mut jobs = |steps: Vec<TestStep>| -> Vec<Job> {
        steps
            .into_iter()
            .map(|step| Job { loan: lending.lend(&step.test.test, &step.fixtures), step })
            .collect()
    };
    let (suspects, parallel, serial) = (jobs(plan.suspects), jobs(plan.parallel), jobs(plan.serial));
    let bench = Arc::new(Bench {
        lending,
        events,
        capture: keep,
        time: settings.time,
        stop: settings.stop,
        locks: ProcessLocks::for_this_process(),
        telling,
        stopped: AtomicBool::new(false),
        finished: AtomicUsize::new(0),
    });

    let mut worker = Worker::new(0, settings.workers.count());
    one_by_one(&suspects, &bench, &mut worker);
    let left = match settings.workers {
        Workers::Threads(threads) => parallel::run(parallel, threads, &bench, &mut worker),
        Workers::MainThread => parallel,
    };
    one_by_one(&left, &bench, &mut worker);
    one_by_one(&serial, &bench, &mut worker);
    bench.lending.retire(&mut worker);
    bench.lending.finish();

    let stray = if keep == Capture::Yes { capture::stop() } else { Vec::new() };
    bench.events.send(Event::RunFinished {
        elapsed: begin.elapsed(),
        not_run: planned - bench.finished.load(Ordering::Acquire),
        stray,
    });
}

fn one_by_one(jobs: &[Job], bench: &Bench, worker: &mut Worker) {
    for job in jobs {
        if bench.stopped.load(Ordering::Acquire) {
            break;
        }
        bench.run(job, worker);
    }
}
