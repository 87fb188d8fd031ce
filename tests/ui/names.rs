//! Names that mean nothing, or a fixture, which is neither a value nor a function.

use async_harness::{async_test, fixture};

#[fixture]
fn client() -> u8 {
    1
}

#[async_test]
#[case(nowhere)]
async fn an_unknown_name(#[case] n: u8) {
    let _ = n;
}

#[async_test]
#[case(client)]
async fn a_fixture(#[case] n: u8) {
    let _ = n;
}

#[async_test]
async fn a_fixture_among_values(#[values(1, client)] n: u8) {
    let _ = n;
}

#[async_test]
async fn called() {
    let _ = client();
}

#[fixture(teardown = client)]
fn torn_down_by_a_fixture() -> u8 {
    1
}

#[fixture(teardown = an_unknown_name)]
fn torn_down_by_a_test() -> u8 {
    1
}

#[fixture]
fn of_an_unknown_type() -> Nowhere {
    unreachable!()
}

#[async_test]
async fn uses_it(of_an_unknown_type: &u8) {
    let _ = of_an_unknown_type;
}

fn main() {}
