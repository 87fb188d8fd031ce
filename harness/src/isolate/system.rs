//! What worker processes need of the system that std does not offer: groups of processes, a process that is dead but not
//! forgotten, its own standard input, the terminal, and C's buffer of standard output.
#![allow(unsafe_code)]

use super::UNHEARD;
use libc::{c_int, id_t, pid_t};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

/// Waits until a child is dead, and leaves it to be waited for: until then nobody else gets its number, nor that of its
/// group.
pub(super) fn wait_for_death(child: u32) {
    loop {
        // SAFETY: all zeroes is a value of this plain C structure.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        // SAFETY: the call writes to the structure that it is given, and has no other requirement.
        let waited =
            unsafe { libc::waitid(libc::P_PID, child as id_t, &raw mut info, libc::WEXITED | libc::WNOWAIT) };
        if waited == 0 || io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return;
        }
    }
}

/// Ends a child that leads a group of its own and has not been waited for, and all of its group.
pub(super) fn kill_group(child: u32) {
    if let Ok(group) = pid_t::try_from(child)
        && group > 1
    {
        // SAFETY: a signal to processes has no requirement. The group is the child's: nobody has waited for that.
        unsafe { libc::kill(-group, libc::SIGKILL) };
    }
}

/// Ends this process at once, and all of its group if that is its own.
pub(super) fn end_with_group() -> ! {
    // SAFETY: neither has a requirement.
    let leads = unsafe { libc::getpgrp() == libc::getpid() };
    if leads {
        // SAFETY: a signal to processes has no requirement; this process is one of them.
        unsafe { libc::kill(0, libc::SIGKILL) };
    }
    // SAFETY: ends the process without running anything of it, which is what is wanted.
    unsafe { libc::_exit(1) }
}

/// Ends this process at once, and has its run know why: it cannot answer.
pub(super) fn end_unheard() -> ! {
    // SAFETY: ends the process without running anything of it, which is what is wanted.
    unsafe { libc::_exit(UNHEARD) }
}

/// Makes an empty input the standard input of this process.
///
/// # Errors
///
/// If there is no such input, or the system does not put it there.
pub(super) fn empty_stdin() -> io::Result<()> {
    let empty = File::open("/dev/null")?;
    // SAFETY: descriptor 0 is replaced at the start of the process: std only ever names it, and nobody else has begun.
    let done = unsafe { libc::dup2(empty.as_raw_fd(), libc::STDIN_FILENO) };
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Has a test that reads from the terminal of its run fail, and one that changes its settings go on. The process is in the
/// background there, and would be stopped for ever.
pub(super) fn do_not_stop_in_the_background() {
    for signal in [libc::SIGTTIN, libc::SIGTTOU] {
        // SAFETY: that a signal is ignored has no requirement.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
}

/// Has C code print line by line, as on a terminal, so that a crash costs half a line at most.
pub(super) fn print_by_lines() {
    if let Some(stdout) = c::stream() {
        // SAFETY: it is the C library's own stream, of which nothing has been printed yet; a null buffer is allocated there.
        unsafe { libc::setvbuf(stdout, std::ptr::null_mut(), libc::_IOLBF, C_BUFFER) };
    }
}

/// Has writers to standard output wait for its reader again. A child that does not want to wait, as of a test that runs
/// `node`, says so of the pipe, and with that for all who write to it.
pub(super) fn wait_for_reader() {
    // SAFETY: this asks for flags of a descriptor, and has no requirement.
    let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFL) };
    if flags != -1 && flags & libc::O_NONBLOCK != 0 {
        // SAFETY: this sets them, and has no requirement either.
        unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_SETFL, flags & !libc::O_NONBLOCK) };
    }
}

/// As much as C code may print before a line's end.
const C_BUFFER: usize = 4096;

/// Brings out what C code printed without a line's end.
pub(super) fn flush() -> c_int {
    // SAFETY: it is the C library's own stream.
    c::stream().map_or(0, |stdout| unsafe { libc::fflush(stdout) })
}

#[cfg(any(all(target_os = "linux", any(target_env = "gnu", target_env = "musl")), target_vendor = "apple"))]
mod c {
    unsafe extern "C" {
        #[cfg_attr(target_vendor = "apple", link_name = "__stdoutp")]
        static stdout: *mut libc::FILE;
    }

    /// The C library's stream of standard output.
    pub(super) fn stream() -> Option<*mut libc::FILE> {
        // SAFETY: every C library of these systems defines the symbol so, and sets it before `main`.
        let stream = unsafe { stdout };
        (!stream.is_null()).then_some(stream)
    }
}

#[cfg(not(any(
    all(target_os = "linux", any(target_env = "gnu", target_env = "musl")),
    target_vendor = "apple"
)))]
mod c {
    /// Where the stream's symbol is another.
    pub(super) fn stream() -> Option<*mut libc::FILE> {
        None
    }
}
