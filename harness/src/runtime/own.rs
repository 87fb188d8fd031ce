//! The runtime of one attempt, and what builds the plain ones.

use super::Watchers;
use crate::activity;
use crate::capture::{self, Mark};
use crate::instance::driven;
use crate::panics::{built, caught, discard};
use crate::registry::Runtime;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, EnterGuard, Handle, LocalOptions, LocalRuntime, RuntimeFlavor};

/// How long a test's blocking tasks may go on once the test is over. `spawn_blocking` cannot be interrupted, and a
/// runtime that is dropped waits for it without limit; a task that is merely about to end gets its chance.
const GRACE: Duration = Duration::from_millis(200);

/// How often tasks that were aborted are given a turn to be gone: the end of one may end another.
const TURNS: usize = 8;

/// The runtime of one attempt.
pub(super) struct OwnRuntime {
    runtime: Built,
    polled: Polled,
    threads: Arc<Threads>,
    /// How many threads the thread that drives it had started before; nothing where that is not known, or some are its own.
    started_before: Option<usize>,
}

enum Built {
    Plain(tokio::runtime::Runtime),
    Local(LocalRuntime),
}

/// Who polls the future of the test.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Polled {
    /// The thread that drives the runtime.
    ByDriver,
    /// A thread beside the workers that do.
    BesideWorkers,
}

/// The threads that the runtimes of one builder start.
struct Threads {
    /// How many of them are alive.
    alive: AtomicUsize,
    /// Whose they are.
    mark: Mutex<Mark>,
}

/// Builds the plain runtimes of one worker: most tests want one, and a builder with its hooks is seven allocations.
#[derive(Default)]
pub(crate) struct Plain {
    last: Option<Box<Last>>,
}

struct Last {
    builder: Builder,
    threads: Arc<Threads>,
    /// Built and not used yet.
    stock: Vec<tokio::runtime::Runtime>,
    /// How many were built the last time.
    built: usize,
}

/// How many plain runtimes are built at once. Building one is much code, and so is a test around it: where the processor
/// has the former at hand, it is done in less time. More than a few do not fit into its cache.
const BATCH: usize = 4;

impl Plain {
    /// Another plain runtime.
    ///
    /// # Errors
    ///
    /// If it cannot be built.
    pub(super) fn build(&mut self, mark: Mark) -> io::Result<OwnRuntime> {
        let last = match &mut self.last {
            // Threads that an earlier test has left behind are still counted, and under its mark, by what they know.
            Some(last) if last.threads.alive.load(Ordering::Relaxed) == 0 => last,
            other => other.insert(Last::new(mark)),
        };
        let runtime = match last.stock.pop() {
            Some(runtime) => runtime,
            None => last.build()?,
        };
        *last.threads.mark.lock().unwrap_or_else(PoisonError::into_inner) = mark;
        let runtime = Built::Plain(runtime);
        let (threads, started_before) = (Arc::clone(&last.threads), capture::threads_started());
        Ok(OwnRuntime { runtime, polled: Polled::ByDriver, threads, started_before })
    }
}

impl Last {
    fn new(mark: Mark) -> Box<Self> {
        let threads = Threads::of(mark);
        let mut builder = Builder::new_current_thread();
        threads.count(builder.enable_all(), &Watchers::default());
        Box::new(Last { builder, threads, stock: Vec::new(), built: 0 })
    }

    /// A runtime, and some in stock: twice as many as the last time, since whoever has run many tests will run more.
    fn build(&mut self) -> io::Result<tokio::runtime::Runtime> {
        self.built = (self.built * 2).clamp(1, BATCH);
        for _ in 1..self.built {
            match built(|| self.builder.build()) {
                Ok(runtime) => self.stock.push(runtime),
                // Descriptors are short. One may be left for the test that is on.
                Err(_) => break,
            }
        }
        built(|| self.builder.build()).or_else(|error| self.stock.pop().ok_or(error))
    }
}

impl Threads {
    fn of(mark: Mark) -> Arc<Self> {
        Arc::new(Threads { alive: AtomicUsize::new(0), mark: Mutex::new(mark) })
    }

    /// Has the threads of a runtime count themselves, and give away the cores that they use.
    fn count(self: &Arc<Self>, builder: &mut Builder, Watchers { activity, hygiene }: &Watchers) {
        let (started, stopped) = (Arc::clone(self), Arc::clone(self));
        let starting = hygiene.clone();
        builder.on_thread_start(move || {
            started.alive.fetch_add(1, Ordering::Relaxed);
            // Most have inherited a mark from the thread that started them.
            if capture::here().is_none() {
                started.mark.lock().unwrap_or_else(PoisonError::into_inner).adopt();
            }
            if let Some(hygiene) = &starting {
                // The runtime ends it, and a worker may have work before it parks for the first time.
                started.mark.lock().unwrap_or_else(PoisonError::into_inner).thread_ends();
                hygiene.thread_goes_on();
            }
        });
        let stopping = activity.clone();
        builder.on_thread_stop(move || {
            stopped.alive.fetch_sub(1, Ordering::Relaxed);
            if let Some(activity) = &stopping {
                activity.thread_parks();
            }
        });
    }
}

