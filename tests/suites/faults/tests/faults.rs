//! Tests that do what tests should not; each is run by its name, or all together.

use async_harness::{async_test, test};
use std::panic::panic_any;

/// Panics when it is dropped, as long as no other panic is under way: that would abort.
struct Bomb(&'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("dropped: {}", self.0);
        }
    }
}

#[async_test]
async fn payload_that_panics_when_dropped() {
    panic_any(Bomb("payload"));
}

#[test]
#[should_panic]
fn wanted_payload_that_panics_when_dropped() {
    panic_any(Bomb("wanted payload"));
}

/// Each payload holds the next.
#[async_test]
async fn payloads_without_end() {
    struct Endless;
    impl Drop for Endless {
        fn drop(&mut self) {
            panic_any(Endless);
        }
    }
    panic_any(Endless);
}

#[async_test]
async fn task_that_panics_when_dropped() {
    let bomb = Bomb("task");
    tokio::spawn(async move {
        let _bomb = bomb;
        std::future::pending::<()>().await;
    });
    tokio::task::yield_now().await;
}

#[async_test]
async fn joined_panic_payload_that_panics_when_dropped() {
    let error = tokio::spawn(async { panic_any(Bomb("joined")) }).await.unwrap_err();
    std::mem::forget(error.into_panic());
}

#[async_test]
async fn sets_a_panic_hook() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| println!("my own hook")));
    let result = std::panic::catch_unwind(|| panic!("seen by my own hook"));
    std::panic::set_hook(before);
    assert!(result.is_err());
    panic!("seen by the hook of before");
}

#[async_test]
async fn leaves_a_panic_hook_behind() {
    std::panic::set_hook(Box::new(|_| println!("a hook left behind")));
    panic!("seen by the hook left behind");
}

#[async_test]
async fn panics_with_a_long_message() {
    panic!("{}END", "0123456789abcdef".repeat(64 * 1024));
}

#[async_test]
async fn fails_with_a_long_error() -> Result<(), String> {
    Err("x".repeat(1 << 20))
}

#[test]
fn panics_deep_in_a_nested_catch() {
    let _ = std::panic::catch_unwind(|| {
        let _ = std::panic::catch_unwind(|| panic!("inner"));
        panic!("outer")
    });
}

#[async_test]
async fn enters_a_runtime_of_its_own() {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {});
}

#[async_test]
async fn passes() {}

async_harness::main!();
