//! What of a process outlives `execve` beside its descriptors, and what a test may have changed of that: limits, timers, signals
//! that are ignored, the mask of new files, the cores that a thread may use.
#![allow(unsafe_code)]

use super::actions;
use super::signals::ALL;
use libc::{c_int, cpu_set_t, itimerval, mode_t};
use std::fs::File;
use std::io::Read;
use std::mem::MaybeUninit;

/// How many limits there are.
const LIMITS: usize = 16;

const TIMERS: [c_int; 3] = [libc::ITIMER_REAL, libc::ITIMER_VIRTUAL, libc::ITIMER_PROF];

/// A limit as the system writes it.
#[repr(C)]
struct Limit {
    soft: u64,
    hard: u64,
}

/// How this process was started.
pub(super) struct Circumstances {
    /// The soft ones, which a process may raise again as far as the hard ones let it.
    limits: [Option<u64>; LIMITS],
    /// Whether a timer ran already.
    timers: [bool; TIMERS.len()],
    /// Which signals were ignored, a bit each from 1.
    ignored: Option<u64>,
    umask: Option<mode_t>,
    cores: Option<cpu_set_t>,
}

impl Circumstances {
    /// Keeps what is true now.
    pub(super) fn note() -> Self {
        // One read, where there would be a call for each signal, and none that asks for the umask without setting another.
        let mut status = [0; 4096];
        let len = File::open("/proc/self/status").and_then(|mut file| file.read(&mut status)).unwrap_or(0);
        let status = &status[..len];
        Circumstances {
            limits: std::array::from_fn(|limit| limit_of(limit).map(|limit| limit.soft)),
            timers: TIMERS.map(is_running),
            ignored: field(status, "SigIgn:").and_then(|field| u64::from_str_radix(field, 16).ok()),
            umask: field(status, "Umask:").and_then(|field| mode_t::from_str_radix(field, 8).ok()),
            cores: cores(),
        }
    }

    /// Raises the limits that tests have lowered: what is written and opened from here on is not theirs. May be called in the
    /// handler of a signal.
    pub(super) fn restore_limits(&self) {
        for (limit, soft) in self.limits.iter().enumerate() {
            let (Some(soft), Some(mut now)) = (*soft, limit_of(limit)) else { continue };
            now.soft = soft.min(now.hard);
            // SAFETY: the new limit is valid; nothing is asked for.
            unsafe {
                libc::syscall(libc::SYS_prlimit64, 0, limit, &raw const now, std::ptr::null_mut::<Limit>())
            };
        }
    }

    /// Restores the rest, for another image that this thread is about to execute. May be called in the handler of a signal, while
    /// all of them wait.
    pub(super) fn restore(&self) {
        self.restore_limits();
        // SAFETY: all zeros is a timer that does not run.
        let off: itimerval = unsafe { MaybeUninit::zeroed().assume_init() };
        for (timer, _) in TIMERS.into_iter().zip(self.timers).filter(|(_, ran)| !ran) {
            // SAFETY: the new value is valid, and the old one may be null.
            unsafe { libc::setitimer(timer as _, &raw const off, std::ptr::null_mut()) };
        }
        for signal in self.ignored.map_or(0..0, |_| ALL) {
            let was = self.ignored.is_some_and(|ignored| ignored >> (signal - 1) & 1 == 1);
            let action = match (was, is_ignored(signal)) {
                (true, false) => libc::SIG_IGN,
                // Not what it is by default, for other threads take signals yet. A handler ends with the image.
                (false, true) => nothing as extern "C" fn(c_int) as usize,
                _ => continue,
            };
            // SAFETY: the handler has the signature that is expected, and does nothing.
            unsafe { libc::signal(signal, action) };
        }
        if let Some(umask) = self.umask {
            // SAFETY: this has no requirement.
            unsafe { libc::umask(umask) };
        }
        if let Some(cores) = &self.cores {
            // SAFETY: the call reads so many bytes, and 0 is the calling thread.
            unsafe { libc::sched_setaffinity(0, size_of_val(cores), cores) };
        }
    }
}

extern "C" fn nothing(_: c_int) {}

fn is_ignored(signal: c_int) -> bool {
    actions::of(signal) == Some(libc::SIG_IGN)
}

fn limit_of(limit: usize) -> Option<Limit> {
    let mut now = Limit { soft: 0, hard: 0 };
    // SAFETY: 0 is this process. The present limit is written to a valid place, and a limit that is none is an error.
    let known =
        unsafe { libc::syscall(libc::SYS_prlimit64, 0, limit, std::ptr::null::<Limit>(), &raw mut now) == 0 };
    known.then_some(now)
}

fn is_running(timer: c_int) -> bool {
    // SAFETY: all zeros is a timer that does not run.
    let mut now: itimerval = unsafe { MaybeUninit::zeroed().assume_init() };
    // SAFETY: the present value is written to a valid place.
    unsafe { libc::getitimer(timer as _, &raw mut now) };
    now.it_value.tv_sec != 0 || now.it_value.tv_usec != 0
}

/// What stands in a status after this word at the beginning of a line.
fn field<'a>(status: &'a [u8], word: &str) -> Option<&'a str> {
    let lines = status.split(|byte| *byte == b'\n');
    let line = lines.into_iter().find_map(|line| line.strip_prefix(word.as_bytes()))?;
    std::str::from_utf8(line).ok().map(str::trim)
}

/// Which cores this thread may use.
fn cores() -> Option<cpu_set_t> {
    // SAFETY: a set is a row of bits, and none of them is set in an empty one.
    let mut cores: cpu_set_t = unsafe { MaybeUninit::zeroed().assume_init() };
    // SAFETY: the call writes no more than so many bytes, and 0 is the calling thread.
    let known = unsafe { libc::sched_getaffinity(0, size_of_val(&cores), &raw mut cores) } == 0;
    known.then_some(cores)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_a_status_is_what_stands_after_its_word() {
        let status = b"Name:\tSigIgn:\nUmask:\t0022\nSigBlk:\t01\nSigIgn:\t0000000000001000\nTrac";
        assert_eq!(field(status, "Umask:"), Some("0022"));
        assert_eq!(field(status, "SigIgn:"), Some("0000000000001000"));
        assert_eq!(field(status, "TracerPid:"), None);
    }

    #[test]
    fn this_process_says_what_it_ignores() {
        let Circumstances { ignored, umask, .. } = Circumstances::note();
        let ignored = ignored.expect("a process has a status");
        // The C library keeps two to itself.
        for signal in ALL.filter(|signal| !(32..34).contains(signal)) {
            assert_eq!(ignored >> (signal - 1) & 1 == 1, is_ignored(signal), "{signal}");
        }
        assert!(umask.is_some());
    }
}
