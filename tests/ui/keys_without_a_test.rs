use async_harness::{parallel, serial};

#[serial]
async fn alone() {}

#[parallel(a)]
fn alone_with_a_key() {}

#[serial(a)]
struct NotAFunction;

#[serial(a)]
#[tokio::test]
async fn above_tokio() {}

#[tokio::test]
#[serial]
async fn below_tokio() {}

#[serial]
#[cfg_attr(all(), tokio::test)]
async fn above_a_conditional_tokio() {}

#[parallel]
mod not_a_function {}

struct Suite;

#[serial]
impl Suite {}

fn main() {}
