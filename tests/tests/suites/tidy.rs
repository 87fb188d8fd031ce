//! What the tests here leave behind: nothing among the system's temporary files.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

use async_harness_tests::{Run, folder, suite};
use std::path::{Path, PathBuf};

/// Where a run puts temporary files.
fn temporary(run: Run) -> PathBuf {
    run.run().exits_with(0).stdout.trim_end().into()
}

#[test]
fn temporary_files_are_put_into_the_target_folder() {
    let own = folder("tidy");
    let root = own.parent().unwrap();
    let shell = || Run::new(Path::new("sh")).args(["-c", "echo $TMPDIR"]);
    let place = temporary(shell());
    assert!(place.starts_with(root) && place.is_dir(), "{} is not in {}", place.display(), root.display());
    assert_eq!(temporary(suite("builtins").through_shell("echo $TMPDIR")), place);
    assert_eq!(temporary(shell().env("TMPDIR", &own)), own);
    std::fs::remove_dir(own).unwrap();
}
