//! The session runtime, on which everything lives that outlives a test; and how to wait without any runtime.

use crate::capture;
use crate::panics::{caught, discard};
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// A multi-thread runtime that is built when something asks for it, and stays until the end of the run.
#[derive(Debug, Default)]
pub(crate) struct SessionRuntime {
    runtime: Mutex<Option<Runtime>>,
}

impl SessionRuntime {
    /// The runtime's handle.
    ///
    /// # Errors
    ///
    /// If it cannot be built.
    pub(crate) fn handle(&self) -> io::Result<Handle> {
        let mut runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = &*runtime {
            return Ok(runtime.handle().clone());
        }
        // Its threads may be started by a test's, but work for all.
        let built = Builder::new_multi_thread()
            .enable_all()
            .thread_name("test-session")
            .on_thread_start(capture::disown)
            .build()?;
        Ok(runtime.insert(built).handle().clone())
    }

    /// Whether there is one.
    pub(crate) fn is_built(&self) -> bool {
        self.runtime.lock().unwrap_or_else(PoisonError::into_inner).is_some()
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
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(runtime) = runtime {
            let _ = caught(|| runtime.shutdown_timeout(within)).map_err(discard);
        }
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
