//! Which fixtures are up that a crash would take the teardown from.

use crate::fixture::FixtureDecl;
use crate::patient;
use std::sync::Mutex;

static UP: Mutex<Vec<&'static FixtureDecl>> = Mutex::new(Vec::new());

/// An instance of a fixture that outlives a test is there.
pub(crate) fn set_up(fixture: &'static FixtureDecl) {
    if fixture.has_teardown()
        && let Ok(mut up) = UP.lock()
    {
        up.push(fixture);
    }
}

/// The teardown of an instance is over.
pub(crate) fn torn_down(fixture: &'static FixtureDecl) {
    if fixture.has_teardown()
        && let Ok(mut up) = UP.lock()
        && let Some(at) = up.iter().position(|other| std::ptr::eq(*other, fixture))
    {
        up.swap_remove(at);
    }
}

/// The fixtures with an instance, each once, by name; none if a thread stopped for ever while it changed that.
pub(super) fn all() -> Vec<&'static str> {
    let up = patient::lock(&UP);
    let mut labels: Vec<_> =
        up.map(|up| up.iter().map(|fixture| fixture.label()).collect()).unwrap_or_default();
    labels.sort_unstable();
    labels.dedup();
    labels
}
