//! Tests that do what `--debug-async` names, and tests beside them that do not.

use async_harness::async_test;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const LONG: Duration = Duration::from_millis(300);

#[async_test]
async fn blocks() {
    sleep(LONG);
}

#[async_test]
async fn blocks_in_a_task_twice() {
    for _ in 0..2 {
        tokio::spawn(async { sleep(LONG) }).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[async_test(flavor = "multi_thread", worker_threads = 1)]
async fn blocks_a_worker() {
    tokio::spawn(async { sleep(LONG) }).await.unwrap();
}

#[async_test(flavor = "multi_thread", worker_threads = 1)]
async fn blocks_its_future() {
    sleep(LONG);
}

#[async_test(runtime = "session")]
async fn blocks_on_the_session_runtime() {
    sleep(LONG);
}

#[async_test(start_paused = true)]
async fn blocks_with_a_paused_clock() {
    tokio::time::sleep(Duration::from_secs(3600)).await;
    sleep(LONG);
}

#[async_test]
async fn fails_and_blocks() {
    sleep(LONG);
    panic!("late");
}

#[async_test]
async fn leaves_a_task() {
    tokio::spawn(std::future::pending::<()>());
}

#[async_test(flavor = "multi_thread")]
async fn leaves_three_tasks() {
    for _ in 0..3 {
        tokio::spawn(std::future::pending::<()>());
    }
}

#[async_test]
async fn loses_a_panic() {
    tokio::spawn(async { panic!("no {}", "stock") });
    tokio::task::yield_now().await;
}

#[async_test]
async fn loses_two_panics() {
    for word in ["first", "second"] {
        tokio::spawn(async move { panic!("{word}") });
        tokio::task::yield_now().await;
    }
}

#[async_test]
async fn leaves_a_thread() {
    let thread = std::thread::Builder::new().name("heartbeat".to_owned());
    thread.spawn(|| sleep(Duration::from_secs(60))).unwrap();
}

/// Starts a process that keeps no reader of this one's output waiting.
#[allow(clippy::zombie_processes)]
fn start(seconds: &str) {
    let mut sleep = Command::new("sleep");
    let quiet = sleep.arg(seconds).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = quiet.spawn().unwrap();
}

#[async_test]
async fn leaves_a_child() {
    start("9.25");
}

#[async_test(flavor = "multi_thread", worker_threads = 1)]
async fn leaves_a_child_of_a_worker() {
    tokio::spawn(async { start("9.5") }).await.unwrap();
}

mod fine {
    use super::*;

    fn spin() {
        let begin = Instant::now();
        while begin.elapsed() < LONG {
            std::hint::spin_loop();
        }
    }

    #[async_test]
    async fn is_busy() {
        spin();
    }

    #[async_test(flavor = "multi_thread", worker_threads = 1)]
    async fn is_busy_on_a_worker() {
        tokio::spawn(async { spin() }).await.unwrap();
    }

    #[async_test(runtime = "session")]
    async fn is_busy_on_the_session_runtime() {
        spin();
    }

    #[async_test]
    async fn awaits() {
        tokio::time::sleep(LONG).await;
    }

    #[async_test(flavor = "multi_thread", worker_threads = 2)]
    async fn awaits_on_workers() {
        tokio::spawn(tokio::time::sleep(LONG)).await.unwrap();
    }

    #[async_test(runtime = "session")]
    async fn awaits_on_the_session_runtime() {
        tokio::time::sleep(LONG).await;
    }

    #[async_test]
    async fn blocks_where_that_is_right() {
        tokio::task::spawn_blocking(|| sleep(LONG)).await.unwrap();
    }

    #[async_test]
    async fn aborts_its_tasks_at_the_end() {
        let mut tasks = JoinSet::new();
        for _ in 0..3 {
            tasks.spawn(std::future::pending::<()>());
        }
    }

    #[async_test]
    async fn joins_its_thread_and_its_child() {
        std::thread::spawn(|| ()).join().unwrap();
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[async_test(timeout = "60s")]
    async fn has_a_limit() {}

    #[async_harness::test]
    fn has_no_runtime() {
        sleep(LONG);
    }
}

async_harness::main!();
