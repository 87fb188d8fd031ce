//! Which signals are a crash.

use libc::c_int;
#[cfg(target_os = "linux")]
use std::ops::Range;

/// The signals that a mistake of a test raises.
pub(super) const SIGNALS: [c_int; 7] =
    [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGTRAP, libc::SIGSYS];

/// Others that end a process which does not expect them: a timer or a limit that a test has set, or what it sends itself.
#[cfg(target_os = "linux")]
pub(super) const UNEXPECTED: &[c_int] = &[
    libc::SIGALRM,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGXCPU,
    libc::SIGXFSZ,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGIO,
    libc::SIGPWR,
    // Some machines have none.
    #[cfg(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64", target_arch = "arm"))]
    libc::SIGSTKFLT,
];

/// The numbers of all signals there are.
#[cfg(target_os = "linux")]
pub(super) const ALL: Range<c_int> = 1..65;
