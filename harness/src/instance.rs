//! Sets fixtures up, lends them to tests and tears them down: what generated code and the engine say to each other.
//!
//! An instance of a test's own lives on the thread of its attempt; one of a worker goes from test to test with the worker;
//! one of a module or the session is set up once, on a thread of its own, and shared. Everything that outlives a test
//! lives on the session runtime.

mod attempt;
mod hand;
mod lending;
mod session;
mod shared;
mod worker;

pub(crate) use attempt::{AttemptContext, Ended, TearDownError, Trial};
pub use hand::AtHand;
pub(crate) use hand::Hand;
pub(crate) use lending::{Lending, Loan};
pub(crate) use session::{driven, park_on};
pub(crate) use shared::Terms;
pub(crate) use worker::Worker;

use crate::fixture::{FixtureDecl, Scope, Teardown};
use crate::outcome::Overdue;
use crate::panics::{__rust_begin_short_backtrace_of_poll, caught_future, discard};
use crate::skip::Skipped;
use crate::watchdog::Overran;
use futures_core::future::LocalBoxFuture;
use shared::SharedContext;
use std::any::Any;
use std::cell::{Ref, RefCell, RefMut};
use std::fmt::Debug;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

/// What `#[fixture]` makes of a function: a type of its name that implements this.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a fixture",
    label = "no function of this name is marked `#[fixture]`",
    note = "a parameter's name picks the fixture; `#[from(path)]` picks another"
)]
pub trait Fixture: Sized + 'static {
    /// What its function returns, or the `T` of its `Result<T, E>`.
    type Value: 'static;
    /// How long an instance lives; the same as in its declaration, but known to the compiler.
    const SCOPE: Scope;
    /// Whether it has a teardown; likewise.
    const TEARDOWN: Teardown;

    /// What is known of it without setting it up.
    fn decl() -> &'static FixtureDecl;
    /// Sets an instance up.
    fn set_up(context: Context) -> SetUp<Self::Value>;
    /// Tears an instance down.
    fn tear_down(value: Self::Value) -> TearDown;
    /// Puts a value where its scope needs it; fails to compile where the value cannot go there.
    fn store(value: Self::Value) -> Stored;
}

/// The future of a set-up.
pub type SetUp<T> = LocalBoxFuture<'static, Result<T, Broken>>;

/// The future of a teardown.
pub type TearDown = LocalBoxFuture<'static, Result<(), String>>;

/// A fixture could not be set up.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The fixture that failed, which may be one that another needs.
    pub fixture: &'static FixtureDecl,
    /// Its error, if this is the place to show it: of a shared fixture it is told elsewhere, once.
    pub error: Option<String>,
}

/// Why a set-up came to nothing.
#[derive(Debug, Clone)]
pub(crate) enum Failed {
    /// The fixture is broken.
    Broken(Broken),
    /// It skips whoever needs it.
    Skipped(String),
}

/// A value on its way into the engine.
pub enum Stored {
    /// Of one test.
    Own(Box<dyn Any>),
    /// Of one worker.
    Worker(Box<dyn Any + Send>),
    /// Of a module or the session.
    Shared(Box<dyn Any + Send + Sync>),
}

/// What a test with fixtures is once they are set up.
pub enum Prepared {
    /// A plain function.
    Sync(Box<dyn FnOnce() -> ExitCode>),
    /// An async one.
    Async(LocalBoxFuture<'static, ExitCode>),
}

/// A test on its way to its fixtures.
pub enum Prepare {
    /// It has them: all were up.
    Ready(Prepared),
    /// It gets them.
    Pending(LocalBoxFuture<'static, Result<Prepared, Broken>>),
}

/// Where a set-up finds the fixtures that it needs.
#[derive(Clone)]
pub struct Context {
    of: Of,
}

/// Whom a context is of.
#[derive(Clone)]
enum Of {
    /// An attempt at a test, and what is set up for it alone or for its worker.
    Attempt(Rc<AttemptContext>),
    /// A fixture that tests share.
    Shared(Rc<SharedContext>),
    /// A test all of whose fixtures its worker has at hand.
    Hand(Rc<AtHand>),
}

impl Context {
    /// The instance of a fixture for whoever this context is of, set up now if there is none yet.
    ///
    /// # Errors
    ///
    /// [`Broken`] if it cannot be set up, now or earlier.
    pub async fn fixture<F: Fixture>(&self) -> Result<Held<F>, Broken> {
        let instance = match (&self.of, F::SCOPE) {
            (Of::Attempt(attempt), Scope::Test) => Instance::Own(attempt.own::<F>(self).await?),
            (Of::Attempt(attempt), Scope::Worker) => Instance::Worker(attempt.of_worker::<F>(self).await?),
            (Of::Attempt(attempt), Scope::Module | Scope::Session) => {
                Instance::Shared(attempt.shared(F::decl(), shared::builder::<F>()).await?)
            }
            (Of::Shared(shared), Scope::Module | Scope::Session) => {
                Instance::Shared(shared.shared(F::decl(), shared::builder::<F>()).await?)
            }
            (Of::Hand(at_hand), _) => at_hand
                .instance(F::decl())
                .ok_or_else(|| Broken { fixture: F::decl(), error: Some("it is not at hand".to_owned()) })?,
            // The macro has compared the scopes; this is for those who implement the trait by hand.
            (Of::Shared(_), Scope::Test | Scope::Worker) => {
                let error = "a shared fixture cannot use one of a shorter scope".to_owned();
                return Err(Broken { fixture: F::decl(), error: Some(error) });
            }
        };
        Ok(Held { instance, fixture: PhantomData })
    }

