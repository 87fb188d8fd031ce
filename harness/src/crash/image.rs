//! Executes this process again, as it was started: everything for that is prepared before the first test runs.
#![allow(unsafe_code)]

use super::circumstances::Circumstances;
use super::held::{self, Handed};
use super::journal;
use super::signals::UNEXPECTED;
use crate::interrupt;
use libc::{c_char, c_int, c_uint};
use std::ffi::{CString, OsString};
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::FromRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// What the next image alone has to know ([`Handed`]): it takes the variable away at once.
const VARIABLE: &str = "ASYNC_HARNESS_JOURNAL";

/// How many descriptors are looked at when the process begins; one beyond these that was inherited is closed.
const LOOKED_AT: usize = 256;

/// How long children that are killed may take to be gone.
const PATIENCE: Duration = Duration::from_secs(1);

/// How this process was started.
pub(super) struct Image {
    journal: c_int,
    /// What tells the journal's file from any other.
    identity: Option<Identity>,
    arguments: Strings,
    environment: Strings,
    folder: Option<CString>,
    circumstances: Circumstances,
    /// Which descriptors were open.
    inherited: [bool; LOOKED_AT],
    /// Copies of standard input, output and error.
    standard: [Option<Copied>; 3],
}

/// Pointers to strings that are never freed, with a null at the end.
struct Strings(Vec<*const c_char>);

// SAFETY: what they point to lives for ever and does not change.
unsafe impl Send for Strings {}
// SAFETY: likewise.
unsafe impl Sync for Strings {}

impl Strings {
    fn new(strings: impl Iterator<Item = OsString>) -> Self {
        let strings = strings.filter_map(|string| CString::new(string.into_vec()).ok());
        let pointers = strings.map(|string| string.into_raw().cast_const());
        Strings(pointers.chain([std::ptr::null()]).collect())
    }
}

impl Image {
    /// Keeps what is true now, with a journal in this descriptor.
    pub(super) fn prepare(journal: c_int) -> Self {
        let variables = std::env::vars_os().map(|(mut name, value)| {
            name.push("=");
            name.push(value);
            name
        });
        let folder = std::env::current_dir().ok();
        let handed = format!("{VARIABLE}={}", Handed { journal, waiting: held::at_first() });
        // Before there are copies.
        let inherited = open_descriptors(journal);
        Image {
            journal,
            identity: identity(journal),
            arguments: Strings::new(std::env::args_os()),
            environment: Strings::new(variables.chain([OsString::from(handed)])),
            folder: folder.and_then(|folder| CString::new(folder.as_os_str().as_bytes()).ok()),
            circumstances: Circumstances::note(),
            inherited,
            standard: [libc::STDIN_FILENO, libc::STDOUT_FILENO, libc::STDERR_FILENO].map(Copied::new),
        }
    }

    /// The descriptor of the journal; nothing where a test has closed it, by which another file may be known now. May be
    /// called in the handler of a signal.
    pub(super) fn journal(&self) -> Option<c_int> {
        (self.identity.is_some() && self.identity == identity(self.journal)).then_some(self.journal)
    }

    /// Raises the limits that tests have lowered. May be called in the handler of a signal.
    pub(super) fn restore_limits(&self) {
        self.circumstances.restore_limits();
    }

    /// Executes the same binary again; comes back with the number of an error if that is impossible. May be called in the
    /// handler of a signal. All signals have to wait on this thread: the next image does not listen yet, and would die of them.
    pub(super) fn execute(&self) -> c_int {
        // The folder and the mask of new files are this thread's alone from here on: others still run tests, which must not find
        // themselves elsewhere. Where that is forbidden they may, for as long as the last steps take.
        // SAFETY: this has no requirement.
        unsafe { libc::unshare(libc::CLONE_FS) };
        let mine = |fd: &c_int| !usize::try_from(*fd).is_ok_and(|fd| self.inherited[fd]);
        for fd in (3..LOOKED_AT as c_int).filter(mine) {
            close_on_execute(fd, libc::FD_CLOEXEC);
        }
        self.circumstances.restore();
        self.standard.iter().flatten().for_each(Copied::put_back);
        // SAFETY: these only concern descriptors, and the strings are valid. `execve` never comes back, or leaves everything
        // as it is. The binary is the one that runs, even if another has taken its place on the disk.
        unsafe {
            libc::syscall(libc::SYS_close_range, LOOKED_AT as c_uint, c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC);
            close_on_execute(self.journal, 0);
            // This thread takes no interrupt. Another may, as long as there are others; who comes later waits.
            interrupt::note_in(self.journal, &journal::ASKED);
            if let Some(folder) = &self.folder {
                libc::chdir(folder.as_ptr());
            }
            libc::execve(c"/proc/self/exe".as_ptr(), self.arguments.0.as_ptr(), self.environment.0.as_ptr());
            let error = *libc::__errno_location();
            interrupt::note_nowhere();
            close_on_execute(self.journal, libc::FD_CLOEXEC);
            error
        }
    }
}

/// A copy of a descriptor of which a test may make another file.
struct Copied {
    of: c_int,
    copy: c_int,
    identity: Identity,
}

impl Copied {
    /// Copies a descriptor, if it is open. The copy is for this image alone.
    fn new(of: c_int) -> Option<Self> {
        // SAFETY: the descriptor is a number, open or not; the copy is nobody else's.
        let copy = unsafe { libc::fcntl(of, libc::F_DUPFD_CLOEXEC, 3) };
        Some(Copied { of, copy, identity: identity(copy)? })
    }

    /// Makes the descriptor again what it was; but where a test has closed the copy, by which another file may be known now. May
    /// be called in the handler of a signal.
    fn put_back(&self) {
        if identity(self.copy) == Some(self.identity) {
            // SAFETY: both are descriptors of this process, which is about to execute another image.
            unsafe { libc::dup2(self.copy, self.of) };
        }
    }
}

