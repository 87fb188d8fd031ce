//! What Bazel is told beside the result, by files that its variables name.

use std::fs::{File, remove_file};
use std::path::PathBuf;

/// Says that this process knows what a shard is. Bazel lets every shard run all tests of one that does not.
const SHARD_STATUS: &str = "TEST_SHARD_STATUS_FILE";

/// If this file is there when the process is gone, it ended too early, whatever its code: as by `exit(0)` in a test.
const PREMATURE_EXIT: &str = "TEST_PREMATURE_EXIT_FILE";

/// A run that Bazel watches, or that nobody does.
#[derive(Clone)]
#[must_use]
pub(crate) struct Watched {
    premature_exit: Option<PathBuf>,
}

impl Watched {
    /// Makes the files that are to be there as soon as the process runs.
    ///
    /// # Errors
    ///
    /// A message, if one cannot be made.
    pub(crate) fn begin() -> Result<Self, String> {
        let made = |variable| match path(variable) {
            None => Ok(None),
            Some(path) => match File::options().create(true).append(true).open(&path) {
                Ok(_) => Ok(Some(path)),
                Err(error) => {
                    Err(format!("could not make {}, which {variable} names: {error}", path.display()))
                }
            },
        };
        made(SHARD_STATUS)?;
        Ok(Watched { premature_exit: made(PREMATURE_EXIT)? })
    }

    /// Ends it in good order.
    ///
    /// # Errors
    ///
    /// A message, if the file that stands for any other end cannot be removed.
    pub(crate) fn end(self) -> Result<(), String> {
        match self.premature_exit {
            None => Ok(()),
            Some(path) => remove_file(&path).map_err(|error| {
                format!("could not remove {}, which {PREMATURE_EXIT} names: {error}", path.display())
            }),
        }
    }
}

fn path(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
}
