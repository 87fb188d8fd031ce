//! Gives an async test the runtime that it asked for, for as long as it lasts.

use crate::activity::{self, Activity, Counted};
use crate::capture::{self, Mark};
use crate::hygiene::Hygiene;
use crate::instance::{driven, park_on};
use crate::judge::Ending;
use crate::outcome::Overdue;
use crate::panics::{caught, discard};
use crate::registry::Runtime;
use crate::skip::Skipped;
use crate::watchdog::{Doing, Seat};
use futures::future::LocalBoxFuture;
use std::io;
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::{Builder, EnterGuard, Handle, LocalOptions, LocalRuntime, RuntimeFlavor};

/// How long a test's blocking tasks may go on once the test is over. `spawn_blocking` cannot be interrupted, and a
/// runtime that is dropped waits for it without limit; a task that is merely about to end gets its chance.
const GRACE: Duration = Duration::from_millis(200);

/// How long tasks that were aborted may take to be gone, before they count as left behind.
const SETTLING: Duration = Duration::from_secs(1);

/// How often they are given a turn for that: the end of one may end another.
const TURNS: usize = 8;

/// Who wants to know what an attempt does with its threads.
#[derive(Clone, Default)]
pub(crate) struct Watchers {
    /// Whether it waits or not is told to this, where somebody wants to know.
    pub(crate) activity: Option<Arc<Activity>>,
    /// What it should not do is told to this, where somebody wants to know.
    pub(crate) hygiene: Option<Arc<Hygiene>>,
}

/// Where the futures of an attempt are run to their end.
pub(crate) struct Ground {
    on: On,
    watchers: Watchers,
}

enum On {
    /// A runtime of its own.
    Own(OwnRuntime),
    /// The session runtime, polled by this thread.
    Session(Handle),
    /// This thread alone, without a runtime.
    Thread,
}

impl Ground {
    /// A runtime of the attempt's own.
    ///
    /// # Errors
    ///
    /// If it cannot be built: the process may be out of file descriptors or threads.
    pub(crate) fn own(runtime: Runtime, mark: Mark, watchers: Watchers) -> io::Result<Self> {
        let own = OwnRuntime::new(runtime, mark, &watchers)?;
        Ok(Ground { on: On::Own(own), watchers })
    }

    /// The session runtime.
    pub(crate) fn session(handle: Handle, watchers: Watchers) -> Self {
        Ground { on: On::Session(handle), watchers }
    }

    /// The thread that asks.
    pub(crate) fn thread(watchers: Watchers) -> Self {
        Ground { on: On::Thread, watchers }
    }

    /// Runs a future to its end, on this thread.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        driven(future, |future| match (&self.on, &self.watchers.activity) {
            // A runtime that is driven by this thread says itself when that parks.
            (On::Own(OwnRuntime { runtime, polled: Polled::ByDriver, .. }), _) => runtime.block_on(future),
            (on, None) => on.block_on(future),
            (on, Some(activity)) => on.block_on(pin!(Counted { future, activity, waits: false })),
        })
    }

    /// Makes the runtime the current one of this thread, as long as the guard lives: a plain test can then use values that
    /// belong to it.
    pub(crate) fn enter(&self) -> Option<EnterGuard<'_>> {
        match &self.on {
            On::Own(OwnRuntime { runtime: Built::Plain(runtime), .. }) => Some(runtime.enter()),
            On::Own(OwnRuntime { runtime: Built::Local(runtime), .. }) => Some(runtime.enter()),
            On::Session(handle) => Some(handle.enter()),
            On::Thread => None,
        }
    }

    /// Runs an async test to its end, or until its seat asks it to end.
    pub(crate) fn run(&self, test: LocalBoxFuture<'static, ExitCode>, seat: &Seat) -> Ending {
        let mut overdue = None;
        let hygiene = self.watchers.hygiene.as_deref();
        let drives = matches!(self.on, On::Own(OwnRuntime { polled: Polled::ByDriver, .. }));
        let settling = Settling { test, seat, polls: hygiene.filter(|_| !drives) };
        let run = || {
            ending(|| {
                self.block_on(settling).unwrap_or_else(|why| {
                    overdue = Some(why);
                    ExitCode::FAILURE
                })
            })
        };
        let ending = match hygiene {
            Some(hygiene) if drives => hygiene.drives(run),
            _ => run(),
        };
        match (overdue, ending) {
            // A destructor that panics while the test is being ended does not change why it was.
            (Some(why), _) => Ending::Overdue(why),
            (None, ending) => ending,
        }
    }

    /// Ends a runtime of the attempt's own; answers how many of its threads were still busy after the grace.
    pub(crate) fn leave(self, seat: &Seat) -> usize {
        match self.on {
            On::Own(runtime) => {
                if let Some(hygiene) = &self.watchers.hygiene {
                    // A task that blocks now must not keep the run from going on.
                    let tasks = seat.watched(Doing::Test, Some(SETTLING), || runtime.tasks_left());
                    hygiene.tasks_left(tasks);
                }
                runtime.shut_down()
            }
            On::Session(_) | On::Thread => 0,
        }
    }
}

