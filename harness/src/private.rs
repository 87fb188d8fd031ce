//! What generated code names, and nobody else: no promise is made about anything here.

pub use crate::__block as block;
pub use crate::door::{Suite, main};
pub use crate::entry::{Entry, Exit, entry, root};
pub use crate::factory::{RegisteredFactory, TestCase};
pub use crate::fixture::{FixtureDecl, FixtureKind, FixtureRuntime, Need, NeedAccess, Scope, Teardown};
pub use crate::fixture_checks::*;
pub use crate::instance::{
    AtHand, Borrowed, Broken, Context, Fixture, Held, Prepare, Prepared, SetUp, Stored, TearDown, shown,
};
pub use crate::key::{Access, Key};
pub use crate::magic::*;
pub use crate::place::Place;
pub use crate::prepare::{Borrower, Both, Bundle, Lend, Lent, prepare, prepare_borrower, prepare_sync};
pub use crate::registry::{Body, Registered, RegisteredFixture, Runtime, Start};
pub use crate::result::TestResult;
pub use crate::runtime_options::*;
pub use crate::skip::skip;
pub use crate::target::Target;
pub use crate::test::{
    Concurrency, Ignore, Options, RuntimeChoice, ShouldPanic, TaskPanics, Test, TestPath, Traits, Xfail,
};
pub use async_harness_macros::{__main as main_fn, parallel, serial, xfail};
pub use inventory;
// Not by the name of the prelude: where this stands on a token of the user's, rustc would say that its path is unneeded.
pub use std::boxed::Box as Boxed;
pub use std::process::ExitCode;
pub use std::string::String;
pub use std::vec::Vec;
pub use tokio::runtime::Builder;

use crate::panics::__rust_begin_short_backtrace_of_poll;
use futures_core::future::LocalBoxFuture;
use std::future::poll_fn;

/// What generated code brings along for a test, a fixture or a factory: items, which call this module `__harness`, and what is
/// registered.
#[doc(hidden)]
#[macro_export]
macro_rules! __block {
    ({ $($items:tt)* } $({ $($registered:tt)* })*) => {
        use $crate::__private as __harness;
        $($items)*
        $($crate::__private::inventory::submit! { $($registered)* })*
    };
}

/// The verdict on what a sync test returned.
pub fn report<T: TestResult>(result: T) -> ExitCode {
    result.report()
}

/// Adds the verdict to the future of an async test.
///
/// This exists once for each type that tests return. A version that is generic over the future itself would be compiled
/// for each test, all of them in one codegen unit, and again after every edit; so the future is boxed where it is made.
pub fn reported<'a, T: TestResult + 'static>(
    future: Box<dyn Future<Output = T> + 'a>,
) -> LocalBoxFuture<'a, ExitCode> {
    let mut future = Box::into_pin(future);
    Box::pin(async move {
        let result = poll_fn(|context| __rust_begin_short_backtrace_of_poll(future.as_mut(), context)).await;
        result.report()
    })
}
