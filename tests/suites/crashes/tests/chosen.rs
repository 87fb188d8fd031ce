//! Tests that change what the run was told, or what there is, before one of them ends the process.

use async_harness::{TestCase, async_test, test_factory};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

fn folder() -> Option<PathBuf> {
    std::env::var_os("SUITE_FOLDER").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// As many tests as files there.
#[test_factory]
fn made() -> Vec<TestCase> {
    let files = folder().map(|folder| std::fs::read_dir(folder.join("made")));
    let files = files.into_iter().flatten().flatten().flatten();
    files.map(|file| TestCase::new(file.file_name().to_string_lossy(), || async {})).collect()
}

/// Removes what was told, then ends the process.
#[async_test(retries = 1)]
async fn changes_all() {
    static TRIED: AtomicUsize = AtomicUsize::new(0);
    let Some(folder) = folder() else { panic!("there is no folder") };
    let mark = folder.join("was-here");
    if mark.exists() || TRIED.fetch_add(1, Ordering::Relaxed) > 0 {
        return;
    }
    std::fs::write(&mark, "").unwrap();
    for file in ["arguments", "made/b", "made/c"] {
        let _ = std::fs::remove_file(folder.join(file));
    }
    if let Some(history) = std::env::var_os("SUITE_HISTORY") {
        std::fs::rename(folder.join("history.new"), history).unwrap();
    }
    std::process::abort();
}

#[async_test]
async fn fails_once() {
    assert!(folder().is_some_and(|folder| folder.join("passes").exists()));
}

#[async_test]
async fn x() {}

#[async_test]
async fn y() {}

#[async_test]
async fn z() {}

async_harness::main!();
