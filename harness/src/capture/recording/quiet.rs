//! Locks that printing takes: whoever prints while this thread has one must not wait for it.
//!
//! That may be an allocator, or the handler of a signal that has come meanwhile, on this very thread: it would wait for ever.
//! So a thread says first that it is about to have such a lock, and what it prints then goes past the recordings.

use super::LOCAL;
use crate::capture::interpose::{Lock, Locked};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{Ordering, compiler_fence};

/// A lock that printing takes too.
#[derive(Debug)]
pub(super) struct Quiet<T>(Lock<T>);

impl<T> Quiet<T> {
    pub(super) const fn new(value: T) -> Self {
        Quiet(Lock::new(value))
    }

    /// Waits until nobody else has it.
    pub(super) fn hold(&'static self) -> Held<T> {
        let inside = Inside::enter();
        Held { locked: self.0.lock(), _inside: inside }
    }

    /// Locks it, unless somebody has it.
    pub(super) fn try_hold(&'static self) -> Option<Held<T>> {
        let inside = Inside::enter();
        Some(Held { locked: self.0.try_lock()?, _inside: inside })
    }

    /// The lock itself, for whoever prints and is inside already.
    #[inline(always)]
    pub(super) fn inside(&'static self) -> &'static Lock<T> {
        &self.0
    }
}

/// Unlocks in the end, and only then lets this thread's output be kept again.
#[derive(Debug)]
pub(super) struct Held<T: 'static> {
    // Dropped in this order.
    locked: Locked<T>,
    _inside: Inside,
}

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.locked
    }
}

impl<T> DerefMut for Held<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.locked
    }
}

/// What this thread prints goes past the recordings, until each of these is dropped, in whatever order.
#[derive(Debug)]
pub(super) struct Inside(());

impl Inside {
    pub(super) fn enter() -> Self {
        LOCAL.with(|local| local.inside.set(local.inside.get() + 1));
        // For a handler on this thread it has to be so before there is a lock, and until there is none.
        compiler_fence(Ordering::SeqCst);
        Inside(())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        compiler_fence(Ordering::SeqCst);
        LOCAL.with(|local| local.inside.set(local.inside.get() - 1));
    }
}
