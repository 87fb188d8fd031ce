#[async_harness::async_test]
async fn would_never_run() {}

fn main() {
    async_harness::main!();
}
