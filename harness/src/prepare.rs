//! Gets all fixtures of a test, and makes of them and the test one thing to run.
//!
//! What is generic here is so over the fixtures, which many tests share, and never over a test.

use crate::instance::{Broken, Context, Fixture, Held, Prepare, Prepared};
use crate::registry::Start;
use std::process::ExitCode;

/// Fixtures, held: the first one, and the others or `()`.
///
/// A type with a name and no pair: its tokens are the parameters', and where one of them is no fixture the compiler says so there.
pub struct Both<F, Rest>(pub F, pub Rest);

/// Fixtures, held: `()`, or [`Both`].
pub trait Bundle: Sized + 'static {
    /// Those that are up, if all are and tests share them: then nothing of a user's is run. Most often it is so, and to run a
    /// future would take longer than to get them.
    fn ready(context: &Context) -> Option<Self>;
    /// Gets them in order, each set up if there is no instance yet.
    fn get(context: &Context) -> impl Future<Output = Result<Self, Broken>>;
}

impl Bundle for () {
    fn ready(_: &Context) -> Option<Self> {
        Some(())
    }

    async fn get(_: &Context) -> Result<Self, Broken> {
        Ok(())
    }
}

impl<F: Fixture, Rest: Bundle> Bundle for Both<Held<F>, Rest> {
    fn ready(context: &Context) -> Option<Self> {
        Some(Both(context.ready()?, Rest::ready(context)?))
    }

    async fn get(context: &Context) -> Result<Self, Broken> {
        let first = context.fixture::<F>().await?;
        Ok(Both(first, Rest::get(context).await?))
    }
}

/// The set-up of an async test, which `start` makes of its fixtures.
pub fn prepare<B: Bundle>(context: Context, start: fn(B) -> Start) -> Prepare {
    match B::ready(&context) {
        Some(fixtures) => Prepare::Ready(Prepared::Async(start(fixtures))),
        None => Prepare::Pending(Box::pin(async move {
            let fixtures = B::get(&context).await?;
            Ok(Prepared::Async(start(fixtures)))
        })),
    }
}

/// The set-up of a sync test, which `run` runs with its fixtures.
pub fn prepare_sync<B: Bundle>(context: Context, run: fn(B) -> ExitCode) -> Prepare {
    let prepared = move |fixtures| Prepared::Sync(Box::new(move || run(fixtures)));
    match B::ready(&context) {
        Some(fixtures) => Prepare::Ready(prepared(fixtures)),
        None => Prepare::Pending(Box::pin(async move { Ok(prepared(B::get(&context).await?)) })),
    }
}
