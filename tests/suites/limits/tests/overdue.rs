//! Tests and fixtures that take longer than they may, beside forty that are well.

use async_harness::{TestCase, async_test, fixture, test_factory};
use std::fmt::Display;
use std::future::pending;
use std::sync::Mutex;
use std::thread::sleep;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(1_000);

/// Notes what happens to the session's fixtures, where the environment names a file.
fn note(what: impl Display) {
    use std::io::Write;
    if let Some(path) = std::env::var_os("NOTES") {
        let mut file = std::fs::File::options().create(true).append(true).open(path).unwrap();
        writeln!(file, "{what}").unwrap();
    }
}

#[fixture(scope = "session", teardown = close)]
async fn server() -> u32 {
    note("server up");
    7
}

async fn close(_: u32) {
    note("server down");
}

#[fixture(teardown = leave)]
async fn guest(server: &u32) -> u32 {
    *server
}

async fn leave(guest: u32) {
    println!("guest {guest} leaves");
}

#[async_test(timeout = "300ms")]
async fn waits(guest: &u32) {
    println!("guest {guest} waits");
    pending::<()>().await;
}

#[async_test(timeout = "300ms", start_paused = true)]
async fn waits_on_a_paused_clock() {
    let _far = tokio::time::timeout(LONG, async {}).await;
    pending::<()>().await;
}

#[async_test(timeout = "300ms")]
async fn sleeps_without_await() {
    println!("about to sleep");
    sleep(LONG);
}

#[async_harness::test(timeout = "300ms")]
fn sleeps() {
    sleep(LONG);
}

#[async_harness::test(timeout = "300ms")]
fn loops() {
    loop {
        std::hint::spin_loop();
    }
}

#[async_test(timeout = "300ms")]
async fn locks_twice() {
    let mutex = Mutex::new(());
    let _first = mutex.lock().unwrap();
    let _second = mutex.lock().unwrap();
}

#[async_test(timeout = "300ms", flavor = "multi_thread")]
async fn blocks_beside_workers() {
    sleep(LONG);
}

#[fixture(timeout = "300ms")]
async fn slow() -> u32 {
    pending().await
}

#[async_test]
async fn has_a_slow_fixture(slow: u32) {
    unreachable!("{slow}");
}

#[fixture(scope = "session", timeout = "300ms")]
fn stuck() -> u32 {
    sleep(LONG);
    1
}

#[async_test]
async fn has_a_stuck_fixture(stuck: &u32) {
    unreachable!("{stuck}");
}

#[async_test]
async fn has_it_too(stuck: &u32) {
    unreachable!("{stuck}");
}

#[fixture(timeout = "300ms", teardown = linger)]
async fn lingering() -> u32 {
    1
}

async fn linger(_: u32) {
    pending::<()>().await;
}

#[async_test]
async fn has_a_lingering_fixture(lingering: &u32) {
    assert_eq!(*lingering, 1);
}

#[fixture(scope = "worker", timeout = "300ms")]
async fn slow_worker() -> u32 {
    pending().await
}

#[async_test]
async fn has_a_slow_worker(slow_worker: &u32) {
    unreachable!("{slow_worker}");
}

#[test_factory]
fn well() -> Vec<TestCase> {
    let case = |nth: u32| {
        TestCase::new(format!("{nth:02}"), move || async move {
            tokio::time::sleep(Duration::from_millis(u64::from(nth % 5))).await;
        })
    };
    (0..40).map(case).collect()
}

async_harness::main!();
