//! One of everything that a report for another system has to tell.

use async_harness::{async_test, fixture, serial, skip, xfail};
use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};

#[async_test]
async fn prints_on_both() {
    println!("on standard output <&>");
    eprintln!("on standard error");
    println!("on standard output again");
}

#[async_test]
async fn prints_what_no_xml_may_hold() {
    println!("bell \u{7}, null \0, escape \u{1b}[31mred\u{1b}[0m, no character \u{fffe}, end ]]> of data");
    std::io::stdout().write_all(b"no text \xff\xfe\n").unwrap();
    panic!("control \u{1} and ]]> and \u{ffff}");
}

#[async_test]
async fn returns_an_error() -> Result<(), String> {
    Err("no <such> carrier".to_owned())
}

#[async_test]
#[ignore = "needs \"a\" network"]
async fn ignored() {}

#[async_test]
async fn skips_itself() {
    skip!("no carrier {} today", 7);
}

#[async_test]
#[xfail = "known since May"]
async fn known_to_fail() {
    panic!("as ever");
}

#[async_test(retries = 2)]
async fn flaky() {
    static TRIES: AtomicU32 = AtomicU32::new(0);
    let tries = TRIES.fetch_add(1, Ordering::Relaxed);
    println!("try {tries}");
    assert!(tries == 2, "not yet");
}

#[async_test(retries = 1)]
async fn never_passes() {
    panic!("never");
}

#[async_test(timeout = "50ms")]
async fn hangs() {
    std::future::pending::<()>().await;
}

async fn break_down(_: u8) {
    panic!("cannot be torn down");
}

#[fixture(scope = "session", teardown = break_down)]
async fn fragile() -> u8 {
    7
}

#[fixture(scope = "session")]
async fn broken() -> Result<u8, String> {
    Err("no server".to_owned())
}

#[async_test]
async fn uses_what_breaks_later(fragile: &u8) {
    assert_eq!(*fragile, 7);
}

#[async_test]
async fn uses_what_is_broken(broken: &u8) {
    assert_eq!(*broken, 7);
}

#[async_test]
#[serial]
async fn comes_last() {}

async_harness::main!();
