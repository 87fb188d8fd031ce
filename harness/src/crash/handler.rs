//! The handlers of fatal signals and of exits: they note whose thread is dying, wait until what had finished is told, and
//! execute the process again.
//!
//! The thread that they run on has broken off anywhere, inside an allocator too. So they allocate nothing and take no
//! lock; whatever needs either is done by the thread that reports, which is told by an atomic.
#![allow(unsafe_code)]

use super::actions;
use super::exits;
use super::held::{block_all, is_from_outside, restore};
use super::image::{self, Image};
use super::journal::{self, OwnerKind};
use super::making::{say_which_factory_crashes, say_which_factory_exits};
use super::signals::UNEXPECTED;
use super::{Death, How};
use crate::capture;
use crate::event::FixturePhase;
use crate::panics::{self, Owner};
use crate::screen;
use crate::settings::Crashes;
use libc::{c_int, c_void, siginfo_t};
use std::cell::UnsafeCell;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

pub(crate) use super::exits::ends_with;
pub(super) use super::held::note_asked;
pub(crate) use super::held::{before, listen};
pub(super) use super::image::{end_children, inherited, memory, now};
pub(crate) use super::image::{had_children, reports_here};
pub(crate) use super::making::making;

/// How long the thread that reports may stand still before what it had to tell is lost: it may wait for a lock that the
/// thread which is dying has. Waiting for whoever reads does not count.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long it may work: for a lock one can also wait on a busy core.
const WORKING: Duration = Duration::from_secs(60);

/// How long the process may take to be gone once its reports are complete, before a thread that has called `exit` ends it.
const LEAVING: Duration = Duration::from_millis(300);

/// Less work than this in [`NAP`] is none.
const WORK: Duration = Duration::from_micros(50);

const NAP: Duration = Duration::from_millis(1);

/// How far from the stack's end a thread can fault that has no stack left.
const NEAR: usize = 64 * 1024;

mod state {
    /// Nothing is looked after.
    pub(super) const OFF: u32 = 0;
    /// Tests run.
    pub(super) const ARMED: u32 = 1;
    /// A thread is dying.
    pub(super) const DYING: u32 = 2;
    /// What had finished is told.
    pub(super) const DRAINED: u32 = 3;
    /// There will be no other image.
    pub(super) const STRANDED: u32 = 4;
    /// The report is complete.
    pub(super) const REPORTED: u32 = 5;
}

static STATE: AtomicU32 = AtomicU32::new(state::OFF);
/// Whether the thread that reports waits for whoever reads.
static TELLING: AtomicBool = AtomicBool::new(false);
/// How much of the journal has been told.
static TOLD: AtomicU64 = AtomicU64::new(0);
/// Whether the thread that reports has crashed itself: nothing is told any more.
static SILENCED: AtomicBool = AtomicBool::new(false);
static MAY_RESUME: AtomicBool = AtomicBool::new(true);
/// Why the process could not be executed again.
static ERROR: AtomicI32 = AtomicI32::new(0);
static SETUP: OnceLock<Setup> = OnceLock::new();

struct Setup {
    process: libc::pid_t,
    crashes: Crashes,
    image: Option<Image>,
}

/// The number of no crash.
const BLOCKED: u8 = u8::MAX;

/// The first crashes; more threads than these hardly die at once.
static DEATHS: [Slot; 8] = [const { Slot::new() }; 8];
static DEATHS_BEGUN: AtomicUsize = AtomicUsize::new(0);

struct Slot {
    ready: AtomicBool,
    /// Whether the thread that reports has looked at it.
    seen: AtomicBool,
    death: UnsafeCell<Option<Death>>,
}

// SAFETY: a slot is written by the one thread that took its number, and read once `ready` is set.
unsafe impl Sync for Slot {}

impl Slot {
    const fn new() -> Self {
        Slot { ready: AtomicBool::new(false), seen: AtomicBool::new(false), death: UnsafeCell::new(None) }
    }

    fn get(&self) -> Option<Death> {
        // SAFETY: nothing is written once `ready` is set.
        if self.ready.load(Ordering::Acquire) { unsafe { *self.death.get() } } else { None }
    }
}

/// Looks after crashes until it is dropped.
#[derive(Debug)]
pub(crate) struct Guard(());

impl Drop for Guard {
    fn drop(&mut self) {
        if !disarm() {
            wait_for_ever();
        }
    }
}

/// Looks after crashes from now on. There are no threads of tests yet.
pub(crate) fn arm(crashes: Crashes, journal: Option<&File>) -> Guard {
    let image = journal.map(|file| Image::prepare(file.as_raw_fd()));
    // SAFETY: this has no requirement.
    let process = unsafe { libc::getpid() };
    if SETUP.set(Setup { process, crashes, image }).is_ok() {
        STATE.store(state::ARMED, Ordering::Release);
        actions::install(on_signal);
        exits::watch();
    }
    Guard(())
}

