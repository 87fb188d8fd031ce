//! Locks that may be held for ever: a thread that has crashed gives nothing back.

use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long whoever lives may hold one of the harness's locks.
const PATIENCE: Duration = Duration::from_millis(50);

/// Locks, unless that takes longer than it can take where nobody has crashed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    get(|| try_lock(mutex))
}

/// Asks for a lock of whatever kind until it is given, unless that takes longer than it can take where nobody has crashed.
pub(crate) fn get<G>(ask: impl Fn() -> Option<G>) -> Option<G> {
    let begin = Instant::now();
    loop {
        let guard = ask();
        if guard.is_some() || begin.elapsed() > PATIENCE {
            return guard;
        }
        sleep(Duration::from_micros(100));
    }
}

/// Locks, unless somebody else has it. A panic does not poison.
pub(crate) fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_is_given_back_is_had_and_one_that_is_not_is_given_up() {
        let mutex = Mutex::new(1);
        assert_eq!(lock(&mutex).as_deref(), Some(&1));
        let held = mutex.lock().unwrap();
        std::thread::scope(|scope| {
            assert!(scope.spawn(|| lock(&mutex).is_none()).join().unwrap());
        });
        drop(held);
        assert!(lock(&mutex).is_some());
    }
}
