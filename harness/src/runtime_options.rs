//! What generated code falls back on where the user's tokio lacks a method of its `Builder`.
//!
//! An inherent method wins over one of a trait, so these are chosen only where tokio was built without them; a bound
//! that nothing meets then says, at the user's own argument, which feature to add.

use tokio::runtime::Builder;

#[cfg(tokio_unstable)]
pub use tokio::runtime::UnhandledPanic;

/// Stands in for tokio's own, which only `--cfg tokio_unstable` brings.
#[cfg(not(tokio_unstable))]
#[derive(Debug, Clone, Copy)]
pub enum UnhandledPanic {
    /// Forget the panic.
    Ignore,
    /// End the runtime, and with it the test.
    ShutdownRuntime,
}

/// Methods of [`Builder`] that tokio may have been built without.
pub trait MissingOptions: Sized {
    /// In place of `Builder::start_paused`.
    fn start_paused(&mut self, _: bool)
    where
        Self: NeedsTestUtil,
    {
    }

    /// In place of `Builder::unhandled_panic`.
    fn unhandled_panic(&mut self, _: UnhandledPanic)
    where
        Self: NeedsTokioUnstable,
    {
    }
}

impl MissingOptions for Builder {}

/// Met by nothing.
#[diagnostic::on_unimplemented(
    message = "`start_paused` needs tokio's feature `test-util`",
    label = "tokio is built without it",
    note = "add it in Cargo.toml: tokio = {{ version = \"1\", features = [\"test-util\"] }}"
)]
pub trait NeedsTestUtil {}

/// Met by nothing.
#[diagnostic::on_unimplemented(
    message = "`unhandled_panic` is unstable in tokio",
    label = "tokio is built without it",
    note = "build with RUSTFLAGS=\"--cfg tokio_unstable\""
)]
pub trait NeedsTokioUnstable {}