/// Stops looking after crashes; false if one has come before.
pub(super) fn disarm() -> bool {
    let before = STATE.compare_exchange(state::ARMED, state::OFF, Ordering::AcqRel, Ordering::Acquire);
    matches!(before, Ok(_) | Err(state::OFF))
}

/// Whether a crash has come.
pub(crate) fn begun() -> bool {
    STATE.load(Ordering::Acquire) >= state::DYING
}

/// Whether a crash would be heard of.
pub(crate) fn looked_for() -> bool {
    STATE.load(Ordering::Relaxed) != state::OFF
}

/// The crashes since the last call, each with its number.
pub(super) fn deaths() -> Vec<(u8, Death)> {
    let new = DEATHS.iter().zip(0..).filter_map(|(slot, number)| {
        let death = slot.get().filter(|_| !slot.seen.load(Ordering::Acquire))?;
        slot.seen.store(true, Ordering::Release);
        Some((number, death))
    });
    new.collect()
}

/// Nothing of what finished could be kept for another image.
pub(super) fn forbid_resuming(error: &io::Error) {
    ERROR.store(error.raw_os_error().unwrap_or(libc::EBADF), Ordering::Release);
    MAY_RESUME.store(false, Ordering::Release);
}

/// Whoever reads the reports may now keep the thread that reports waiting.
pub(super) fn telling() {
    TELLING.store(true, Ordering::Release);
}

/// All that stands in the first `len` bytes of the journal is told.
pub(super) fn told(len: u64) {
    TOLD.store(len, Ordering::Release);
    TELLING.store(false, Ordering::Release);
}

/// What becomes of a process that has crashed.
pub(super) enum Next {
    /// Another thread has crashed meanwhile, and waits to be looked at.
    Another,
    /// It ends: there will be no other image; and why, if it was tried.
    End(Option<String>),
}

/// Everything is told, and written that the next image has to know. Does not come back where there is one.
pub(super) fn wait_for_the_next_image() -> Next {
    STATE.store(state::DRAINED, Ordering::Release);
    loop {
        match STATE.load(Ordering::Acquire) {
            state::STRANDED => break,
            state::DYING => return Next::Another,
            _ => std::thread::sleep(NAP),
        }
    }
    TELLING.store(true, Ordering::Release);
    Next::End(match ERROR.load(Ordering::Acquire) {
        0 => None,
        error => Some(io::Error::from_raw_os_error(error).to_string()),
    })
}

/// The report is complete: the process ends.
pub(crate) fn end() -> ! {
    STATE.store(state::REPORTED, Ordering::Release);
    wait_for_ever()
}

fn wait_for_ever() -> ! {
    loop {
        nap();
    }
}

fn nap() {
    let nap = libc::timespec { tv_sec: 0, tv_nsec: NAP.subsec_nanos().into() };
    // SAFETY: the first pointer is to a valid value, the second may be null.
    unsafe { libc::nanosleep(&raw const nap, std::ptr::null_mut()) };
}

/// For how many naps it is so long.
const fn naps(time: Duration) -> u128 {
    time.as_millis() / NAP.as_millis()
}

/// Waits until the thread that reports has come so far; false if it does not seem to come.
fn wait_until(state: u32) -> bool {
    let (mut idle, mut all) = (0, 0);
    let mut worked = image::worked();
    while STATE.load(Ordering::Acquire) < state {
        if SILENCED.load(Ordering::Acquire) {
            return false;
        }
        nap();
        let before = std::mem::replace(&mut worked, image::worked());
        if worked.saturating_sub(before) >= WORK {
            idle = 0;
        }
        if !TELLING.load(Ordering::Acquire) {
            (idle, all) = (idle + 1, all + 1);
        }
        if idle >= naps(PATIENCE) || all >= naps(WORKING) {
            return false;
        }
    }
    true
}

/// What there is to do for this process: nothing in a fork of it, and nothing once the run is over.
fn setup() -> Option<&'static Setup> {
    // SAFETY: this has no requirement.
    let process = unsafe { libc::getpid() };
    SETUP.get().filter(|setup| setup.process == process && looked_for())
}

/// Whether the run is over and this thread is none of those that end it: the reports are being completed, or the process ends,
/// and what a test has left behind must not spoil that any more, be it a thread or the destructor of a thread-local.
fn is_too_late() -> bool {
    // SAFETY: this has no requirement.
    let (process, thread) = unsafe { (libc::getpid(), libc::gettid()) };
    let is_over = |setup: &&Setup| setup.process == process && setup.crashes == Crashes::FailTheirTest;
    let is_in_charge = || panics::owner().is_none() && (thread == process || image::reports());
    !looked_for() && SETUP.get().filter(is_over).is_some() && !is_in_charge()
}

