//! Keeps the promise of `#[serial]` where every test is a process of its own, as under nextest.
//!
//! The locks are files beside the executable, or among temporary files where that place cannot be written. They are locked by
//! the system, which gives them up when a process ends in whatever way. They are shared by all test targets of a build: under `cargo test` those run one after another, so a key never
//! met itself in another target there either. Every process takes its locks in one order, so none waits in a circle.

use crate::key::{Access, Key};
use crate::shuffle::hash;
use crate::sorted::sort_by;
use crate::test::Concurrency;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The folder of lock files.
#[derive(Debug)]
pub(super) struct ProcessLocks {
    /// Where they belong, and where they are if nothing can be written there, as in an archive that was unpacked for reading.
    folders: [PathBuf; 2],
}

/// Locks of one test, held until dropped.
#[derive(Debug)]
pub(super) struct Held(Vec<File>);

impl Drop for Held {
    fn drop(&mut self) {
        for file in std::mem::take(&mut self.0) {
            // A test may have closed it, and std ends a process that closes a descriptor again.
            if file.metadata().is_err() {
                std::mem::forget(file);
            }
        }
    }
}

/// A lock that cannot be had.
#[derive(Debug)]
pub(super) struct LockError {
    path: PathBuf,
    cause: io::Error,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LockError { path, cause } = self;
        write!(f, "could not lock {} against tests in other processes: {cause}", path.display())
    }
}

impl ProcessLocks {
    /// The locks that this process needs: none, unless a runner gave each test a process of its own.
    pub(super) fn for_this_process() -> Option<Self> {
        let mode = std::env::var_os("NEXTEST_EXECUTION_MODE")?;
        if mode != "process-per-test" {
            return None;
        }
        let executable = std::env::current_exe().ok()?;
        Some(ProcessLocks::of(executable.parent()?))
    }

    fn of(build: &Path) -> Self {
        let elsewhere = format!("async-harness-locks-{:016x}", hash(0, &build.to_string_lossy()));
        ProcessLocks { folders: [build.join("async-harness-locks"), std::env::temp_dir().join(elsewhere)] }
    }

    /// Waits until a test may run beside those of other processes.
    ///
    /// # Errors
    ///
    /// If a lock file can be neither made nor locked, and the test asks for more than not to run beside a `#[serial]` one: such
    /// a one does not run then.
    pub(super) fn hold(&self, concurrency: Concurrency, keys: &[Key]) -> Result<Held, LockError> {
        // An exclusive test is alone by holding what every other test shares.
        let phase = match concurrency {
            Concurrency::Exclusive => Access::Exclusive,
            Concurrency::Parallel | Concurrency::Keyed(_) => Access::Shared,
        };
        let mut keys = keys.to_vec();
        sort_by(&mut keys, |a, b| a.name < b.name);
        let mut held = match self.lock("serial", phase) {
            Err(_) if phase == Access::Shared && keys.is_empty() => return Ok(Held(Vec::new())),
            lock => vec![lock?],
        };
        for key in keys {
            held.push(self.lock(&format!("key-{}", key.name), key.access)?);
        }
        Ok(Held(held))
    }

    fn lock(&self, name: &str, access: Access) -> Result<File, LockError> {
        let [path, elsewhere] = [&self.folders[0], &self.folders[1]].map(|folder| folder.join(name));
        let opened = match open(&path) {
            Err(error) if may_not_be_written(&error) => open(&elsewhere).map_err(|_| error),
            opened => opened,
        };
        opened
            .and_then(|file| {
                match access {
                    Access::Exclusive => file.lock(),
                    Access::Shared => file.lock_shared(),
                }?;
                Ok(file)
            })
            .map_err(|cause| LockError { path, cause })
    }
}

fn may_not_be_written(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

fn open(path: &Path) -> io::Result<File> {
    let open = || OpenOptions::new().create(true).write(true).truncate(false).open(path);
    match (open(), path.parent()) {
        (Err(error), Some(folder)) if error.kind() == io::ErrorKind::NotFound => {
            std::fs::create_dir_all(folder)?;
            open()
        }
        (result, _) => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places where nothing can be written, whoever asks.
    fn nowhere() -> PathBuf {
        PathBuf::from("/proc/no-such-folder")
    }

    fn keyed() -> [Key; 1] {
        [Key { name: "ledger", access: Access::Exclusive }]
    }

    #[test]
    fn where_there_is_no_lock_only_what_needs_one_fails() {
        let locks = ProcessLocks { folders: [nowhere(), nowhere()] };
        let keys = keyed();
        assert!(locks.hold(Concurrency::Parallel, &[]).is_ok());
        let error = locks.hold(Concurrency::Parallel, &keys).unwrap_err().to_string();
        assert!(error.starts_with("could not lock /proc/no-such-folder/serial against "), "{error}");
        assert!(locks.hold(Concurrency::Exclusive, &[]).is_err());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_lock_is_elsewhere_where_its_place_cannot_be_written() {
        let elsewhere = std::env::temp_dir().join(format!("async-harness-locks-test-{}", std::process::id()));
        // A program cannot write there, not even as root, and is told that it may not.
        let locks = ProcessLocks { folders: [PathBuf::from("/proc/1/fdinfo"), elsewhere.clone()] };
        let _held = locks.hold(Concurrency::Parallel, &keyed()).unwrap();
        let held = File::open(elsewhere.join("key-ledger")).unwrap();
        assert!(held.try_lock_shared().is_err(), "it is locked");
        std::fs::remove_dir_all(elsewhere).unwrap();
    }
}
