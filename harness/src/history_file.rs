//! Keeps the history of a target's tests in a file beside its build, and writes down what a run has seen.
//!
//! Nothing here is ever required: where the file cannot be read or written, a run goes on as if it were the first. It is
//! replaced as a whole, under a lock that every run of the target takes, so that runs beside each other lose nothing of
//! each other's and a reader never finds half of it.

use crate::event::{Event, Listener};
use crate::history::{Expected, Extent, History, Lines, Seen, SeenEnding, merged_few};
use crate::outcome::Outcome;
use crate::settings::KeepHistory;
use crate::shuffle::hash;
use crate::target::Target;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The folder of all histories of a build.
const FOLDER: &str = "async-harness-history";

/// How long to wait for another run that is writing; it is a matter of milliseconds, or of never.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is no longer read, in bytes: a hundred thousand tests take a tenth of it.
const LARGEST: u64 = 64 << 20;

/// How many tests that are not there any more are remembered at least, beside as many as there are.
const GONE: usize = 1_000;

/// Names all tests of a target.
pub(crate) type Registered<'a> = dyn Fn() -> Vec<&'static str> + 'a;

/// The file of one target.
#[derive(Debug, Clone)]
pub(crate) struct HistoryFile {
    path: PathBuf,
}

impl HistoryFile {
    /// Where the history of a target is kept; nothing if none is to be.
    ///
    /// # Errors
    ///
    /// If it was asked for in a folder that cannot be made.
    pub(crate) fn locate(keep: &KeepHistory, target: Target) -> Result<Option<Self>, String> {
        // A process for each test would write as often as there are tests, and such a runner has an order of its own.
        let alone = std::env::var_os("NEXTEST_EXECUTION_MODE").is_some_and(|mode| mode == "process-per-test");
        let Some(executable) = std::env::current_exe().ok().filter(|_| !alone) else { return Ok(None) };
        let folder = match keep {
            KeepHistory::Nowhere => return Ok(None),
            KeepHistory::BesideBuild => build_folder(&executable).map(|folder| folder.join(FOLDER)),
            KeepHistory::In(folder) => {
                fs::create_dir_all(folder).map_err(|error| {
                    format!("there is no history, as {} cannot be made: {error}", folder.display())
                })?;
                Some(folder.clone())
            }
        };
        let name = file_name(&executable, target.root);
        Ok(folder
            .map(|folder| HistoryFile { path: folder.join(target.package.unwrap_or_default()).join(name) }))
    }

    /// What earlier runs have left; nothing where there is nothing that can be read.
    pub(crate) fn read(&self) -> History {
        // What is no file, as a pipe, might have to be waited for.
        let there = fs::metadata(&self.path).ok().filter(fs::Metadata::is_file);
        let opened = there.and_then(|there| Some((there.len(), File::open(&self.path).ok()?)));
        let Some((size, file)) = opened else { return History::default() };
        let mut bytes = Vec::with_capacity(usize::try_from(size.min(LARGEST)).unwrap_or(0));
        if file.take(LARGEST).read_to_end(&mut bytes).is_err() {
            return History::default();
        }
        History::parse(String::from_utf8(bytes).unwrap_or_else(|_| "no text".to_owned()))
    }

    /// Where it is, for people.
    #[cfg(feature = "doctor")]
    pub(crate) fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// What to say of a history that is damaged.
    pub(crate) fn damaged(&self) -> String {
        format!("the history in {} is damaged; what can be read of it is used", self.path.display())
    }

    /// Adds what a run has seen, unless another run writes for longer than this. A history that cannot be written is none.
    fn add(&self, seen: Vec<Seen>, extent: Extent, registered: Option<&Registered<'_>>, patience: Duration) {
        let Some(folder) = self.path.parent() else { return };
        if fs::create_dir_all(folder).is_err() {
            return;
        }
        // Held until it is dropped.
        let Some(_lock) = lock(&self.beside(".lock"), patience) else { return };
        let history = self.read();
        let few = history.is_much_to(seen.len()).then(|| merged_few(&history, &seen, extent)).flatten();
        if let Some(text) = few.or_else(|| merged(history, seen, extent, registered)) {
            let new = self.beside(".new");
            if fs::write(&new, text).and_then(|()| fs::rename(&new, &self.path)).is_err() {
                // There is nobody to tell who asked for it.
                let _ = fs::remove_file(&new);
            }
        }
    }

