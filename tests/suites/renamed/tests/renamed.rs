//! The harness under another name, given by `crate = "..."`.

use harness::{async_test, serial, test};

#[async_test(crate = "harness")]
#[serial(key)]
async fn names_the_crate() {}

#[serial]
#[async_test(crate = "harness")]
async fn names_the_crate_below() {}

#[test(crate = "harness")]
fn sync_names_the_crate() {}

harness::main!();
