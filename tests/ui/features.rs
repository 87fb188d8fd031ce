use async_harness::async_test;

#[async_test(start_paused = true)]
async fn start_paused() {}

#[async_test(unhandled_panic = "shutdown_runtime")]
async fn unhandled_panic() {}

fn main() {}
