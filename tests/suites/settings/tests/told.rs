//! A target that says much of itself, and tests with tags of all kinds.

use async_harness::fixtures::{TestInfo, test_info};
use async_harness::{TestCase, async_test, parallel, serial, test_factory, xfail};

#[async_test]
async fn plain(test_info: &TestInfo) {
    assert!(test_info.tags().is_empty());
}

#[async_test(tags(slow))]
async fn slow(test_info: &TestInfo) {
    assert_eq!(test_info.tags(), ["slow"]);
}

#[async_harness::test(tags(db, slow))]
fn slow_in_the_database(test_info: &TestInfo) {
    assert_eq!(test_info.tags(), ["db", "slow"]);
}

#[async_test(tags(db))]
#[serial(ledger)]
async fn keyed(test_info: &TestInfo) {
    assert_eq!(test_info.tags(), ["db", "serial"]);
}

#[async_test(
    tags(db),
    timeout = "30s",
    retries = 1,
    group = "readers",
    threads_required = 2,
    task_panics = "ignore"
)]
#[parallel(ledger)]
async fn reading(test_info: &TestInfo) {
    assert_eq!(test_info.tags(), ["db"]);
}

#[async_test]
#[serial]
async fn alone(test_info: &TestInfo) {
    assert_eq!(test_info.tags(), ["serial"]);
}

#[async_test(tags("needs-net"))]
#[xfail = "as planned"]
async fn expected(test_info: &TestInfo) {
    assert_ne!(test_info.tags(), ["needs-net", "xfail"]);
}

#[test_factory(tags(slow))]
fn made() -> Vec<TestCase> {
    ["one", "two"].map(|name| TestCase::new(name, || async {})).into()
}

async_harness::main!(threads = 3, timeout = "1m", retries = 2, tags(db, slow, "needs-net", unused));
