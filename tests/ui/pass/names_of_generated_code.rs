//! A test may be called what no user calls one, and call what is called so.

use async_harness::{async_test, fixture, test_factory};

#[fixture]
fn number() -> u8 {
    1
}

#[async_test]
async fn __start() {}

#[async_test]
#[case(1)]
#[case(2)]
async fn __prepare(number: &u8, #[case] n: u8) {
    let _ = (number, n);
    other::helper();
}

#[allow(non_snake_case)]
#[async_harness::test]
fn __NEEDS(number: u8) {
    let _ = number;
}

#[test_factory]
fn __make() -> Vec<async_harness::TestCase> {
    vec![async_harness::TestCase::new("one", __start_helper)]
}

async fn __start_helper() {}

mod other {
    pub fn helper() {
        __start();
        __make();
    }

    fn __start() {}

    fn __make() {}

    #[async_harness::async_test]
    async fn calls_what_is_called_so() {
        __start();
        __make();
    }
}

#[async_test]
#[ignore = concat!("for", " this")]
async fn is_left_out_by_a_macro() {}

async_harness::main!();
