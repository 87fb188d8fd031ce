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

#[test_factory = "tests"]
fn a_value() -> Vec<TestCase> {
    Vec::new()
}

#[test_factory]
fn values(#[values(1)] count: usize) -> Vec<TestCase> {
    let _ = count;
    Vec::new()
}

#[test_factory]
fn generic<T>() -> Vec<TestCase> {
    Vec::new()
}

#[test_factory]
fn one() -> TestCase {
    TestCase::new("one", || async {})
}

#[test_factory]
fn perhaps() -> Result<Vec<TestCase>, String> {
    Ok(Vec::new())
}

#[test_factory]
fn borrowed() -> &'static [TestCase] {
    &[]
}

#[test_factory]
fn without_a_size() -> dyn Iterator<Item = TestCase> {
    unreachable!()
}

#[test_factory]
fn not_async() -> Vec<TestCase> {
    vec![TestCase::new("a", || ())]
}

#[test_factory]
fn a_future() -> Vec<TestCase> {
    vec![TestCase::new("a", async {})]
}

#[test_factory]
#[test_factory]
fn twice() -> Vec<TestCase> {
    Vec::new()
}

#[test_factory(scope = "session")]
fn an_argument_of_fixtures() -> Vec<TestCase> {
    Vec::new()
}

#[test_factory]
fn bodiless() -> Vec<TestCase>;

fn main() {}
