//! Notices what async tests do and should not, under `--debug-async`: block their runtime, leave tasks, threads and child
//! processes behind, lose a panic in a task.
//!
//! It fails nothing and ends nothing; it only says what it saw. Where the setting is off, none of this exists.

mod children;
mod stretch;

use crate::capture::{Recording, TaskPanicked};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use stretch::Moment;

pub(crate) use children::{Children, children, note_of};
pub(crate) use stretch::is_available;

/// What is said where the system does not tell.
pub(crate) const UNKNOWN: &str = "--debug-async cannot name tests that block their runtime, nor threads and child processes \
                                  that are left behind: this system does not say it";

/// What is noticed of one attempt.
#[derive(Debug, Default)]
pub(crate) struct Hygiene {
    /// Whether a thread that drives the runtime must not block.
    judges: AtomicBool,
    blocked: Mutex<Blocked>,
    tasks: AtomicUsize,
}

/// Stretches in which something was blocked.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Blocked {
    /// A thread that drives the runtime, between two parks.
    runtime: Stretches,
    /// The thread of the test, in one poll of its future, where others drive the runtime.
    future: Stretches,
}

/// How many there were, and how long the longest was.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Stretches {
    count: usize,
    longest: Duration,
}

impl Stretches {
    fn add(&mut self, blocked: Duration) {
        self.count += 1;
        self.longest = self.longest.max(blocked);
    }

    /// `was` says what became of it: "its runtime was blocked".
    fn note(self, was: &str) -> Option<String> {
        let longest = self.longest.as_secs_f64();
        match self.count {
            0 => None,
            1 => Some(format!("{was} for {longest:.1}s")),
            count => Some(format!("{was} {count} times, for {longest:.1}s at most")),
        }
    }
}

impl Hygiene {
    /// The runtime has threads of its own, on which fixtures that are plain functions never run.
    pub(crate) fn has_workers(&self) {
        self.judges.store(true, Ordering::Relaxed);
    }

    /// Runs the body of the test on this thread, which drives its runtime as well. Before and after, fixtures that are
    /// plain functions may block there.
    pub(crate) fn drives<T>(&self, body: impl FnOnce() -> T) -> T {
        self.judges.store(true, Ordering::Relaxed);
        self.thread_goes_on();
        let ended = body();
        self.thread_parks();
        self.judges.store(false, Ordering::Relaxed);
        ended
    }

    /// A thread that drives the runtime goes on.
    pub(crate) fn thread_goes_on(&self) {
        stretch::begin();
    }

    /// A thread that drives the runtime parks.
    pub(crate) fn thread_parks(&self) {
        let blocked = stretch::end();
        if let Some(blocked) = blocked.filter(|_| self.judges.load(Ordering::Relaxed)) {
            self.lock().runtime.add(blocked);
        }
    }

    /// Polls the future of the test on a thread that does not drive its runtime.
    pub(crate) fn polled<T>(&self, poll: impl FnOnce() -> T) -> T {
        let begin = Moment::now();
        let polled = poll();
        if let Some(blocked) = begin.and_then(Moment::blocked_since) {
            self.lock().future.add(blocked);
        }
        polled
    }

    /// So many tasks were alive when the test and its teardowns were over.
    pub(crate) fn tasks_left(&self, count: usize) {
        self.tasks.store(count, Ordering::Relaxed);
    }

    /// What is to be said of the attempt whose output this is, once its runtime is gone.
    pub(crate) fn notes(&self, recording: &Recording) -> Vec<String> {
        let Blocked { runtime, future } = *self.lock();
        let blocked = [runtime.note("its runtime was blocked"), future.note("its future blocked its thread")];
        let noticed = [
            tasks_note(self.tasks.load(Ordering::Relaxed)),
            panics_note(recording.task_panics(), recording.first_task_panic()),
            threads_note(&recording.threads_left()),
        ];
        blocked.into_iter().chain(noticed).flatten().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Blocked> {
        self.blocked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tasks_note(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("it left a task behind, which was dropped with its runtime".to_owned()),
        _ => Some(format!("it left {count} tasks behind, which were dropped with its runtime")),
    }
}

fn panics_note(count: usize, first: Option<TaskPanicked>) -> Option<String> {
    let first = first.map(|TaskPanicked { place, message }| {
        let place = place.map_or(String::new(), |place| format!(" at {place}"));
        format!("{place}: {message}")
    });
    let first = first.unwrap_or_default();
    match count {
        0 => None,
        1 => Some(format!("a task of it panicked{first}")),
        _ => Some(format!("{count} tasks of it panicked, the first{first}")),
    }
}

fn threads_note(names: &[String]) -> Option<String> {
    match names {
        [] => None,
        [name] => Some(format!("it left a thread behind: `{name}`")),
        _ => {
            let count = names.len();
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            Some(format!("it left {count} threads behind: {}", names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn stretches(count: usize, longest: u64) -> Stretches {
        Stretches { count, longest: Duration::from_millis(longest) }
    }

    #[test]
    fn stretches_are_counted_and_the_longest_is_named() {
        let mut all = Stretches::default();
        assert_eq!(all.note("it was blocked"), None);
        all.add(Duration::from_millis(300));
        assert_eq!(
            (all, all.note("it was blocked").as_deref()),
            (stretches(1, 300), Some("it was blocked for 0.3s"))
        );
        all.add(Duration::from_millis(120));
        assert_eq!(all.note("it was blocked").as_deref(), Some("it was blocked 2 times, for 0.3s at most"));
    }

    #[test]
    fn tasks_threads_and_panics_are_counted() {
        let panicked =
            || Some(TaskPanicked { place: Some("src/a.rs:3:5".to_owned()), message: "no stock".to_owned() });
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        for (note, wanted) in [
            (tasks_note(0), None),
            (tasks_note(1), Some("it left a task behind, which was dropped with its runtime")),
            (tasks_note(2), Some("it left 2 tasks behind, which were dropped with its runtime")),
            (panics_note(0, None), None),
            (panics_note(1, None), Some("a task of it panicked")),
            (panics_note(1, panicked()), Some("a task of it panicked at src/a.rs:3:5: no stock")),
            (panics_note(2, panicked()), Some("2 tasks of it panicked, the first at src/a.rs:3:5: no stock")),
            (threads_note(&[]), None),
            (threads_note(&names(&["a"])), Some("it left a thread behind: `a`")),
            (threads_note(&names(&["a", "b"])), Some("it left 2 threads behind: `a`, `b`")),
        ] {
            assert_eq!(note.as_deref(), wanted);
        }
    }
}
