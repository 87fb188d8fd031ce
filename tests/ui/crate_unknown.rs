//! A harness that is not where it is looked for: by another name, or through another crate.

use async_harness::{async_test, fixture, serial, test_factory};

#[fixture(crate = "nowhere")]
async fn number() -> u32 {
    1
}

#[async_test(crate = "nowhere")]
#[serial(a)]
#[case(1)]
#[case(2)]
async fn below(#[case] first: u32, number: &u32) {
    assert!(first > 0 && *number > 0);
}

#[serial]
#[async_test(crate = "nowhere::harness", timeout = "1s", tags(slow))]
async fn above() {}

#[async_harness::test(crate = "self::nowhere")]
fn plain(number: u32) {
    assert_eq!(number, 1);
}

#[test_factory(crate = "nowhere")]
fn made() -> Vec<async_harness::TestCase> {
    vec![]
}

fn main() {}
