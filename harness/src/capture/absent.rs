//! Stands in where nothing can be interposed: output goes where it would go without a harness.

use super::kept::Stream;
use super::recording::{Mark, forked_away, keep, starts_thread};

/// Whether output can be captured in this build.
pub(crate) const AVAILABLE: bool = false;

/// Whether it is known of each thread that it is started.
pub(super) const KNOWS_THREADS: bool = false;

/// There is nothing to prepare.
pub(super) fn prepare() {}

/// [`Vec::extend_from_slice`].
pub(super) fn append(kept: &mut Vec<u8>, bytes: &[u8]) {
    kept.extend_from_slice(bytes);
}

/// What the other half of this pair calls is alive here too.
const _: fn() -> Option<Mark> = Mark::to_inherit;
const _: fn(Stream, &[u8]) -> bool = keep;
const _: [Stream; 2] = [Stream::Out, Stream::Err];
const _: [fn(); 2] = [forked_away, starts_thread];
const _: [fn(Mark); 2] = [Mark::thread_starts, Mark::thread_begins];
