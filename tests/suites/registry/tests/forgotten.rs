//! A target without `harness = false`.

use async_harness::async_test;

#[async_test]
async fn would_pass() {}

async_harness::main!();
