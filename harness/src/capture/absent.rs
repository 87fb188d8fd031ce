//! Stands in where nothing can be interposed: output goes where it would go without a harness.

use super::kept::Stream;
use super::recording::{Mark, forked_away, keep, may_keep, starts_thread};
use crate::patient;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whether output can be captured in this build.
pub(crate) const AVAILABLE: bool = false;

/// Whether it is known of each thread that it is started.
pub(super) const KNOWS_THREADS: bool = false;

/// There is nothing to prepare.
pub(super) fn prepare() {}

/// At most so many bytes.
#[derive(Debug, Default)]
pub(super) struct Roll<const LIMIT: usize>(Vec<u8>);

impl<const LIMIT: usize> Roll<LIMIT> {
    /// Nothing so far.
    pub(super) const fn new() -> Self {
        Roll(Vec::new())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing has to be given back.
    pub(super) fn is_new(&self) -> bool {
        self.0.capacity() == 0
    }

    /// Adds these bytes, all of them or none; answers whether there was room.
    pub(super) fn append(&mut self, bytes: &[u8]) -> bool {
        self.extend(bytes)
    }

    /// Adds these bytes, all of them or none; answers whether there was memory for them, within the limit.
    pub(super) fn extend(&mut self, bytes: &[u8]) -> bool {
        let has_room = self.make_room(bytes.len());
        if has_room {
            self.0.extend_from_slice(bytes);
        }
        has_room
    }

    /// Has room for so many bytes more; answers whether there was memory for them, within the limit.
    pub(super) fn make_room(&mut self, more: usize) -> bool {
        more <= LIMIT - self.0.len() && self.0.try_reserve(more).is_ok()
    }

    /// All of it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// All of it, to change.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// Forgets all but so many bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.0 = Vec::new();
    }
}

/// Unlocks in the end.
pub(super) type Locked<T> = MutexGuard<'static, T>;

/// A mutex that a panic does not poison.
#[derive(Debug)]
pub(super) struct Lock<T>(Mutex<T>);

impl<T> Lock<T> {
    pub(super) const fn new(value: T) -> Self {
        Lock(Mutex::new(value))
    }

    /// Waits until nobody else has it.
    pub(super) fn lock(&'static self) -> Locked<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks it, unless somebody has it.
    pub(super) fn try_lock(&'static self) -> Option<Locked<T>> {
        patient::try_lock(&self.0)
    }
}

/// What the other half of this pair calls is alive here too.
const _: fn() -> Option<Mark> = Mark::to_inherit;
const _: fn(Stream, &[u8]) -> bool = keep;
const _: fn() -> bool = may_keep;
const _: [Stream; 2] = [Stream::Out, Stream::Err];
const _: [fn(); 2] = [forked_away, starts_thread];
const _: [fn(Mark); 2] = [Mark::thread_starts, Mark::thread_begins];
