//! What the attributes leave behind: every test with its body, found again at start-up through `inventory`.

use crate::instance::{Context, Prepare};
use crate::test::Test;
use futures::future::LocalBoxFuture;
use std::process::ExitCode;
use tokio::runtime::Builder;

/// One registered test.
#[derive(Debug)]
pub struct Registered {
    /// What is known of it.
    pub test: Test,
    /// What runs.
    pub body: Body,
}

inventory::collect!(Registered);

/// The function of a test.
#[derive(Debug)]
pub enum Body {
    /// Runs on the worker's thread, with no runtime.
    Sync(fn() -> ExitCode),
    /// Runs on a runtime of its own.
    Async {
        /// How that runtime is built.
        runtime: Runtime,
        /// Makes the future; nothing of the user's code has run before its first poll.
        start: fn() -> LocalBoxFuture<'static, ExitCode>,
    },
    /// Takes fixtures or cases' arguments; runs where its description and its fixtures say.
    Prepared {
        /// How its runtime is built, where that is its own.
        runtime: Runtime,
        /// Gets the fixtures; the test itself is in what comes of it.
        prepare: fn(Context) -> Prepare,
    },
}

/// The runtime that a test asked for.
#[derive(Debug, Clone, Copy)]
pub enum Runtime {
    /// A plain current-thread runtime.
    CurrentThread,
    /// A runtime with settings of the test's own; the harness adds `enable_all` and its hooks.
    Built(fn() -> Builder),
    /// The same, as a `LocalRuntime`, on which `spawn_local` works anywhere.
    Local(fn() -> Builder),
}
