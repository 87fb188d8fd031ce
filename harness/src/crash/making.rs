//! Names the factory that ends the process while it makes tests, when there is no run yet that could fail.

use super::How;
use super::actions::{self, Before};
use super::exits;
use super::handler::{on_signal, write};
use crate::signal;
use crate::test::Test;
use std::sync::{Mutex, Once};

/// The factory that makes tests, and the process in which it does.
static MAKING: Mutex<Option<(&'static Test, u32)>> = Mutex::new(None);

/// What signals do while none makes any.
static OTHERWISE: Mutex<Option<Before>> = Mutex::new(None);

/// Code of this factory runs on this thread from now on, or no factory's any more. There is no run yet that could fail: so it
/// must not pass for one if the factory ends the process.
pub(crate) fn making(factory: Option<&'static Test>) {
    static WATCHED: Once = Once::new();
    if factory.is_some() {
        WATCHED.call_once(exits::watch);
    }
    if let Ok(mut making) = MAKING.lock() {
        *making = factory.map(|factory| (factory, std::process::id()));
    }
    if let Ok(mut otherwise) = OTHERWISE.lock() {
        if let Some(before) = otherwise.take() {
            before.put_back(on_signal);
        }
        *otherwise = factory.map(|_| actions::install(on_signal));
    }
}

/// Says which factory has called `exit`, if one has; answers whether it did.
pub(super) fn say_which_factory_exits() -> bool {
    say(&["called exit"])
}

/// Says which factory crashes, if one does. May be called in the handler of a signal.
pub(super) fn say_which_factory_crashes(how: How) {
    match how {
        How::Signal(number) => say(&["crashed: ", signal::name(number)]),
        How::StackOverflow(number) => say(&["crashed: stack overflow, ", signal::name(number)]),
        How::Exit(_) | How::Blocked => false,
    };
}

fn say(what: &[&str]) -> bool {
    // Nobody else has it but to change it, and no code of a user runs meanwhile. A fork of the process may end as it likes.
    let making = MAKING.try_lock().ok().and_then(|making| *making);
    let Some((factory, _)) = making.filter(|(_, process)| *process == std::process::id()) else {
        return false;
    };
    write(libc::STDERR_FILENO, [b"error: test factory `", factory.name().as_bytes()]);
    write(libc::STDERR_FILENO, [b"` ", b""]);
    what.iter().for_each(|part| write(libc::STDERR_FILENO, [part.as_bytes(), b""]));
    write(libc::STDERR_FILENO, [b": no test has run\n", b""]);
    true
}
