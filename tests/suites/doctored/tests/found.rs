#[async_harness::async_test]
async fn fails_under_libtest() {}

async_harness::main!();
