//! Threads that have run out of steps, until they have ended: the destructors of their thread-locals are code of the tests'
//! too, which may print, and must not run beside the serial phase or be cut off by the end of the process.

use std::cell::RefCell;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Counts threads that are about to end.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    count: Mutex<usize>,
    last: Condvar,
}

/// Said by the destructor of a thread-local, the last of its thread: they run in reverse order of their first use.
#[derive(Debug)]
enum Farewell {
    /// The thread may go on to something else.
    No,
    /// It will end when it has nothing to do.
    Later,
    /// It will end soon, and somebody waits for that.
    Soon(Arc<Leaving>),
}

thread_local! {
    static FAREWELL: RefCell<Farewell> = const { RefCell::new(Farewell::No) };
}

impl Leaving {
    /// Has to be called on a thread before it runs anything of a user's; nobody waits for one where it was not.
    pub(super) fn prepare_thread() {
        FAREWELL.set(Farewell::Later);
    }

    /// This thread will end soon; nobody waits for one that does not say so.
    pub(super) fn expect_thread(self: &Arc<Self>) {
        FAREWELL.with_borrow_mut(|farewell| {
            if let Farewell::Later = farewell {
                *self.lock() += 1;
                *farewell = Farewell::Soon(Arc::clone(self));
            }
        });
    }

    /// Waits for all that are expected, but not longer than that; says how many are still there.
    pub(super) fn wait(&self, patience: Duration) -> usize {
        let count = self.last.wait_timeout_while(self.lock(), patience, |count| *count > 0);
        *count.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Farewell {
    fn drop(&mut self) {
        if let Farewell::Soon(leaving) = self {
            let mut count = leaving.lock();
            *count -= 1;
            if *count == 0 {
                leaving.last.notify_all();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::thread;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Takes its time as it is dropped.
    struct Late(Option<std::sync::mpsc::Receiver<()>>);

    impl Drop for Late {
        fn drop(&mut self) {
            if let Some(go) = self.0.take() {
                let _ = go.recv();
            }
        }
    }

    thread_local! {
        static LATE: RefCell<Late> = const { RefCell::new(Late(None)) };
    }

    #[test]
    fn a_thread_has_left_when_the_destructors_of_its_thread_locals_have_run() {
        let leaving = Arc::new(Leaving::default());
        assert_eq!(leaving.wait(PATIENCE), 0, "nobody is expected");
        let (go, gone) = channel();
        let (expected, is_expected) = channel();
        let there = Arc::clone(&leaving);
        let thread = thread::spawn(move || {
            Leaving::prepare_thread();
            LATE.set(Late(Some(gone)));
            there.expect_thread();
            expected.send(()).unwrap();
        });
        is_expected.recv().unwrap();
        assert_eq!(leaving.wait(Duration::ZERO), 1);
        go.send(()).unwrap();
        assert_eq!(leaving.wait(PATIENCE), 0);
        thread.join().unwrap();
    }

    #[test]
    fn nobody_waits_for_a_thread_that_is_not_expected() {
        let leaving = Arc::new(Leaving::default());
        thread::spawn(Leaving::prepare_thread).join().unwrap();
        // Nor for one that may go on to something else.
        leaving.expect_thread();
        assert_eq!(leaving.wait(PATIENCE), 0);
    }
}
