//! A thread for one thing.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

/// Runs something on a thread of its own, or here if there can be none.
pub(crate) fn run_aside(name: &str, run: impl FnOnce() + Send + 'static) {
    let run = Arc::new(Mutex::new(Some(run)));
    let take = move |run: &Mutex<Option<_>>| run.lock().unwrap_or_else(PoisonError::into_inner).take();
    let there = Arc::clone(&run);
    let started = Builder::new().name(name.to_owned()).spawn(move || {
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
