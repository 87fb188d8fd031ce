//! Whoever uses a deprecated fixture is told, once; the fixture itself is not, nor is a deprecated test.
#![deny(deprecated)]

use async_harness::{TestCase, async_test, fixture, test_factory};

#[deprecated]
#[fixture]
fn old() -> u8 {
    1
}

#[fixture]
#[deprecated = "use `new`"]
async fn older() -> Result<u8, ()> {
    Ok(0)
}

#[async_test]
async fn borrows(old: &u8) {
    assert_eq!(*old, 1);
}

#[async_harness::test]
#[case(1)]
#[case(2)]
fn takes(#[case] number: u8, mut older: u8, #[from(old)] other: &mut u8) {
    older += number + *other;
    assert_ne!(older, 0);
}

#[fixture]
fn new(older: &u8) -> u8 {
    *older
}

#[async_test]
#[allow(deprecated)]
async fn is_told_nothing(old: &u8) {
    assert_eq!(*old, 1);
}

#[async_test]
#[deprecated]
async fn is_deprecated() {}

#[test_factory]
#[deprecated]
fn makes_tests() -> Vec<TestCase> {
    Vec::new()
}

fn main() {}
