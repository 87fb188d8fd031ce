//! Names whoever ends the process, where that is the end of the run: on systems with signals that cannot execute it again
//! with its journal.
#![allow(unsafe_code)]

use super::signals::SIGNALS;
use crate::panics::{self, Owner};
use crate::signal;
use libc::c_int;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Once, OnceLock};

/// Whether nobody was named yet, and somebody is to be.
static ARMED: AtomicBool = AtomicBool::new(false);
/// A fork of the process may end as it likes.
static PROCESS: AtomicU32 = AtomicU32::new(0);
/// What was there for each of [`SIGNALS`]: std's, for a thread without any stack left.
static BEFORE: OnceLock<[libc::sigaction; SIGNALS.len()]> = OnceLock::new();

/// How long the thread that reports has to tell what had finished. It may wait for a lock that the dying thread has.
static TELLING: libc::timespec = libc::timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Names whoever ends the process from now on.
pub(super) fn arm() {
    static WATCHED: Once = Once::new();
    PROCESS.store(std::process::id(), Ordering::Release);
    ARMED.store(true, Ordering::Release);
    WATCHED.call_once(|| {
        if BEFORE.set(SIGNALS.map(action)).is_ok() {
            SIGNALS.into_iter().for_each(handle);
        }
        // SAFETY: the function has that signature and is never unloaded. Out of memory, nobody is named.
        unsafe { libc::atexit(on_exit) };
    });
}

/// From here on the process ends in good order.
pub(super) fn disarm() {
    ARMED.store(false, Ordering::Release);
}

/// What a signal does.
fn action(signal: c_int) -> libc::sigaction {
    let mut action = MaybeUninit::zeroed();
    // SAFETY: all zeros is a valid value of this type, and is what remains if the present one cannot be written to it.
    unsafe {
        libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr());
        action.assume_init()
    }
}

fn handle(signal: c_int) {
    // SAFETY: all zeros is a valid value of this type.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = on_signal as extern "C" fn(c_int) as usize;
    action.sa_flags = libc::SA_ONSTACK;
    // SAFETY: the handler has the signature that is expected without `SA_SIGINFO`, and does only what a handler may.
    unsafe {
        libc::sigemptyset(&raw mut action.sa_mask);
        libc::sigaction(signal, &raw const action, std::ptr::null_mut());
    }
}

extern "C" fn on_signal(signal: c_int) {
    say(b" crashed: ", signal::name(signal));
    let index = SIGNALS.iter().position(|known| *known == signal);
    let Some(before) = index.and_then(|index| BEFORE.get()?.get(index)) else { return };
    // SAFETY: the action is what the system has given out for this signal.
    unsafe { libc::sigaction(signal, before, std::ptr::null_mut()) };
    // These come again by themselves, and then tell std's handler where the fault was.
    if !matches!(signal, libc::SIGSEGV | libc::SIGBUS) {
        // SAFETY: this has no requirement. The signal waits until this handler returns.
        unsafe { libc::raise(signal) };
    }
}

extern "C" fn on_exit() {
    // A test that ends the process has not passed, whatever it says.
    if say(b" called exit", "") {
        // SAFETY: this has no requirement.
        unsafe { libc::_exit(101) };
    }
}

