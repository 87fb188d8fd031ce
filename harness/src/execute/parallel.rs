//! The parallel phase: long-lived drivers on the threads of a rayon pool, which take steps from the schedule.
//!
//! Neither a test nor a driver is a rayon job, and no thread works for the pool as long as it drives: while a thread of a pool
//! waits inside rayon (`install`, `par_iter`) it runs other jobs of its pool, be they tests or what other tests have
//! given to rayon, on top of the test that waits. To rayon a driver is a thread like any other: it sleeps until what it asked
//! for is done, and rayon's calls in tests go to rayon's global pool, as everywhere.

use super::bench::Bench;
use super::chair::Lost;
use super::jobs::{JobRef, Jobs};
use super::leaving::Leaving;
use super::runner::Runner;
use super::spread::{Footing, Spread};
use super::step::Ran;
use crate::activity::Cores;
use crate::aside::{self, run_aside};
use crate::dist::Dist;
use crate::event::{Detail, Event};
use crate::instance::Worker;
use crate::key::Key;
use crate::mailbox::{Nothing, Receiver, Sender, mailbox};
use crate::panics::discard;
use crate::schedule::{Capacity, Freed, Next, Schedule, Wants};
use rayon_core::ThreadPoolBuilder;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a thread without anything to do stays awake.
const AWAKE: Duration = Duration::from_millis(1);

/// How long the threads of the phase are waited for once they have run out of steps: as long as a test's runtime.
const PATIENCE: Duration = Duration::from_millis(200);

/// What a thread of the pool is to do first.
type Drive = Box<dyn FnOnce() + Send>;

/// Runs the steps on as many threads as asked for, or on fewer where there are fewer steps or the system gives no more.
/// `first` is the first of the workers, lent for this phase.
///
/// Gives back the steps if not a single thread can be started; then none of them has run.
pub(super) fn run(
    jobs: Arc<Jobs>,
    threads: NonZeroUsize,
    in_flight: NonZeroUsize,
    bench: &Arc<Bench>,
    first: &mut Worker,
) -> Option<Arc<Jobs>> {
    let wanted = threads.get().min(jobs.steps().len());
    if wanted == 0 {
        return None;
    }
    let Some(seats) = start(wanted, bench) else { return Some(jobs) };
    let drivers = seats.len();
    let places = Capacity::new(drivers, in_flight.get(), jobs.steps().len());
    let phase = Arc::new(Phase::new(jobs, drivers, places, Arc::clone(bench)));
    if places.all() > drivers {
        // Nobody else has set it: there is one parallel phase in a run.
        let _ = bench.cores.set(Arc::clone(&phase) as Arc<dyn Cores>);
    }
    let mut lent = Some(std::mem::take(first));
    for (id, seat) in seats.into_iter().enumerate() {
        let phase = Arc::clone(&phase);
        let worker = lent.take().unwrap_or_else(|| phase.worker(id));
        // Its thread waits for it.
        let _ = seat.send(Box::new(move || phase.drive(worker, Place::Pool, None)));
    }
    *first = phase.wait();
    None
}

/// Threads for so many drivers, or for half as many, and so on: each waits for what it is sent.
fn start(wanted: usize, bench: &Bench) -> Option<Vec<Sender<Drive>>> {
    let halves = std::iter::successors(Some(wanted), |drivers| Some(drivers / 2).filter(|half| *half > 0));
    let mut trouble = None;
    for drivers in halves {
        let mut seats = Vec::with_capacity(drivers);
        let pool = ThreadPoolBuilder::new().num_threads(drivers).spawn_handler(|thread| {
            let (seat, work) = mailbox::<Drive>();
            aside::start(&format!("test-worker-{}", thread.index()), move || {
                Leaving::prepare_thread();
                if let Ok(drive) = awake(&work) {
                    drive();
                }
                // Only now does it work for the pool, which is over.
                thread.run();
            })?;
            seats.push(seat);
            Ok(())
        });
        match pool.build() {
            Ok(_) => {
                if let Some(error) = trouble {
                    bench.note(format!(
                        "tests ran on {drivers} workers, as {wanted} could not be started: {error}"
                    ));
                }
                return Some(seats);
            }
            Err(error) => trouble = Some(error),
        }
    }
    if let Some(error) = trouble {
        bench.note(format!("tests ran on the main thread, as no worker could be started: {error}"));
    }
    None
}

/// Waits for what a thread is to do, awake at first, for that comes soon: the system finds a core of its own for a thread that
/// begins, and often none for one that wakes up.
fn awake(work: &Receiver<Drive>) -> Result<Drive, Nothing> {
    let begin = Instant::now();
    while begin.elapsed() < AWAKE {
        match work.receive(Some(begin)) {
            Err(Nothing::Late) => std::thread::yield_now(),
            heard => return heard,
        }
    }
    work.receive(None)
}

