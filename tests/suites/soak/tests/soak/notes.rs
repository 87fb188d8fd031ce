//! Tells the driver what happens when: a line for each event, in a file that all processes of a run append to.

use std::fs::OpenOptions;
use std::io::Write;

/// A test that is running, from [`begin`] until it is dropped, or dies.
pub struct Span {
    name: String,
}

/// Says that a test begins.
pub fn begin(name: &str) -> Span {
    note("begin", name);
    Span { name: name.to_owned() }
}

impl Drop for Span {
    fn drop(&mut self) {
        note("end", &self.name);
    }
}

/// One write, so that lines of several processes do not mix: `WHAT NAME PID TID NANOSECONDS`.
pub fn note(what: &str, name: &str) {
    let Some(path) = std::env::var_os("SOAK_NOTES") else { return };
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes to a place that is there; the other has no requirement.
    let (tid, _) = unsafe { (libc::gettid(), libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now)) };
    let line =
        format!("{what} {name} {} {tid} {}\n", std::process::id(), now.tv_sec * 1_000_000_000 + now.tv_nsec);
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the notes can be written");
}
