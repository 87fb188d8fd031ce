//! Which signals are a crash.

use libc::c_int;

/// The signals that a mistake of a test raises.
pub(super) const SIGNALS: [c_int; 7] =
    [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGTRAP, libc::SIGSYS];

/// Others that end a process which does not expect them: a timer or a limit that a test has set, or what it sends itself.
#[cfg(target_os = "linux")]
pub(super) const UNEXPECTED: [c_int; 7] = [
    libc::SIGALRM,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGXCPU,
    libc::SIGXFSZ,
    libc::SIGUSR1,
    libc::SIGUSR2,
];
