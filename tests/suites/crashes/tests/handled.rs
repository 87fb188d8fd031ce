//! Signals that a test expects, by a handler of its own that calls what was there before it, as tokio's do; and signals that it
//! sends to a fork of its process.

use async_harness::test;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn is_told(
    #[values(
        libc::SIGUSR1,
        libc::SIGUSR2,
        libc::SIGIO,
        libc::SIGPWR,
        libc::SIGSTKFLT,
        libc::SIGALRM,
        libc::SIGVTALRM,
        libc::SIGPROF,
        libc::SIGXCPU,
        libc::SIGXFSZ,
        libc::SIGINT,
        libc::SIGTERM,
        libc::SIGHUP
    )]
    signal: libc::c_int,
) {
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    // SAFETY: the action touches nothing but an atomic.
    unsafe { signal_hook_registry::register(signal, move || drop(count.fetch_add(1, Ordering::SeqCst))) }
        .unwrap();
    // SAFETY: there is a handler. Sent to the process, a signal may be handled by any thread, a little later.
    unsafe {
        libc::raise(signal);
        libc::kill(libc::getpid(), signal);
    }
    while told.load(Ordering::SeqCst) < 2 {
        std::thread::yield_now();
    }
}

#[test]
fn ends_a_fork(#[values(libc::SIGINT, libc::SIGTERM, libc::SIGHUP)] signal: libc::c_int) {
    // SAFETY: the child calls only what is allowed after a fork.
    let child = unsafe { libc::fork() };
    if child == 0 {
        loop {
            // SAFETY: has no requirement.
            unsafe { libc::pause() };
        }
    }
    let mut status = 0;
    // SAFETY: the child is one of this process, and the place is valid.
    unsafe {
        libc::kill(child, signal);
        assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
    }
    assert_eq!(libc::WTERMSIG(status), signal);
}

async_harness::main!();
