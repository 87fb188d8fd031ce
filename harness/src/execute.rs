//! Runs a plan: the parallel phase on a pool, then the serial phase on the calling thread. It prints nothing; whatever
//! happens is an event.

mod attempt;
mod bench;
mod chair;
mod ending;
mod fleet;
mod jobs;
mod leaving;
mod lock;
mod parallel;
mod remote;
mod runner;
mod serve;
#[cfg(target_os = "linux")]
mod spread;
#[cfg(not(target_os = "linux"))]
#[path = "execute/unspread.rs"]
mod spread;
mod step;
mod stuck;
mod verdict;

use crate::aside::run_aside;
use crate::channel::Sender;
use crate::clock::Clock;
use crate::event::{Detail, Event, Phase};
use crate::instance::Worker;
use crate::interrupt::{self, Before};
use crate::panics;
use crate::plan::{Plan, Step};
use crate::registry::Registered;
use crate::settings::{Capture, Isolation, Settings, Workers};
use crate::{capture, crash};
use bench::{Bench, Telling};
use ending::Ending;
use jobs::{JobRef, Jobs};
use runner::Runner;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;
use step::Ran;

pub(crate) use serve::serve;

/// A planned test.
pub(crate) type TestStep = Step<&'static Registered>;

/// Whether what tests print is kept with them, as far as that can be.
pub(crate) fn keeps_output(settings: &Settings) -> Capture {
    match (settings.capture, settings.isolation) {
        (Capture::Yes, Isolation::Processes) => Capture::Yes,
        (Capture::Yes, Isolation::None) if capture::AVAILABLE => Capture::Yes,
        _ => Capture::No,
    }
}

/// Runs a plan from [`Event::RunStarted`] to [`Event::RunFinished`].
///
/// A test that blocks the calling thread for good keeps this from returning; then `abandon` is called in its place, on
/// another thread, after the last event.
pub(crate) fn run(
    plan: Plan<&'static Registered>,
    settings: &Settings,
    events: Sender,
    clock: Clock,
    abandon: impl FnOnce() + Send + 'static,
) {
    let keep = keeps_output(settings);
    let planned = plan.len();
    events.send(Event::RunStarted {
        tests: planned,
        filtered_out: plan.filtered_out,
        shuffle_seed: plan.shuffle_seed,
        began: SystemTime::now().checked_sub(clock.now()).unwrap_or(SystemTime::UNIX_EPOCH),
    });
    if settings.reports.want_course() {
        events.send(Event::Detail(Detail::Planned(plan.roster)));
    }
    for note in plan.notes {
        events.send(Event::RunNoted { note });
    }
    panics::install_hook();
    if keep == Capture::Yes {
        capture::start();
    }
    let telling = Telling::new(keep, settings, planned);
    let mut bench = Bench::new(settings, keep, telling, events, clock);
    bench.owed = Mutex::new(plan.owed);
    let lending = &mut bench.lending;
    let suspects = Jobs::new(plan.suspects, false, lending);
    let parallel = Jobs::new(plan.parallel, plan.plain, lending);
    let serial = Jobs::new(plan.serial, false, lending);
    let bench = Arc::new(bench);
    let ending = Arc::new(Ending::new(Arc::clone(&bench), planned, abandon));

    let run = Arc::downgrade(&bench);
    let waiter = Arc::clone(&ending);
    let before = crash::before();
    if before == Before::Asked {
        // The thread that listens would be too late for the first test.
        bench.interrupt();
    }
    interrupt::on_interrupt(before, move || {
        run.upgrade().inspect(|bench| bench.interrupt());
        // Teardowns may take their time, and the next interrupt ends the process at once.
        run_aside("test-ending", move || waiter.end_in_vain());
    });
    crash::listen();

    let main_thread = |worker| {
        let lost = Arc::clone(&ending);
        Runner::new(worker, &bench, move |attempt| Ending::without_main_thread(&lost, attempt))
    };
    let mut worker = Worker::new(0, settings.most_at_once());
    if !suspects.steps().is_empty() {
        bench.begin(Phase::Suspects);
        let mut runner = main_thread(worker);
        one_by_one(&suspects, &bench, &mut runner);
        worker = runner.into_worker(&bench);
    }
    bench.begin(Phase::Parallel);
    let left = match settings.workers {
        Workers::Threads(threads) => {
            let in_flight = settings.in_flight.unwrap_or(threads);
            parallel::run(parallel, threads, in_flight, &bench, &mut worker)
        }
        Workers::MainThread => Some(parallel),
    };
    let mut runner = main_thread(worker);
    if let Some(left) = left {
        one_by_one(&left, &bench, &mut runner);
    }
    if !serial.steps().is_empty() {
        bench.begin(Phase::Serial);
    }
    one_by_one(&serial, &bench, &mut runner);
    bench.begin(Phase::Ending);
    bench.lending.retire(&mut runner.into_worker(&bench));
    ending.end(None);
}

fn one_by_one(jobs: &Arc<Jobs>, bench: &Bench, runner: &mut Runner) {
    for position in 0..jobs.steps().len() {
        if bench.is_stopped() {
            break;
        }
        match bench.run(&JobRef::new(jobs, position), runner) {
            Ran::ToTheEnd => {}
            // Another thread has ended the run, and the process is about to go.
            Ran::LeftBehind => loop {
                std::thread::park();
            },
        }
    }
}
