//! Tests that are tried again.

use async_harness::fixtures::{TestInfo, test_info};
use async_harness::{async_test, fixture};
use std::sync::atomic::{AtomicU32, Ordering};

#[fixture(teardown = gone)]
async fn fresh(test_info: &TestInfo) -> u32 {
    test_info.attempt()
}

async fn gone(of: u32) {
    println!("attempt {of} is over");
}

#[async_test(retries = 2)]
async fn passes_the_third_time(fresh: &u32, test_info: &TestInfo) {
    assert_eq!(*fresh, test_info.attempt());
    println!("this is attempt {fresh}");
    assert_eq!(*fresh, 3, "not yet");
}

#[async_test(retries = 1)]
async fn never_passes(test_info: &TestInfo) {
    panic!("no luck in attempt {}", test_info.attempt());
}

#[async_test(retries = 0)]
async fn is_not_tried_again() {
    panic!("once");
}

static TRIES: AtomicU32 = AtomicU32::new(0);

#[async_test]
async fn as_often_as_the_run_says() {
    assert!(TRIES.fetch_add(1, Ordering::Relaxed) > 0, "the first time");
}

#[async_harness::test(timeout = "200ms", retries = 1)]
fn blocks_once(test_info: &TestInfo) {
    if test_info.attempt() == 1 {
        std::thread::sleep(std::time::Duration::from_secs(1_000));
    }
}

#[async_test(retries = 3)]
async fn passes_at_once() {}

#[async_test(retries = 1)]
async fn skips_itself_the_second_time(test_info: &TestInfo) {
    if test_info.attempt() == 2 {
        async_harness::skip!("nothing to see");
    }
    panic!("the first time");
}

async_harness::main!();
