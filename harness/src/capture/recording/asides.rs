//! What the threads and tasks of a test do beside printing: give it up, panic, go on.

use super::{LOCAL, Mark, Recording, Slot, mark};
use crate::capture::interpose;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What the threads and tasks of a test do beside printing.
#[derive(Debug, Default)]
pub(super) struct Asides {
    /// As on the tape.
    turn: u32,
    /// What few tests do.
    done: Option<Box<Done>>,
}

#[derive(Debug, Default)]
struct Done {
    /// Why a thread of the test gave it up.
    skip: Option<String>,
    /// How many of the test's tasks have panicked.
    panics: usize,
    /// The first of those panics.
    first_panic: Option<TaskPanicked>,
    threads: Threads,
}

/// The threads that a test has started, its runtime's own aside; known only while they are watched.
#[derive(Debug, Default)]
struct Threads {
    /// How many have been asked for and not begun. One that the system refused stays here.
    starting: usize,
    /// The numbers of those that have begun and not ended.
    alive: Vec<u32>,
}

/// A panic in a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaskPanicked {
    /// Where, if that is known.
    pub(crate) place: Option<String>,
    /// What it said.
    pub(crate) message: String,
}

/// Whether it is known which threads a test has started.
static WATCHING_THREADS: AtomicBool = AtomicBool::new(false);

/// How long a thread that is about to begin or to end may take for it.
const THREAD_GRACE: Duration = Duration::from_millis(20);

impl Mark {
    /// Looks at what was done, if the recording is not over.
    fn with_asides<T>(self, look: impl FnOnce(&mut Done) -> T) -> Option<T> {
        let mut asides = self.slot.asides.lock();
        (asides.turn == self.turn).then(|| look(asides.done.get_or_insert_default()))
    }

    /// A thread is about to be started for the test.
    pub(in crate::capture) fn thread_starts(self) {
        if WATCHING_THREADS.load(Ordering::Relaxed) {
            self.with_asides(|done| done.threads.starting += 1);
        }
    }

    /// This thread, which was started for the test, begins.
    pub(in crate::capture) fn thread_begins(self) {
        if WATCHING_THREADS.load(Ordering::Relaxed)
            && let Some(number) = number_of_this_thread()
        {
            self.with_asides(|done| {
                let threads = &mut done.threads;
                threads.starting = threads.starting.saturating_sub(1);
                threads.alive.push(number);
            });
        }
    }

    /// This thread is about to end, or somebody else answers for its end.
    pub(crate) fn thread_ends(self) {
        if WATCHING_THREADS.load(Ordering::Relaxed)
            && let Some(number) = number_of_this_thread()
        {
            self.with_asides(|done| done.threads.alive.retain(|alive| *alive != number));
        }
    }
}

impl Recording {
    /// Why one of the test's threads gave it up, if one did.
    pub(crate) fn skipped(&self) -> Option<String> {
        self.mark.slot.asides.lock().done.as_mut()?.skip.take()
    }

    /// How many of the test's tasks have panicked.
    pub(crate) fn task_panics(&self) -> usize {
        self.mark.slot.asides.lock().done.as_ref().map_or(0, |done| done.panics)
    }

    /// The first of those panics.
    pub(crate) fn first_task_panic(&self) -> Option<TaskPanicked> {
        self.mark.slot.asides.lock().done.as_ref()?.first_panic.clone()
    }

    /// The names of the threads that the test has started and that go on, where those are watched.
    pub(crate) fn threads_left(&self) -> Vec<String> {
        let begin = Instant::now();
        loop {
            let look = |done: &mut Done| (done.threads.starting, done.threads.alive.clone());
            let (starting, alive) = self.mark.with_asides(look).unwrap_or_default();
            let names: Vec<_> = alive.into_iter().filter_map(name_of_thread).collect();
            if (starting == 0 && names.is_empty()) || begin.elapsed() > THREAD_GRACE {
                return names;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// This thread starts another.
pub(in crate::capture) fn starts_thread() {
    LOCAL.with(|local| local.started.set(local.started.get().wrapping_add(1)));
}

/// How many threads this one has started so far, where that is known.
pub(crate) fn threads_started() -> Option<usize> {
    if interpose::KNOWS_THREADS { Some(LOCAL.with(|local| local.started.get())) } else { None }
}

/// Says that a task of the test of this thread has panicked; nobody hears of it on a thread of no test.
pub(crate) fn task_panicked(panic: impl FnOnce() -> TaskPanicked) {
    if let Some(mark) = mark() {
        let panic = panic();
        mark.with_asides(|done| {
            done.panics += 1;
            done.first_panic.get_or_insert(panic);
        });
    }
}

/// Knows from now on which threads a test starts, where a thread inherits a mark.
pub(crate) fn watch_threads() {
    WATCHING_THREADS.store(true, Ordering::Relaxed);
}

/// The system's number of this thread.
fn number_of_this_thread() -> Option<u32> {
    std::fs::read_link("/proc/thread-self").ok()?.file_name()?.to_str()?.parse().ok()
}

/// What a thread of this process is called; nothing if it is gone.
fn name_of_thread(number: u32) -> Option<String> {
    let name = std::fs::read_to_string(format!("/proc/self/task/{number}/comm")).ok()?;
    Some(name.trim_end().to_owned())
}

/// Says that the test of this thread is given up, and why; nobody hears of it on a thread of no test.
pub(crate) fn skip(reason: &str) {
    if let Some(mark) = mark() {
        mark.with_asides(|done| done.skip = Some(reason.to_owned()));
    }
}

/// Forgets what was done in a recording that is over; the next one there has this turn.
pub(super) fn end(slot: &'static Slot, turn: u32) {
    let mut asides = slot.asides.lock();
    asides.turn = turn;
    asides.done = None;
}
