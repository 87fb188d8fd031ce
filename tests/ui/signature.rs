use async_harness::async_test;

#[async_test]
fn plain() {}

#[async_test]
async unsafe fn dangerous() {}

#[async_harness::test]
const fn constant() {}

#[async_harness::test]
extern "C" fn foreign() {}

#[async_test]
async fn generic<T>() {}

struct Suite;

impl Suite {
    #[async_test]
    #[async_harness::serial]
    #[expect(dead_code)]
    async fn method(&self) {}
}

#[async_test]
struct NotAFunction;

#[async_harness::test]
mod not_a_function {}

trait Bodiless {
    #[async_test]
    async fn bodiless();
}

#[async_test]
async fn constant_parameter<const N: usize>() {}

#[async_test]
const NOT_A_FUNCTION_EITHER: u8 = 1;

#[async_test]
pub use std::fmt;

#[async_test]
async fn bodiless_and_free();

impl Suite {
    #[async_test]
    #[case(1)]
    async fn method_of_cases(&self, #[case] _number: u8) {}

    #[async_harness::test_factory]
    fn factory(self: Box<Self>) -> Vec<async_harness::TestCase> {
        Vec::new()
    }
}

fn main() {}
