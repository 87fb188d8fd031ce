//! Recordings: who is printing right now, and what has been printed so far. All of it is safe code.

mod asides;
mod quiet;

pub(super) use asides::starts_thread;
pub(crate) use asides::{TaskPanicked, skip, task_panicked, threads_started, watch_threads};

use super::interpose::{self, Lock};
use super::kept::{Kept, Stream};
use crate::outcome::Output;
use crate::patient;
use crate::test::Test;
use asides::Asides;
use quiet::{Inside, Quiet};
use std::cell::Cell;
use std::io::Write;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering, compiler_fence};

/// A place for one test's output, used again by other tests later.
// In this order, for each line looks for the tape.
#[repr(C)]
#[derive(Debug)]
struct Slot {
    /// Nobody allocates while he has it: the handler of a signal may wait for it that has interrupted an allocator.
    tape: Quiet<Tape>,
    /// Printing never takes it.
    asides: Lock<Asides>,
}

#[derive(Debug)]
struct Tape {
    /// Grows by one each time the slot changes hands, so that a mark of an earlier user is known to be stale.
    turn: u32,
    output: Kept,
}

/// What all recordings share.
#[derive(Debug)]
struct Roster {
    /// Slots that nobody uses, each with its turn. They are never freed: a thread left behind by a test may bear a mark for
    /// ever.
    free: Vec<(&'static Slot, u32)>,
    /// The recordings of tests that are running.
    running: Vec<Mark>,
    stray: Stray,
}

/// Output with no owner.
#[derive(Debug)]
struct Stray {
    kept: Kept,
    /// The test that left the thread behind which printed last, if one did.
    of: Option<&'static Test>,
    /// Whether a line has been begun and not ended.
    in_line: bool,
}

static ROSTER: Quiet<Roster> = Quiet::new(Roster {
    free: Vec::new(),
    running: Vec::new(),
    stray: Stray { kept: Kept::new(), of: None, in_line: false },
});

impl Stray {
    /// Adds output of a thread that this test has left behind, or that nobody is known to have started; says so where that
    /// changes.
    /// Answers whether there was memory for it.
    fn append(&mut self, of: Option<&'static Test>, stream: Stream, bytes: &[u8]) -> bool {
        if self.of.map(std::ptr::from_ref) != of.map(std::ptr::from_ref) {
            self.of = of;
            let line = if self.in_line { "\n" } else { "" };
            let whose = match of {
                Some(test) => [line, "[left behind by ", test.name(), "]\n"],
                None => [line, "[of nobody known]\n", "", ""],
            };
            // In pieces, for which nothing has to be allocated.
            whose.iter().for_each(|piece| {
                self.kept.append(stream, piece.as_bytes());
            });
        }
        self.in_line = bytes.last().is_some_and(|byte| *byte != b'\n');
        self.kept.append(stream, bytes)
    }
}

/// Whether output without an owner is kept too.
static CAPTURING: AtomicBool = AtomicBool::new(false);

/// Whether the last that a test printed to standard output, past the harness, was no end of a line.
static WITHIN_LINE: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// One for all of it: to look a thread-local up is what costs, in unoptimised code and once for each printed line.
    static LOCAL: Local = const { Local { mark: Cell::new(None), inside: Cell::new(0), started: Cell::new(0) } };
}

/// What a thread knows.
#[derive(Debug)]
struct Local {
    mark: Cell<Option<Mark>>,
    /// How often it is inside [`keep`], or has a lock that is taken there: an allocator or a signal handler that prints meanwhile
    /// must not come back.
    inside: Cell<u32>,
    /// How many threads it has started.
    started: Cell<usize>,
}

/// Says that what a thread prints belongs to one recording. Small, for it is copied with each line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    slot: &'static Slot,
    turn: u32,
    heirs: Heirs,
    keeps: Keeps,
    /// Whose recording it is, where it is a test's.
    test: Option<&'static Test>,
}

/// What a recording takes of what is printed under its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// All of it.
    Output,
    /// Nothing: it only tells whose a thread is.
    Nothing,
}

/// Whether threads that a marked thread starts get its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heirs {
    /// They print for the same test.
    Threads,
    /// They outlive the set-up that started them, and print for whoever uses them.
    None,
}

