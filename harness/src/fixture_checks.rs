//! What the compiler checks of fixtures, in words of ours at the user's own token.

use crate::factory::TestCase;
use crate::fixture::{FixtureDecl, Need, NeedAccess, Scope, Teardown};
use crate::instance::{Broken, Fixture, Stored, TearDown, shown};
use std::fmt::Debug;
use std::pin::Pin;

/// A parameter that is a fixture, of a test or of a fixture of this scope.
///
/// # Panics
///
/// At compile time, if such a parameter cannot be had.
#[track_caller]
#[must_use]
pub const fn need<F: Fixture>(scope: Scope, access: NeedAccess) -> Need {
    check_scope(scope, F::SCOPE);
    match (access, F::SCOPE, F::TEARDOWN) {
        (NeedAccess::Borrow, ..) | (NeedAccess::BorrowMut, Scope::Test | Scope::Worker, _) => {}
        (NeedAccess::BorrowMut, Scope::Module | Scope::Session, _) => {
            panic!("tests share this fixture, several at a time: take it by `&`")
        }
        (NeedAccess::Take, Scope::Test, Teardown::No) => {}
        (NeedAccess::Take, Scope::Test, Teardown::Yes) => {
            panic!("this fixture has a teardown, which needs its value: take it by `&` or `&mut`")
        }
        (NeedAccess::Take, Scope::Worker, _) => {
            panic!("other tests use this fixture after this one: take it by `&` or `&mut`")
        }
        (NeedAccess::Take, Scope::Module | Scope::Session, _) => {
            panic!("other tests use this fixture too: take it by `&`")
        }
    }
    Need { fixture: F::decl, access }
}

#[track_caller]
const fn check_scope(scope: Scope, needed: Scope) {
    match (scope, needed) {
        (Scope::Session, Scope::Test) => {
            panic!("a fixture of scope `session` cannot use one of scope `test`, which lives shorter")
        }
        (Scope::Session, Scope::Worker) => {
            panic!("a fixture of scope `session` cannot use one of scope `worker`, which lives shorter")
        }
        (Scope::Session, Scope::Module) => {
            panic!("a fixture of scope `session` cannot use one of scope `module`, which lives shorter")
        }
        (Scope::Module, Scope::Test) => {
            panic!("a fixture of scope `module` cannot use one of scope `test`, which lives shorter")
        }
        (Scope::Module, Scope::Worker) => {
            panic!("a fixture of scope `module` cannot use one of scope `worker`: all workers share it")
        }
        // A worker outlives each module, and a module is shared by all workers: neither can be the other's.
        (Scope::Worker, Scope::Module) => {
            panic!(
                "a fixture of scope `worker` cannot use one of scope `module`: a worker goes on to other modules"
            )
        }
        (Scope::Worker, Scope::Test) => {
            panic!("a fixture of scope `worker` cannot use one of scope `test`, which lives shorter")
        }
        _ => {}
    }
}

/// What a parameter names. Each fixture says so itself: were it enough to be a [`Fixture`], the compiler would take any type for
/// one, and find it wanting wherever it is used.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a fixture",
    label = "no function of this name is marked `#[fixture]`",
    note = "a parameter's name picks the fixture; `#[from(path)]` picks another"
)]
pub trait Named {
    /// Itself.
    type Fixture: Fixture;
}

/// The value of a fixture that tests share.
#[diagnostic::on_unimplemented(
    message = "a fixture of scope `module` or `session` is shared by tests on several threads: `{Self}` must be `Send + Sync`",
    label = "cannot be shared between threads"
)]
pub trait SharedValue: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> SharedValue for T {}

/// The value of a fixture that goes with a worker.
#[diagnostic::on_unimplemented(
    message = "a fixture of scope `worker` goes from thread to thread with its worker: `{Self}` must be `Send`",
    label = "cannot be sent between threads"
)]
pub trait WorkerValue: Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> WorkerValue for T {}

/// For scope `test`.
pub fn own<T: 'static>(value: T) -> Stored {
    Stored::Own(Box::new(value))
}

/// For scope `worker`.
pub fn of_worker<T: WorkerValue>(value: T) -> Stored {
    Stored::Worker(Box::new(value))
}

/// For scopes `module` and `session`.
pub fn shared<T: SharedValue>(value: T) -> Stored {
    Stored::Shared(Box::new(value))
}

/// What a fixture that may fail returns.
#[diagnostic::on_unimplemented(
    message = "a fixture that may fail returns a `Result`",
    label = "not `std::result::Result` under another name"
)]
pub trait Fallible {
    /// Its value.
    type Value;
    /// Its error.
    type Error;
    /// As the `Result` that it is.
    fn result(self) -> Result<Self::Value, Self::Error>;
}

impl<T, E> Fallible for Result<T, E> {
    type Value = T;
    type Error = E;

    fn result(self) -> Result<T, E> {
        self
    }
}

/// The value of a fixture that may fail, or that it is broken.
///
/// # Errors
///
/// The fixture's own.
pub fn checked<R: Fallible<Error: Debug>>(
    fixture: fn() -> &'static FixtureDecl,
    returned: R,
) -> Result<R::Value, Broken> {
    returned.result().map_err(|error| Broken { fixture: fixture(), error: Some(shown(&error)) })
}

/// What a teardown returns.
#[diagnostic::on_unimplemented(
    message = "a teardown cannot return `{Self}`",
    label = "not a result of a teardown",
    note = "a teardown returns `()`, or a `Result<(), E>` whose `E` is `Debug`"
)]
pub trait TeardownResult {
    /// The error as it is shown.
    ///
    /// # Errors
    ///
    /// The teardown's own.
    fn result(self) -> Result<(), String>;
}

impl TeardownResult for () {
    fn result(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: Debug> TeardownResult for Result<(), E> {
    fn result(self) -> Result<(), String> {
        self.map_err(|error| shown(&error))
    }
}

/// What a teardown is.
#[diagnostic::on_unimplemented(
    message = "a teardown is an `async fn`",
    label = "this one returns `{Self}` without being awaited"
)]
pub trait AsyncTeardown: 'static {
    /// What it returns when awaited.
    type Output;
    /// It without its own type.
    fn boxed(self) -> Pin<Box<dyn Future<Output = Self::Output>>>;
}

#[diagnostic::do_not_recommend]
impl<F: Future + 'static> AsyncTeardown for F {
    type Output = F::Output;

    fn boxed(self) -> Pin<Box<dyn Future<Output = F::Output>>> {
        Box::pin(self)
    }
}

/// The teardown that a fixture has.
pub fn torn_down<T: AsyncTeardown<Output: TeardownResult>>(teardown: T) -> TearDown {
    let teardown = teardown.boxed();
    Box::pin(async move { teardown.await.result() })
}

/// The teardown of a fixture without one.
pub fn dropped<T: 'static>(value: T) -> TearDown {
    Box::pin(async move {
        drop(value);
        Ok(())
    })
}

/// What a test factory returns.
#[diagnostic::on_unimplemented(
    message = "a test factory cannot return `{Self}`",
    label = "not tests",
    note = "it returns a `Vec<TestCase>`, or whatever else is `IntoIterator<Item = TestCase>`"
)]
pub trait TestCases {
    /// All of them.
    fn all(self) -> Vec<TestCase>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoIterator<Item = TestCase>> TestCases for T {
    fn all(self) -> Vec<TestCase> {
        self.into_iter().collect()
    }
}

/// The tests that a factory made.
pub fn test_cases<T: TestCases>(made: T) -> Vec<TestCase> {
    made.all()
}
