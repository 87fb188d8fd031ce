//! The cases under libtest: who is right.

mod attributes {
    pub use core::prelude::v1::test;
    pub use tokio::test as async_test;
}

mod cases;
