//! Tests with keys: exclusive, shared, several, among tests without.

use async_harness::{async_test, parallel, serial, test};
use std::time::Duration;
use trace::{begin, until_running};

/// Runs for a moment.
async fn for_a_moment(name: &'static str) {
    let _span = begin(name);
    tokio::time::sleep(Duration::from_millis(3)).await;
}

macro_rules! tests {
    ($($(#[$attribute:meta])* $name:ident;)*) => { $(
        #[async_test]
        $(#[$attribute])*
        async fn $name() {
            for_a_moment(stringify!($name)).await;
        }
    )* };
}

tests! {
    #[serial(a)] a_1;
    #[serial(a)] a_2;
    #[serial(a)] a_3;
    #[serial(a)] a_4;
    #[serial(b)] b_1;
    #[serial(b)] b_2;
    #[serial(b)] b_3;
    #[serial(b)] b_4;
    #[serial(a, b)] ab_1;
    #[serial(b, a)] ab_2;
    #[parallel(a)] ra_1;
    #[parallel(a)] ra_2;
    #[parallel(a)] ra_3;
    #[parallel(a)] #[serial(b)] rab_1;
    #[parallel(a, b)] rarb_1;
    #[serial] z_1;
    #[serial] z_2;
    free_1;
    free_2;
    free_3;
}

/// A key that two attributes above name.
#[serial(a)]
#[parallel(b)]
#[async_test]
async fn arb_above() {
    for_a_moment("arb_above").await;
}

#[test]
#[serial(a)]
fn a_sync() {
    let _span = begin("a_sync");
    std::thread::sleep(Duration::from_millis(3));
}

#[async_test]
#[serial(a)]
#[should_panic]
async fn a_panics() {
    let _span = begin("a_panics");
    panic!("and gives its key back");
}

/// Pairs that pass only beside each other.
mod pairs {
    use super::*;

    macro_rules! pair {
        ($module:ident: $(#[$attribute:meta] $name:ident)*) => {
            mod $module {
                use super::*;
                $(
                    #[async_test]
                    #[$attribute]
                    async fn $name() {
                        let _span = begin(concat!(stringify!($module), "_", stringify!($name)));
                        until_running(2).await;
                    }
                )*
            }
        };
    }

    pair!(readers: #[parallel(c)] one #[parallel(c)] two);
    pair!(different: #[serial(d)] one #[serial(e)] two);
    pair!(keyed_and_free: #[serial(f)] one #[allow(dead_code)] two);
}

async_harness::main!();
