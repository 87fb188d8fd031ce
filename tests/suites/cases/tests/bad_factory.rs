//! A factory that panics: no test runs, whichever were asked for.

use async_harness::{TestCase, async_test, test_factory};

#[test_factory]
fn tables() -> Vec<TestCase> {
    panic!("the table of tests is missing");
}

#[async_test]
async fn writes_what_it_runs() {
    println!("it ran");
    panic!("it ran");
}

async_harness::main!();
