//! An example with the same keys.

use async_harness::{async_test, serial};
use std::time::Duration;
use trace::begin;

async fn for_a_while(name: &'static str) {
    let _span = begin(name);
    tokio::time::sleep(Duration::from_millis(60)).await;
}

#[async_test]
#[serial(shared)]
async fn keyed_1() {
    for_a_while("third::keyed_1").await;
}

#[async_test]
#[serial]
async fn serial_1() {
    for_a_while("third::serial_1").await;
}

async_harness::main!();
