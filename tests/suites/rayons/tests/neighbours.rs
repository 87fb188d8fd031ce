//! Tests that would fail, or take each other along, if a test's thread did what other tests have given to rayon, or if that ran
//! where a runtime is being driven.

use async_harness::async_test;
use rayon::ThreadPool;
use rayon::prelude::*;
use std::sync::{LazyLock, Mutex};
use std::thread;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

const SHORT: Duration = Duration::from_millis(3);

/// As of a library: whoever calls waits until it is done.
static POOL: LazyLock<ThreadPool> =
    LazyLock::new(|| rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap());

static CACHE: Mutex<u32> = Mutex::new(0);

/// Gives rayon something to do, and waits for that.
async fn ask<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, answer) = oneshot::channel();
    rayon::spawn(move || drop(sender.send(job())));
    answer.await.unwrap()
}

#[async_test(flavor = "multi_thread")]
async fn jobs_block_on_its_runtime() {
    let handle = Handle::current();
    (0..4).into_par_iter().for_each(|_| handle.block_on(async { tokio::task::yield_now().await }));
}

#[async_test]
async fn jobs_have_runtimes_of_their_own() {
    (0..4).into_par_iter().for_each(|_| {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {});
    });
}

#[async_test]
async fn a_job_blocks_on_a_runtime() {
    tokio::time::sleep(SHORT).await;
    for _ in 0..10 {
        let handle = Handle::current();
        assert_eq!(ask(move || handle.block_on(async { 1 })).await, 1);
    }
}

#[async_test]
async fn a_job_takes_a_lock() {
    for _ in 0..10 {
        tokio::time::sleep(SHORT).await;
        ask(|| *CACHE.lock().unwrap() += 1).await;
    }
}

#[async_test]
async fn has_the_lock_while_it_waits() {
    for _ in 0..20 {
        let mut cache = CACHE.lock().unwrap();
        *cache += POOL.install(|| {
            thread::sleep(SHORT);
            1
        });
    }
}

#[async_test]
async fn a_job_takes_long() {
    ask(|| thread::sleep(Duration::from_millis(500))).await;
}

#[async_test(timeout = "400ms")]
async fn waits_for_its_own_jobs_alone() {
    for _ in 0..10 {
        POOL.install(|| thread::sleep(SHORT));
    }
}

#[async_test]
#[ignore = "makes the global pool, which is made once"]
async fn has_a_global_pool_of_its_own() {
    rayon::ThreadPoolBuilder::new().num_threads(3).build_global().unwrap();
    assert_eq!((rayon::current_num_threads(), rayon::broadcast(|at| at.index())), (3, vec![0, 1, 2]));
}

async_harness::main!();
