use async_harness::async_test;

#[async_test(worker_threads = 2)]
async fn workers_of_one_thread() {}

#[async_test(flavor = "local", worker_threads = 2)]
async fn workers_of_a_local_runtime() {}

#[async_test(flavor = "multi_thread", start_paused = true)]
async fn paused_on_many_threads() {}

#[async_test(flavor = "multi_thread", unhandled_panic = "ignore")]
async fn panics_on_many_threads() {}

#[async_harness::test(flavor = "local", start_paused = true)]
fn a_runtime_for_a_plain_function() {}

fn main() {}
