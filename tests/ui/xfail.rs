use async_harness::{async_test, xfail};

#[async_test]
#[xfail]
#[should_panic]
async fn fails_and_panics() {}

#[xfail]
#[async_test]
#[should_panic(expected = "why")]
async fn fails_above_and_panics() {}

#[async_test]
#[xfail]
#[xfail = "why"]
async fn fails_twice() {}

#[async_test]
#[xfail(reason = "why")]
async fn reason_in_parentheses() {}

#[async_test]
#[xfail = 1]
async fn reason_of_another_type() {}

#[async_test]
#[xfail()]
async fn no_reason() {}

#[xfail = "why"]
#[async_test]
async fn reason_above() {}

#[xfail]
async fn alone() {}

#[xfail]
#[tokio::test]
async fn above_tokio() {}

#[xfail]
struct NotAFunction;

#[xfail]
#[xfail]
#[async_test]
async fn fails_twice_above() {}

#[xfail(strict = true)]
#[async_test]
async fn strict() {}

#[async_test]
#[xfail = true]
async fn as_a_switch() {}

fn main() {}