impl OwnRuntime {
    /// A runtime of any kind.
    ///
    /// # Errors
    ///
    /// If it cannot be built.
    pub(super) fn new(runtime: Runtime, mark: Mark, watchers: &Watchers) -> io::Result<Self> {
        let threads = Threads::of(mark);
        let mut builder = match runtime {
            Runtime::None | Runtime::CurrentThread => Builder::new_current_thread(),
            Runtime::Built(builder) | Runtime::Local(builder) => builder(),
        };
        threads.count(builder.enable_all(), watchers);
        if !watchers.are_none() {
            tell(&mut builder, watchers);
        }
        let runtime = match runtime {
            Runtime::Local(_) => Built::Local(built(|| builder.build_local(LocalOptions::default()))?),
            Runtime::None | Runtime::CurrentThread | Runtime::Built(_) => {
                Built::Plain(built(|| builder.build())?)
            }
        };
        let polled = match &runtime {
            Built::Plain(runtime) if runtime.handle().runtime_flavor() != RuntimeFlavor::CurrentThread => {
                Polled::BesideWorkers
            }
            Built::Plain(_) | Built::Local(_) => Polled::ByDriver,
        };
        match (polled, &watchers.activity, &watchers.hygiene) {
            (Polled::ByDriver, Some(_), _) => activity::this_thread_drives(),
            (Polled::BesideWorkers, _, Some(hygiene)) => hygiene.has_workers(),
            _ => {}
        }
        Ok(OwnRuntime { runtime, polled, threads, started_before: None })
    }

    /// Who polls what it is given to block on.
    pub(super) fn polled(&self) -> Polled {
        self.polled
    }

    pub(super) fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        match &self.runtime {
            Built::Plain(runtime) => runtime.block_on(future),
            Built::Local(runtime) => runtime.block_on(future),
        }
    }

    pub(super) fn enter(&self) -> EnterGuard<'_> {
        match &self.runtime {
            Built::Plain(runtime) => runtime.enter(),
            Built::Local(runtime) => runtime.enter(),
        }
    }

    fn handle(&self) -> &Handle {
        match &self.runtime {
            Built::Plain(runtime) => runtime.handle(),
            Built::Local(runtime) => runtime.handle(),
        }
    }

    /// How many tasks are alive.
    pub(super) fn tasks_alive(&self) -> usize {
        self.handle().metrics().num_alive_tasks()
    }

    /// The same once those that were aborted are gone.
    pub(super) fn tasks_left(&self) -> usize {
        let metrics = self.handle().metrics();
        for _ in 0..TURNS {
            if metrics.num_alive_tasks() == 0 {
                break;
            }
            let turn = caught(|| driven(tokio::task::yield_now(), |turn| self.block_on(turn)));
            let _ = turn.map_err(discard);
            if self.polled == Polled::BesideWorkers {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        metrics.num_alive_tasks()
    }

    /// Ends it; answers how many of its threads were still busy after the grace.
    pub(super) fn shut_down(self) -> usize {
        // To wait for none takes tokio a seventh of the instructions of all that ends a runtime.
        let has_threads = self.started_before.is_none() || self.started_before != capture::threads_started();
        let ended = match self.runtime {
            Built::Plain(runtime) if !has_threads => caught(|| runtime.shutdown_background()),
            Built::Plain(runtime) => caught(|| runtime.shutdown_timeout(GRACE)),
            Built::Local(runtime) => caught(|| runtime.shutdown_timeout(GRACE)),
        };
        let _ = ended.map_err(discard);
        self.threads.alive.load(Ordering::Relaxed)
    }
}

/// Has the threads that drive a runtime say when they park.
fn tell(builder: &mut Builder, watchers: &Watchers) {
    let (parking, unparking) = (watchers.clone(), watchers.clone());
    builder.on_thread_park(move || {
        if let Some(hygiene) = &parking.hygiene {
            hygiene.thread_parks();
        }
        if let Some(activity) = &parking.activity {
            activity.thread_parks();
        }
    });
    builder.on_thread_unpark(move || {
        if let Some(activity) = &unparking.activity {
            activity.thread_goes_on();
        }
        if let Some(hygiene) = &unparking.hygiene {
            hygiene.thread_goes_on();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Keeps, Recording};
    use crate::test::Test;
    use std::sync::mpsc;

    #[test]
    fn a_thread_that_one_test_left_behind_is_none_of_the_next() {
        let recording = Recording::begin(&Test::PLAIN, Keeps::Nothing);
        let mut plain = Plain::default();
        let (end, blocked) = mpsc::channel::<()>();
        let mut left_by = |task: Box<dyn FnOnce() + Send>| {
            let own = plain.build(recording.mark()).unwrap();
            let entered = own.enter();
            tokio::task::spawn_blocking(task);
            drop(entered);
            own.shut_down()
        };
        assert_eq!(left_by(Box::new(|| ())), 0);
        assert_eq!(left_by(Box::new(move || blocked.recv().unwrap_or_default())), 1);
        assert_eq!(left_by(Box::new(|| ())), 0);
        drop(end);
        recording.finish();
    }
}
