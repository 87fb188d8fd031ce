//! Tests that end themselves as ignored, from wherever they are.

use async_harness::{async_test, fixture, serial, skip};
use trace::{Span, begin};

fn helper(depth: u32) -> u32 {
    if depth == 0 { skip!("from the bottom of {}", "a helper") } else { helper(depth - 1) }
}

async fn async_helper() -> Result<u32, String> {
    tokio::task::yield_now().await;
    skip!("from an async helper");
}

#[async_test]
async fn directly() {
    skip!("at {}", 1 + 1);
}

#[async_harness::test]
fn sync() {
    skip!("from a sync test");
}

#[async_harness::test]
fn sync_in_a_helper() {
    helper(5);
}

#[async_test]
async fn in_a_helper() -> Result<(), String> {
    async_helper().await.map(drop)
}

#[async_test]
async fn in_a_task_that_is_awaited() {
    tokio::spawn(async { skip!("from a task") }).await.unwrap()
}

#[async_test]
async fn in_a_task_whose_error_is_returned() -> Result<(), tokio::task::JoinError> {
    tokio::spawn(async { skip!("from a task") }).await
}

#[async_test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_task_on_another_thread() {
    tokio::spawn(async { skip!("from a task on another thread") }).await.unwrap()
}

#[async_test(runtime = "session")]
async fn in_a_task_of_the_session() {
    tokio::spawn(async { skip!("from a task of the session") }).await.unwrap()
}

#[async_test(runtime = "session")]
async fn in_a_blocking_task_of_the_session() -> Result<(), tokio::task::JoinError> {
    tokio::task::spawn_blocking(|| skip!("from a blocking task of the session")).await
}

#[async_test]
async fn in_a_task_of_a_task() {
    let task = tokio::spawn(async { tokio::spawn(async { skip!("from a task of a task") }).await.unwrap() });
    task.await.unwrap()
}

#[async_test]
async fn in_a_blocking_task() {
    tokio::task::spawn_blocking(|| skip!("from a blocking task")).await.unwrap()
}

#[async_harness::test]
fn on_a_thread() {
    std::thread::spawn(|| skip!("from a thread")).join().unwrap()
}

#[async_test]
#[should_panic]
async fn that_should_panic() {
    skip!("before the panic");
}

#[async_test]
#[serial]
async fn serially() {
    skip!("from the serial phase");
}

/// A task that nobody waits for skips nothing, and neither does one whose skip was caught.
mod none {
    use super::*;

    #[async_test]
    async fn in_a_task_that_is_forgotten() {
        let task = tokio::spawn(async { skip!("nobody hears it") });
        while !task.is_finished() {
            tokio::task::yield_now().await;
        }
    }

    #[async_test]
    async fn after_one_that_was_caught() {
        let caught = tokio::spawn(async { skip!("caught") }).await;
        assert!(caught.unwrap_err().is_panic());
    }

    #[async_test]
    async fn in_the_test_after() {}
}

/// What fails by something else has failed.
mod otherwise {
    use super::*;

    #[async_test]
    async fn after_a_task_whose_skip_was_caught() {
        let caught = tokio::spawn(async { skip!("caught") }).await;
        assert!(caught.is_err());
        panic!("something else");
    }

    #[async_test]
    async fn beside_a_task_that_skips() {
        drop(tokio::spawn(async { skip!("beside") }));
        tokio::task::yield_now().await;
        tokio::spawn(async { panic!("another task") }).await.unwrap();
    }

    #[async_harness::test]
    fn after_a_skip_that_was_caught() {
        assert!(std::panic::catch_unwind(|| skip!("caught")).is_err());
        panic!("something else");
    }

    #[async_test(timeout = "100ms")]
    async fn by_being_late() {
        drop(tokio::spawn(async { skip!("beside") }));
        std::future::pending::<()>().await;
    }

    #[async_test]
    async fn by_an_error_of_its_own() -> Result<(), String> {
        let _ = tokio::spawn(async { skip!("caught") }).await;
        Err("something else".to_owned())
    }
}

mod fixtures {
    use super::*;

    macro_rules! skipping {
        ($($module:ident $scope:literal [$($kind:tt)*])*) => { $(
            mod $module {
                use super::*;

                #[fixture(scope = $scope, teardown = close)]
                async fn before() -> Span {
                    begin("before")
                }

                async fn close(span: Span) {
                    drop(span);
                }

                #[fixture(scope = $scope)]
                $($kind)* sandbox(before: &Span) -> Result<u32, String> {
                    let _ = before;
                    let _span = begin("sandbox");
                    skip!("no {}", "sandbox");
                }

                #[fixture]
                fn account(sandbox: &u32) -> u32 {
                    *sandbox
                }

                #[async_test]
                async fn directly(sandbox: &u32) {
                    panic!("got {sandbox}");
                }

                #[async_test]
                async fn through_another(account: u32) {
                    panic!("got {account}");
                }

                #[async_harness::test]
                fn sync(account: &u32) {
                    panic!("got {account}");
                }

                #[async_test]
                #[should_panic]
                async fn should_panic(account: u32) {
                    panic!("got {account}");
                }

                #[async_test]
                async fn passes(before: &Span) {
                    let _ = before;
                }
            }
        )* };
    }

    skipping! {
        test_async "test" [async fn]
        test_sync "test" [fn]
        worker_async "worker" [async fn]
        worker_sync "worker" [fn]
        module_async "module" [async fn]
        module_sync "module" [fn]
        session_async "session" [async fn]
        session_sync "session" [fn]
    }
}

async_harness::main!();