impl Mark {
    /// The mark that a thread inherits which this thread starts.
    pub(super) fn to_inherit() -> Option<Self> {
        mark().filter(|mark| mark.heirs == Heirs::Threads)
    }

    /// Marks this thread, until it ends.
    pub(crate) fn adopt(self) {
        set_mark(Some(self));
    }

    /// Ends the recording from whatever thread, and gives back what it has; nothing where it has ended before.
    pub(crate) fn close(self) -> Output {
        let mut tape = self.slot.tape.hold();
        if tape.turn != self.turn {
            return Output::default();
        }
        let turn = tape.turn.wrapping_add(1);
        tape.turn = turn;
        let kept = if tape.output.is_new() { None } else { Some(mem::take(&mut tape.output)) };
        drop(tape);
        asides::end(self.slot, turn);
        let mut output = Output::default();
        if let Some(mut kept) = kept {
            output = kept.take();
            // Nobody has the slot before it is free again.
            self.slot.tape.hold().output = kept;
        }
        let mut roster = ROSTER.hold();
        // Plain loops, here and below: an adapter is as many instructions again for each test.
        let (mut place, running) = (0, &mut roster.running);
        while place < running.len() && !running[place].is(self) {
            place += 1;
        }
        // What prints aside of a test, or for a fixture, is not among them.
        if place < running.len()
            && let Some(last) = running.pop()
            && place < running.len()
        {
            running[place] = last;
        }
        roster.free.push((self.slot, turn));
        output
    }

    /// The test whose recording this is.
    pub(crate) fn test(self) -> Option<&'static Test> {
        self.test
    }

    /// What has been recorded so far: nothing if the recording is over, or if a thread stopped for ever while it added
    /// to it.
    pub(crate) fn so_far(self) -> Output {
        patient::get(|| self.slot.tape.try_hold())
            .filter(|tape| tape.turn == self.turn)
            .map_or(Output::default(), |tape| tape.output.so_far())
    }

    fn is(self, other: Mark) -> bool {
        std::ptr::eq(self.slot, other.slot) && self.turn == other.turn
    }

    /// Appends to the recording; answers whether it was still open, and there was memory for it.
    #[inline(always)]
    fn append(&self, stream: Stream, bytes: &[u8]) -> bool {
        let mut tape = self.slot.tape.inside().lock();
        let tape = &mut *tape;
        if tape.turn != self.turn {
            return false;
        }
        tape.output.append(stream, bytes)
    }
}

/// The output of one test, from [`Recording::begin`] until [`Recording::finish`].
#[derive(Debug)]
pub(crate) struct Recording {
    mark: Mark,
}

impl Recording {
    /// Begins to record for a test what this thread does.
    pub(crate) fn begin(test: &'static Test, keeps: Keeps) -> Self {
        let mark = Mark { keeps, test: Some(test), ..open(Heirs::Threads) };
        ROSTER.hold().running.push(mark);
        mark.adopt();
        Recording { mark }
    }

    /// Begins to record what this thread prints for a fixture that tests share, and for no test.
    pub(crate) fn begin_of_fixture() -> Self {
        let mark = open(Heirs::None);
        mark.adopt();
        Recording { mark }
    }

    /// For other threads of the same test.
    pub(crate) fn mark(&self) -> Mark {
        self.mark
    }

    /// Ends the recording; what is printed under its mark from now on has no owner.
    pub(crate) fn finish(self) -> Output {
        settle();
        set_mark(None);
        self.mark.close()
    }
}

fn mark() -> Option<Mark> {
    LOCAL.with(|local| local.mark.get())
}

fn set_mark(mark: Option<Mark>) {
    replace_mark(mark);
}

/// Gives this thread another mark, and gives back what it had. A mark is several words: a handler must not print under half of it.
fn replace_mark(mark: Option<Mark>) -> Option<Mark> {
    let _inside = Inside::enter();
    LOCAL.with(|local| local.mark.replace(mark))
}

/// The mark of this thread. May be asked in a handler of a signal.
pub(crate) fn here() -> Option<Mark> {
    mark()
}

/// The marks of the tests that run; none if a thread stopped for ever while it changed that.
pub(crate) fn tests() -> Vec<Mark> {
    patient::get(|| ROSTER.try_hold()).map(|roster| roster.running.clone()).unwrap_or_default()
}

