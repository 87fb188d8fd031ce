//! What generated code and the engine say to each other about the value of a fixture.

use crate::fixture::{FixtureDecl, Scope, Teardown};
use futures::future::LocalBoxFuture;
use std::any::Any;
use std::cell::{Ref, RefCell, RefMut};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;

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

/// A fixture could not be set up; who and why is told elsewhere, once.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The fixture that failed, which may be one that another needs.
    pub fixture: &'static FixtureDecl,
    /// Its error, if this is the place to show it.
    pub error: Option<String>,
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

/// The future of a test's set-up.
pub type Prepare = LocalBoxFuture<'static, Result<Prepared, Broken>>;

/// Where a set-up finds the fixtures that it needs.
#[derive(Clone)]
pub struct Context {
    _engine: Rc<()>,
}

impl Context {
    /// The instance of a fixture for whoever this context is of, set up now if there is none yet.
    pub async fn fixture<F: Fixture>(&self) -> Result<Held<F>, Broken> {
        let value = F::set_up(self.clone()).await?;
        let _ = F::store(value);
        Err(Broken { fixture: F::decl(), error: None })
    }
}

/// An instance, held for as long as a test or a set-up uses it.
pub struct Held<F: Fixture> {
    instance: Instance,
    fixture: PhantomData<F>,
}

enum Instance {
    Own(Rc<RefCell<Option<Box<dyn Any>>>>),
    Shared(Arc<Box<dyn Any + Send + Sync>>),
}

impl<F: Fixture> Held<F> {
    /// For a parameter `name: &T`.
    pub fn borrow(&self) -> Borrowed<'_, F::Value> {
        let _ = &self.instance;
        unreachable!("the engine is not there yet")
    }

    /// For a parameter `name: &mut T`.
    pub fn borrow_mut(&self) -> RefMut<'_, F::Value> {
        unreachable!("the engine is not there yet")
    }

    /// For a parameter `name: T`.
    pub fn take(self) -> F::Value {
        unreachable!("the engine is not there yet")
    }
}

/// A value that is borrowed: `&*borrowed` is a `&T`.
pub enum Borrowed<'a, T> {
    /// From a test's own instance.
    Own(Ref<'a, T>),
    /// From a shared one.
    Shared(&'a T),
}

impl<T> std::ops::Deref for Borrowed<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Borrowed::Own(value) => value,
            Borrowed::Shared(value) => value,
        }
    }
}

/// What an error of a set-up or a teardown is shown as.
pub fn shown(error: &dyn Debug) -> String {
    format!("{error:?}")
}
