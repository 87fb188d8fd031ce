//! The test harness that async Rust deserves.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod capture;
mod channel;
mod cli;
mod door;
mod event;
mod execute;
mod filter;
mod judge;
mod outcome;
mod panics;
mod plan;
mod registry;
mod report;
mod runtime;
mod runtime_options;
mod schedule;
mod settings;
mod shuffle;
mod test;
mod time_limits;

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
