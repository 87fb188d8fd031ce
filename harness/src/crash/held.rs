//! Signals while a process is executed again: all of them wait. The next image forgets those that were meant for the last one, and
//! has interrupts wait on until it listens; one that came before is not forgotten.
#![allow(unsafe_code)]

use super::signals::ALL;
use crate::interrupt::{Before, SIGNALS};
use libc::{c_int, siginfo_t, sigset_t, timespec};
use std::fmt;
use std::mem::MaybeUninit;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Which signals waited when the process was first started; known only to an image that came later.
static AT_FIRST: OnceLock<Signals> = OnceLock::new();
/// Whether the image before was asked to end.
static ASKED: AtomicBool = AtomicBool::new(false);

/// What is asked of a process by whoever sits in front of it, and so of any image.
const OF_THE_TERMINAL: [c_int; 4] = [libc::SIGQUIT, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU];

/// Some signals, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signals(u64);

impl Signals {
    fn of(signals: impl IntoIterator<Item = c_int>) -> Self {
        Signals(signals.into_iter().fold(0, |bits, signal| bits | bit(signal)))
    }

    fn has(self, signal: c_int) -> bool {
        self.0 & bit(signal) != 0
    }

    fn set(self) -> sigset_t {
        let mut set = MaybeUninit::uninit();
        // SAFETY: the set is made empty, and valid with that, before it is added to. What is no signal is an error and nothing else.
        unsafe {
            libc::sigemptyset(set.as_mut_ptr());
            for signal in ALL.filter(|signal| self.has(*signal)) {
                libc::sigaddset(set.as_mut_ptr(), signal);
            }
            set.assume_init()
        }
    }

    fn in_set(set: &sigset_t) -> Self {
        // SAFETY: the set is valid.
        Signals::of(ALL.filter(|signal| unsafe { libc::sigismember(set, *signal) } == 1))
    }
}

fn bit(signal: c_int) -> u64 {
    1 << (signal - ALL.start)
}

/// What an image hands to the next: `JOURNAL WAITING`. The rest is in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Handed {
    /// The descriptor of the journal.
    pub(super) journal: c_int,
    /// Which signals waited when the process was first started.
    pub(super) waiting: Signals,
}

impl fmt::Display for Handed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.journal, self.waiting.0)
    }
}

impl Handed {
    /// Reads it; nothing where somebody else has written it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (journal, waiting) = text.split_once(' ')?;
        Some(Handed { journal: journal.parse().ok()?, waiting: Signals(waiting.parse().ok()?) })
    }
}

/// Goes on with what the image before has handed on: interrupts alone wait any longer.
pub(super) fn note(at_first: Signals) {
    let _ = AT_FIRST.set(at_first);
    forget_what_is_past();
    mask(libc::SIG_SETMASK, &Signals(at_first.0 | Signals::of(SIGNALS).0).set());
}

/// Drops the signals that wait and that the image before has sent itself, or had sent by its timers and limits: it is dead, and this
/// one would die of them without a word.
fn forget_what_is_past() {
    let past = ALL.filter(|signal| !SIGNALS.contains(signal) && !OF_THE_TERMINAL.contains(signal));
    let (past, at_once) = (Signals::of(past).set(), timespec { tv_sec: 0, tv_nsec: 0 });
    let mut from_outside = Vec::new();
    loop {
        let mut info = MaybeUninit::<siginfo_t>::zeroed();
        // SAFETY: all three pointers are to valid values.
        let signal = unsafe { libc::sigtimedwait(&raw const past, info.as_mut_ptr(), &raw const at_once) };
        if signal == -1 {
            break;
        }
        // SAFETY: the call has filled it in.
        if is_from_outside(unsafe { info.assume_init_ref() }) {
            from_outside.push(signal);
        }
    }
    for signal in from_outside {
        // SAFETY: a signal to this process has no requirement.
        unsafe { libc::kill(libc::getpid(), signal) };
    }
}

