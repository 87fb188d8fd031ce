//! Tests that end in every way there is, the same for both runners: only the two attributes differ.

mod many;
mod panics;
mod results;
mod sleepy;
mod text;

use super::attributes::{async_test, test};

#[test]
fn passes() {
    println!("printed by a test that passes");
}

#[async_test]
async fn passes_async() {
    eprintln!("printed by an async test that passes");
    tokio::task::yield_now().await;
}

#[test]
fn silent() {}

#[test]
#[ignore]
fn ignored() {
    panic!("this one is ignored");
}

#[test]
#[ignore = "needs a database"]
fn ignored_with_a_reason() {
    println!("but passes");
}

#[async_test]
#[ignore = "async: \"quoted\" ä"]
async fn ignored_async() {
    panic!("async and ignored");
}

#[test]
fn r#type() {}

#[async_test]
async fn r#async() {
    panic!("a raw identifier");
}

/// Documented, with lints and a nested module.
mod outer {
    mod inner {
        use crate::attributes::{async_test, test};

        #[allow(unused_variables)]
        #[test]
        fn deep() {
            let unused = 1;
        }

        #[async_test]
        async fn deep_async() {
            assert!(1 > 2, "deep down");
        }
    }

    mod r#match {
        use crate::attributes::test;

        #[test]
        fn in_a_raw_module() {}
    }
}

#[cfg(any())]
#[test]
fn configured_away() {}

#[async_test(flavor = "multi_thread", worker_threads = 2)]
async fn many_threads() {
    let task = tokio::spawn(async { println!("printed by a task on another thread") });
    task.await.unwrap();
    panic!("on a multi-thread runtime");
}

#[async_test(start_paused = true)]
async fn paused() {
    let begin = tokio::time::Instant::now();
    tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
    assert!(begin.elapsed().as_secs() >= 3600);
}
