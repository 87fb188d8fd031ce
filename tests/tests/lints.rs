//! Every form of every attribute, as a user has it who has turned lints on. It is clippy that judges this file; that its tests
//! pass as well is a matter of form.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    missing_copy_implementations,
    missing_debug_implementations,
    let_underscore_drop,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use async_harness::fixtures::{EnvVars, TmpDir, env, tmp_dir};
use async_harness::{TestCase, async_test, fixture, parallel, serial, skip, test, test_factory, xfail};

/// One for all tests.
#[fixture(scope = "session", runtime = "any")]
async fn server() -> Result<String, String> {
    Ok("http://localhost".to_owned())
}

/// One for each worker.
#[fixture(scope = "worker", timeout = "30s")]
fn desk() -> Vec<u8> {
    Vec::new()
}

/// One for each module.
#[fixture(scope = "module", teardown = close)]
async fn shop(server: &str) -> usize {
    server.len()
}

async fn close(shop: usize) -> Result<(), String> {
    tokio::task::yield_now().await;
    if shop == 0 { Err("there was none".to_owned()) } else { Ok(()) }
}

/// One for each test.
#[fixture(serial(till))]
pub fn client(_shop: &usize) -> Vec<u8> {
    vec![1]
}

/// A fixture that may have nothing.
#[fixture]
fn maybe() -> Option<String> {
    None
}

/// One whose users are told.
#[deprecated = "use `client`"]
#[fixture(teardown = close)]
fn till() -> usize {
    1
}

#[async_test]
async fn does_not_choose_the_type(maybe: &Option<String>) {
    assert_eq!(*maybe, None);
}

#[async_test]
#[expect(deprecated, reason = "as an example")]
async fn uses_what_is_deprecated(till: &usize) {
    assert_eq!(*till, 1);
}

/// Uses it too.
#[fixture]
#[expect(deprecated, reason = "as an example")]
fn drawer(till: &usize) -> usize {
    *till
}

#[test]
#[deprecated = "as an example"]
fn is_deprecated(drawer: usize) {
    assert_eq!(drawer, 1);
}

#[async_test]
async fn borrows(client: &[u8], server: &str, shop: &usize) {
    assert!(client.len() < *shop && *shop == server.len());
}

#[test]
fn borrows_mutably(client: &mut Vec<u8>, desk: &mut Vec<u8>) {
    desk.append(client);
}

/// With a comment.
#[async_test(
    timeout = "5s",
    retries = 1,
    tags(slow),
    group = "a",
    threads_required = 2,
    task_panics = "fail"
)]
#[parallel(shelf)]
pub async fn takes(client: Vec<u8>, #[from(server)] other: &str) -> Result<(), String> {
    if client.is_empty() { Err(other.to_owned()) } else { Ok(()) }
}

#[async_test(runtime = "session")]
#[serial(a, b)]
async fn is_not_sent(tmp_dir: &TmpDir, env: &mut EnvVars) {
    env.set("ASYNC_HARNESS_LINTS", tmp_dir.path());
    tokio::task::yield_now().await;
}

#[async_test(name = "a runtime", flavor = "local")]
#[serial]
async fn comes_last() {}

#[test]
#[should_panic(expected = "no")]
fn panics() {
    panic!("no");
}

#[test]
#[xfail = "as an example"]
fn fails() {
    assert_eq!(std::env::args().count(), 0);
}

#[test]
#[case(1, "2")]
#[case::three(3, { "4".to_owned() })]
#[ignore = "of no use"]
fn has_cases(#[case] number: u8, #[case] text: String, #[values(true, false)] flag: bool) {
    assert!(text.len() == 1 && (flag || number > 0));
}

#[test]
fn does_nothing(_desk: &[u8]) {}

#[async_test]
async fn is_skipped() {
    skip!("there is {}", "nothing to do");
}

#[test_factory]
fn made() -> Vec<TestCase> {
    vec![TestCase::new("one", || async {})]
}

async_harness::main!(timeout = "60s", tags(slow));
