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

mod renamed {
    use async_harness::{async_test as at, fixture, serial as ser, xfail as known};

    #[async_harness::async_test]
    #[ser(x)]
    async fn below() {}

    #[ser(x)]
    #[async_harness::async_test]
    async fn above() {}

    #[async_harness::async_test]
    #[known]
    async fn below_another() {}

    #[async_harness::serial(x)]
    #[at]
    async fn on_a_renamed_test() {}

    #[fixture]
    fn nothing() {}
}

fn main() {}
