//! Every argument that needs nothing of tokio but `rt`.
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
