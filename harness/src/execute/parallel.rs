//! The parallel phase: long-lived drivers on a rayon pool, which take steps from the schedule.
//!
//! A test is never a rayon job. While a test waits inside rayon (`install`, `par_iter`), its thread steals other jobs of
//! its pool; were these tests, one would run on top of another. So the pool's only jobs are the drivers, all of which
//! are running before the first test starts, and what tests themselves put into it. For the latter the pool has as many
//! threads again: a test that awaits the end of a `rayon::spawn` needs a thread that is not a driver.

use super::{Bench, Job};
use crate::instance::Worker;
use crate::schedule::{Freed, Next, Schedule};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::num::NonZeroUsize;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Barrier, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a driver without work leaves its thread's queue alone.
const PATIENCE: Duration = Duration::from_millis(10);

/// Runs the steps on as many threads as asked for, or on fewer where there are fewer steps or the system gives no more.
/// `first` is the first of the workers, lent for this phase.
///
/// Gives back the steps if not a single thread can be started; then none of them has run.
pub(super) fn run(jobs: Vec<Job>, threads: NonZeroUsize, bench: &Arc<Bench>, first: &mut Worker) -> Vec<Job> {
    let wanted = threads.get().min(jobs.len());
    if wanted == 0 {
        return jobs;
    }
    let Some((pool, drivers)) = start(wanted, bench) else { return jobs };
    let phase = Arc::new(Phase::new(jobs, drivers, Arc::clone(bench)));
    let mut lent = Some(std::mem::take(first));
    for id in 0..drivers {
        let phase = Arc::clone(&phase);
        let worker = lent.take().unwrap_or_else(|| Worker::new(id, threads.get()));
        pool.spawn(move || phase.drive(worker));
    }
    *first = phase.wait();
    Vec::new()
}

/// A pool for so many drivers, or for half as many, and so on; and for how many.
fn start(wanted: usize, bench: &Bench) -> Option<(ThreadPool, usize)> {
    let halves = std::iter::successors(Some(wanted), |drivers| Some(drivers / 2).filter(|half| *half > 0));
    let mut trouble = None;
    for drivers in halves {
        let pool = ThreadPoolBuilder::new()
            .num_threads(drivers * 2)
            .thread_name(|index| format!("test-worker-{index}"))
            .build();
        match pool {
            Ok(pool) => {
                if let Some(error) = trouble {
                    bench.note(format!(
                        "tests ran on {drivers} workers, as {wanted} could not be started: {error}"
                    ));
                }
                return Some((pool, drivers));
            }
            Err(error) => trouble = Some(error),
        }
    }
    if let Some(error) = trouble {
        bench.note(format!("tests ran on the main thread, as no worker could be started: {error}"));
    }
    None
}

struct Phase {
    jobs: Vec<Job>,
    bench: Arc<Bench>,
    all_drivers: Barrier,
    state: Mutex<State>,
    /// There may be a step for a driver that waits for one, or no further step at all.
    work: Condvar,
    /// The last driver has run out of steps.
    end: Condvar,
}

struct State {
    schedule: Schedule,
    /// How many drivers have not run out of steps.
    driving: usize,
    /// The first worker, once it has.
    first: Option<Worker>,
}

impl Phase {
    fn new(jobs: Vec<Job>, drivers: usize, bench: Arc<Bench>) -> Self {
        let wants = jobs.iter().map(|job| job.step.wants(bench.dist));
        let schedule = Schedule::new(wants, drivers);
        Phase {
            jobs,
            bench,
            all_drivers: Barrier::new(drivers),
            state: Mutex::new(State { schedule, driving: drivers, first: None }),
            work: Condvar::new(),
            end: Condvar::new(),
        }
    }

    fn drive(&self, mut worker: Worker) {
        self.all_drivers.wait();
        let mut state = self.lock();
        loop {
            match state.schedule.next(worker.id) {
                Next::Start(position) => {
                    drop(state);
                    self.bench.run(&self.jobs[position], &mut worker);
                    state = self.lock();
                    if self.bench.stopped.load(Ordering::Acquire) {
                        state.schedule.stop();
                    }
                    if state.schedule.finish(position) == Freed::ForOthers {
                        self.work.notify_all();
                    }
                }
                Next::Wait => state = self.wait_for_work(state),
                Next::Done => break,
            }
        }
        state.schedule.leave(worker.id);
        drop(state);
        // The serial phase goes on with the first worker and what it has.
        if worker.id != 0 {
            self.bench.lending.retire(&mut worker);
        }
        let mut state = self.lock();
        if worker.id == 0 {
            state.first = Some(worker);
        }
        state.driving -= 1;
        if state.driving == 0 {
            self.end.notify_all();
        }
    }

    /// Waits for a finish that frees a step. A running test may meanwhile wait for this very thread, as
    /// `rayon::broadcast` runs on every thread of the pool; so what the pool has queued is looked after.
    fn wait_for_work<'a>(&'a self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let (state, waited) = self.work.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner);
        if !waited.timed_out() {
            return state;
        }
        drop(state);
        rayon::yield_now();
        self.lock()
    }

    /// Waits until every driver has run out of steps; gives back the first worker.
    fn wait(&self) -> Worker {
        let state = self.lock();
        let mut state =
            self.end.wait_while(state, |state| state.driving > 0).unwrap_or_else(PoisonError::into_inner);
        state.first.take().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
