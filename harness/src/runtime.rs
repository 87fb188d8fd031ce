//! Gives an async test the runtime that it asked for, for as long as it lasts.

use crate::capture::{self, Mark};
use crate::judge::Ending;
use crate::panics::{caught, discard};
use crate::registry::Runtime;
use futures::future::LocalBoxFuture;
use std::io;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::{Builder, LocalOptions};

/// How long a test's blocking tasks may go on once the test is over. `spawn_blocking` cannot be interrupted, and a
/// runtime that is dropped waits for it without limit; a task that is merely about to end gets its chance.
const GRACE: Duration = Duration::from_millis(200);

/// How an async test ended, and what it left behind.
#[derive(Debug)]
pub(crate) struct AsyncEnding {
    pub(crate) ending: Ending,
    /// How many threads of its runtime were still busy after the grace.
    pub(crate) threads_left: usize,
}

/// Runs a future to its end on a new runtime, and shuts the runtime down.
///
/// # Errors
///
/// If the runtime cannot be built: the process may be out of file descriptors or threads.
pub(crate) fn run(
    runtime: Runtime,
    start: fn() -> LocalBoxFuture<'static, ExitCode>,
    mark: Option<Mark>,
) -> io::Result<AsyncEnding> {
    let threads = Arc::new(AtomicUsize::new(0));
    let mut builder = match runtime {
        Runtime::CurrentThread => Builder::new_current_thread(),
        Runtime::Built(builder) | Runtime::Local(builder) => builder(),
    };
    builder.enable_all();
    let (started, stopped) = (Arc::clone(&threads), Arc::clone(&threads));
    builder.on_thread_start(move || {
        started.fetch_add(1, Ordering::Relaxed);
        if let Some(mark) = mark {
            mark.adopt();
        }
    });
    builder.on_thread_stop(move || {
        stopped.fetch_sub(1, Ordering::Relaxed);
    });

    let ending = if let Runtime::Local(_) = runtime {
        let runtime = builder.build_local(LocalOptions::default())?;
        let ending = ending(|| runtime.block_on(Settling(start())));
        let _ = caught(|| runtime.shutdown_timeout(GRACE)).map_err(discard);
        ending
    } else {
        let runtime = builder.build()?;
        let ending = ending(|| runtime.block_on(Settling(start())));
        let _ = caught(|| runtime.shutdown_timeout(GRACE)).map_err(discard);
        ending
    };
    Ok(AsyncEnding { ending, threads_left: threads.load(Ordering::Relaxed) })
}

/// Runs the code of a test to its end.
pub(crate) fn ending(run: impl FnOnce() -> ExitCode) -> Ending {
    match caught(run) {
        Ok(code) => Ending::Returned(code),
        Err(payload) => {
            let ending = Ending::panicked(&*payload);
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
