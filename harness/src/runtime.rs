//! Gives an async test the runtime that it asked for, for as long as it lasts.

mod own;

pub(crate) use own::Plain;

use crate::activity::{Activity, Counted};
use crate::capture::{self, Mark};
use crate::hygiene::Hygiene;
use crate::instance::{driven, park_on};
use crate::judge::Ending;
use crate::outcome::Overdue;
use crate::panics::{caught, discard};
use crate::registry::Runtime;
use crate::skip::Skipped;
use crate::watchdog::{Doing, Seat};
use futures_core::future::LocalBoxFuture;
use own::{OwnRuntime, Polled};
use std::io;
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::{EnterGuard, Handle};

/// How long tasks that were aborted may take to be gone, before they count as left behind.
const SETTLING: Duration = Duration::from_secs(1);

/// How long tasks that are left may take to be dropped, where the test has no limit of its own.
const SHUT_DOWN: Duration = Duration::from_secs(10);

/// Who wants to know what an attempt does with its threads.
#[derive(Clone, Default)]
pub(crate) struct Watchers {
    /// Whether it waits or not is told to this, where somebody wants to know.
    pub(crate) activity: Option<Arc<Activity>>,
    /// What it should not do is told to this, where somebody wants to know.
    pub(crate) hygiene: Option<Arc<Hygiene>>,
}

impl Watchers {
    fn are_none(&self) -> bool {
        self.activity.is_none() && self.hygiene.is_none()
    }
}

/// Where the futures of an attempt are run to their end.
pub(crate) struct Ground<'a> {
    on: On,
    watchers: &'a Watchers,
}

enum On {
    /// A runtime of its own.
    Own(OwnRuntime),
    /// The session runtime, polled by this thread.
    Session(Handle),
    /// This thread alone, without a runtime.
    Thread,
}

impl<'a> Ground<'a> {
    /// A runtime of the attempt's own; `plain` builds one that is like all others.
    ///
    /// # Errors
    ///
    /// If it cannot be built: the process may be out of file descriptors or threads.
    pub(crate) fn own(
        runtime: Runtime,
        mark: Mark,
        watchers: &'a Watchers,
        plain: &mut Plain,
    ) -> io::Result<Self> {
        let own = match runtime {
            Runtime::None | Runtime::CurrentThread if watchers.are_none() => plain.build(mark)?,
            _ => OwnRuntime::new(runtime, mark, watchers)?,
        };
        Ok(Ground { on: On::Own(own), watchers })
    }

    /// The session runtime.
    pub(crate) fn session(handle: Handle, watchers: &'a Watchers) -> Self {
        Ground { on: On::Session(handle), watchers }
    }

    /// The thread that asks.
    pub(crate) fn thread(watchers: &'a Watchers) -> Self {
        Ground { on: On::Thread, watchers }
    }

    /// Runs a future to its end, on this thread.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        driven(future, |future| self.drive(future))
    }

    fn drive(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        match (&self.on, &self.watchers.activity) {
            // A runtime that is driven by this thread says itself when that parks.
            (On::Own(own), _) if own.polled() == Polled::ByDriver => own.block_on(future),
            (on, None) => on.block_on(future),
            (on, Some(activity)) => on.block_on(pin!(Counted { future, activity, waits: false })),
        }
    }

    /// Makes the runtime the current one of this thread, as long as the guard lives: a plain test can then use values that
    /// belong to it.
    pub(crate) fn enter(&self) -> Option<EnterGuard<'_>> {
        match &self.on {
            On::Own(own) => Some(own.enter()),
            On::Session(handle) => Some(handle.enter()),
            On::Thread => None,
        }
    }

    /// Runs an async test to its end, or until its seat asks it to end.
    pub(crate) fn run(&self, test: LocalBoxFuture<'static, ExitCode>, seat: &Seat) -> Ending {
        let mut overdue = None;
        let hygiene = self.watchers.hygiene.as_deref();
        let drives = matches!(&self.on, On::Own(own) if own.polled() == Polled::ByDriver);
        let polls = if drives { None } else { hygiene };
        let settling = Settling { test: Some(test), seat, polls, code: ExitCode::FAILURE, overdue: None };
        let run = || {
            ending(|| {
                // Dropped within what catches panics.
                let mut settling = settling;
                let polled: Pin<&mut Settling<'_>> = Pin::new(&mut settling);
                self.drive(polled);
                overdue = settling.overdue;
                settling.code
            })
        };
        let ending = match hygiene {
            Some(hygiene) if drives => hygiene.drives(run),
            _ => run(),
        };
        overdue.map_or(ending, Ending::Overdue)
    }

    /// Ends a runtime of the attempt's own; answers how many of its threads were still busy after the grace. `limit` is the test's.
    pub(crate) fn leave(self, seat: &Seat, limit: Option<Duration>) -> usize {
        match self.on {
            On::Own(own) => {
                if let Some(hygiene) = &self.watchers.hygiene {
                    // A task that blocks now must not keep the run from going on.
                    let tasks = seat.watched(Doing::Test, SETTLING, || own.tasks_left());
                    hygiene.tasks_left(tasks);
                }
                // Where there are none, nothing of the test's is dropped with it.
                if own.tasks_alive() == 0 {
                    return own.shut_down();
                }
                let limit = limit.map_or(SHUT_DOWN, |limit| limit.min(SHUT_DOWN));
                seat.watched(Doing::ShutDown, limit, || own.shut_down())
            }
            On::Session(_) | On::Thread => 0,
        }
    }
}

impl On {
    fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        match self {
            On::Own(own) => own.block_on(future),
            On::Session(handle) => handle.block_on(future),
            On::Thread => park_on(future),
        }
    }
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
    /// Nothing once it is over.
    test: Option<LocalBoxFuture<'static, ExitCode>>,
    seat: &'a Seat,
    /// Each poll is told to this, where somebody wants to know.
    polls: Option<&'a Hygiene>,
    /// What it has come to.
    code: ExitCode,
    /// Why it was asked to end, if it was.
    overdue: Option<Overdue>,
}

impl Future for Settling<'_> {
    // No result of its own: tokio's `block_on`, which is much code, is compiled for this type of future once.
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Settling { test, seat, polls, code, overdue } = &mut *self;
        let Some(going) = test else { return Poll::Ready(()) };
        let polled = match polls {
            Some(hygiene) => hygiene.polled(|| going.as_mut().poll(context)),
            None => going.as_mut().poll(context),
        };
        if let Poll::Ready(it) = polled {
            *code = it;
            // Dropped here, on its runtime. What it has begun to print comes out when its recording ends.
            *test = None;
            return Poll::Ready(());
        }
        capture::settle();
        *overdue = seat.overdue(context);
        if overdue.is_none() {
            return Poll::Pending;
        }
        // A destructor that panics does not change why the test was ended.
        discard(test.take());
        Poll::Ready(())
    }
}
