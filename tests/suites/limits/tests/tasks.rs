//! Tests whose tasks panic.

use async_harness::async_test;

#[async_test]
async fn a_task_panics() {
    let task = tokio::spawn(async { panic!("in a task") });
    assert!(task.await.is_err());
}

#[async_test(task_panics = "ignore")]
async fn a_task_may_panic() {
    assert!(tokio::spawn(async { panic!("in a task") }).await.is_err());
}

#[async_test(flavor = "multi_thread")]
async fn blocking_and_other_threads() {
    let blocking = tokio::task::spawn_blocking(|| panic!("in a blocking task"));
    let spawned = tokio::spawn(async { panic!("in a task") });
    assert!(blocking.await.is_err() && spawned.await.is_err());
}

#[async_test]
async fn no_task_panics() {
    assert!(std::panic::catch_unwind(|| panic!("caught")).is_err());
}

async_harness::main!(task_panics = "fail");