/// The parallel phase as its drivers share it.
struct Phase {
    jobs: Arc<Jobs>,
    bench: Arc<Bench>,
    /// How many drivers there are at the start, and how many tests may use a core at the same time.
    drivers: usize,
    /// How many drivers there may be: more than may be at work where tests that wait give their cores away.
    most: usize,
    /// Where the drivers of the pool are, where that is watched over.
    spread: Option<Arc<Spread>>,
    state: Mutex<State>,
    /// How many tests use a core; counted only where there may be more drivers than cores.
    busy: AtomicUsize,
    /// How many drivers look for a step or wait for one; counted likewise.
    waiting: AtomicUsize,
    /// There may be a step for a driver that waits for one, or no further step at all.
    work: Condvar,
    /// The last driver has run out of steps.
    end: Condvar,
    /// The threads of those that have.
    leaving: Arc<Leaving>,
}

struct State {
    schedule: Schedule,
    /// How many drivers have been started, those that were left behind not counted.
    started: usize,
    /// How many of them have not run out of steps.
    driving: usize,
    /// The first worker, once it has.
    first: Option<Worker>,
}

/// Where a driver is.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// On a thread of the pool.
    Pool,
    /// On a thread beside it: in place of one that was left behind, or since a test waits.
    Beside,
}

impl Phase {
    fn new(jobs: Arc<Jobs>, drivers: usize, places: Capacity, bench: Arc<Bench>) -> Self {
        let most = places.all();
        let wants = jobs.steps().iter().map(|step| {
            let wants = step.wants(bench.dist);
            Wants { threads: places.asked(wants.threads), ..wants }
        });
        let schedule = match jobs.are_plain() && bench.dist == Dist::Load {
            true => Schedule::plain(jobs.steps().len()),
            false => Schedule::new(wants, most),
        };
        Phase {
            jobs,
            bench,
            drivers,
            most,
            spread: Spread::of(drivers),
            state: Mutex::new(State { schedule, started: drivers, driving: drivers, first: None }),
            busy: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            work: Condvar::new(),
            end: Condvar::new(),
            leaving: Arc::default(),
        }
    }

    fn worker(&self, id: usize) -> Worker {
        Worker::new(id, self.most)
    }

    /// Runs steps until there are none; first what is left of one whose thread was left behind.
    fn drive(self: &Arc<Self>, worker: Worker, place: Place, lost: Option<Lost>) {
        let unless_it_panics = Crash;
        self.take_steps(worker, place, lost);
        std::mem::forget(unless_it_panics);
    }

    fn take_steps(self: &Arc<Self>, worker: Worker, place: Place, lost: Option<Lost>) {
        let id = worker.id;
        let this = Arc::clone(self);
        let mut runner = Runner::new(worker, &self.bench, move |lost| this.replace(id, lost));
        let mut done = None;
        if let Some(lost) = lost {
            let (job, ran) = self.bench.succeed(lost, &mut runner);
            match ran {
                Ran::ToTheEnd => done = Some(job.position),
                Ran::LeftBehind => return discard(runner),
            }
        }
        // Drivers beside the pool are more than there are cores, and mostly wait.
        let spread = self.spread.as_ref().filter(|_| place == Place::Pool);
        let mut footing = spread.map(Footing::find);
        while let Some(position) = self.next(&runner, done) {
            if let Some(footing) = &mut footing {
                footing.keep();
            }
            let job = JobRef::new(&self.jobs, position);
            match self.bench.run(&job, &mut runner) {
                Ran::ToTheEnd => done = Some(position),
                // Its worker's fixtures, that is: the destructor of one may panic.
                Ran::LeftBehind => return discard(runner),
            }
        }
        self.retire(runner.into_worker(&self.bench));
    }

