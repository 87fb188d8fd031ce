//! Every argument that needs nothing of tokio but what the harness needs.
#![deny(warnings)]

use async_harness::{async_test, async_test as renamed};

#[async_test()]
async fn no_arguments() {}

#[async_test(flavor = "current_thread")]
async fn current_thread() {}

#[async_test(flavor = "local", name = "local")]
async fn local() {
    tokio::task::spawn_local(async {}).await.unwrap();
}

#[async_test(flavor = "multi_thread", worker_threads = 2)]
async fn multi_thread() {}

#[async_test(runtime = "session")]
async fn on_the_session_runtime() {}

#[async_test(runtime = "fresh", flavor = "local")]
async fn on_a_fresh_runtime() {}

#[async_test(name = "named",)]
async fn named() {}

mod elsewhere {
    pub use async_harness as harness;
}

#[async_test(crate = "elsewhere::harness")]
#[cfg_attr(all(), ignore)]
async fn found_elsewhere() {}

#[async_harness::test(crate = "crate::elsewhere::harness")]
fn plain_found_elsewhere() {}

#[renamed]
async fn under_another_name() {}

async_harness::main!();
