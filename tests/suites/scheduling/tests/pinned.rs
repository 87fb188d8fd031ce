//! A test that only the worker of its group may run, which waits for a core when all others run out of tests.

use async_harness::{async_test, serial};
use std::time::{Duration, Instant};

async fn wait(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

fn spin(millis: u64) {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(millis) {
        std::hint::spin_loop();
    }
}

/// The first of a chain, so that it starts first; it uses the core when the next one ends.
#[async_test]
#[serial(key)]
async fn a_waits_and_works() {
    wait(50).await;
    spin(300);
}

/// The rest of the chain: none of them waits, which would wake the others.
#[async_harness::test]
#[serial(key)]
fn b() {}

#[async_harness::test]
#[serial(key)]
fn c() {}

#[async_harness::test]
#[serial(key)]
fn d() {}

#[async_test(group = "pinned")]
async fn first_of_the_group() {
    wait(200).await;
}

#[async_test(group = "pinned")]
async fn second_of_the_group() {
    wait(1).await;
}

async_harness::main!();