/// Output without an owner, so far; none if a thread stopped for ever while it added to it.
pub(crate) fn stray_so_far() -> Vec<u8> {
    patient::get(|| ROSTER.try_hold()).map(|roster| roster.stray.kept.so_far().to_vec()).unwrap_or_default()
}

/// Takes the mark from this thread, which outlives whoever started it.
pub(crate) fn disown() {
    if let Some(mark) = mark() {
        mark.thread_ends();
    }
    set_mark(None);
}

/// Brings out what a marked thread printed without a line's end: it waits in std's buffer, which all threads share, and
/// would come out with whatever is printed next by anyone. An error here is the test's: it closed its standard output.
pub(crate) fn settle() {
    if mark().is_some() {
        let _ = std::io::stdout().flush();
    }
}

/// Whether what tests have printed past the harness stops within a line; asked again, it does not.
pub(crate) fn take_within_line() -> bool {
    WITHIN_LINE.swap(false, Ordering::Relaxed)
}

/// Keeps output without an owner from now on.
pub(crate) fn start() {
    interpose::prepare();
    CAPTURING.store(true, Ordering::Relaxed);
}

/// Keeps no output without an owner any more; gives back what there was.
pub(crate) fn stop() -> Vec<u8> {
    CAPTURING.store(false, Ordering::Relaxed);
    let mut kept = mem::take(&mut ROSTER.hold().stray.kept);
    kept.take().to_vec()
}

/// Runs `print` and gives back what this thread printed meanwhile instead of letting it pass; nothing where output
/// cannot be captured.
pub(crate) fn aside(print: impl FnOnce()) -> Option<Vec<u8>> {
    if !interpose::AVAILABLE {
        print();
        return None;
    }
    interpose::prepare();
    let mark = open(Heirs::None);
    let before = replace_mark(Some(mark));
    print();
    set_mark(before);
    Some(mark.close().to_vec())
}

/// Records nothing any more in this process: it is a fork of the one whose recordings are read. Of the threads that had
/// a mark it has only the one that calls this.
pub(super) fn forked_away() {
    set_mark(None);
    CAPTURING.store(false, Ordering::Relaxed);
}

/// Takes output that is about to be written; answers whether it did.
///
/// What a test prints comes first here, and goes through as few calls as can be: it runs unoptimised, and while std's lock
/// of standard output is held. Hence `inline(always)` too on what it calls for each line.
#[inline(always)]
pub(super) fn keep(stream: Stream, bytes: &[u8]) -> bool {
    let mut kept = false;
    let answer = &mut kept;
    let _ = LOCAL.try_with(move |local| {
        if local.inside.get() != 0 {
            return;
        }
        let mark = local.mark.get();
        local.inside.set(1);
        *answer = if let Some(mark @ Mark { keeps: Keeps::Output, .. }) = &mark
            && mark.append(stream, bytes)
        {
            true
        } else {
            keep_otherwise(mark, stream, bytes)
        };
        local.inside.set(0);
    });
    kept
}

/// Whether [`keep`] has to be asked: it may take what this thread prints, or has to see it.
pub(super) fn may_keep() -> bool {
    let may = |local: &Local| {
        local.inside.get() == 0 && (local.mark.get().is_some() || CAPTURING.load(Ordering::Relaxed))
    };
    LOCAL.try_with(may).unwrap_or(false)
}

/// Takes what goes into no recording of this thread.
fn keep_otherwise(mark: Option<Mark>, stream: Stream, bytes: &[u8]) -> bool {
    // That this thread is inside has to be so for a handler on it before there is a lock.
    compiler_fence(Ordering::SeqCst);
    if let Some(Mark { keeps: Keeps::Nothing, .. }) = mark {
        if let (Stream::Out, [.., last]) = (stream, bytes) {
            WITHIN_LINE.store(*last != b'\n', Ordering::Relaxed);
        }
        return false;
    }
    if CAPTURING.load(Ordering::Relaxed) {
        // A thread of rayon's has the mark of the test that first used its pool, and works for all.
        let stale = mark.filter(|_| rayon_core::current_thread_index().is_none());
        return keep_stray(stale, stream, bytes);
    }
    // With a stale mark the run is over, and has said so: what a test's threads print now would stand below its last line.
    mark.is_some()
}