/// Whether another process has sent a signal. May be asked in the handler of one.
pub(super) fn is_from_outside(info: &siginfo_t) -> bool {
    // Those of a timer say its number instead.
    let says_by_whom = [libc::SI_USER, libc::SI_QUEUE, libc::SI_TKILL].contains(&info.si_code);
    // SAFETY: a signal that was sent says by whom; asking for the own number has no requirement.
    says_by_whom && unsafe { info.si_pid() != libc::getpid() }
}

/// Notes that the image before was asked to end.
pub(super) fn note_asked() {
    ASKED.store(true, Ordering::Release);
}

/// What has come before this image.
pub(crate) fn before() -> Before {
    if ASKED.load(Ordering::Acquire) { Before::Asked } else { Before::Nothing }
}

/// Which signals waited when the process was first started.
pub(super) fn at_first() -> Signals {
    AT_FIRST.get().copied().unwrap_or_else(|| Signals::in_set(&mask(libc::SIG_BLOCK, &Signals(0).set())))
}

/// Takes in what has waited, on this thread and those that it starts: somebody listens now.
pub(crate) fn listen() {
    if let Some(at_first) = AT_FIRST.get() {
        let held = SIGNALS.into_iter().filter(|signal| !at_first.has(*signal));
        mask(libc::SIG_UNBLOCK, &Signals::of(held).set());
    }
}

/// Has these signals wait on this thread from now on.
pub(super) fn block(signals: &[c_int]) {
    mask(libc::SIG_BLOCK, &Signals::of(signals.iter().copied()).set());
}

/// Has all signals wait on this thread; answers which did before. May be called in the handler of a signal.
pub(super) fn block_all() -> sigset_t {
    mask(libc::SIG_BLOCK, &Signals::of(ALL).set())
}

/// Takes in what has waited since. May be called in the handler of a signal.
pub(super) fn restore(before: &sigset_t) {
    mask(libc::SIG_SETMASK, before);
}

/// Changes which signals wait on this thread; answers which did before.
fn mask(how: c_int, set: &sigset_t) -> sigset_t {
    let mut before = MaybeUninit::zeroed();
    // SAFETY: the set is valid, and what was before is written to a valid place; all zeros is a set as well.
    unsafe {
        libc::pthread_sigmask(how, set, before.as_mut_ptr());
        before.assume_init()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_on_is_read_as_it_was_written() {
        let waiting = Signals::of([1, 11, 64]);
        for handed in [Handed { journal: 5, waiting }, Handed { journal: 255, waiting: Signals(0) }] {
            assert_eq!(Handed::read(&handed.to_string()), Some(handed));
        }
        for text in ["", "5", "five 0", "5 -1", "5 0 0"] {
            assert_eq!(Handed::read(text), None, "{text}");
        }
    }

    #[test]
    fn signals_are_the_same_in_the_sets_of_the_system() {
        for signals in [vec![], vec![1], vec![64], vec![2, 15, 31, 34]] {
            assert_eq!(Signals::in_set(&Signals::of(signals.clone()).set()), Signals::of(signals));
        }
    }

    /// On a thread of its own: the signals are sent to that.
    #[test]
    fn what_was_meant_for_the_image_before_is_forgotten_and_what_is_asked_of_any_is_not() {
        let any = [libc::SIGTERM, libc::SIGTSTP, libc::SIGQUIT];
        let pending = std::thread::spawn(move || {
            let before = block_all();
            for signal in [libc::SIGABRT, libc::SIGXFSZ, libc::SIGUSR1, 40].into_iter().chain(any) {
                // SAFETY: it waits.
                unsafe { libc::raise(signal) };
            }
            forget_what_is_past();
            let mut pending = MaybeUninit::zeroed();
            // SAFETY: the place is valid.
            let pending = unsafe {
                libc::sigpending(pending.as_mut_ptr());
                pending.assume_init()
            };
            // Nobody is to get these.
            let (rest, none) = (Signals::of(any).set(), timespec { tv_sec: 0, tv_nsec: 0 });
            for _ in any {
                // SAFETY: the pointers are to valid values, but for one that may be null.
                unsafe { libc::sigtimedwait(&raw const rest, std::ptr::null_mut(), &raw const none) };
            }
            restore(&before);
            Signals::in_set(&pending)
        });
        assert_eq!(pending.join().unwrap(), Signals::of(any));
    }
}
