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

fn main() {}
