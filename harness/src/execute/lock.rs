//! Keeps the promise of `#[serial]` where every test is a process of its own, as under nextest.
//!
//! The locks are files beside the build, or among temporary files where that place cannot be written. They are locked by
//! the system, which gives them up when a process ends in whatever way. They are shared by all test targets of a build: under
//! `cargo test` those run one after another, so a key never met itself in another target there either. Every process takes its locks in one order, so none waits in a circle.
//!
//! Whoever may read a lock file can lock it: so users who run one build keep out of each other's way.

use crate::history_file::build_folder;
use crate::key::{Access, Key};
use crate::shuffle::hash;
use crate::sorted::sort_by;
use crate::test::Concurrency;
use sharing::{make_folder_of, options, share};
use std::fmt;
use std::fs::File;
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

/// A lock that cannot be had, in each place where it was tried.
#[derive(Debug)]
pub(super) struct LockError(Vec<(PathBuf, io::Error)>);

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("could not lock ")?;
        for (nth, (path, cause)) in self.0.iter().enumerate() {
            let before = if nth == 0 { "" } else { ", nor " };
            write!(f, "{before}{} ({cause})", path.display())?;
        }
        f.write_str(" against tests in other processes")
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
        Some(ProcessLocks::of(&build_folder(&executable)?))
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
        let mut tried = Vec::new();
        for (folder, sharing) in self.folders.iter().zip([Sharing::AsUsual, Sharing::WithEveryone]) {
            let path = folder.join(name);
            let locked = open(&path, sharing).and_then(|file| {
                match access {
                    Access::Exclusive => file.lock(),
                    Access::Shared => file.lock_shared(),
                }?;
                Ok(file)
            });
            match locked {
                Ok(file) => return Ok(file),
                Err(error) => {
                    let goes_on = may_not_be_written(&error);
                    tried.push((path, error));
                    if !goes_on {
                        break;
                    }
                }
            }
        }
        Err(LockError(tried))
    }
}

/// Who may use a folder of locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sharing {
    /// Whoever may by the user's own settings.
    AsUsual,
    /// All users of the machine: a folder among temporary files belongs to whoever came first.
    WithEveryone,
}

fn may_not_be_written(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

fn open(path: &Path, sharing: Sharing) -> io::Result<File> {
    match there(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_folder_of(path, sharing)?;
            match options().write(true).create_new(true).open(path) {
                // Another process was faster.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => there(path),
                made => made.inspect(|file| share(file, sharing)),
            }
        }
        opened => opened,
    }
}

/// Opens a lock file that is there. To lock one is to read it, but for some file systems of networks; and a file that
/// another user has made is not to be written.
fn there(path: &Path) -> io::Result<File> {
    match options().write(true).open(path) {
        Err(error) if may_not_be_written(&error) => options().read(true).open(path),
        opened => opened,
    }
}

#[cfg(unix)]
mod sharing {
    use super::{Sharing, io};
    use std::fs::{DirBuilder, File, OpenOptions, Permissions, set_permissions};
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
    use std::path::Path;

    /// Anybody can have put a link among temporary files.
    pub(super) fn options() -> OpenOptions {
        let mut options = OpenOptions::new();
        options.custom_flags(libc::O_NOFOLLOW);
        options
    }

    /// Makes the folder of a lock file. Others may add locks to one that is shared, and remove none.
    pub(super) fn make_folder_of(path: &Path, sharing: Sharing) -> io::Result<()> {
        const EVERYONE: u32 = 0o1777;
        let Some(folder) = path.parent() else { return Ok(()) };
        if sharing == Sharing::AsUsual {
            return std::fs::create_dir_all(folder);
        }
        match DirBuilder::new().mode(EVERYONE).create(folder) {
            // What the user's own mask took away.
            Ok(()) => set_permissions(folder, Permissions::from_mode(EVERYONE)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let is_folder = std::fs::symlink_metadata(folder)?.is_dir();
                if is_folder { Ok(()) } else { Err(error) }
            }
            Err(error) => Err(error),
        }
    }

    /// Lets all read a lock file. Where that cannot be had, those who may not are told.
    pub(super) fn share(file: &File, sharing: Sharing) {
        if sharing == Sharing::WithEveryone {
            let _ = file.set_permissions(Permissions::from_mode(0o644));
        }
    }
}

#[cfg(not(unix))]
mod sharing {
    use super::{Sharing, io};
    use std::fs::{File, OpenOptions};
    use std::path::Path;

    pub(super) fn options() -> OpenOptions {
        OpenOptions::new()
    }

    pub(super) fn make_folder_of(path: &Path, _: Sharing) -> io::Result<()> {
        path.parent().map_or(Ok(()), std::fs::create_dir_all)
    }

    /// Temporary files are each user's own.
    pub(super) fn share(_: &File, _: Sharing) {}
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
        assert!(error.starts_with("could not lock /proc/no-such-folder/serial ("), "{error}");
        assert!(locks.hold(Concurrency::Exclusive, &[]).is_err());
    }

    /// A program cannot write there, not even as root, and is told that it may not.
    #[cfg(target_os = "linux")]
    const FORBIDDEN: &str = "/proc/1/fdinfo";

    #[test]
    #[cfg(target_os = "linux")]
    fn a_lock_is_elsewhere_where_its_place_cannot_be_written() {
        let elsewhere = temporary("elsewhere");
        let locks = ProcessLocks { folders: [PathBuf::from(FORBIDDEN), elsewhere.clone()] };
        let _held = locks.hold(Concurrency::Parallel, &keyed()).unwrap();
        let held = File::open(elsewhere.join("key-ledger")).unwrap();
        assert!(held.try_lock_shared().is_err(), "it is locked");
        std::fs::remove_dir_all(elsewhere).unwrap();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn whoever_finds_no_lock_hears_of_each_place() {
        let locks = ProcessLocks { folders: [PathBuf::from(FORBIDDEN), nowhere()] };
        let error = locks.hold(Concurrency::Exclusive, &[]).unwrap_err().to_string();
        assert!(error.starts_with("could not lock /proc/1/fdinfo/serial (Permission denied"), "{error}");
        assert!(error.contains("), nor /proc/no-such-folder/serial ("), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_among_temporary_files_is_for_all_users_and_its_links_are_not_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = temporary("shared");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        let _file = open(&folder.join("key-ledger"), Sharing::WithEveryone).unwrap();
        assert_eq!((mode(&folder), mode(&folder.join("key-ledger"))), (0o1777, 0o644));
        symlink(folder.join("made"), folder.join("key-link")).unwrap();
        assert!(open(&folder.join("key-link"), Sharing::WithEveryone).is_err());
        assert!(!folder.join("made").exists());
        symlink(&folder, temporary("link")).unwrap();
        assert!(open(&temporary("link").join("key-other"), Sharing::WithEveryone).is_err());
        assert!(!folder.join("key-other").exists());
        std::fs::remove_file(temporary("link")).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    fn temporary(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("async-harness-locks-test-{name}-{}", std::process::id()))
    }
}
