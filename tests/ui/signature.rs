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

fn main() {}
