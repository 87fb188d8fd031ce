//! On the way from `#[tokio::test]`, and not there yet.
#![allow(dead_code, unused_imports)]

#[cfg(target_os = "hermit")]
mod elsewhere;
mod helpers;
mod old;

use async_harness::{async_test, serial, test};
use helpers::{connection, registration};
use tokio::test as tokio_test;

#[async_test(tags(db))]
#[serial(ledger)]
async fn moved(connection: &str) {
    assert!(!connection.is_empty());
}

#[test]
#[serial(ledger)]
fn moved_too() {}

#[async_test]
#[serial(legder)]
async fn misspelt() {}

#[tokio::test]
async fn forgotten() {
    panic!("this never runs");
}

#[tokio_test]
async fn under_another_name() {}

#[cfg_attr(unix, tokio::test(flavor = "multi_thread"))]
async fn on_some_systems() {}

#[cfg(feature = "slow")]
#[tokio::test]
async fn when_there_is_time() {}

#[cfg(not(test))]
#[tokio::test]
async fn never_at_all() {}

/// ```
/// #[tokio::test]
/// async fn in_documentation() {}
/// ```
const NONE: &str = r#"
#[tokio::test]
async fn in_a_string() {}
"#;
/* #[tokio::test] async fn in_a_comment() {} */

macro_rules! checks {
    ($($name:ident)*) => {$(
        #[core::prelude::v1::test]
        fn $name() {}
    )*};
}

checks!(one two);

async_harness::main!(tags(db, "needs-net"));
