//! Tests with tags that `main!` does not declare.

use async_harness::async_test;

#[async_test(tags(slow))]
async fn known() {}

#[async_test(tags(slow, dbb))]
async fn misspelt() {}

mod inner {
    #[async_harness::test(tags(network))]
    fn undeclared() {}
}

async_harness::main!(tags(db, slow));