    fn beside(&self, extension: &str) -> PathBuf {
        let mut path = OsString::from(&self.path);
        path.push(extension);
        path.into()
    }
}

/// The text of a history after a run, if the run has changed anything; without most of those that are gone, where they are
/// many.
fn merged(
    history: History,
    seen: Vec<Seen>,
    extent: Extent,
    registered: Option<&Registered<'_>>,
) -> Option<String> {
    let mut lines = Lines::of(history);
    if lines.len() > seen.len() + GONE
        && let Some(registered) = registered
    {
        let names = registered();
        if lines.len() > names.len() * 2 + GONE {
            lines = lines.only(names);
        }
    }
    lines.merged(seen, extent)
}

/// `target/debug` for `target/debug/deps/shipments-0123456789abcdef`, as cargo has it, and for an example, which it has in
/// `examples`; else the executable's own folder.
pub(crate) fn build_folder(executable: &Path) -> Option<PathBuf> {
    let folder = executable.parent()?;
    let is_within = folder.ends_with("deps") || folder.ends_with("examples");
    let folder = if is_within { folder.parent()? } else { folder };
    Some(folder.to_owned())
}

/// The target's name and a hash of its root file: a library and a binary may share a name. cargo's own hash, which a change
/// of features or of the compiler changes, is left out.
fn file_name(executable: &Path, root: &str) -> String {
    let stem = executable.file_stem().unwrap_or_default().to_string_lossy();
    let is_hash = |end: &str| end.len() == 16 && end.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = match stem.rsplit_once('-') {
        Some((name, end)) if is_hash(end) => name,
        _ => &stem,
    };
    // A root may be written with either separator.
    format!("{name}-{:08x}", hash(0, &root.replace('\\', "/")) >> 32)
}

/// Waits a moment for the lock of a history; a system without locks is as good as one without other runs.
fn lock(path: &Path, patience: Duration) -> Option<File> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return None;
    }
    let file = OpenOptions::new().create(true).write(true).truncate(false).open(path).ok()?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if begin.elapsed() < patience => sleep(Duration::from_millis(2)),
            Err(TryLockError::WouldBlock) => return None,
            Ok(()) | Err(TryLockError::Error(_)) => return Some(file),
        }
    }
}

/// Listens to a run and writes its history at the end.
pub(crate) struct Historian {
    file: HistoryFile,
    extent: Extent,
    expected: Expected<usize>,
    /// What was not expected.
    seen: Vec<Seen>,
}

impl Historian {
    /// Writes to this file what is not expected of a test, each known by its address.
    pub(crate) fn new(file: HistoryFile, extent: Extent, expected: Expected<usize>) -> Self {
        Historian { file, extent, expected, seen: Vec::new() }
    }

    /// Writes what was heard, if it was anything new. `registered` are the names of all tests of the target; where they are not
    /// known, none is forgotten.
    pub(crate) fn finish(self, registered: Option<&Registered<'_>>) {
        if !self.seen.is_empty() {
            self.file.add(self.seen, self.extent, registered, PATIENCE);
        }
    }
}

impl Listener for Historian {
    fn tell(&mut self, event: &Event) {
        let Event::TestFinished { test, finished } = event else { return };
        let duration = u64::try_from(finished.duration.as_micros()).unwrap_or(u64::MAX);
        let ending = match finished.outcome {
            _ if finished.is_flaky() => SeenEnding::Flaky(duration),
            Outcome::Passed | Outcome::FailedAsExpected(_) => SeenEnding::Passed(duration),
            Outcome::Failed(_) => SeenEnding::Failed(duration),
            Outcome::Ignored(_) => SeenEnding::Ignored,
        };
        let seen = Seen { name: test.name(), ending };
        if !self.expected.says_all(test.id(), seen) {
            self.seen.push(seen);
        }
    }

    fn pause(&mut self) {}
}

#[cfg(test)]
#[path = "history_file_tests.rs"]
mod tests;
