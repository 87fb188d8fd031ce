//! Failures of every kind that a report tells apart.

use async_harness::fixtures::{TestInfo, test_info};
use async_harness::{async_test, fixture, serial, skip, xfail};
use std::sync::Mutex;

static LEDGER: Mutex<u32> = Mutex::new(0);

#[fixture(scope = "session", runtime = "any")]
fn server() -> u32 {
    7
}

#[fixture]
fn client(server: &u32) -> u32 {
    *server
}

mod orders {
    use super::*;

    #[async_test]
    async fn books(client: u32) {
        println!("asking the client");
        assert_eq!(client, 8, "not this client");
    }

    #[async_test]
    async fn refuses() -> Result<(), String> {
        Err("no such order".to_owned())
    }

    #[async_test]
    #[ignore = "takes a day"]
    async fn takes_a_day() {
        panic!("it took a week");
    }
}

// In the serial phase, for an order by name.
mod ledger {
    use super::*;

    #[async_test]
    #[serial]
    async fn a_poisons() {
        let _held = LEDGER.lock().unwrap();
        panic!("the ledger is torn");
    }

    #[async_test]
    #[serial]
    async fn follows() {
        *LEDGER.lock().unwrap() += 1;
    }

    #[async_test]
    #[serial]
    async fn follows_too() {
        println!("before");
        *LEDGER.lock().expect("the ledger") += 1;
    }

    #[async_test]
    #[serial]
    async fn z_is_of_its_own() {
        panic!("another");
    }
}

#[async_test(retries = 1)]
async fn passes_later(test_info: &TestInfo) {
    assert_eq!(test_info.attempt(), 2, "not yet: 100 %");
}

#[async_test]
async fn skips() {
    skip!("no network");
}

#[async_test(timeout = "50ms")]
async fn never_ends() {
    std::future::pending::<()>().await;
}

#[async_test]
#[xfail = "known"]
async fn is_known_to_fail() {
    panic!("as ever");
}

async_harness::main!();
