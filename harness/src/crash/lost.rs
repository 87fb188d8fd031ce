//! What a crash would leave behind: fixtures without their teardown, and folders of tests.

use crate::fixture::FixtureDecl;
use crate::patient;
use crate::sorted::sort_by;
use crate::test::Test;
use std::path::{Path, PathBuf};
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
pub(super) fn fixtures() -> Vec<&'static str> {
    let up = patient::lock(&UP);
    let mut labels: Vec<_> =
        up.map(|up| up.iter().map(|fixture| fixture.label()).collect()).unwrap_or_default();
    sort_by(&mut labels, |a, b| a < b);
    labels.dedup();
    labels
}

static FOLDERS: Mutex<Vec<(&'static Test, PathBuf)>> = Mutex::new(Vec::new());

/// A test has a folder of its own.
pub(crate) fn folder_made(test: &'static Test, path: &Path) {
    if let Ok(mut folders) = FOLDERS.lock() {
        folders.push((test, path.to_owned()));
    }
}

/// What becomes of the folder of a test is decided.
pub(crate) fn folder_settled(path: &Path) {
    if let Ok(mut folders) = FOLDERS.lock() {
        folders.retain(|(_, other)| other != path);
    }
}

/// The folders of tests that run; none if a thread stopped for ever while it changed that.
pub(super) fn folders() -> Vec<(&'static Test, PathBuf)> {
    patient::lock(&FOLDERS).map(|folders| folders.clone()).unwrap_or_default()
}
