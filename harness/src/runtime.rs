//! Gives an async test the runtime that it asked for, for as long as it lasts.

use crate::capture::{self, Mark};
use crate::instance::{driven, park_on};
use crate::judge::Ending;
use crate::panics::{caught, discard};
use crate::registry::Runtime;
use crate::skip::Skipped;
use futures::future::LocalBoxFuture;
use std::io;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::{Builder, EnterGuard, Handle, LocalOptions, LocalRuntime};

/// How long a test's blocking tasks may go on once the test is over. `spawn_blocking` cannot be interrupted, and a
/// runtime that is dropped waits for it without limit; a task that is merely about to end gets its chance.
const GRACE: Duration = Duration::from_millis(200);

/// Where the futures of an attempt are run to their end.
#[derive(Debug)]
pub(crate) enum Ground {
    /// On a runtime of its own.
    Own(OwnRuntime),
    /// On the session runtime, polled by this thread.
    Session(Handle),
    /// On this thread alone, without a runtime.
    Thread,
}

impl Ground {
    /// Runs a future to its end, on this thread.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        driven(future, |future| match self {
            Ground::Own(OwnRuntime { runtime: Built::Plain(runtime), .. }) => runtime.block_on(future),
            Ground::Own(OwnRuntime { runtime: Built::Local(runtime), .. }) => runtime.block_on(future),
            Ground::Session(handle) => handle.block_on(future),
            Ground::Thread => park_on(future),
        })
    }

    /// Makes the runtime the current one of this thread, as long as the guard lives: a plain test can then use values that
    /// belong to it.
    pub(crate) fn enter(&self) -> Option<EnterGuard<'_>> {
        match self {
            Ground::Own(OwnRuntime { runtime: Built::Plain(runtime), .. }) => Some(runtime.enter()),
            Ground::Own(OwnRuntime { runtime: Built::Local(runtime), .. }) => Some(runtime.enter()),
            Ground::Session(handle) => Some(handle.enter()),
            Ground::Thread => None,
        }
    }

    /// Runs an async test to its end.
    pub(crate) fn run(&self, test: LocalBoxFuture<'static, ExitCode>) -> Ending {
        ending(|| self.block_on(Settling(test)))
    }

    /// Ends a runtime of the attempt's own; answers how many of its threads were still busy after the grace.
    pub(crate) fn leave(self) -> usize {
        match self {
            Ground::Own(runtime) => runtime.shut_down(),
            Ground::Session(_) | Ground::Thread => 0,
        }
    }
}

/// The runtime of one attempt.
#[derive(Debug)]
pub(crate) struct OwnRuntime {
    runtime: Built,
    /// How many threads of it are alive.
    threads: Arc<AtomicUsize>,
}

#[derive(Debug)]
enum Built {
    Plain(tokio::runtime::Runtime),
    Local(LocalRuntime),
}

impl OwnRuntime {
    /// Builds the runtime that a test asked for.
    ///
    /// # Errors
    ///
    /// If that is impossible: the process may be out of file descriptors or threads.
    pub(crate) fn new(runtime: Runtime, mark: Mark) -> io::Result<Self> {
        let threads = Arc::new(AtomicUsize::new(0));
        let mut builder = match runtime {
            Runtime::None | Runtime::CurrentThread => Builder::new_current_thread(),
            Runtime::Built(builder) | Runtime::Local(builder) => builder(),
        };
        builder.enable_all();
        let (started, stopped) = (Arc::clone(&threads), Arc::clone(&threads));
        builder.on_thread_start(move || {
            started.fetch_add(1, Ordering::Relaxed);
            mark.adopt();
        });
        builder.on_thread_stop(move || {
            stopped.fetch_sub(1, Ordering::Relaxed);
        });
        let runtime = match runtime {
            Runtime::Local(_) => Built::Local(builder.build_local(LocalOptions::default())?),
            Runtime::None | Runtime::CurrentThread | Runtime::Built(_) => Built::Plain(builder.build()?),
        };
        Ok(OwnRuntime { runtime, threads })
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

/// A future that keeps no text from its test while it waits.
struct Settling(LocalBoxFuture<'static, ExitCode>);

impl Future for Settling {
    type Output = ExitCode;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<ExitCode> {
        let polled = self.0.as_mut().poll(context);
        capture::settle();
        polled
    }
}