/// A device and the number of a file there.
type Identity = (libc::dev_t, libc::ino_t);

/// Which file a descriptor is of, if it is open.
fn identity(fd: c_int) -> Option<Identity> {
    let mut file = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the pointer is valid; a descriptor that is not open is an error and nothing else.
    let known = unsafe { libc::fstat(fd, file.as_mut_ptr()) } == 0;
    // SAFETY: the call has filled it in.
    known.then(|| unsafe { file.assume_init() }).map(|file| (file.st_dev, file.st_ino))
}

fn close_on_execute(fd: c_int, flag: c_int) {
    // SAFETY: a descriptor that is not open is an error and nothing else.
    unsafe { libc::fcntl(fd, libc::F_SETFD, flag) };
}

/// Which descriptors are open, beside that of the journal. One call tells of all.
fn open_descriptors(journal: c_int) -> [bool; LOOKED_AT] {
    let mut polled: Vec<_> =
        (0..LOOKED_AT as c_int).map(|fd| libc::pollfd { fd, events: 0, revents: 0 }).collect();
    // SAFETY: there are as many as it says. Where the call fails, everything counts as open.
    unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, 0) };
    let mut open = [true; LOOKED_AT];
    for (open, polled) in open.iter_mut().zip(&polled) {
        *open = polled.revents & libc::POLLNVAL == 0 && polled.fd != journal;
    }
    open
}

/// An empty file in memory.
pub(super) fn memory() -> Option<File> {
    // SAFETY: the name ends with a nul byte; the descriptor is nobody else's.
    unsafe {
        let fd = libc::memfd_create(c"async-harness-journal".as_ptr(), libc::MFD_CLOEXEC);
        // The handler adds to the file as well.
        (fd >= 0 && libc::fcntl(fd, libc::F_SETFL, libc::O_APPEND) == 0).then(|| File::from_raw_fd(fd))
    }
}

/// The journal of the image before this one, if there was one. Has to be called before there are other threads.
pub(super) fn inherited() -> Option<File> {
    let handed = std::env::var_os(VARIABLE)?;
    // SAFETY: this thread is the only one.
    unsafe { std::env::remove_var(VARIABLE) };
    let Handed { journal: fd, waiting } = Handed::read(handed.to_str()?)?;
    held::note(waiting);
    // SAFETY: asking for the flags has no effect.
    let is_open = fd > 2 && unsafe { libc::fcntl(fd, libc::F_GETFD) } >= 0;
    close_on_execute(fd, libc::FD_CLOEXEC);
    // The name under which a process is listed is that of the link otherwise.
    if let Some(name) = std::env::args_os().next()
        && let Some(name) = std::path::Path::new(&name).file_name()
    {
        let _ = std::fs::write("/proc/self/comm", name.as_bytes());
    }
    // SAFETY: the image before this one left it open for this one alone.
    is_open.then(|| unsafe { File::from_raw_fd(fd) })
}

/// The time by a clock that goes on from image to image.
pub(super) fn now() -> Duration {
    read(libc::CLOCK_MONOTONIC)
}

/// What time it is by a clock; zero if there is no such clock.
fn read(clock: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is valid.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The thread that reports, and the clock of its time on a core.
static REPORTER: OnceLock<(libc::pthread_t, libc::clockid_t)> = OnceLock::new();

/// This thread is the one that reports. A timer or a limit that a test has set is none of its business: it would break off what it
/// tells of that test.
pub(crate) fn reports_here() {
    held::block(UNEXPECTED);
    let mut clock = 0;
    // SAFETY: the pointer is valid, and the thread is this one.
    let (thread, error) = unsafe {
        let thread = libc::pthread_self();
        (thread, libc::pthread_getcpuclockid(thread, &raw mut clock))
    };
    if error == 0 {
        // There is one in a process.
        let _ = REPORTER.set((thread, clock));
    }
}

/// Whether this thread is the one that reports.
pub(super) fn reports() -> bool {
    // SAFETY: this has no requirement.
    let this = unsafe { libc::pthread_self() };
    REPORTER.get().is_some_and(|(thread, _)| *thread == this)
}

/// How long the thread that reports has been on a core; always the same where there is none, or where it is this one or gone.
/// May be called in the handler of a signal.
pub(super) fn worked() -> Duration {
    REPORTER.get().filter(|_| !reports()).map_or(Duration::ZERO, |(_, clock)| read(*clock))
}

/// Whether this process has children, running or waiting to be asked for.
pub(crate) fn had_children() -> bool {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the pointer is valid; nothing is taken from whoever waits for them.
    unsafe {
        libc::waitid(libc::P_ALL, 0, info.as_mut_ptr(), libc::WEXITED | libc::WNOHANG | libc::WNOWAIT) == 0
    }
}

/// Kills the children that tests of the image before this one had started, and that nobody waits for any more. Says how
/// many were still running.
pub(super) fn end_children() -> usize {
    let process = std::process::id();
    let children = std::fs::read_to_string(format!("/proc/self/task/{process}/children")).unwrap_or_default();
    let children: Vec<libc::pid_t> = children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
    let mut ended = 0;
    let begin = Instant::now();
    for child in children {
        let gone = || {
            // SAFETY: the status may be null. It is a child of this process, whose number nobody else gets before this.
            unsafe { libc::waitpid(child, std::ptr::null_mut(), libc::WNOHANG) != 0 }
        };
        if gone() {
            continue;
        }
        ended += 1;
        // SAFETY: likewise.
        unsafe { libc::kill(child, libc::SIGKILL) };
        while !gone() && begin.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    ended
}