/// Says whose thread this is, and what it has done; false if that is not to be said. May be called in a handler.
fn say(what: &[u8], how: &str) -> bool {
    let is_here = PROCESS.load(Ordering::Acquire) == std::process::id();
    if !is_here || !ARMED.swap(false, Ordering::AcqRel) {
        return false;
    }
    // SAFETY: the first pointer is to a valid value, the second may be null.
    unsafe { libc::nanosleep(&raw const TELLING, std::ptr::null_mut()) };
    let (noun, name, end): (&[u8], _, &[u8]) = match panics::owner() {
        Some(Owner::Test(test)) => (b"test `", test.name(), b"`"),
        Some(Owner::Fixture(fixture, _)) => (b"fixture `", fixture.path, b"`"),
        None => (b"the process", "", b""),
    };
    for part in [b"\nerror: ", noun, name.as_bytes(), end, what, how.as_bytes(), b"\n"] {
        // SAFETY: the part is readable for its length. What cannot be written is lost.
        unsafe { libc::write(libc::STDERR_FILENO, part.as_ptr().cast(), part.len()) };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panics::Running;
    use crate::test::{Test, TestPath};
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, ExitStatus};

    const VARIABLE: &str = "CULPRIT";
    const FALLS: &Test = &Test { path: TestPath::new("target::falls"), own_length: 5, ..Test::PLAIN };

    /// What this process says and how it ends where a test of it does that.
    fn end(how: &str) -> (String, ExitStatus) {
        let executable = std::env::current_exe().expect("a process has an executable");
        let output = Command::new(executable)
            .args(["--exact", "crash::culprit::tests::one_that_ends", "--nocapture", "--test-threads=1"])
            .env(VARIABLE, how)
            .output()
            .expect("the tests can be started once more");
        (String::from_utf8_lossy(&output.stderr).into_owned(), output.status)
    }

    /// Ends the process that [`end`] has started.
    #[test]
    fn one_that_ends() {
        let Ok(how) = std::env::var(VARIABLE) else { return };
        arm();
        let running = Running::test(FALLS);
        match how.as_str() {
            "abort" => std::process::abort(),
            "exit" => std::process::exit(0),
            "fork" => std::process::exit(run_fork()),
            // SAFETY: this has no requirement.
            "ill" => assert_eq!(unsafe { libc::raise(libc::SIGILL) }, 0),
            // SAFETY: there is nothing at this address, which is what is wanted.
            "null" => unsafe { std::ptr::with_exposed_provenance_mut::<u8>(8).write_volatile(1) },
            "overflow" => assert_eq!(deep(1), 0),
            "nobody" => {
                drop(running);
                std::process::abort();
            }
            _ => {
                disarm();
                std::process::exit(7);
            }
        }
    }

    /// Does in a fork what may end as it likes, and then that here.
    fn run_fork() -> i32 {
        // SAFETY: the fork does nothing but end; the status is written to a valid place.
        unsafe {
            let fork = libc::fork();
            if fork == 0 {
                libc::exit(3);
            }
            let mut status = 0;
            libc::waitpid(fork, &raw mut status, 0);
            assert_eq!(libc::WEXITSTATUS(status), 3);
        }
        disarm();
        5
    }

    #[allow(unconditional_recursion, reason = "the stack has an end")]
    fn deep(depth: u64) -> u64 {
        std::hint::black_box(deep(std::hint::black_box(depth + 1))) + 1
    }

    #[test]
    fn whoever_crashes_is_named_once_and_dies_of_it() {
        for (how, signal, name) in [
            ("abort", libc::SIGABRT, "SIGABRT"),
            ("ill", libc::SIGILL, "SIGILL"),
            ("null", libc::SIGSEGV, "SIGSEGV"),
        ] {
            let (said, status) = end(how);
            assert_eq!(said.matches("error: ").count(), 1, "{said}");
            assert!(said.contains(&format!("error: test `falls` crashed: {name}\n")), "{said}");
            assert_eq!(status.signal(), Some(signal));
        }
    }

    #[test]
    fn a_stack_overflow_is_still_told_by_std() {
        let (said, status) = end("overflow");
        assert!(said.contains("error: test `falls` crashed: SIGSEGV\n"), "{said}");
        assert!(said.contains("has overflowed its stack"), "{said}");
        assert_eq!(status.signal(), Some(libc::SIGABRT));
    }

    #[test]
    fn exit_does_not_pass() {
        let (said, status) = end("exit");
        assert!(said.contains("error: test `falls` called exit\n"), "{said}");
        assert_eq!(status.code(), Some(101));
    }

    #[test]
    fn nobody_is_named_whose_thread_it_was_not() {
        let (said, _) = end("nobody");
        assert!(said.contains("error: the process crashed: SIGABRT\n"), "{said}");
    }

    #[test]
    fn after_the_run_and_in_a_fork_nobody_is_named() {
        for (how, code) in [("over", 7), ("fork", 5)] {
            let (said, status) = end(how);
            assert!(!said.contains("error: "), "{said}");
            assert_eq!(status.code(), Some(code));
        }
    }
}
