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

#[async_test(runtime = "session", start_paused = true, flavor = "local", name = "a")]
async fn paused_on_the_session_runtime() {}

#[async_test(flavor = "multi_thread", worker_threads = 2, runtime = "session", unhandled_panic = "ignore")]
async fn threads_of_the_session_runtime() {}

#[async_harness::test(runtime = "session")]
fn nothing_to_run_there() {}

#[async_harness::test(runtime = "fresh")]
fn nothing_to_run_anywhere(#[values(1)] n: u8) {
    let _ = n;
}

fn main() {}
