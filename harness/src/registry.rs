//! What the attributes leave behind: every test with its body, found again at start-up through `inventory`.

use crate::fixture::FixtureDecl;
use crate::instance::{Context, Prepare};
use crate::needs::OwnKind;
use crate::test::Test;
use futures_core::future::LocalBoxFuture;
use std::process::ExitCode;
use tokio::runtime::Builder;

/// One registered test.
pub struct Registered {
    /// What is known of it.
    pub test: Test,
    /// What runs.
    pub body: Body,
}

inventory::collect!(Registered);

/// The future of an async test, of one type for all tests.
pub type Start = LocalBoxFuture<'static, ExitCode>;

/// One registered fixture.
pub struct RegisteredFixture {
    /// What is known of it.
    pub decl: fn() -> &'static FixtureDecl,
}

inventory::collect!(RegisteredFixture);

/// The function of a test.
pub enum Body {
    /// Runs on the worker's thread, with no runtime.
    Sync(fn() -> ExitCode),
    /// Runs on a runtime of its own.
    Async {
        /// How that runtime is built.
        runtime: Runtime,
        /// Makes the future; nothing of the user's code has run before its first poll.
        start: fn() -> Start,
    },
    /// Takes fixtures; runs where its description and its fixtures say.
    Prepared {
        /// How its runtime is built, where that is its own.
        runtime: Runtime,
        /// Gets the fixtures; the test itself is in what comes of it.
        prepare: fn(Context) -> Prepare,
    },
    /// Was made by a factory.
    Made {
        /// How its runtime is built.
        runtime: Runtime,
        /// Makes the future.
        start: Box<dyn Fn() -> Start + Send + Sync>,
    },
}

impl Body {
    /// Whether it asks for a runtime of a kind of its own.
    pub(crate) fn own_kind(&self) -> OwnKind {
        match self {
            Body::Async { runtime: Runtime::Built(_) | Runtime::Local(_), .. }
            | Body::Prepared { runtime: Runtime::Built(_) | Runtime::Local(_), .. } => OwnKind::Yes,
            Body::Sync(_) | Body::Async { .. } | Body::Prepared { .. } | Body::Made { .. } => OwnKind::No,
        }
    }
}

/// The runtime that a test asked for.
#[derive(Debug, Clone, Copy)]
pub enum Runtime {
    /// None: the test is a plain function.
    None,
    /// A plain current-thread runtime.
    CurrentThread,
    /// A runtime with settings of the test's own; the harness adds `enable_all` and its hooks.
    Built(fn() -> Builder),
    /// The same, as a `LocalRuntime`, on which `spawn_local` works anywhere.
    Local(fn() -> Builder),
}
