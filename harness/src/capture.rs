//! Keeps what a test prints with the test, in this process and without a feature of a nightly compiler.
//!
//! On Linux the executable's own `write` and `writev` stand in front of the C library's (see [`interpose`]); what is
//! written to standard output or standard error on a thread that bears a test's mark goes into that test's recording.
//! Elsewhere, under Miri and without the feature `capture`, nothing is interposed and all output goes where it would.
//!
//! A mark is plain data in a thread-local that needs no destructor, so it can be read at any time of a thread's life.

#[cfg_attr(not(all(target_os = "linux", feature = "capture", not(miri))), path = "capture/absent.rs")]
mod interpose;
mod kept;
mod parts;
mod recording;

pub(crate) use interpose::AVAILABLE;
pub(crate) use kept::{Kept, Stream};
pub(crate) use recording::{
    Keeps, Mark, Recording, TaskPanicked, aside, disown, here, settle, skip, start, stop, stray_so_far,
    take_within_line, task_panicked, tests, threads_started, watch_threads,
};