    /// The instance of a fixture that tests share, if it is up.
    pub(crate) fn ready<F: Fixture>(&self) -> Option<Held<F>> {
        let instance = match &self.of {
            Of::Hand(at_hand) => at_hand.instance(F::decl()),
            Of::Attempt(attempt) if F::SCOPE >= Scope::Module => attempt.ready(F::decl()),
            _ => None,
        };
        // No adapter: every test that borrows something pays for it, once for each.
        match instance {
            Some(instance) => Some(Held { instance, fixture: PhantomData }),
            None => None,
        }
    }

    /// What its worker has at hand, where the test needs nothing else.
    pub(crate) fn at_hand(&self) -> Option<Rc<AtHand>> {
        match &self.of {
            Of::Hand(at_hand) => Some(Rc::clone(at_hand)),
            Of::Attempt(_) | Of::Shared(_) => None,
        }
    }

    /// What the built-in fixtures are made from.
    pub(crate) fn attempt(&self) -> Option<&AttemptContext> {
        match &self.of {
            Of::Attempt(attempt) => Some(attempt),
            Of::Shared(_) | Of::Hand(_) => None,
        }
    }
}

/// An instance, held for as long as a test or a set-up uses it.
pub struct Held<F: Fixture> {
    instance: Instance,
    fixture: PhantomData<F>,
}

enum Instance {
    Own(OwnCell),
    Worker(WorkerCell),
    Shared(SharedValue),
    /// A shared one, and its place among those that the worker has at hand.
    AtHand(Rc<AtHand>, usize),
}

/// A value of a test's own; empty once taken.
type OwnCell = Rc<RefCell<Option<Box<dyn Any>>>>;
/// A value of a worker, lent to one test at a time.
type WorkerCell = Rc<RefCell<Option<Box<dyn Any + Send>>>>;
/// A value that tests share.
type SharedValue = Arc<Box<dyn Any + Send + Sync>>;

/// Values go in and come out through [`Fixture::store`] and [`Held`], both for the same `F`; the plan refuses a second use
/// of what is taken or borrowed mutably.
const TYPE: &str = "an instance holds the value of its own fixture, and nobody else has it";

impl<F: Fixture> Held<F> {
    /// For a parameter `name: &T`.
    pub fn borrow(&self) -> Borrowed<'_, F::Value> {
        match &self.instance {
            Instance::Own(cell) => Borrowed::Own(Ref::map(cell.borrow(), |value| {
                value.as_ref().and_then(|value| value.downcast_ref()).expect(TYPE)
            })),
            Instance::Worker(cell) => Borrowed::Own(Ref::map(cell.borrow(), |value| {
                value.as_ref().and_then(|value| value.downcast_ref()).expect(TYPE)
            })),
            Instance::Shared(value) => Borrowed::Shared((***value).downcast_ref().expect(TYPE)),
            Instance::AtHand(at_hand, place) => {
                Borrowed::Shared((***at_hand.value(*place)).downcast_ref().expect(TYPE))
            }
        }
    }

    /// For a parameter `name: &mut T`; the macro refuses one for a shared fixture.
    pub fn borrow_mut(&self) -> RefMut<'_, F::Value> {
        match &self.instance {
            Instance::Own(cell) => RefMut::map(cell.borrow_mut(), |value| {
                value.as_mut().and_then(|value| value.downcast_mut()).expect(TYPE)
            }),
            Instance::Worker(cell) => RefMut::map(cell.borrow_mut(), |value| {
                value.as_mut().and_then(|value| value.downcast_mut()).expect(TYPE)
            }),
            Instance::Shared(_) | Instance::AtHand(..) => {
                panic!("a shared fixture cannot be borrowed mutably")
            }
        }
    }

