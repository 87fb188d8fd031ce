//! The panic hook of the process: in front of what was there before, and put in front again where a test has replaced it.

use super::{Owner, RUNNING, message_of, renamed};
use crate::capture::{self, TaskPanicked};
use std::cell::Cell;
use std::io::{self, Write};
use std::panic::{PanicHookInfo, set_hook, take_hook};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

type AnyHook = dyn Fn(&PanicHookInfo<'_>) + Send + Sync;

/// Whether a hook of this module is gone: whoever sets a hook drops the one before it, unless they have taken it to call it, or
/// to put it back.
static GONE: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether a hook of this module is running: it may come to another one, as hooks call those before them.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

/// Whose hook was in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hook {
    /// The harness's.
    Kept,
    /// One of a test's or a fixture's. Panics in tasks may not have been seen.
    Replaced,
}

/// The hook that was there before one of this module.
struct Behind(Box<AnyHook>);

impl Drop for Behind {
    fn drop(&mut self) {
        GONE.store(true, Ordering::Relaxed);
    }
}

/// Puts the hook in place, once.
pub(crate) fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| put_in_front_of(take_hook(), show));
}

/// Sees to it that panics in tasks are seen from now on: a hook that has taken the place of ours shows them still, but behind
/// ours.
pub(crate) fn keep_hook() -> Hook {
    if !GONE.swap(false, Ordering::Relaxed) {
        return Hook::Kept;
    }
    put_in_front_of(take_hook(), |before, info| before(info));
    Hook::Replaced
}

fn put_in_front_of(before: Box<AnyHook>, show: fn(&AnyHook, &PanicHookInfo<'_>)) {
    let behind = Behind(before);
    set_hook(Box::new(move |info| {
        // All of it is captured, and not its field.
        let Behind(before) = &behind;
        let within = TELLING.replace(true);
        // A test itself is polled outside any task.
        if !within && tokio::task::try_id().is_some() {
            capture::task_panicked(|| TaskPanicked {
                place: info.location().map(ToString::to_string),
                message: message_of(info.payload()).to_owned(),
            });
        }
        show(&**before, info);
        TELLING.set(within);
    }));
}

/// Shows a panic under the name of whose it is.
fn show(before: &AnyHook, info: &PanicHookInfo<'_>) {
    let name = match RUNNING.get() {
        Some(Owner::Test(test)) => test.name().to_owned(),
        Some(Owner::Fixture(fixture, _)) => format!("fixture {}", fixture.label()),
        None => return before(info),
    };
    capture::settle();
    if let Some(text) = capture::aside(|| before(info)) {
        // As in std's own hook: where standard error is gone there is nobody left to tell.
        let _ = io::stderr().write_all(&renamed(text, &name));
    }
}
