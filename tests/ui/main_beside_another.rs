#[async_harness::async_test]
async fn would_never_run() {}

async_harness::main!();

fn main() {}
