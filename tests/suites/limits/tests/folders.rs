//! What becomes of the folders of tests whose end is no ordinary one.

use async_harness::fixtures::{TestInfo, TmpDir, test_info, tmp_dir};
use async_harness::{async_test, fixture, xfail};
use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

fn keep(tmp_dir: &TmpDir, text: &str) {
    fs::write(tmp_dir.path().join("file"), text).unwrap();
}

/// Its folder is kept, whatever it comes to once nobody waits for it any more.
#[async_test(timeout = "300ms")]
async fn passes_too_late(tmp_dir: &TmpDir) {
    keep(tmp_dir, "late");
    sleep(Duration::from_millis(700));
}

#[async_test]
async fn waits_for_what_is_late() {
    tokio::time::sleep(Duration::from_millis(1_200)).await;
}

#[async_test(task_panics = "fail")]
async fn fails_by_a_task(tmp_dir: &TmpDir) {
    keep(tmp_dir, "task");
    let _ = tokio::spawn(async { panic!("in a task") }).await;
}

#[async_test(task_panics = "fail")]
#[xfail]
async fn fails_by_a_task_as_expected(tmp_dir: &TmpDir) {
    keep(tmp_dir, "expected");
    let _ = tokio::spawn(async { panic!("in a task") }).await;
}

#[fixture(teardown = refuse)]
fn unwilling() -> u32 {
    1
}

async fn refuse(_: u32) -> Result<(), &'static str> {
    Err("no end")
}

#[async_test]
async fn fails_by_a_teardown(tmp_dir: &TmpDir, unwilling: &u32) {
    assert_eq!(*unwilling, 1);
    keep(tmp_dir, "teardown");
}

#[async_harness::test(timeout = "100ms")]
fn fails_by_its_limit(tmp_dir: &TmpDir) {
    keep(tmp_dir, "limit");
    sleep(Duration::from_millis(120));
}

/// Passes once, which is a failure, and fails then, as expected.
#[async_test(retries = 1)]
#[xfail]
async fn passes_before_it_fails_as_expected(tmp_dir: &TmpDir, test_info: &TestInfo) {
    keep(tmp_dir, &format!("expected {}", test_info.attempt()));
    assert!(test_info.attempt() == 1, "as expected");
}

#[async_test]
async fn aborts(tmp_dir: &TmpDir) {
    keep(tmp_dir, "aborted");
    std::process::abort();
}

fn signs() -> PathBuf {
    std::env::var_os("SUITE_FOLDER").expect("the driver names a folder").into()
}

/// Its second attempt is broken off by a neighbour, after which that begins anew.
#[async_test(retries = 1)]
async fn passes_at_the_second_attempt(tmp_dir: &TmpDir, test_info: &TestInfo) {
    keep(tmp_dir, &test_info.attempt().to_string());
    assert!(test_info.attempt() > 1, "the first attempt");
    if !signs().join("died").exists() {
        fs::write(signs().join("second"), "").unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

#[async_test]
async fn dies_beside_it() {
    while !signs().join("second").exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    fs::write(signs().join("died"), "").unwrap();
    std::process::abort();
}

async_harness::main!();
