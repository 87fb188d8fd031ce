//! The session runtime, on which everything lives that outlives a test; and how to wait without any runtime.

use crate::mailbox::mailbox;
use crate::panics::{built, caught, discard};
use crate::{aside, capture};
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle, Runtime};

/// How long the threads of the runtime may take to start.
const PATIENCE: Duration = Duration::from_secs(10);

/// A multi-thread runtime that is built when something asks for it, and stays until the end of the run.
#[derive(Debug, Default)]
pub(crate) struct SessionRuntime {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Unasked,
    Built(Runtime),
    /// It was asked for in vain, and is not asked for again.
    Failed(io::ErrorKind, String),
}

impl SessionRuntime {
    /// The runtime's handle.
    ///
    /// # Errors
    ///
    /// If it cannot be built.
    pub(crate) fn handle(&self) -> io::Result<Handle> {
        let mut state = self.lock();
        if let State::Unasked = *state {
            *state = match build() {
                Ok(runtime) => State::Built(runtime),
                Err(error) => State::Failed(error.kind(), error.to_string()),
            };
        }
        match &*state {
            State::Built(runtime) => Ok(runtime.handle().clone()),
            State::Failed(kind, message) => Err(io::Error::new(*kind, message.clone())),
            State::Unasked => Err(io::Error::other("there is no runtime")),
        }
    }

    /// Whether there is one.
    pub(crate) fn is_built(&self) -> bool {
        matches!(*self.lock(), State::Built(_))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a future on the runtime, polled by this thread: it need not be `Send`.
    ///
    /// # Errors
    ///
    /// If the runtime cannot be built.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> io::Result<T> {
        let handle = self.handle()?;
        Ok(driven(future, |future| handle.block_on(future)))
    }

    /// Runs a future that is over at once, or waits for others only: with the runtime as the current one, but where code
    /// may block, as the constructors and destructors of blocking clients do.
    ///
    /// # Errors
    ///
    /// If the runtime cannot be built.
    pub(crate) fn enter_and_wait<T>(&self, future: impl Future<Output = T>) -> io::Result<T> {
        let handle = self.handle()?;
        let _entered = handle.enter();
        Ok(driven(future, park_on))
    }

    /// Ends the runtime, if there is one, and what still runs on it.
    pub(crate) fn shut_down(&self, within: Duration) {
        if let State::Built(runtime) = std::mem::take(&mut *self.lock()) {
            let _ = caught(|| runtime.shutdown_timeout(within)).map_err(discard);
        }
    }
}

/// Builds the runtime, on a thread of its own: where the system has a thread for it and then no other, tokio panics and waits for
/// ever for the first.
fn build() -> io::Result<Runtime> {
    let (sender, runtime) = mailbox();
    aside::start("test-session", move || {
        // Its threads are started by a test's, but work for all.
        let build = || {
            Builder::new_multi_thread()
                .enable_all()
                .thread_name("test-session")
                .on_thread_start(capture::disown)
                .build()
        };
        let _ = sender.send(built(build));
    })?;
    match runtime.receive(Instant::now().checked_add(PATIENCE)) {
        Ok(runtime) => runtime,
        Err(_) => Err(io::Error::other("its threads could not be started")),
    }
}

/// A future of any type as one of a single type, so that tokio's `block_on`, which is much code, is compiled once.
pub(crate) fn driven<T>(
    future: impl Future<Output = T>,
    block_on: impl FnOnce(Pin<&mut dyn Future<Output = ()>>),
) -> T {
    let mut result = None;
    block_on(pin!(async { result = Some(future.await) }));
    result.expect("what blocks on a future returns when that is done")
}

/// Waits for a future on this thread, which needs no runtime for that.
pub(crate) fn park_on(mut future: Pin<&mut dyn Future<Output = ()>>) {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(()) => return,
            Poll::Pending => std::thread::park(),
        }
    }
}
