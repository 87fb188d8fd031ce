//! The ways in which code ends its process by itself, each led past [`super::handler`] first: `exit`, `quick_exit`, and `_exit`
//! itself where a symbol of the executable wins over the C library's.
#![allow(unsafe_code)]

use libc::c_int;
use std::sync::atomic::{AtomicI32, Ordering};

/// How many threads can call `exit` before the first of them has put its guard back. The C library calls each function once,
/// whoever exits; a thread that finds none left ends the process as if all were well.
const AT_ONCE: usize = 16;

const NO_CODE: c_int = -1;

/// The code that the process ends with now that its reports are complete; none before.
static CODE: AtomicI32 = AtomicI32::new(NO_CODE);

/// The reports are complete: the process is about to end with this code.
pub(crate) fn ends_with(code: u8) {
    CODE.store(code.into(), Ordering::Release);
}

/// That code.
pub(super) fn code() -> Option<c_int> {
    Some(CODE.load(Ordering::Acquire)).filter(|code| *code != NO_CODE)
}

/// Has every call of `exit` and `quick_exit` be heard of from now on.
pub(super) fn watch() {
    for _ in 0..AT_ONCE {
        guard();
        // SAFETY: the function has that signature and is never unloaded. Out of memory, nothing guards.
        unsafe { at_quick_exit(on_quick_exit) };
    }
}

/// Has one more call of `exit` be heard of.
pub(super) fn guard() {
    at_exit::guard();
}

unsafe extern "C" {
    fn at_quick_exit(function: extern "C" fn()) -> c_int;
}

extern "C" fn on_quick_exit() {
    super::handler::on_exit(None);
}

/// Ends the process with this code, and runs nothing of it.
pub(super) fn now(code: c_int) -> ! {
    loop {
        // SAFETY: this has no requirement.
        unsafe { libc::syscall(libc::SYS_exit_group, code) };
    }
}

#[cfg(target_env = "gnu")]
mod at_exit {
    use libc::{c_int, c_void};

    unsafe extern "C" {
        fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
    }

    extern "C" fn on_exit_called(code: c_int, _: *mut c_void) {
        super::super::handler::on_exit(Some(code));
    }

    pub(super) fn guard() {
        // SAFETY: the function has that signature, is never unloaded and needs no argument. Out of memory, nothing guards.
        unsafe { on_exit(on_exit_called, std::ptr::null_mut()) };
    }
}

#[cfg(not(target_env = "gnu"))]
mod at_exit {
    extern "C" fn on_exit_called() {
        super::super::handler::on_exit(None);
    }

    pub(super) fn guard() {
        // SAFETY: the function has that signature and is never unloaded. Out of memory, nothing guards.
        unsafe { libc::atexit(on_exit_called) };
    }
}

/// The process's own `_exit` and `_Exit`, in front of the C library's. That calls neither by its symbol, nor does anything here.
#[cfg(all(feature = "capture", target_env = "gnu", not(target_feature = "crt-static")))]
mod at_once {
    use libc::c_int;

    /// Keeps the linker from dropping the symbols that nothing in this crate calls.
    #[used]
    static EXIT: extern "C" fn(c_int) -> ! = _exit;
    #[used]
    static ALSO: extern "C" fn(c_int) -> ! = _Exit;

    /// `_exit(2)`.
    #[unsafe(no_mangle)]
    extern "C" fn _exit(code: c_int) -> ! {
        super::super::handler::on_exit(Some(code));
        super::now(code)
    }

    /// The same by the name that C has for it.
    #[allow(non_snake_case, reason = "it is its name")]
    #[unsafe(no_mangle)]
    extern "C" fn _Exit(code: c_int) -> ! {
        _exit(code)
    }
}
