//! What blocks its thread until its time is over, and comes to its end then.

use async_harness::{async_test, fixture, serial};
use std::thread::sleep;
use std::time::Duration;

fn note(what: &str) {
    use std::io::Write;
    if let Some(path) = std::env::var_os("NOTES") {
        let mut file = std::fs::File::options().create(true).append(true).open(path).unwrap();
        // At once, as several may write.
        file.write_all(format!("{what}\n").as_bytes()).unwrap();
    }
}

async fn down(name: &'static str) {
    tokio::task::yield_now().await;
    note(&format!("{name}-down"));
}

/// Within the grace, after which their threads would be left behind.
mod in_the_grace {
    use super::*;

    const LATE: Duration = Duration::from_millis(120);

    #[async_harness::test(timeout = "100ms")]
    fn a_plain_test() {
        sleep(LATE);
    }

    #[async_test(timeout = "100ms")]
    async fn a_test() {
        sleep(LATE);
    }

    #[async_test(timeout = "100ms")]
    async fn a_test_that_waits_then() {
        sleep(LATE);
        tokio::task::yield_now().await;
        note("waited");
    }

    #[async_test(timeout = "100ms", flavor = "multi_thread")]
    async fn a_test_beside_workers() {
        sleep(LATE);
    }

    #[async_test(timeout = "100ms")]
    async fn a_test_that_panics() {
        sleep(LATE);
        panic!("for another reason");
    }

    #[fixture(teardown = down, timeout = "100ms")]
    fn own() -> &'static str {
        sleep(LATE);
        "own"
    }

    #[async_test]
    async fn a_set_up(own: &str) {
        note(own);
    }

    #[fixture(scope = "worker", teardown = down, timeout = "100ms")]
    fn desk() -> &'static str {
        sleep(LATE);
        "desk"
    }

    #[async_test]
    async fn a_set_up_for_a_worker(desk: &str) {
        note(desk);
    }

    #[fixture(scope = "session", teardown = down, timeout = "100ms")]
    fn server() -> &'static str {
        sleep(LATE);
        "server"
    }

    #[async_test]
    async fn a_set_up_for_all(server: &str) {
        note(server);
    }

    #[fixture(timeout = "100ms")]
    fn refused() -> Result<u8, &'static str> {
        sleep(LATE);
        Err("connection refused")
    }

    #[async_test]
    async fn a_set_up_that_fails(refused: &u8) {
        unreachable!("{refused}");
    }

    #[fixture(teardown = stay, timeout = "100ms")]
    fn guest() -> u8 {
        1
    }

    async fn stay(_: u8) {
        sleep(LATE);
    }

    #[async_test]
    async fn a_teardown(guest: &u8) {
        assert_eq!(*guest, 1);
    }

    #[async_test(timeout = "10s")]
    async fn in_time() {
        sleep(LATE);
    }
}

/// After it.
mod given_up {
    use super::*;

    #[fixture(teardown = down, timeout = "100ms")]
    fn first() -> &'static str {
        sleep(Duration::from_millis(600));
        "first"
    }

    #[fixture(teardown = down)]
    fn second() -> &'static str {
        note("second");
        "second"
    }

    #[async_test]
    #[serial(ledger)]
    async fn a_test(first: &str, second: &str) {
        note(first);
        note(second);
    }

    #[async_test(flavor = "multi_thread")]
    #[serial(ledger)]
    async fn a_test_beside_workers(first: &str, second: &str) {
        note(first);
        note(second);
    }

    #[async_harness::test]
    #[serial(ledger)]
    fn a_plain_test(first: &str, second: &str) {
        note(first);
        note(second);
    }

    #[fixture(scope = "session")]
    async fn pool() -> u8 {
        1
    }

    #[async_test]
    #[serial(ledger)]
    async fn a_test_on_the_session_runtime(first: &str, second: &str, _pool: &u8) {
        note(first);
        note(second);
    }

    #[async_test(timeout = "100ms")]
    #[serial(ledger)]
    async fn a_test_that_waits_then() {
        sleep(Duration::from_millis(600));
        tokio::task::yield_now().await;
        note("went-on");
    }

    #[async_test]
    #[serial(ledger)]
    async fn has_the_key() {
        tokio::time::sleep(Duration::from_millis(1_000)).await;
    }
}

async_harness::main!();