    /// For a parameter `name: T`; the macro refuses one for anything but a test's own fixture without teardown.
    pub fn take(self) -> F::Value {
        match &self.instance {
            Instance::Own(cell) => {
                *cell.borrow_mut().take().and_then(|value| value.downcast().ok()).expect(TYPE)
            }
            Instance::Worker(_) | Instance::Shared(_) | Instance::AtHand(..) => {
                panic!("only a test's own fixture can be taken")
            }
        }
    }
}

/// A value that is borrowed: `&*borrowed` is a `&T`. Not sized, as the compiler may take it for what the parameter wants where there is
/// no fixture.
pub enum Borrowed<'a, T: ?Sized> {
    /// From an instance of a test or a worker.
    Own(Ref<'a, T>),
    /// From a shared one.
    Shared(&'a T),
}

impl<T: ?Sized> std::ops::Deref for Borrowed<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Borrowed::Own(value) => value,
            Borrowed::Shared(value) => value,
        }
    }
}

/// How a set-up or a teardown has failed that has panicked: its message is in the output, where the hook has put it.
const PANICKED: &str = "it panicked";

/// What an error of a set-up or a teardown is shown as.
pub fn shown(error: &dyn Debug) -> String {
    format!("{error:?}")
}

/// Gives a value back its type for its teardown.
fn tear_down<F: Fixture>(value: Box<dyn Any>) -> TearDown {
    match value.downcast::<F::Value>() {
        Ok(value) => F::tear_down(*value),
        Err(_) => Box::pin(std::future::ready(Ok(()))),
    }
}

/// Runs a set-up; a panic in it, or a `skip!`, is a way of failing.
async fn set_up<F: Fixture>(context: Context) -> Result<Stored, Failed> {
    run_set_up(F::decl(), pin!(stored::<F>(context))).await
}

async fn run_set_up(
    fixture: &'static FixtureDecl,
    set_up: Pin<&mut dyn Future<Output = Result<Stored, Broken>>>,
) -> Result<Stored, Failed> {
    match caught_future(set_up).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(broken)) => Err(Failed::Broken(broken)),
        Err(payload) => Err(match Skipped::reason(&*payload) {
            Some(reason) => Failed::Skipped(reason),
            None => {
                discard(payload);
                Failed::Broken(Broken { fixture, error: Some(PANICKED.to_owned()) })
            }
        }),
    }
}

/// Puts a value where its scope needs it as soon as it is there: each function that it goes through unoptimised has room for it on
/// the stack, and it may be large.
async fn stored<F: Fixture>(context: Context) -> Result<Stored, Broken> {
    let mut set_up = F::set_up(context);
    poll_fn(|context| match __rust_begin_short_backtrace_of_poll(set_up.as_mut(), context) {
        Poll::Ready(Ok(value)) => Poll::Ready(Ok(F::store(value))),
        Poll::Ready(Err(broken)) => Poll::Ready(Err(broken)),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// A set-up that has not come to its end in time: how it has failed, and what it has made all the same.
fn overran<T>(
    Overran { why, came_to }: Overran<Result<T, Failed>>,
    late: impl FnOnce(Overdue) -> Failed,
) -> (Failed, Option<T>) {
    match came_to {
        // That says more than that it was late.
        Some(Err(failed @ Failed::Broken(_))) => (failed, None),
        came_to => (late(why), came_to.and_then(Result::ok)),
    }
}

/// How a teardown has failed that has not come to its end in time.
fn not_torn_down(Overran { why, came_to }: Overran<Result<(), String>>) -> String {
    came_to.and_then(Result::err).unwrap_or_else(|| why.to_string())
}

/// Ends short backtraces at the fixture's own code.
async fn trimmed<T>(mut future: LocalBoxFuture<'static, T>) -> T {
    poll_fn(|context| __rust_begin_short_backtrace_of_poll(future.as_mut(), context)).await
}

/// Runs a teardown; a panic in it is an error.
async fn run_tear_down(tear_down: fn(Box<dyn Any>) -> TearDown, value: Box<dyn Any>) -> Result<(), String> {
    match caught_future(async move { trimmed(tear_down(value)).await }).await {
        Ok(result) => result,
        Err(payload) => {
            let skipped = Skipped::reason(&*payload);
            discard(payload);
            // Too late to end the test so.
            Err(skipped.map_or_else(|| PANICKED.to_owned(), |reason| format!("it called `skip!`: {reason}")))
        }
    }
}
