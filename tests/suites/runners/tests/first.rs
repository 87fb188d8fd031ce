//! Tests that runners of one process per test must not run beside each other, and others that they may.

use async_harness::{async_test, parallel, serial};
use std::time::Duration;
use trace::begin;

async fn for_a_while(name: &'static str) {
    let _span = begin(name);
    tokio::time::sleep(Duration::from_millis(60)).await;
}

macro_rules! tests {
    ($($(#[$attribute:meta])* $name:ident;)*) => { $(
        #[async_test]
        $(#[$attribute])*
        async fn $name() {
            for_a_while(concat!(module_path!(), "::", stringify!($name))).await;
        }
    )* };
}

tests! {
    #[serial(shared)] keyed_1;
    #[serial(shared)] keyed_2;
    #[serial(shared, other)] keyed_twice;
    #[parallel(shared)] reads_1;
    #[parallel(shared)] reads_2;
    #[serial] serial_1;
    #[serial] serial_2;
    free_1;
    free_2;
    free_3;
    free_4;
    #[ignore] ignored;
    #[ignore = "for a reason"] ignored_with_a_reason;
}

mod inner {
    #[async_harness::test]
    fn sync() {
        println!("sync");
    }

    #[async_harness::test]
    #[should_panic(expected = "boom")]
    fn panics() {
        panic!("boom");
    }
}

async_harness::main!();
