//! The test harness that async Rust deserves.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod registry;
mod test;

pub use async_harness_macros::{async_test, parallel, serial, test};

/// What most test files want: `use async_harness::prelude::*;`.
pub mod prelude {
    pub use crate::{async_test, parallel, serial, test};
}

/// Writes the `main` of a test target: stands once, in its root file.
#[macro_export]
macro_rules! main {
    ($($settings:tt)*) => {
        $crate::__private::main_fn! { $crate; $($settings)* }
    };
}
