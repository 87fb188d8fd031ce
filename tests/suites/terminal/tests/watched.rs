//! Tests that a terminal is watched over: those that wait do so until there is a file of their name in `SUITE_FOLDER`.

use async_harness::{TestCase, async_test, fixture, test_factory};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

async fn wait_for(file: &str) {
    let folder = std::env::var("SUITE_FOLDER").expect("the folder is given");
    while !Path::new(&folder).join(file).exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test_factory]
fn quick() -> Vec<TestCase> {
    let test = |n| TestCase::new(format!("test {n:03}"), async || println!("kept with the test"));
    (0..300).map(test).collect()
}

#[async_test]
async fn waits() {
    wait_for("waits").await;
}

#[async_test]
async fn waits_with_a_name_that_is_much_too_long_for_any_terminal_of_eighty_columns_and_then_some() {
    wait_for("waits_long").await;
}

#[async_test]
async fn fails() {
    wait_for("fails").await;
    panic!("failed in the end");
}

#[async_test]
async fn crashes() {
    wait_for("crashes").await;
    std::process::abort();
}

#[async_test]
async fn child_prints() {
    wait_for("child").await;
    Command::new("echo").arg("said by a child").status().expect("there is an `echo`");
    wait_for("child_ends").await;
}

#[fixture(teardown = never_goes)]
fn stubborn() -> u32 {
    1
}

async fn never_goes(_: u32) {
    std::future::pending::<()>().await;
}

#[async_test]
async fn is_torn_down_for_ever(stubborn: &u32) {
    assert_eq!(*stubborn, 1);
    wait_for("torn").await;
}

async_harness::main!();
