//! A thread for one thing.

use crate::mailbox::mailbox;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// Starts a thread that is not waited for.
///
/// # Errors
///
/// If there is none to be had.
pub(crate) fn start(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    spawn(name, Box::new(run)).map(drop)
}

/// Starts a thread. This exists once, for each kind of thread that std starts is 6 kB of unoptimised code.
fn spawn(name: &str, run: Box<dyn FnOnce() + Send>) -> io::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(run)
}

/// Runs something on a thread of its own, or here if there can be none.
pub(crate) fn run_aside(name: &str, run: impl FnOnce() + Send + 'static) {
    let run: Box<dyn FnOnce() + Send> = Box::new(run);
    let run = Arc::new(Mutex::new(Some(run)));
    let there = Arc::clone(&run);
    let take = |run: &Mutex<Option<_>>| run.lock().unwrap_or_else(PoisonError::into_inner).take();
    let started = start(name, move || {
        if let Some(run) = take(&there) {
            run();
        }
    });
    if started.is_err()
        && let Some(run) = take(&run)
    {
        run();
    }
}

/// Runs something that may take for ever on a thread of its own, and waits for its end no longer than that.
pub(crate) fn run_for(patience: Duration, name: &str, run: impl FnOnce() + Send + 'static) {
    let (sender, done) = mailbox::<()>();
    let started = start(name, move || {
        run();
        drop(sender);
    });
    if started.is_ok() {
        // Late or over, which is the same to whoever asked.
        let _ = done.receive(Instant::now().checked_add(patience));
    }
}
