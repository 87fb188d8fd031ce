//! More tests than threads, alive at the same time.

use async_harness::fixtures::{Worker, worker};
use async_harness::{TestCase, async_test, fixture, test_factory};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Sixteen tests, each of which waits until all are there.
#[test_factory]
fn meet() -> Vec<TestCase> {
    static THERE: AtomicUsize = AtomicUsize::new(0);
    let case = |nth| {
        TestCase::new(format!("{nth:02}"), || async {
            THERE.fetch_add(1, Ordering::SeqCst);
            while THERE.load(Ordering::SeqCst) < 16 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
    };
    (0..16).map(case).collect()
}

/// Tests that never wait: however many may be alive, no more use a core than there are threads, or one more.
#[test_factory]
fn spin() -> Vec<TestCase> {
    static NOW: AtomicUsize = AtomicUsize::new(0);
    let case = |nth| {
        TestCase::new(format!("{nth:02}"), || async {
            let now = NOW.fetch_add(1, Ordering::SeqCst) + 1;
            let since = Instant::now();
            while since.elapsed() < Duration::from_millis(20) {
                std::hint::spin_loop();
            }
            NOW.fetch_sub(1, Ordering::SeqCst);
            assert!(now <= 3, "{now} at once");
        })
    };
    (0..24).map(case).collect()
}

/// Tests that hold one lock while they wait, and block their thread for it.
#[test_factory]
fn lock() -> Vec<TestCase> {
    static LOCK: Mutex<()> = Mutex::new(());
    let case = |nth| {
        TestCase::new(format!("{nth:02}"), || async {
            #[allow(clippy::await_holding_lock, reason = "that is what this is about")]
            {
                let _held = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        })
    };
    (0..20).map(case).collect()
}

struct Desk {
    taken: AtomicBool,
}

#[fixture(scope = "worker")]
async fn desk(worker: &Worker) -> Desk {
    static SEEN: Mutex<Option<HashSet<usize>>> = Mutex::new(None);
    let mut seen = SEEN.lock().unwrap();
    assert!(seen.get_or_insert_default().insert(worker.id()), "worker {} has two desks", worker.id());
    assert!(worker.id() < worker.count());
    Desk { taken: AtomicBool::new(false) }
}

async fn sit(desk: &Desk) {
    assert!(!desk.taken.swap(true, Ordering::SeqCst), "somebody sits here");
    tokio::time::sleep(Duration::from_millis(5)).await;
    desk.taken.store(false, Ordering::SeqCst);
}

#[async_test]
async fn sits(desk: &Desk, #[values(1, 2, 3, 4, 5, 6, 7, 8)] _left: u32, #[values(1, 2, 3, 4)] _right: u32) {
    sit(desk).await;
}

/// A runtime with workers of its own counts as at work as long as one of them is.
#[async_test(flavor = "multi_thread", worker_threads = 2)]
async fn works_beside_its_future(#[values(1, 2, 3, 4, 5, 6)] _nth: u32) {
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            tokio::spawn(async {
                for _ in 0..10 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async_harness::main!();
