use async_harness::{async_test, fixture, parallel, serial, xfail};

#[fixture]
#[serial]
fn bare() {}

#[fixture]
#[serial(ledger)]
fn key_below() {}

#[serial(ledger, mailbox)]
#[fixture]
fn key_above() {}

#[parallel(ledger)]
#[fixture]
fn shared_key_above() {}

#[fixture]
#[async_test]
async fn test_below() {}

#[async_test]
#[fixture]
async fn test_above() {}

#[fixture]
#[test]
fn builtin_test() {}

#[fixture]
#[fixture(scope = "session")]
fn twice() {}

#[fixture]
#[ignore]
#[should_panic]
#[xfail]
fn marks() {}

#[xfail = "why"]
#[fixture]
fn xfail_with_a_reason_above() {}

#[xfail]
#[fixture]
fn xfail_above() {}

#[fixture]
#[case(1)]
fn case() {}

#[fixture]
#[once]
fn once() {}

#[fixture]
#[ignore = "why"]
fn ignored_with_a_reason() {}

#[fixture]
#[async_harness::test_factory]
fn factory_below() {}

#[serial()]
#[fixture]
fn no_key_above() {}

fn main() {}
