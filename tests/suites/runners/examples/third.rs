//! An example with the same keys.

use async_harness::{async_test, serial};
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
    #[serial] serial_1;
}

async_harness::main!();
