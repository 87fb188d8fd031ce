//! Stands in where nothing can be interposed: output goes where it would go without a harness.

use super::kept::Stream;
use super::recording::{Mark, forked_away, keep, lock, starts_thread};
use crate::patient;
use std::sync::{Mutex, MutexGuard};

/// Whether output can be captured in this build.
pub(crate) const AVAILABLE: bool = false;

/// Whether it is known of each thread that it is started.
pub(super) const KNOWS_THREADS: bool = false;

/// There is nothing to prepare.
pub(super) fn prepare() {}

/// [`Vec::extend_from_slice`], if there is memory for it.
pub(super) fn append(kept: &mut Vec<u8>, bytes: &[u8]) -> bool {
    let has_room = kept.try_reserve(bytes.len()).is_ok();
    if has_room {
        kept.extend_from_slice(bytes);
    }
    has_room
}

/// At most so many bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Roll<const LIMIT: usize>(Vec<u8>);

impl<const LIMIT: usize> Roll<LIMIT> {
    /// Nothing so far.
    pub(super) const fn new() -> Self {
        Roll(Vec::new())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds these bytes, all of them or none; answers whether there was room.
    pub(super) fn append(&mut self, bytes: &[u8]) -> bool {
        bytes.len() <= LIMIT - self.0.len() && append(&mut self.0, bytes)
    }

    /// Adds these bytes, all of them or none; answers whether there was memory for them. They have to fit within the limit.
    pub(super) fn extend(&mut self, bytes: &[u8]) -> bool {
        assert!(bytes.len() <= LIMIT - self.0.len(), "more bytes than the limit allows");
        self.append(bytes)
    }

    /// Takes all of it.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

/// A mutex that a panic does not poison.
#[derive(Debug)]
pub(super) struct Lock<T>(Mutex<T>);

impl<T> Lock<T> {
    pub(super) const fn new(value: T) -> Self {
        Lock(Mutex::new(value))
    }

    /// Waits until nobody else has it.
    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        lock(&self.0)
    }

    /// Locks it, unless somebody has it.
    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        patient::try_lock(&self.0)
    }
}

/// What the other half of this pair calls is alive here too.
const _: fn() -> Option<Mark> = Mark::to_inherit;
const _: fn(Stream, &[u8]) -> bool = keep;
const _: [Stream; 2] = [Stream::Out, Stream::Err];
const _: [fn(); 2] = [forked_away, starts_thread];
const _: [fn(Mark); 2] = [Mark::thread_starts, Mark::thread_begins];
