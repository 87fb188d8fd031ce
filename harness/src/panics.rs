//! Shows a panic under the name of its test, or its fixture, instead of that of the worker's thread.
//!
//! The text is std's own, backtrace included: the hook that was there before prints it aside, and its first line then
//! gets that name.

mod hook;

pub(crate) use hook::{Hook, install_hook, keep_hook};

use crate::capture;
use crate::event::FixturePhase;
use crate::fixture::FixtureDecl;
use crate::test::Test;
use std::any::Any;
use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// Whose code a thread runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner {
    /// A test.
    Test(&'static Test),
    /// A fixture that outlives a test, and what it does.
    Fixture(&'static FixtureDecl, FixturePhase),
}

thread_local! {
    static RUNNING: Cell<Option<Owner>> = const { Cell::new(None) };
}

/// Says that this thread runs the code of a test or a fixture, until it is dropped.
#[derive(Debug)]
pub(crate) struct Running(());

impl Running {
    /// This thread runs `test` from now on.
    pub(crate) fn test(test: &'static Test) -> Self {
        RUNNING.set(Some(Owner::Test(test)));
        Running(())
    }

    /// This thread sets a fixture up that outlives a test, or tears it down.
    pub(crate) fn fixture(fixture: &'static FixtureDecl, phase: FixturePhase) -> Self {
        RUNNING.set(Some(Owner::Fixture(fixture, phase)));
        Running(())
    }
}

/// Whose code this thread runs, or whose thread it was started on. May be asked in a handler of a signal.
pub(crate) fn owner() -> Option<Owner> {
    RUNNING.get().or_else(|| capture::here()?.test().map(Owner::Test))
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.set(None);
    }
}

fn message_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("a value that is no text")
}

/// Replaces the thread's name in the line that a panic's message starts with.
fn renamed(text: Vec<u8>, name: &str) -> Vec<u8> {
    let thread = std::thread::current();
    let start = format!("\nthread '{}' (", thread.name().unwrap_or("<unnamed>"));
    match text.strip_prefix(start.as_bytes()) {
        Some(rest) => [format!("\nthread '{name}' (").as_bytes(), rest].concat(),
        None => text,
    }
}

/// Runs code of a user; a panic gives its payload.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(run))
}

/// Polls a future of a user; a panic gives its payload.
pub(crate) async fn caught_future<T>(future: impl Future<Output = T>) -> Result<T, Box<dyn Any + Send>> {
    // The adapter of this name comes with all of futures' combinators, which take seconds to build.
    let mut future = pin!(future);
    poll_fn(|context| match caught(|| future.as_mut().poll(context)) {
        Ok(poll) => poll.map(Ok),
        Err(payload) => Poll::Ready(Err(payload)),
    })
    .await
}

/// Builds a runtime: tokio panics where the system has no descriptors, or no threads, for what it does not expect to fail.
///
/// # Errors
///
/// That of the system, or that there was a panic.
pub(crate) fn built<T>(build: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    caught(build).unwrap_or_else(|payload| {
        let error = format!("tokio panicked: {}", message_of(&*payload));
        discard(payload);
        Err(io::Error::other(error))
    })
}

/// Drops what a user made, whose destructor may panic too.
pub(crate) fn discard<T>(thing: T) {
    dropped(|| drop(thing));
}

/// Runs what drops something of a user's, whose destructor may panic.
pub(crate) fn dropped(drop: impl FnOnce()) {
    if let Err(another) = caught(|| __rust_begin_short_backtrace(drop)) {
        // Dropping this one as well could go on for ever.
        std::mem::forget(another);
    }
}

/// Everything on the stack above this is the harness's; short backtraces end here. std looks for this very name.
#[inline(never)]
pub(crate) fn __rust_begin_short_backtrace<T>(run: impl FnOnce() -> T) -> T {
    let result = run();
    // Keeps this frame from being optimised away as a tail call.
    std::hint::black_box(());
    result
}

/// The same for a future's poll, and so without a closure between: that would be a frame of its own below this one.
#[inline(never)]
pub(crate) fn __rust_begin_short_backtrace_of_poll<T>(
    future: Pin<&mut dyn Future<Output = T>>,
    context: &mut Context<'_>,
) -> Poll<T> {
    let polled = future.poll(context);
    std::hint::black_box(());
    polled
}
