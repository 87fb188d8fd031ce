//! The `main` of a test target, and that it is one: written anywhere but in the root of the target, nobody would call it, and the
//! target would pass without a test.

use std::process::{ExitCode, Termination};

/// What the `main` of a test target returns, and no other `main`.
#[derive(Debug)]
pub struct Exit(pub ExitCode);

impl Termination for Exit {
    fn report(self) -> ExitCode {
        self.0
    }
}

/// What the `main` of this target returns.
#[diagnostic::on_unimplemented(
    message = "`async_harness::main!` is the `main` of a test target, and this target has another",
    label = "write it in the root file of the target, outside any function, and without another `main` beside it",
    note = "a `main` of a binary's own is `#[cfg(not(test))]`"
)]
pub trait Entry {}

impl Entry for Exit {}

/// Compiles if this is a `main` that `main!` has written.
pub const fn entry<T: Entry>(_: fn() -> T) {}

/// Compiles if this is the path of a target's root: in a module beside a `main!` in the root, the settings of one would be those
/// of none.
///
/// # Panics
///
/// If it is that of another module.
pub const fn root(module: &str) {
    let mut bytes = module.as_bytes();
    while let [first, rest @ ..] = bytes {
        assert!(
            *first != b':',
            "`async_harness::main!` is in a module, where it is not called: write it in the root file of the target"
        );
        bytes = rest;
    }
}
