use async_harness::{async_test, parallel, serial};

#[serial("db")]
#[async_test]
async fn string() {}

#[serial(db::ledger)]
#[async_test]
async fn path() {}

#[serial(inner_attrs = [tokio::main])]
#[async_test]
async fn option() {}

#[serial()]
#[async_test]
async fn empty() {}

#[parallel()]
#[async_test]
async fn empty_parallel() {}

#[serial(a, a)]
#[async_test]
async fn twice() {}

#[serial(a)]
#[parallel(a)]
#[async_test]
async fn in_both() {}

#[serial]
#[async_test]
#[serial(a)]
async fn bare_and_key() {}

#[serial]
#[parallel]
#[async_test]
async fn bare_in_both() {}

#[serial]
#[serial]
#[async_test]
async fn bare_twice() {}

#[serial = "a"]
#[async_test]
async fn value() {}

#[parallel(1)]
#[async_test]
async fn number() {}

fn main() {}
