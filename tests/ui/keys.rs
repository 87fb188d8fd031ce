use async_harness::{async_test, fixture, parallel, serial};

#[async_test]
#[serial("db")]
async fn string() {}

#[async_test]
#[serial("my db", 7)]
async fn strings() {}

#[async_test]
#[serial(db::ledger)]
async fn path() {}

#[async_test]
#[serial(crate = some_crate)]
async fn krate() {}

#[async_test]
#[serial(ledger, inner_attrs = [tokio::main])]
async fn option() {}

#[async_test]
#[serial(ledger(1))]
async fn call() {}

#[async_test]
#[serial(type)]
async fn keyword() {}

#[async_test]
#[serial(a b)]
async fn no_comma() {}

#[async_test]
#[serial()]
async fn empty() {}

#[async_test]
#[parallel()]
async fn empty_parallel() {}

#[async_test]
#[serial = "a"]
async fn value() {}

#[async_test]
#[serial(a, b, a)]
async fn twice() {}

#[async_test]
#[serial(a)]
#[parallel(a)]
async fn in_both() {}

#[async_test]
#[serial]
#[serial(a)]
async fn bare_and_key() {}

#[async_test]
#[serial]
#[parallel(a)]
async fn bare_and_shared_key() {}

#[async_test]
#[serial]
#[parallel]
async fn bare_in_both() {}

#[async_test]
#[serial]
#[serial]
async fn bare_twice() {}

#[async_test]
#[parallel]
#[parallel]
async fn bare_parallel_twice() {}

#[async_test]
#[serial(a + b)]
async fn sum() {}

#[async_test]
#[serial(*)]
async fn star() {}

#[async_test]
#[serial(_)]
async fn underscore() {}

#[async_test]
#[serial(self)]
async fn this() {}

#[async_test]
#[serial("")]
async fn no_name() {}

#[async_test]
#[serial(a.b)]
async fn field() {}

#[async_test]
#[serial('a)]
async fn lifetime() {}

#[async_test]
#[serial_test::serial(ledger)]
async fn of_another_crate() {}

#[async_harness::test]
#[::serial_test::parallel]
fn of_another_crate_too() {}

#[async_test]
#[serial(my-ledger, other-2, "third", fine)]
async fn hyphens() {}

#[fixture(parallel(my-ledger))]
fn hyphen_of_a_fixture() {}

fn main() {}
