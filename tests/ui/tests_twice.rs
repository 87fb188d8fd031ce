use async_harness::{async_test, serial};

#[async_test]
#[test]
async fn builtin() {}

#[async_test]
#[tokio::test]
async fn tokio_below() {}

#[tokio::test]
#[async_test]
async fn tokio_above() {}

#[async_test]
#[serial]
#[async_test]
async fn itself() {}

#[async_test]
#[async_harness::test(start_paused = 1)]
async fn the_other() {}

#[async_test]
#[rstest]
async fn rstest_below() {}

#[async_test]
#[async_harness::test_factory]
async fn a_factory_too() {}

fn main() {}
