//! Two tests of one name: a name within a block is nobody else's, but the module's path is the same.

use async_harness::async_test;

#[async_test]
async fn another() {}

const _: () = {
    #[async_test]
    async fn twice() {}
};

const _: () = {
    #[async_test]
    async fn twice() {}
};

async_harness::main!();
