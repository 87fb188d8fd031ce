use async_harness::async_test;

#[async_test]
async fn number() -> u8 {
    1
}

#[async_test]
async fn option() -> std::option::Option<()> {
    None
}

struct Silent;

#[async_test]
async fn error_without_debug() -> Result<(), Silent> {
    Ok(())
}

#[async_harness::test]
fn plain() -> &'static str {
    ""
}

#[async_harness::test]
fn future() -> impl Future<Output = ()> {
    async {}
}

#[async_test]
async fn value() -> Result<u8, String> {
    Ok(1)
}

#[async_test]
async fn error_of_another_trait() -> Result<(), Box<dyn std::fmt::Display>> {
    Ok(())
}

#[async_harness::test]
fn boxed_future() -> std::pin::Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

#[async_harness::test]
fn text() -> str {
    unreachable!()
}

#[async_test]
async fn object() -> dyn Fn() {
    unreachable!()
}

#[async_harness::fixture]
fn number() -> u8 {
    1
}

#[async_test]
async fn borrowed(number: &u8) -> &u8 {
    number
}

#[async_test]
async fn borrowed_error(number: &u8) -> Result<(), &u8> {
    Err(number)
}

fn main() {}
