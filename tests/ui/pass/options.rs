//! How a test is run, in every form that is legal.

use async_harness::fixtures::{TestInfo, test_info};
use async_harness::{TestCase, async_test, fixture, serial, test_factory, xfail};

#[async_test(timeout = "1m 30s", retries = 2, tags(slow, "needs-db"), group = "ledger", threads_required = 4)]
async fn with_all(test_info: &TestInfo) {
    assert_eq!(test_info.tags(), ["slow", "needs-db"]);
}

#[async_test(retries = 0, timeout = "500ms", flavor = "multi_thread", worker_threads = 2)]
async fn beside_arguments_of_the_runtime() {}

#[async_harness::test(tags(slow, r#async, type,), timeout = "2h")]
fn without_a_runtime(test_info: &TestInfo) {
    assert_eq!(test_info.tags(), ["slow", "async", "type"]);
}

#[async_test(tags(slow))]
#[serial(ledger)]
async fn with_a_key(test_info: &TestInfo) {
    assert_eq!(test_info.tags(), ["slow", "serial"]);
}

#[async_test(tags(slow), timeout = "5s", retries = 1)]
#[serial]
#[xfail = "as planned"]
async fn alone(test_info: &TestInfo) {
    assert_eq!(test_info.tags(), ["slow", "serial", "xfail"]);
    panic!("as planned");
}

#[async_test(tags(cased))]
#[case(1)]
#[case(2)]
#[serial]
async fn cases(#[case] n: u32, test_info: &TestInfo) {
    assert_eq!(test_info.tags().contains(&"serial"), n == 2);
}

#[test_factory(tags(made), timeout = "5s", group = "made")]
fn made() -> Vec<TestCase> {
    vec![TestCase::new("one", || async {})]
}

#[fixture(timeout = "30s", scope = "session")]
async fn slow_to_start() -> u32 {
    7
}

#[async_test]
async fn uses_it(slow_to_start: &u32) {
    assert_eq!(*slow_to_start, 7);
}

async_harness::main!(
    threads = 2,
    in_flight = 64,
    timeout = "60s",
    slow_timeout = "1m 30s",
    retries = 0,
    retries_isolated,
    maxfail = 3,
    task_panics = "ignore",
    tags(slow, "needs-db", r#async, type, cased, made),
);
