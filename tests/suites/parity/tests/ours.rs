//! The cases under the harness.

mod attributes {
    pub use async_harness::{async_test, test};
}

mod cases;

async_harness::main!();