/// Whoever completes the reports ends the process. But this thread has called `exit` before, and std has all others wait who
/// call it then: so it is for this one to end the process, where that is not over soon.
fn wait_for_the_code() -> ! {
    let code = loop {
        match exits::code() {
            Some(code) => break code,
            None => nap(),
        }
    };
    (0..naps(LEAVING)).for_each(|_| nap());
    exits::now(code)
}

pub(super) extern "C" fn on_signal(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel hands a valid pointer to a handler with `SA_SIGINFO`.
    let info = unsafe { &*info };
    let sent = info.si_code <= 0;
    let from_outside = is_from_outside(info);
    // A test's handler that came later may call what was there before it, as those of tokio do: then the signal was expected.
    if UNEXPECTED.contains(&signal) && !actions::is(signal, on_signal) {
        return;
    }
    if !from_outside && is_too_late() {
        wait_for_ever();
    }
    if !from_outside {
        let overflow = !sent && is_overflow(signal, info, context);
        let how = if overflow { How::StackOverflow(signal) } else { How::Signal(signal) };
        say_which_factory_crashes(how);
        if let Some(setup) = setup() {
            die(setup, how);
            if setup.crashes == Crashes::FailTheirTest {
                exit_at_once();
            }
        }
    }
    // What a process without a handler does: a fault comes again when this returns, anything else is sent again.
    // SAFETY: the values are valid; the signal waits until this returns.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        if sent || UNEXPECTED.contains(&signal) {
            libc::syscall(libc::SYS_tgkill, libc::getpid(), libc::gettid(), signal);
        }
    }
}

/// Somebody ends the process, with this code where it is known. Comes back where that may be.
pub(super) fn on_exit(code: Option<c_int>) {
    if say_which_factory_exits() {
        exit_at_once();
    }
    let Some(setup) = setup() else {
        if is_too_late() {
            wait_for_the_code();
        }
        return;
    };
    // For whoever calls it next, while this thread waits here.
    exits::guard();
    die(setup, How::Exit(code));
    // A test that ends the process has not passed, whatever it says.
    if setup.crashes == Crashes::FailTheirTest || matches!(code, Some(0) | None) {
        exit_at_once();
    }
    // The other guards have nothing more to look after.
    STATE.store(state::OFF, Ordering::Release);
}

fn exit_at_once() -> ! {
    // The reports are complete.
    exits::now(101)
}

/// Does what is to be done before this process may die; comes back if it has to.
fn die(setup: &Setup, how: How) {
    // A signal that came now, as one that a timer sends, would have this very thread wait for itself.
    let before = block_all();
    // What the thread that reports writes from here on is not to fail by a limit of a test's.
    if let Some(image) = &setup.image {
        image.restore_limits();
    }
    die_undisturbed(setup, how);
    restore(&before);
}

fn die_undisturbed(setup: &Setup, how: How) {
    if image::reports() {
        SILENCED.store(true, Ordering::Release);
    }
    let death = Death { how, owner: panics::owner(), mark: capture::here() };
    if let Some(slot) = DEATHS.get(DEATHS_BEGUN.fetch_add(1, Ordering::AcqRel)) {
        // SAFETY: no other thread has this number, and nobody reads before `ready` is set.
        unsafe { *slot.death.get() = Some(death) };
        slot.ready.store(true, Ordering::Release);
    }
    match STATE.compare_exchange(state::ARMED, state::DYING, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => {}
        // The run was over in that moment.
        Err(state::OFF) if setup.crashes == Crashes::EndTheRun => return,
        Err(state::OFF) if matches!(how, How::Exit(_)) => wait_for_the_code(),
        // Or another thread was faster; this one's death is noted.
        Err(_) => wait_for_ever(),
    }
    let drained = wait_until_drained();
    clear_screen();
    if let Some(image) = setup.image.as_ref().filter(|_| MAY_RESUME.load(Ordering::Acquire)) {
        go_on_in(image, drained);
    }
    if !drained {
        return say(&death);
    }
    STATE.store(state::STRANDED, Ordering::Release);
    if !wait_until(state::REPORTED) {
        say(&death);
    }
}

/// Executes the image again; comes back if that is impossible.
fn go_on_in(image: &Image, drained: bool) {
    if image.journal().is_none() {
        ERROR.store(libc::EBADF, Ordering::Release);
        return;
    }
    // A test that crashes from now on is not known to the next image, which runs it again.
    for (slot, number) in DEATHS.iter().zip(0..) {
        let known = !drained || slot.seen.load(Ordering::Acquire);
        if let Some(death) = slot.get().filter(|_| known) {
            write_to_journal(image, number, &death);
        }
    }
    ERROR.store(image.execute(), Ordering::Release);
}

