use async_harness::async_test;

#[async_test(core_threads = 2)]
async fn core_threads() {}

#[async_test(threaded_scheduler)]
async fn threaded_scheduler() {}

#[async_test(basic_scheduler)]
async fn basic_scheduler() {}

#[async_test(multi_thread)]
async fn multi_thread() {}

#[async_test(flavor = "threaded_scheduler")]
async fn flavor_threaded_scheduler() {}

#[async_test(flavor = "basic_scheduler")]
async fn flavor_basic_scheduler() {}

#[async_test(flavor = "single_thread")]
async fn flavor_single_thread() {}

fn main() {}
