//! Ctrl-C and its like: the first asks the run to end in good order, the second ends the process at once.
//!
//! A signal that this process sends itself is no interrupt: it is how a test tries what its own code does about one.
#![cfg_attr(unix, allow(unsafe_code))]

#[cfg(unix)]
pub(crate) use unix::{SIGNALS, clear_screen_before_leaving, note_in, note_nowhere, on_interrupt};

/// Signals as they are here are unknown: an interrupt ends the process.
#[cfg(not(unix))]
pub(crate) fn on_interrupt(_: Before, _: impl FnOnce() + Send + 'static) {}

/// A note that the process was asked to end, as it stands in a file.
pub(crate) type Note = [u8; 5];

/// Nothing is drawn here.
#[cfg(not(unix))]
pub(crate) fn clear_screen_before_leaving() {}

/// What has come before there was anybody to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing.
    Nothing,
    /// The process was asked to end, and then executed again.
    Asked,
}

#[cfg(unix)]
mod unix {
    use super::{Before, Note};
    use crate::{aside, screen};
    use libc::{
        SA_RESTART, SIG_DFL, SIG_IGN, SIG_UNBLOCK, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, c_int,
        siginfo_t,
    };
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};
    use std::time::{Duration, Instant};

    /// Interrupts this close to each other are one: `timeout` sends its signal to a process and to its group.
    const SAME: Duration = Duration::from_millis(200);

    /// What asks a process to end.
    pub(crate) const SIGNALS: [c_int; 3] = [SIGINT, SIGTERM, SIGHUP];

    /// Whether nobody hears of signals any more: a test has closed the descriptors by which that is done.
    static DEAF: AtomicBool = AtomicBool::new(false);

    /// Whether the process was asked to end.
    static ASKED: AtomicBool = AtomicBool::new(false);

    /// What is noted of that, and in which file; null for nothing.
    static NOTE: AtomicPtr<Note> = AtomicPtr::new(std::ptr::null_mut());
    static NOTED_IN: AtomicI32 = AtomicI32::new(-1);

    /// Notes in this file if the process was asked to end, and from now on whenever it is: another image is about to take its
    /// place, which knows nothing of what this one keeps in memory, and other threads handle signals until it has. May be
    /// called in the handler of a signal.
    pub(crate) fn note_in(file: c_int, note: &'static Note) {
        NOTED_IN.store(file, Ordering::SeqCst);
        NOTE.store(std::ptr::from_ref(note).cast_mut(), Ordering::SeqCst);
        if ASKED.load(Ordering::SeqCst) {
            write_note();
        }
    }

    /// Notes nothing more: there will be no other image.
    pub(crate) fn note_nowhere() {
        NOTE.store(std::ptr::null_mut(), Ordering::SeqCst);
    }

    fn write_note() {
        let note = NOTE.load(Ordering::SeqCst);
        if !note.is_null() {
            // SAFETY: the note is one that lives for ever. Where it cannot be written, there is nobody to tell.
            unsafe { libc::write(NOTED_IN.load(Ordering::SeqCst), note.cast(), size_of::<Note>()) };
        }
    }

    /// Calls `first`, on a thread of its own, when the process is asked to end for the first time, or was
    /// before.
    ///
    /// Where that cannot be arranged, an interrupt ends the process as it would without a harness.
    pub(crate) fn on_interrupt(before: Before, first: impl FnOnce() + Send + 'static) {
        let Ok((inbox, outbox)) = UnixStream::pair() else { return };
        if aside::start("test-signals", move || wait(inbox, first)).is_err()
            || outbox.set_nonblocking(true).is_err()
        {
            return;
        }
        let outbox = Arc::new(outbox);
        let process = this_process();
        for signal in SIGNALS {
            if is_ignored(signal) {
                // As under `nohup`, or in the background of a script: whoever started us wants it so.
                continue;
            }
            let outbox = Arc::clone(&outbox);
            let tell = move |info: &siginfo_t| {
                if this_process() != process {
                    // A fork: it has no run that could end in good order.
                    return do_as_without_handler(signal);
                }
                if !is_own(info) {
                    ASKED.store(true, Ordering::SeqCst);
                    write_note();
                    if DEAF.load(Ordering::SeqCst) {
                        clear_screen();
                        end(128 + signal);
                    }
                    // A full inbox has been told already.
                    let _ = (&*outbox).write(&[0]);
                }
            };
            // SAFETY: `tell` makes system calls alone (`getpid`, those for the action of a signal, writes to a file in memory, to a
            // terminal and to a socket that does not block, `exit_group`) and touches nothing else but atomics, so it may run in
            // a signal handler; the registry preserves `errno`.
            let _ = unsafe { signal_hook_registry::register_sigaction(signal, tell) };
        }
        if before == Before::Asked {
            ASKED.store(true, Ordering::SeqCst);
            let _ = (&*outbox).write(&[0]);
        }
    }

    fn wait(inbox: UnixStream, first: impl FnOnce()) {
        hear(&inbox, first);
        DEAF.store(true, Ordering::SeqCst);
        // A test has closed it, and std ends a process that closes a descriptor again.
        std::mem::forget(inbox);
    }

    /// Comes back where there is nothing more to be heard.
    fn hear(mut inbox: &UnixStream, first: impl FnOnce()) {
        let mut byte = [0];
        if inbox.read_exact(&mut byte).is_err() {
            return;
        }
        let since = Instant::now();
        first();
        while inbox.read_exact(&mut byte).is_ok() {
            if since.elapsed() > SAME {
                clear_screen();
                end(128 + SIGINT);
            }
        }
    }

    /// Ends the process without running anything of it, which is what was asked for: on Linux not even what stands in front of
    /// the C library's `_exit`.
    fn end(code: c_int) {
        #[cfg(target_os = "linux")]
        // SAFETY: this has no requirement.
        unsafe {
            libc::syscall(libc::SYS_exit_group, code)
        };
        #[cfg(not(target_os = "linux"))]
        // SAFETY: likewise.
        unsafe {
            libc::_exit(code)
        };
    }

    /// Has what is drawn on the terminal taken away before a `^Z` stops the process or a `^\\` ends it, which nobody hears of.
    pub(crate) fn clear_screen_before_leaving() {
        for signal in [SIGTSTP, SIGQUIT] {
            if is_ignored(signal) {
                continue;
            }
            // SAFETY: all zeroes is a value of this plain C structure.
            let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
            action.sa_sigaction = leave as extern "C" fn(c_int) as usize;
            action.sa_flags = SA_RESTART;
            // SAFETY: the handler has the signature of one without `SA_SIGINFO`, and does only what a handler may.
            unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
        }
    }

    extern "C" fn leave(signal: c_int) {
        clear_screen();
        do_as_without_handler(signal);
    }

    /// Does what a signal does without a handler, in the handler of that signal. The process may go on afterwards, once it is
    /// continued.
    fn do_as_without_handler(signal: c_int) {
        // SAFETY: all of these may be called in the handler of a signal, with structures that are valid. The signal waits until
        // it is let through.
        unsafe {
            let (mut default, mut handler): (libc::sigaction, libc::sigaction) = std::mem::zeroed();
            default.sa_sigaction = SIG_DFL;
            libc::sigaction(signal, &raw const default, &raw mut handler);
            let mut this: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut this);
            libc::sigaddset(&raw mut this, signal);
            libc::raise(signal);
            libc::pthread_sigmask(SIG_UNBLOCK, &raw const this, std::ptr::null_mut());
            libc::sigaction(signal, &raw const handler, std::ptr::null_mut());
        }
    }

    /// May be called in the handler of a signal.
    fn clear_screen() {
        // Unless a test has made another file of the descriptor.
        // SAFETY: a descriptor that is none of a terminal, or not open, is an answer and nothing else.
        if let Some(terminal) = screen::take().filter(|fd| unsafe { libc::isatty(*fd) } == 1) {
            // SAFETY: the bytes are readable for their length; the descriptor is a number, open or not.
            unsafe { libc::write(terminal, screen::CLEAR.as_ptr().cast(), screen::CLEAR.len()) };
        }
    }

    fn this_process() -> libc::pid_t {
        // SAFETY: has no requirement.
        unsafe { libc::getpid() }
    }

    /// Whether this process sent the signal itself.
    fn is_own(info: &siginfo_t) -> bool {
        // SAFETY: the field is read of a signal that `kill` and its like sent; of any other it is some number.
        let sender = unsafe { info.si_pid() };
        info.si_code <= 0 && sender == this_process()
    }

    fn is_ignored(signal: c_int) -> bool {
        // SAFETY: all zeroes is a value of this plain C structure.
        let mut now: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: without a new action, the call only writes to the structure that it is given.
        let known = unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut now) } == 0;
        known && now.sa_sigaction == SIG_IGN
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::{OpenOptions, read_to_string, remove_file};
    use std::os::fd::AsRawFd;
    use std::process::Command;
    use std::sync::mpsc;

    static NOTE: Note = *b"asked";

    #[test]
    fn whoever_asks_while_another_image_takes_over_is_noted_for_that() {
        let path = std::env::temp_dir().join(format!("async-harness-asked-{}", std::process::id()));
        let file = OpenOptions::new().append(true).create(true).open(&path).unwrap();
        let (first, asked) = mpsc::channel();
        on_interrupt(Before::Nothing, move || first.send(()).unwrap());
        note_in(file.as_raw_fd(), &NOTE);
        assert_eq!(read_to_string(&path).unwrap(), "");

        let kill = Command::new("kill").args(["-TERM", &std::process::id().to_string()]).status();
        assert!(kill.unwrap().success());
        asked.recv().unwrap();
        assert_eq!(read_to_string(&path).unwrap(), "asked", "by the handler of the signal");
        note_nowhere();
        note_in(file.as_raw_fd(), &NOTE);
        assert_eq!(read_to_string(&path).unwrap(), "askedasked", "of one that came before");
        note_nowhere();
        remove_file(&path).unwrap();
    }
}
