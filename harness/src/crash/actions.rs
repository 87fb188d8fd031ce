//! What signals do: has one handler called for all that are a crash, and puts back what was there before it.
#![allow(unsafe_code)]

use super::signals::{SIGNALS, UNEXPECTED};
use libc::{c_int, c_void, siginfo_t};
use std::mem::MaybeUninit;

/// A handler that is told of a signal whence it came and where the thread was.
pub(super) type Handler = extern "C" fn(c_int, *mut siginfo_t, *mut c_void);

/// What signals did before they had that handler.
pub(super) struct Before(Vec<(c_int, libc::sigaction)>);

/// Has this handler, which may do only what one may, called for every signal that is a crash.
pub(super) fn install(handler: Handler) -> Before {
    let unexpected = UNEXPECTED.iter().filter(|signal| is_by_default(**signal));
    let crashes = SIGNALS.iter().chain(unexpected);
    Before(crashes.filter_map(|signal| Some((*signal, handle(*signal, handler)?))).collect())
}

fn handle(signal: c_int, handler: Handler) -> Option<libc::sigaction> {
    // SAFETY: all zeros is a valid value of this type.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    let mut before = action;
    action.sa_sigaction = handler as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: the handler has the signature that `SA_SIGINFO` asks for and does only what a handler may. It takes the place of
    // std's, which runs on the same alternate stack. All signals wait while it runs.
    let is_set = unsafe {
        libc::sigfillset(&raw mut action.sa_mask);
        libc::sigaction(signal, &raw const action, &raw mut before)
    };
    (is_set == 0).then_some(before)
}

impl Before {
    /// Puts back what was there before this handler, but where another has taken its place.
    pub(super) fn put_back(self, handler: Handler) {
        for (signal, before) in self.0.into_iter().filter(|(signal, _)| is(*signal, handler)) {
            // SAFETY: the action is what the system has given out for this signal.
            unsafe { libc::sigaction(signal, &raw const before, std::ptr::null_mut()) };
        }
    }
}

/// Whether nobody has said what a signal is to do: it may be ignored, or a profiler's.
fn is_by_default(signal: c_int) -> bool {
    of(signal) == Some(libc::SIG_DFL)
}

/// Whether a signal has this handler.
pub(super) fn is(signal: c_int, handler: Handler) -> bool {
    of(signal) == Some(handler as usize)
}

/// What a signal does. May be asked in the handler of one.
pub(super) fn of(signal: c_int) -> Option<libc::sighandler_t> {
    // SAFETY: all zeros is a valid value of this type.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    // SAFETY: with no new action the present one is written to a valid place.
    let known = unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) } == 0;
    known.then_some(action.sa_sigaction)
}