/// Executes the process again for the tests that are left: one has the main thread, and does not give it back. Comes back
/// where that cannot be.
pub(crate) fn execute_again() {
    let Some(image) = setup().and_then(|setup| setup.image.as_ref()) else { return };
    if !MAY_RESUME.load(Ordering::Acquire) {
        return;
    }
    block_all();
    image.restore_limits();
    let first = STATE.compare_exchange(state::ARMED, state::DYING, Ordering::AcqRel, Ordering::Acquire);
    if first.is_err() {
        // A crash was faster, and comes to the same.
        wait_for_ever();
    }
    let drained = wait_until_drained();
    clear_screen();
    write_to_journal(image, BLOCKED, &Death { how: How::Blocked, owner: None, mark: None });
    go_on_in(image, drained);
    STATE.store(state::STRANDED, Ordering::Release);
    wait_until(state::REPORTED);
    exit_at_once();
}

/// Waits until the thread that reports has looked at all who die.
fn wait_until_drained() -> bool {
    while wait_until(state::DRAINED) {
        let unseen = |slot: &Slot| slot.ready.load(Ordering::Acquire) && !slot.seen.load(Ordering::Acquire);
        if !DEATHS.iter().any(unseen) {
            return true;
        }
        STATE.store(state::DYING, Ordering::Release);
    }
    false
}

/// A name, and whose it is.
fn named(owner: Option<Owner>) -> (OwnerKind, &'static str) {
    match owner {
        None => (OwnerKind::Nobody, ""),
        Some(Owner::Test(test)) => (OwnerKind::Test, test.name()),
        Some(Owner::Fixture(fixture, FixturePhase::SetUp)) => (OwnerKind::SettingUp, fixture.path),
        Some(Owner::Fixture(fixture, FixturePhase::TearDown)) => (OwnerKind::TearingDown, fixture.path),
    }
}

fn write_to_journal(image: &Image, number: u8, death: &Death) {
    let Some(journal) = image.journal() else { return };
    let (kind, name) = named(death.owner);
    let head = journal::death(number, death.how, kind, TOLD.load(Ordering::Acquire), name.len());
    write(journal, [&head, name.as_bytes()]);
}

/// The last resort: nobody else has said it.
fn say(death: &Death) {
    let (_, name) = named(death.owner);
    let name = if name.is_empty() { "the process" } else { name };
    write(libc::STDERR_FILENO, [name.as_bytes(), b" crashed, or called exit\n"]);
}

/// Takes away what is drawn below the last line: whoever goes on draws anew.
fn clear_screen() {
    // Unless a test has made another file of the descriptor.
    // SAFETY: a descriptor that is none of a terminal, or not open, is an answer and nothing else.
    if let Some(terminal) = screen::take().filter(|fd| unsafe { libc::isatty(*fd) } == 1) {
        write(terminal, [screen::CLEAR, b""]);
    }
}

/// Writes both parts at once, past everything that captures.
pub(super) fn write(fd: c_int, parts: [&[u8]; 2]) {
    let parts =
        parts.map(|part| libc::iovec { iov_base: part.as_ptr().cast_mut().cast(), iov_len: part.len() });
    // SAFETY: both parts are readable for their lengths; nothing writes to them.
    unsafe { libc::syscall(libc::SYS_writev, fd, parts.as_ptr(), parts.len()) };
}

/// Whether a fault is that of a thread without any stack left: it is close to where the stack ends.
fn is_overflow(signal: c_int, info: &siginfo_t, context: *mut c_void) -> bool {
    // SAFETY: a fault says at which address.
    let address = unsafe { info.si_addr() }.addr();
    let at_end = |stack: usize| (stack.saturating_sub(NEAR)..stack.saturating_add(4096)).contains(&address);
    matches!(signal, libc::SIGSEGV | libc::SIGBUS) && stack_pointer(context).is_some_and(at_end)
}

/// Where the stack of the thread ended when it was interrupted, where that is known.
fn stack_pointer(context: *mut c_void) -> Option<usize> {
    let context = context.cast::<libc::ucontext_t>();
    // SAFETY: the kernel hands a valid pointer to a handler with `SA_SIGINFO`.
    let machine = unsafe { &(*context).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    return usize::try_from(machine.gregs[libc::REG_RSP as usize]).ok();
    #[cfg(target_arch = "aarch64")]
    return usize::try_from(machine.sp).ok();
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return Some(machine).and(None);
}
