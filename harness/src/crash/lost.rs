//! What a crash would leave behind: fixtures without their teardown, folders of tests, and attempts that nobody has told of.

use crate::fixture::FixtureDecl;
use crate::outcome::{FailedAttempt, Finished};
use crate::patient;
use crate::sorted::sort_by;
use crate::test::Test;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

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

/// A folder of a test that has no result yet.
struct Folder {
    test: &'static Test,
    path: PathBuf,
    /// Whether somebody has said that it is kept, so that it has to be.
    named: bool,
}

/// Those of all tests.
struct Folders {
    open: Vec<Folder>,
    /// Whether there may be no other: the process is about to be executed again, or to end.
    shut: bool,
}

static FOLDERS: Mutex<Folders> = Mutex::new(Folders { open: Vec::new(), shut: false });

/// Whoever else has to know of folders.
static ELSEWHERE: OnceLock<Tell> = OnceLock::new();

type Tell = Box<dyn Fn(&Path) + Send + Sync>;

/// Has the run told of folders, in a process that works for one: it knows of them whatever becomes of the process. `tell` comes back
/// once it does.
pub(crate) fn tell_of_folders(tell: impl Fn(&Path) + Send + Sync + 'static) {
    // Nobody else has set it.
    let _ = ELSEWHERE.set(Box::new(tell));
}

/// A test is about to have a folder of its own.
pub(crate) fn folder_made(test: &'static Test, path: &Path) {
    if let Ok(mut folders) = FOLDERS.lock() {
        if folders.shut {
            drop(folders);
            wait_for_the_end();
        }
        folders.open.push(Folder { test, path: path.to_owned(), named: false });
    }
    if let Some(tell) = ELSEWHERE.get() {
        tell(path);
    }
}

/// The folder is gone.
pub(crate) fn folder_removed(path: &Path) {
    if let Ok(mut folders) = FOLDERS.lock() {
        folders.open.retain(|folder| folder.path != path);
    }
}

/// Whether it is still open what becomes of the folder. It is not once its test was reported without waiting for its thread.
pub(crate) fn is_open(path: &Path) -> bool {
    FOLDERS.lock().is_ok_and(|folders| folders.open.iter().any(|folder| folder.path == path && !folder.named))
}

/// The folder is kept, and about to be named.
pub(crate) fn name_folder(path: &Path) {
    if let Ok(mut folders) = FOLDERS.lock() {
        folders.open.iter_mut().filter(|folder| folder.path == path).for_each(|folder| folder.named = true);
    }
}

/// The folders of a test that nobody has named: they are kept, for its attempt has failed.
pub(crate) fn name_folders(test: &'static Test) -> Vec<PathBuf> {
    let Ok(mut folders) = FOLDERS.lock() else { return Vec::new() };
    let unnamed = folders.open.iter_mut().filter(|folder| std::ptr::eq(folder.test, test) && !folder.named);
    let paths = unnamed.map(|folder| {
        folder.named = true;
        folder.path.clone()
    });
    paths.collect()
}

/// The test has its result, which says what became of its attempts and its folders.
pub(crate) fn settled(test: &'static Test) {
    if let Ok(mut folders) = FOLDERS.lock() {
        folders.open.retain(|folder| !std::ptr::eq(folder.test, test));
    }
    if let Ok(mut attempts) = ATTEMPTS.lock() {
        attempts.retain(|(other, _)| !std::ptr::eq(*other, test));
    }
}

/// A folder of a test that has no result.
pub(super) struct LastFolder {
    pub(super) test: &'static Test,
    pub(super) path: PathBuf,
    /// Whether what an attempt has printed names it.
    pub(super) named: bool,
}

/// The folders of tests that have no result, to which no other will come; none if a thread stopped for ever while it changed that.
pub(super) fn last_folders() -> Vec<LastFolder> {
    let Some(mut folders) = patient::lock(&FOLDERS) else { return Vec::new() };
    folders.shut = true;
    let last = |Folder { test, path, named }: &Folder| LastFolder { test, path: path.clone(), named: *named };
    folders.open.iter().map(last).collect()
}

/// Whoever wants a folder now runs a test that no one will hear of in this process.
fn wait_for_the_end() -> ! {
    loop {
        std::thread::park();
    }
}

static ATTEMPTS: Mutex<Vec<(&'static Test, FailedAttempt)>> = Mutex::new(Vec::new());

/// An attempt has failed, and another follows, which a crash may be the end of.
pub(crate) fn attempt_failed(test: &'static Test, attempt: &FailedAttempt) {
    if let Ok(mut attempts) = ATTEMPTS.lock() {
        attempts.push((test, attempt.clone()));
    }
}

/// The attempts that failed of tests that have no result; none if a thread stopped for ever while it changed that.
pub(super) fn attempts() -> Vec<(&'static Test, FailedAttempt)> {
    patient::lock(&ATTEMPTS).map(|attempts| attempts.clone()).unwrap_or_default()
}

/// What becomes of a folder of an attempt that will tear nothing down: it is kept and named, unless nobody would see that, for the
/// test is to fail.
pub(crate) fn keep(path: &Path, finished: &mut Finished) {
    match finished.outcome.is_failure() {
        true => finished.output.extend_from_slice(kept(path).as_bytes()),
        // One that is gone, or cannot be removed, is nobody's loss.
        false => drop(std::fs::remove_dir_all(path)),
    }
}

/// How it is said that the folder of a test is kept.
pub(crate) fn kept(path: &Path) -> String {
    format!("tmp_dir kept: {}\n", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Failure, Outcome};
    use crate::test::TestPath;

    #[test]
    fn a_folder_is_named_once_and_open_until_then() {
        static TEST: Test = Test { path: TestPath::new("lost::named"), ..Test::PLAIN };
        let [first, second] = ["/nowhere/named/1", "/nowhere/named/2"].map(PathBuf::from);
        folder_made(&TEST, &first);
        folder_made(&TEST, &second);
        name_folder(&first);
        assert_eq!((is_open(&first), is_open(&second)), (false, true));
        assert_eq!(name_folders(&TEST), std::slice::from_ref(&second));
        assert!(!is_open(&second));
        assert_eq!(name_folders(&TEST), Vec::<PathBuf>::new());
        settled(&TEST);
    }

    #[test]
    fn what_a_test_has_behind_it_is_over_with_its_result() {
        static TEST: Test = Test { path: TestPath::new("lost::settled"), ..Test::PLAIN };
        static OTHER: Test = Test { path: TestPath::new("lost::other"), ..Test::PLAIN };
        let failed = Finished::without_a_try(Outcome::Failed(Failure::Told)).into_attempts().unwrap();
        for test in [&TEST, &OTHER, &TEST] {
            folder_made(test, Path::new("/nowhere/settled"));
            attempt_failed(test, &failed[0]);
        }
        settled(&TEST);
        let count = |test: &Test| attempts().iter().filter(|(other, _)| std::ptr::eq(*other, test)).count();
        assert_eq!((count(&TEST), count(&OTHER)), (0, 1));
        assert_eq!((name_folders(&TEST).len(), name_folders(&OTHER).len()), (0, 1));
        settled(&OTHER);
    }
}
