//! Tests that are known to fail, and tests made at start-up.
#![deny(warnings)]

use async_harness::{TestCase, async_test, serial, test_factory, xfail};

#[async_test]
#[xfail]
async fn fails() {
    panic!("as expected");
}

#[xfail]
#[async_harness::test]
fn fails_above() -> Result<(), String> {
    Err("as expected".to_owned())
}

#[async_test]
#[xfail = "why"]
async fn fails_because() {
    panic!("as expected");
}

#[xfail("why")]
#[async_test]
async fn fails_because_above() {
    panic!("as expected");
}

#[async_test]
#[cfg_attr(all(), xfail = "why", serial)]
async fn fails_on_a_condition() {
    panic!("as expected");
}

#[async_test]
#[cfg_attr(all(), async_harness::xfail)]
#[ignore]
async fn fails_ignored() {}

#[test_factory]
fn made() -> Vec<TestCase> {
    ["a", "b"].map(|name| TestCase::new(name, || async {})).into()
}

/// Made on a paused clock.
#[serial(clock)]
#[test_factory(name = "made", runtime = "fresh")]
#[xfail]
fn made_of_what_fails() -> impl Iterator<Item = TestCase> {
    (0..2).map(|n| TestCase::new(format!("n_{n}"), move || async move { assert_eq!(n, 2) }))
}

#[test_factory]
#[cfg(any())]
fn left_out() -> Nothing {}

async_harness::main!();
