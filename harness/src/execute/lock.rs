//! Keeps the promise of `#[serial]` where every test is a process of its own, as under nextest.
//!
//! The locks are files beside the executable, locked by the system, which gives them up when a process ends in whatever
//! way. They are shared by all test targets of a build: under `cargo test` those run one after another, so a key never
//! met itself in another target there either. Every process takes its locks in one order, so none waits in a circle.

use crate::key::{Access, Key};
use crate::sorted::sort_by;
use crate::test::Concurrency;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The folder of lock files.
#[derive(Debug)]
pub(super) struct ProcessLocks {
    folder: PathBuf,
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
        Some(ProcessLocks { folder: executable.parent()?.join("async-harness-locks") })
    }

    /// Waits until a test may run beside those of other processes.
    ///
    /// # Errors
    ///
    /// If a lock file can be neither made nor locked.
    pub(super) fn hold(&self, concurrency: Concurrency, keys: &[Key]) -> Result<Held, LockError> {
        // An exclusive test is alone by holding what every other test shares.
        let phase = match concurrency {
            Concurrency::Exclusive => Access::Exclusive,
            Concurrency::Parallel | Concurrency::Keyed(_) => Access::Shared,
        };
        let mut keys = keys.to_vec();
        sort_by(&mut keys, |a, b| a.name < b.name);
        let mut held = vec![self.lock("serial", phase)?];
        for key in keys {
            held.push(self.lock(&format!("key-{}", key.name), key.access)?);
        }
        Ok(Held(held))
    }

    fn lock(&self, name: &str, access: Access) -> Result<File, LockError> {
        let path = self.folder.join(name);
        open(&path)
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
