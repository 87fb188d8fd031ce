//! Tests that use rayon in every way, in async bodies: on the global pool, and on one of their own.

use async_harness::async_test;
use rayon::ThreadPool;
use rayon::prelude::*;
use std::sync::LazyLock;
use tokio::sync::oneshot;

/// As in polars and many others: a pool of the library's own, into which every caller is moved.
static POOL: LazyLock<ThreadPool> =
    LazyLock::new(|| rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap());

fn sum() -> u64 {
    (0..2_000_u64).into_par_iter().map(|n| n ^ 1).sum()
}

/// Ten tests of each kind.
macro_rules! tests {
    ($($module:ident => $body:expr;)*) => { $(
        mod $module {
            use super::*;
            tests!(@ $body; t0 t1 t2 t3 t4 t5 t6 t7 t8 t9);
        }
    )* };
    (@ $body:expr; $($name:ident)*) => { $(
        #[async_test]
        async fn $name() {
            tokio::task::yield_now().await;
            let sum: u64 = $body;
            assert_eq!(sum, 1_999_000);
            tokio::task::yield_now().await;
        }
    )* };
}

tests! {
    install => POOL.install(sum);
    par_iter => sum();
    join => { let (a, b) = rayon::join(sum, sum); assert_eq!(a, b); a };
    scope => { let mut all = 0; rayon::scope(|scope| scope.spawn(|_| all = sum())); all };
    spawn_and_await => {
        let (sender, receiver) = oneshot::channel();
        rayon::spawn(move || sender.send(sum()).unwrap());
        receiver.await.unwrap()
    };
    spawn_on_own_pool_and_await => {
        let (sender, receiver) = oneshot::channel();
        POOL.spawn(move || sender.send(POOL.install(sum)).unwrap());
        receiver.await.unwrap()
    };
    nested => POOL.install(|| { let (a, b) = rayon::join(|| POOL.install(sum), sum); assert_eq!(a, b); a });
    in_a_blocking_task => tokio::task::spawn_blocking(|| POOL.install(sum)).await.unwrap();
    broadcast => rayon::broadcast(|_| sum())[0];
}

async_harness::main!();
