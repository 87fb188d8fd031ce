//! Tests that take as long as they say, and fail or skip themselves if they are told to.

use async_harness::{async_test, serial, skip};
use std::time::Duration;
use trace::begin;

async fn run(name: &'static str, milliseconds: u64) {
    let _span = begin(name);
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    let is_told = |to| std::env::var(to).unwrap_or_default().split(',').any(|told| told == name);
    if is_told("SKIP") {
        skip!("told to");
    }
    assert!(!is_told("FAIL"), "told to");
}

macro_rules! tests {
    ($($(#[$attribute:meta])* $name:ident: $milliseconds:literal;)*) => { $(
        #[async_test]
        $(#[$attribute])*
        async fn $name() {
            run(stringify!($name), $milliseconds).await;
        }
    )* };
}

tests! {
    a_short: 5;
    b_short: 5;
    c_short: 5;
    d_short: 5;
    #[ignore = "later"] e_ignored: 0;
    f_middle: 60;
    g_short: 5;
    h_short: 5;
    k_keyed_1: 5;
    k_keyed_2: 5;
    k_keyed_3: 5;
    z_long: 200;
    #[serial] s_serial_1: 5;
    #[serial] s_serial_2: 30;
}

/// A chain, which holds up the end of a run however short its tests are.
mod chain {
    use super::*;

    tests! {
        #[serial(key)] keyed_1: 5;
        #[serial(key)] keyed_2: 5;
        #[serial(key)] keyed_3: 5;
    }
}

async_harness::main!();
