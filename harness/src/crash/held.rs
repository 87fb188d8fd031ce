//! Interrupts while a process is executed again: they wait until the new image listens, and one that came before is not
//! forgotten.
#![allow(unsafe_code)]

use crate::interrupt::{Before, SIGNALS};
use libc::c_int;
use std::fmt;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// Which of [`SIGNALS`] wait only until this image listens, a bit each.
static HELD: AtomicU8 = AtomicU8::new(0);
/// Whether the image before was asked to end.
static ASKED: AtomicBool = AtomicBool::new(false);

/// What an image hands to the next: `JOURNAL HELD`. The rest is in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Handed {
    /// The descriptor of the journal.
    pub(super) journal: c_int,
    /// Which of the signals did not wait when the process was started, a bit each.
    pub(super) held: u8,
}

impl fmt::Display for Handed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.journal, self.held)
    }
}

impl Handed {
    /// Reads it; nothing where somebody else has written it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let journal = words.next()?.parse().ok()?;
        let held = words.next()?.parse().ok()?;
        Some(Handed { journal, held })
    }
}

/// Notes what the image before has handed on.
pub(super) fn note(held: u8) {
    HELD.store(held, Ordering::Release);
}

/// Notes that it was asked to end.
pub(super) fn note_asked() {
    ASKED.store(true, Ordering::Release);
}

/// What has come before this image.
pub(crate) fn before() -> Before {
    if ASKED.load(Ordering::Acquire) { Before::Asked } else { Before::Nothing }
}

/// The signals that wait while the next image is executed, and which of them did not when this process was started.
pub(super) fn held() -> (libc::sigset_t, u8) {
    let mut mask = MaybeUninit::zeroed();
    let before = HELD.load(Ordering::Acquire);
    let mut held = 0;
    // SAFETY: with no new mask the first call only writes the present one; the others look at it, and add to it.
    let mask = unsafe {
        libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), mask.as_mut_ptr());
        let mut mask = mask.assume_init();
        for (index, signal) in SIGNALS.into_iter().enumerate() {
            let bit = 1 << index;
            if libc::sigismember(&raw const mask, signal) == 0 || before & bit != 0 {
                held |= bit;
            }
            libc::sigaddset(&raw mut mask, signal);
        }
        mask
    };
    (mask, held)
}

/// Takes in what has waited, on this thread and those that it starts: somebody listens now.
pub(crate) fn listen() {
    let held = HELD.load(Ordering::Acquire);
    let mut mask = MaybeUninit::zeroed();
    // SAFETY: the mask is made empty before it is added to, and valid then.
    unsafe {
        libc::sigemptyset(mask.as_mut_ptr());
        for (index, signal) in SIGNALS.into_iter().enumerate() {
            if held & 1 << index != 0 {
                libc::sigaddset(mask.as_mut_ptr(), signal);
            }
        }
        libc::pthread_sigmask(libc::SIG_UNBLOCK, mask.as_ptr(), std::ptr::null_mut());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_on_is_read_as_it_was_written() {
        for handed in [Handed { journal: 5, held: 7 }, Handed { journal: 255, held: 0 }] {
            assert_eq!(Handed::read(&handed.to_string()), Some(handed));
        }
        for text in ["", "5", "five 0", "5 256"] {
            assert_eq!(Handed::read(text), None, "{text}");
        }
    }
}
