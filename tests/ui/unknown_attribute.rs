//! An attribute that nobody knows is the only mistake.

use async_harness::{async_test, fixture};

#[case(1)]
#[async_test]
async fn case_above(#[case] number: u8) {
    assert_eq!(number, 1);
}

#[traced_test]
#[async_test]
async fn not_imported() {}

#[traced_test]
#[fixture]
fn on_a_fixture() -> u8 {
    1
}

#[async_test]
async fn uses_it(on_a_fixture: u8) {
    assert_eq!(on_a_fixture, 1);
}

fn main() {}
