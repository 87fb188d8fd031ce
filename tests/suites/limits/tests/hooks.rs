//! Tests that replace the panic hook, before tests whose tasks panic: all in the serial phase, by name.

use async_harness::{async_test, serial};
use std::panic::{catch_unwind, set_hook, take_hook};

async fn loses_a_panic() {
    assert!(tokio::spawn(async { panic!("in a task") }).await.is_err());
}

#[async_test]
#[serial]
async fn a_puts_it_back() {
    let before = take_hook();
    set_hook(Box::new(|_| ()));
    assert!(catch_unwind(|| panic!("expected")).is_err());
    set_hook(before);
}

#[async_test]
#[serial]
async fn b_fails() {
    loses_a_panic().await;
}

#[async_test]
#[serial]
async fn c_calls_the_one_before() {
    let before = take_hook();
    set_hook(Box::new(move |info| {
        println!("behind this one:");
        before(info);
    }));
}

#[async_test]
#[serial]
async fn d_fails() {
    loses_a_panic().await;
}

#[async_test]
#[serial]
async fn e_replaces_it() {
    set_hook(Box::new(|_| println!("the hook of a test")));
}

#[async_test]
#[serial]
async fn f_fails() {
    loses_a_panic().await;
}

#[async_test]
#[serial]
async fn g_drops_it() {
    drop(take_hook());
}

#[async_test]
#[serial]
async fn h_fails() {
    loses_a_panic().await;
}

async_harness::main!(task_panics = "fail");
