//! A factory that panics, so that no test runs, whichever were asked for; or that does what `SUITE_FACTORY` says.

use async_harness::{TestCase, async_test, test_factory};

#[test_factory]
fn tables() -> Vec<TestCase> {
    println!("words of a factory");
    print!("and half a line");
    match std::env::var("SUITE_FACTORY").as_deref() {
        Ok("exit") => std::process::exit(0),
        Ok("print") => vec![TestCase::new("one", async || {})],
        _ => panic!("the table of tests is missing"),
    }
}

#[async_test]
async fn writes_what_it_runs() {
    println!("it ran");
    panic!("it ran");
}

async_harness::main!();
