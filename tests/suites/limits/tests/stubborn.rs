//! What does not give the main thread back, and what does not end when it is asked to.

use async_harness::{async_test, fixture, serial};
use std::future::pending;
use std::io::Write;
use std::thread::sleep;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(1_000);

fn note(what: &str) {
    if let Some(path) = std::env::var_os("NOTES") {
        let mut file = std::fs::File::options().create(true).append(true).open(path).unwrap();
        writeln!(file, "{what}").unwrap();
    }
}

#[fixture(scope = "session", teardown = close)]
async fn server() -> u32 {
    note("up");
    7
}

async fn close(_: u32) {
    note("down");
}

#[async_test]
async fn fine(server: &u32) {
    assert_eq!(*server, 7);
}

mod main_thread {
    use super::*;

    #[async_test]
    #[serial]
    async fn a_passes(server: &u32) {
        assert_eq!(*server, 7);
    }

    #[async_test(timeout = "300ms")]
    #[serial]
    async fn b_blocks() {
        println!("blocking");
        sleep(LONG);
    }

    #[async_test]
    #[serial]
    async fn c_comes_too_late() {
        note("c");
    }
}

mod asked {
    use super::*;

    #[async_test]
    async fn waits(server: &u32) {
        println!("waiting with {server}");
        note("waiting");
        pending::<()>().await;
    }

    #[async_harness::test]
    fn blocks() {
        sleep(LONG);
    }
}

#[fixture(teardown = never)]
async fn never_ends() -> u32 {
    1
}

async fn never(_: u32) {
    note("never");
    pending::<()>().await;
}

#[async_test]
async fn tears_down_for_ever(never_ends: &u32) {
    assert_eq!(*never_ends, 1);
    pending::<()>().await;
}

async_harness::main!();
