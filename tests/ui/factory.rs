use async_harness::{TestCase, serial, test_factory};

#[test_factory]
async fn asynchronous() -> Vec<TestCase> {
    Vec::new()
}

#[test_factory]
fn parameters(count: usize) -> Vec<TestCase> {
    let _ = count;
    Vec::new()
}

#[test_factory]
fn nothing() {}

#[test_factory]
fn of_another_type() -> u8 {
    1
}

#[test_factory]
fn of_other_elements() -> Vec<String> {
    Vec::new()
}

#[test_factory]
#[case(1)]
fn cases() -> Vec<TestCase> {
    Vec::new()
}

#[test_factory]
#[async_harness::test]
async fn a_test_too() -> Vec<TestCase> {
    Vec::new()
}

#[test_factory(flavor = "many", runtime = "session", start_paused = true)]
fn arguments() -> Vec<TestCase> {
    Vec::new()
}

#[test_factory]
#[serial(a, a)]
unsafe fn attributes() -> Vec<TestCase> {
    Vec::new()
}

#[test_factory]
struct NotAFunction;

fn main() {}