    /// The next step that may start now, or nothing once there is no further one; and what one held that is done.
    fn next(self: &Arc<Self>, runner: &Runner, done: Option<usize>) -> Option<usize> {
        let worker = runner.worker();
        let mut state = self.lock();
        // Possibly before the first: a run may be interrupted while the process is executed again after a crash.
        if self.bench.is_stopped() {
            state.schedule.stop();
        }
        if let Some(position) = done {
            self.finish(&mut state, position);
        }
        loop {
            // Said before looking: whoever gives a core away looks for somebody who waits afterwards.
            if self.counts_cores() {
                self.waiting.fetch_add(1, Ordering::SeqCst);
            }
            let next = match self.has_room() {
                true => state.schedule.next(worker),
                false if state.schedule.is_done() => Next::Done,
                false => Next::Wait,
            };
            match next {
                Next::Start(position) => {
                    if self.counts_cores() {
                        self.busy.fetch_add(1, Ordering::SeqCst);
                        let nobody_waits = self.waiting.fetch_sub(1, Ordering::SeqCst) == 1;
                        if nobody_waits && state.started < self.most && !state.schedule.is_done() {
                            self.start_another(&mut state);
                        }
                    }
                    return Some(position);
                }
                // Nothing stays up for whoever waits. A teardown takes its time, and here no lock.
                Next::Wait if runner.holds() => {
                    drop(state);
                    runner.put_back();
                    state = self.lock();
                }
                // For a finish that frees a step, or for a core.
                Next::Wait => state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner),
                Next::Done => {
                    if self.counts_cores() {
                        self.waiting.fetch_sub(1, Ordering::SeqCst);
                    }
                    state.schedule.leave(worker);
                    return None;
                }
            }
            if self.counts_cores() {
                self.waiting.fetch_sub(1, Ordering::SeqCst);
            }
        }
    }

    /// Whether there may be more drivers than cores for them.
    fn counts_cores(&self) -> bool {
        self.most > self.drivers
    }

    /// Whether another test may use a core.
    fn has_room(&self) -> bool {
        !self.counts_cores() || self.busy.load(Ordering::SeqCst) < self.drivers
    }

    /// Gives back what a step held.
    fn finish(&self, state: &mut State, position: usize) {
        if self.counts_cores() {
            self.busy.fetch_sub(1, Ordering::SeqCst);
        }
        let freed = match self.bench.tells_course {
            true => state.schedule.finish_and_say(position, &mut |next| self.let_through(next, position)),
            false => state.schedule.finish(position),
        };
        if freed == Freed::ForOthers || self.steps_wait_for_their_worker() {
            self.work.notify_all();
        }
    }

    /// Says that a step may start which had to wait for another.
    fn let_through(&self, next: usize, behind: usize) {
        let at = self.bench.clock.now();
        let (next, behind) = (&self.jobs.steps()[next], &self.jobs.steps()[behind]);
        let wanted = |key: &&Key| behind.keys.iter().any(|other| other.name == key.name);
        // That of a repeated test keeps it from running beside itself.
        let key = next.keys.iter().find(wanted).map(|key| key.name).filter(|key| !key.contains("::"));
        let (test, behind) = (&next.test.test, &behind.test.test);
        self.bench.events.send(Event::Detail(Detail::LetThrough { test, behind, key, at }));
    }

    /// Whether a core that becomes free may be for one of those who wait alone: for the worker of a unit, which was refused when
    /// all cores were in use. Without units each of them is as good as another, and whoever gave the core away as well.
    fn steps_wait_for_their_worker(&self) -> bool {
        self.counts_cores() && self.bench.dist != Dist::Load
    }

    /// Starts a driver for when a running test waits. It is started ahead of that: a test that parks must not have to do it.
    fn start_another(self: &Arc<Self>, state: &mut State) {
        let worker = self.worker(state.started);
        let this = Arc::clone(self);
        let name = format!("test-worker-{}", worker.id);
        let drive = move || {
            Leaving::prepare_thread();
            this.drive(worker, Place::Beside, None);
        };
        if aside::start(&name, drive).is_ok() {
            state.started += 1;
            state.driving += 1;
        }
    }

    /// Has another thread go on for one that was left behind. That thread's fixtures are lost with it.
    fn replace(self: &Arc<Self>, id: usize, lost: Lost) {
        let this = Arc::clone(self);
        run_aside(&format!("test-worker-{id}"), move || {
            this.drive(this.worker(id), Place::Beside, Some(lost));
        });
    }

    fn retire(&self, mut worker: Worker) {
        // The serial phase goes on with the first worker and what it has.
        if worker.id != 0 {
            self.bench.lending.retire(&mut worker);
        }
        self.leaving.expect_thread();
        let mut state = self.lock();
        if worker.id == 0 {
            state.first = Some(worker);
        }
        state.driving -= 1;
        if state.driving == 0 {
            self.end.notify_all();
        }
    }

    /// Waits until every driver has run out of steps, and its thread has ended; gives back the first worker.
    fn wait(&self) -> Worker {
        let state = self.lock();
        let mut state =
            self.end.wait_while(state, |state| state.driving > 0).unwrap_or_else(PoisonError::into_inner);
        let first = state.first.take().unwrap_or_default();
        drop(state);
        let threads = match self.leaving.wait(PATIENCE) {
            0 => return first,
            1 => "a worker's thread was".to_owned(),
            several => format!("the threads of {several} workers were"),
        };
        let after = PATIENCE.as_millis();
        self.bench
            .note(format!("{threads} left behind: thread-locals were still being dropped after {after} ms"));
        first
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A panic of the harness itself, on the way up a driver's thread: the run would wait for that thread for ever, and not say why. After a
/// crash it goes on, and the panic's message is told.
struct Crash;

impl Drop for Crash {
    fn drop(&mut self) {
        std::process::abort();
    }
}

impl Cores for Phase {
    fn take(&self) {
        self.busy.fetch_add(1, Ordering::SeqCst);
    }

    fn give(&self) {
        self.busy.fetch_sub(1, Ordering::SeqCst);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            // Whoever has looked in vain is asleep once the lock is free.
            drop(self.lock());
            match self.steps_wait_for_their_worker() {
                true => self.work.notify_all(),
                false => self.work.notify_one(),
            }
        }
    }
}
