//! A folder of a test's own.

use std::path::{Path, PathBuf};

/// Gone when dropped.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    pub(crate) fn new() -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(shipments::id::new("shipments"));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The URL of a database in it.
    pub(crate) fn database(&self) -> String {
        format!("sqlite://{}", self.0.join("shipments.db").display())
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // What is left behind is in the target folder, and nobody's loss.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
