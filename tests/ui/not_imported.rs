//! Attributes that nobody has imported: said once each, where they stand.

use async_harness::async_test;

#[async_test]
#[serial(k)]
async fn serial_below() {}

#[async_test]
#[parallel(k)]
async fn parallel_below() {}

#[async_test]
#[xfail]
async fn xfail_below() {}

#[async_test]
#[harness::serial(k)]
async fn by_a_path() {}

async_harness::main!();
