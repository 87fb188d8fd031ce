//! Names the factory that ends the process while it makes tests, when there is no run yet that could fail.

use super::exits;
use super::handler::write;
use crate::test::Test;
use std::sync::{Mutex, Once};

/// The factory that makes tests, and the process in which it does.
static MAKING: Mutex<Option<(&'static Test, u32)>> = Mutex::new(None);

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
}

/// Says which factory has called `exit`, if one has; answers whether it did.
pub(super) fn say_which_factory_exits() -> bool {
    // Nobody else has it but to change it, and no code of a user runs meanwhile. A fork of the process may end as it likes.
    let making = MAKING.try_lock().ok().and_then(|making| *making);
    let Some((factory, _)) = making.filter(|(_, process)| *process == std::process::id()) else {
        return false;
    };
    write(libc::STDERR_FILENO, [b"error: test factory `", factory.name().as_bytes()]);
    write(libc::STDERR_FILENO, [b"` called exit: no test has run\n", b""]);
    true
}
