use async_harness::async_test;

#[async_test(start_paused = true)]
async fn start_paused() {}

#[async_test(flavor = "multi_thread", worker_threads = 2)]
async fn multi_thread() {}

#[async_test(unhandled_panic = "shutdown_runtime")]
async fn unhandled_panic() {}

fn main() {}