/// Output of a thread without a mark is that of the one test that runs, where there is one. A stale mark names a test
/// that is over, so its output is nobody else's.
fn keep_stray(stale: Option<Mark>, stream: Stream, bytes: &[u8]) -> bool {
    // Whoever has the roster may want memory of an allocator that the handler of a signal has interrupted here.
    let Some(mut roster) = patient::get(|| ROSTER.inside().try_lock()) else { return false };
    match (stale, roster.running.as_slice()) {
        (None, [alone]) if alone.append(stream, bytes) => true,
        _ => roster.stray.append(stale.and_then(Mark::test), stream, bytes),
    }
}

fn open(heirs: Heirs) -> Mark {
    let free = ROSTER.hold().free.pop();
    let (slot, turn) = free.unwrap_or_else(|| {
        let tape = Quiet::new(Tape { turn: 0, output: Kept::new() });
        (Box::leak(Box::new(Slot { tape, asides: Lock::new(Asides::default()) })), 0)
    });
    Mark { slot, turn, heirs, keeps: Keeps::Output, test: None }
}

#[cfg(all(test, target_os = "linux", feature = "capture", not(miri)))]
mod tests {
    use super::*;
    use std::sync::{Mutex, PoisonError};

    /// The recordings are one per process; these tests take turns. None of them calls [`start`]: that would take the
    /// lines of the runner that judges them.
    static TURN: Mutex<()> = Mutex::new(());

    fn recorded(print: impl FnOnce(&Recording)) -> String {
        let recording = Recording::begin(&Test::PLAIN, Keeps::Output);
        print(&recording);
        String::from_utf8(recording.finish().to_vec()).expect("the tests print text")
    }

    /// libtest redirects `print!` within tests, so these print as code does that knows nothing of libtest.
    fn print(text: &str) {
        interpose::tests::write_to_stdout(text.as_bytes());
    }

    #[test]
    fn a_recording_holds_what_its_thread_prints() {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(recorded(|_| print("one\n")), "one\n");
        assert_eq!(recorded(|_| ()), "");
    }

    #[test]
    fn a_thread_inherits_the_mark_of_the_one_that_started_it() {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let text = recorded(|_| std::thread::spawn(|| print("from a thread\n")).join().unwrap());
        assert_eq!(text, "from a thread\n");
    }

    #[test]
    fn a_mark_of_a_finished_test_is_stale_even_when_its_slot_is_used_again() {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut late = None;
        recorded(|recording| late = Some(recording.mark()));
        let other = recorded(|_| assert!(!late.unwrap().append(Stream::Out, b"late")));
        assert_eq!(other, "");
    }

    #[test]
    fn what_a_thread_prints_while_it_has_a_lock_of_printing_is_not_waited_for() {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let text = recorded(|recording| {
            let tape = recording.mark().slot.tape.hold();
            assert!(!keep(Stream::Out, b"a"), "the tape is held here");
            let roster = ROSTER.try_hold();
            drop(tape);
            assert!(roster.is_some() && !keep(Stream::Out, b"b"), "the roster is held here");
            drop(roster);
            assert!(keep(Stream::Out, b"c") && may_keep());
        });
        assert_eq!(text, "c");
    }

    #[test]
    fn parts_come_out_as_one_and_the_system_refuses_what_it_would_refuse() {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let text = recorded(|_| {
            assert_eq!(interpose::tests::write_parts(&[&b"one, "[..], b"", b"two"]), Ok(8));
            assert_eq!(interpose::tests::write_parts(&[&b""[..]; 1025]), Err(libc::EINVAL));
            assert_eq!(interpose::tests::write_nowhere(), Err(libc::EFAULT));
        });
        assert_eq!(text, "one, two");
    }

    #[test]
    fn what_is_printed_aside_is_given_back_and_recorded_nowhere() {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut given = None;
        let text = recorded(|_| {
            print("a");
            given = aside(|| print("b"));
            print("c");
        });
        assert_eq!((text.as_str(), given.as_deref()), ("ac", Some(&b"b"[..])));
    }
}
