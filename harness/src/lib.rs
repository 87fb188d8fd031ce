//! The test harness that async Rust deserves: `#[tokio::test]` without its pains.
//!
//! A target with `harness = false` in its section of `Cargo.toml` marks its tests and ends with [`main!`]:
//!
//! ```no_run
//! use async_harness::{async_test, serial};
//!
//! #[async_test]
//! async fn runs_beside_the_others() {
//!     tokio::task::yield_now().await;
//! }
//!
//! #[async_test]
//! #[serial(ledger)]
//! async fn runs_beside_no_other_test_of_the_ledger() -> Result<(), std::num::ParseIntError> {
//!     assert_eq!("12".parse::<i32>()?, 12);
//!     Ok(())
//! }
//!
//! #[async_test]
//! #[serial]
//! async fn runs_last_and_alone_on_the_main_thread() {}
//!
//! #[async_harness::test]
//! fn needs_no_runtime() {
//!     assert_eq!(1 + 2, 3);
//! }
//!
//! # #[cfg(any())]
//! async_harness::main!();
//! # fn main() {}
//! ```
//!
//! Every async test gets a fresh tokio runtime of its own, of the flavor that it asks for, and its tasks end with it.
//! Tests run on as many threads as there are cores; a test that waits for its key takes up none. On Linux, output is kept
//! with the test that printed it. The command line, the output and the exit code are libtest's.
//!
//! # Features
//!
//! - `capture` (on by default): keeps output with its test. The executable then defines the symbols `write`, `writev` and
//!   `pthread_create`; turn it off where something else wants to.
//! - `doctor` (on by default): `--doctor`. It needs no crates, and is some 2 MB of each test executable.
//! - `junit` (on by default): `--junit`, and the XML that Bazel asks for.
//! - `progress` (on by default): a progress bar, where standard output is a terminal.
//! - `timings` (on by default): `--timings`, `--events` and `--from-events`. It needs no crates.

#[doc(hidden)]
pub mod __private {
    //! What generated code names, and nobody else: no promise is made about anything here.

    pub use crate::private::*;
}
mod activity;
mod aside;
mod bazel;
mod capture;
mod channel;
mod cli;
mod clock;
mod crash;
mod dist;
#[cfg(feature = "doctor")]
mod doctor;
mod door;
mod duration;
mod encoding;
mod entry;
mod event;
mod execute;
mod factory;
mod few;
mod filter;
mod fixture;
mod fixture_checks;
pub mod fixtures;
#[cfg_attr(not(feature = "progress"), allow(dead_code, reason = "nobody watches"))]
mod forecast;
mod history;
mod history_file;
mod hygiene;
mod instance;
mod interrupt;
mod isolate;
mod judge;
mod key;
#[cfg(feature = "doctor")]
mod machine;
mod magic;
mod mailbox;
mod named;
mod needs;
mod order;
mod outcome;
mod panics;
mod partition;
mod patient;
mod place;
mod plan;
mod prepare;
mod private;
mod registry;
mod report;
mod result;
mod runtime;
mod runtime_options;
mod sampler;
mod schedule;
#[cfg(any(unix, feature = "progress"))]
mod screen;
mod settings;
mod shuffle;
mod signal;
mod skip;
mod sorted;
mod tags;
mod target;
mod test;
mod text;
mod time_limits;
mod usage;
mod watchdog;
#[cfg_attr(not(unix), allow(dead_code, reason = "nobody talks where there are no worker processes"))]
mod wire;

pub use async_harness_macros::{async_test, fixture, parallel, serial, test, test_factory, xfail};

/// What most test files want: `use async_harness::prelude::*;`.
///
/// With it, a plain `#[test]` is an error of rustc, "`test` is ambiguous", and that is as well: under `harness = false`
/// rustc would drop it without a word. Write `#[async_harness::test]`, or import that by its name:
/// `use async_harness::test;`.
pub mod prelude {
    pub use crate::{async_test, fixture, parallel, serial, test, test_factory, xfail};
}

pub use factory::TestCase;

/// Ends the running test as ignored, with a reason formatted as by `format!`: from any depth, in a fixture too, whose
/// tests then all end so.
///
/// ```no_run
/// # async fn reachable() -> bool { false }
/// # async fn test() {
/// if !reachable().await {
///     async_harness::skip!("the sandbox of {} does not answer", "the carrier");
/// }
/// # }
/// ```
///
/// On a thread or in a task that the test started it ends that, and the test as ignored if the test fails by it: by the error of
/// joining or awaiting that, unwrapped or returned.
#[macro_export]
macro_rules! skip {
    ($($reason:tt)+) => {
        $crate::__private::skip(::std::format!($($reason)+))
    };
}

/// Writes the `main` of a test target: stands once, in its root file.
///
/// In a library it is `#[cfg(test)] async_harness::main!();`, and in a binary too, whose own `main` is then
/// `#[cfg(not(test))]`.
///
/// ```no_run
/// # #[cfg(any())]
/// async_harness::main!(threads = 8, timeout = "60s", tags(db, slow));
/// # fn main() {}
/// ```
///
/// # Settings
///
/// What the command line or a variable says counts before them. A value that cannot be is an error of the compiler.
///
/// | setting | meaning |
/// |---|---|
/// | `threads = 8` | how many tests run at once; 0 is one after the other on the main thread |
/// | `in_flight = 64`, `in_flight = "auto"` | how many are alive at once while no more use a core than there are threads |
/// | `isolate` | tests run in worker processes |
/// | `dist = "scope"` | which tests stay on one worker: `"load"` none, `"scope"` those of a module, `"file"`, `"group"` |
/// | `timeout = "60s"` | a test that takes longer fails, if it names no `timeout` of its own |
/// | `slow_timeout = "60s"` | when to say of a test that it is still running |
/// | `retries = 2` | how often a failed test is tried again, if it names no `retries` of its own |
/// | `retries_isolated` | in a fresh process |
/// | `fail_fast`, `maxfail = 3` | no further test starts after the first failure, or after so many |
/// | `task_panics = "fail"` | a panic in a task fails its test |
/// | `debug_async` | tests are named that block their runtime, lose a panic in a task, or leave something behind |
/// | `tags(db, slow)` | which tags there are: any other, on a test or in `-m`, is an error |
/// | `allow_empty` | a target in which no test is registered is fine; by default that is an error, for it mostly means a module that is not compiled in |
#[macro_export]
macro_rules! main {
    ($($settings:tt)*) => {
        $crate::__private::main_fn! { $crate; $($settings)* }
    };
}