impl On {
    fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        match self {
            On::Own(OwnRuntime { runtime, .. }) => runtime.block_on(future),
            On::Session(handle) => handle.block_on(future),
            On::Thread => park_on(future),
        }
    }
}

/// The runtime of one attempt.
struct OwnRuntime {
    runtime: Built,
    polled: Polled,
    /// How many threads of it are alive.
    threads: Arc<AtomicUsize>,
}

enum Built {
    Plain(tokio::runtime::Runtime),
    Local(LocalRuntime),
}

/// Who polls the future of the test.
#[derive(Clone, Copy, PartialEq)]
enum Polled {
    /// The thread that drives the runtime.
    ByDriver,
    /// A thread beside the workers that do.
    BesideWorkers,
}

impl Built {
    fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        match self {
            Built::Plain(runtime) => runtime.block_on(future),
            Built::Local(runtime) => runtime.block_on(future),
        }
    }

    fn handle(&self) -> &Handle {
        match self {
            Built::Plain(runtime) => runtime.handle(),
            Built::Local(runtime) => runtime.handle(),
        }
    }
}

impl OwnRuntime {
    fn new(runtime: Runtime, mark: Mark, watchers: &Watchers) -> io::Result<Self> {
        let Watchers { activity, hygiene } = watchers;
        let threads = Arc::new(AtomicUsize::new(0));
        let mut builder = match runtime {
            Runtime::None | Runtime::CurrentThread => Builder::new_current_thread(),
            Runtime::Built(builder) | Runtime::Local(builder) => builder(),
        };
        builder.enable_all();
        let (started, stopped) = (Arc::clone(&threads), Arc::clone(&threads));
        let starting = hygiene.clone();
        builder.on_thread_start(move || {
            started.fetch_add(1, Ordering::Relaxed);
            mark.adopt();
            if let Some(hygiene) = &starting {
                // The runtime ends it, and a worker may have work before it parks for the first time.
                mark.thread_ends();
                hygiene.thread_goes_on();
            }
        });
        let stopping = activity.clone();
        builder.on_thread_stop(move || {
            stopped.fetch_sub(1, Ordering::Relaxed);
            if let Some(activity) = &stopping {
                activity.thread_parks();
            }
        });
        if activity.is_some() || hygiene.is_some() {
            tell(&mut builder, watchers);
        }
        let runtime = match runtime {
            Runtime::Local(_) => Built::Local(builder.build_local(LocalOptions::default())?),
            Runtime::None | Runtime::CurrentThread | Runtime::Built(_) => Built::Plain(builder.build()?),
        };
        let polled = match &runtime {
            Built::Plain(runtime) if runtime.handle().runtime_flavor() != RuntimeFlavor::CurrentThread => {
                Polled::BesideWorkers
            }
            Built::Plain(_) | Built::Local(_) => Polled::ByDriver,
        };
        match (polled, activity, hygiene) {
            (Polled::ByDriver, Some(_), _) => activity::this_thread_drives(),
            (Polled::BesideWorkers, _, Some(hygiene)) => hygiene.has_workers(),
            _ => {}
        }
        Ok(OwnRuntime { runtime, polled, threads })
    }

    /// How many tasks are alive, once those that were aborted are gone.
    fn tasks_left(&self) -> usize {
        let metrics = self.runtime.handle().metrics();
        for _ in 0..TURNS {
            if metrics.num_alive_tasks() == 0 {
                break;
            }
            let turn = caught(|| driven(tokio::task::yield_now(), |turn| self.runtime.block_on(turn)));
            let _ = turn.map_err(discard);
            if self.polled == Polled::BesideWorkers {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        metrics.num_alive_tasks()
    }

    fn shut_down(self) -> usize {
        let ended = match self.runtime {
            Built::Plain(runtime) => caught(|| runtime.shutdown_timeout(GRACE)),
            Built::Local(runtime) => caught(|| runtime.shutdown_timeout(GRACE)),
        };
        let _ = ended.map_err(discard);
        self.threads.load(Ordering::Relaxed)
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

/// Runs the code of a test to its end.
pub(crate) fn ending(run: impl FnOnce() -> ExitCode) -> Ending {
    match caught(run) {
        Ok(code) => Ending::Returned(code),
        Err(payload) => {
            let skipped = Skipped::reason(&*payload).map(Ending::Skipped);
            let ending = skipped.unwrap_or_else(|| Ending::panicked(&*payload));
            discard(payload);
            ending
        }
    }
}

/// A test that keeps no text to itself while it waits, and ends when it is asked to.
struct Settling<'a> {
    test: LocalBoxFuture<'static, ExitCode>,
    seat: &'a Seat,
    /// Each poll is told to this, where somebody wants to know.
    polls: Option<&'a Hygiene>,
}

impl Future for Settling<'_> {
    type Output = Result<ExitCode, Overdue>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = match self.polls {
            Some(hygiene) => hygiene.polled(|| self.test.as_mut().poll(context)),
            None => self.test.as_mut().poll(context),
        };
        capture::settle();
        match polled {
            Poll::Ready(code) => Poll::Ready(Ok(code)),
            Poll::Pending => self.seat.overdue(context).map_or(Poll::Pending, |why| Poll::Ready(Err(why))),
        }
    }
}
