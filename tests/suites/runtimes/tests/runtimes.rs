//! What each test finds when it begins, and what becomes of what it leaves.

use async_harness::{async_test, serial, test};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, RuntimeFlavor};

/// The runtimes that tests found, which stay distinct: their ids are never given twice.
static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// How many tasks were dropped unfinished.
static DROPPED: AtomicUsize = AtomicUsize::new(0);

macro_rules! fresh {
    ($($name:ident)*) => { $(
        #[async_test]
        async fn $name() {
            let id = Handle::current().id().to_string();
            assert_eq!(Handle::current().runtime_flavor(), RuntimeFlavor::CurrentThread);
            assert!(SEEN.lock().unwrap().insert(id), "another test had this runtime");
            assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
            // It never ends: it is dropped with this test.
            tokio::spawn(async move {
                let _counted = Counted;
                std::future::pending::<()>().await;
            });
            tokio::task::yield_now().await;
        }
    )* };
}

struct Counted;

impl Drop for Counted {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::SeqCst);
    }
}

fresh! { fresh_1 fresh_2 fresh_3 fresh_4 fresh_5 fresh_6 fresh_7 fresh_8 }

#[async_test]
#[serial]
async fn z_all_tasks_were_dropped() {
    assert_eq!(DROPPED.load(Ordering::SeqCst), 8);
    assert_eq!(SEEN.lock().unwrap().len(), 8);
}

#[async_test]
async fn blocking_left_behind() {
    tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_secs(3)));
}

#[async_test]
async fn blocking_that_ends_soon() {
    tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(20)));
}

#[async_test(flavor = "multi_thread", worker_threads = 3)]
async fn multi_thread() {
    let handle = Handle::current();
    assert_eq!(handle.runtime_flavor(), RuntimeFlavor::MultiThread);
    assert_eq!(handle.metrics().num_workers(), 3);
    let here = std::thread::current().id();
    let there = tokio::spawn(async { std::thread::current().id() }).await.unwrap();
    assert_ne!(here, there);
    assert_eq!(tokio::task::block_in_place(|| 5), 5);
}

#[async_test(flavor = "multi_thread")]
async fn multi_thread_with_a_worker_per_core() {
    let cores = std::thread::available_parallelism().unwrap().get();
    assert_eq!(Handle::current().metrics().num_workers(), cores);
}

#[async_test(flavor = "current_thread")]
async fn current_thread() {
    assert_eq!(Handle::current().runtime_flavor(), RuntimeFlavor::CurrentThread);
}

#[async_test(flavor = "local")]
async fn local() {
    let text = Rc::new("not Send");
    let shared = Rc::clone(&text);
    let length = tokio::task::spawn_local(async move { shared.len() }).await.unwrap();
    assert_eq!(length, text.len());
}

#[async_test(start_paused = true)]
async fn paused() {
    let (real, virtual_time) = (Instant::now(), tokio::time::Instant::now());
    tokio::time::sleep(Duration::from_secs(24 * 3600)).await;
    assert!(virtual_time.elapsed() >= Duration::from_secs(24 * 3600));
    assert!(real.elapsed() < Duration::from_secs(60));
}

#[async_test]
async fn not_paused() {
    let real = Instant::now();
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert!(real.elapsed() >= Duration::from_millis(30));
}

#[async_test]
async fn a_future_that_is_not_send() {
    let text = Rc::new("not Send");
    tokio::task::yield_now().await;
    assert_eq!(Rc::strong_count(&text), 1);
}

#[test]
fn sync_has_no_runtime() {
    assert!(Handle::try_current().is_err());
}

/// Possible only where no runtime is around already.
#[test]
fn sync_may_build_one() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(async { 5 }), 5);
}

#[test]
#[serial]
fn serial_sync_has_no_runtime() {
    assert!(Handle::try_current().is_err());
}

#[async_test]
#[serial]
async fn serial_has_one() {
    tokio::spawn(async {}).await.unwrap();
}

#[test]
async fn the_other_attribute_takes_async_ones_too() {
    tokio::task::yield_now().await;
}

async_harness::main!();
