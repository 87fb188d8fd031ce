//! Gets all fixtures of a test, and makes of them and the test one thing to run.
//!
//! What is generic here is so over the fixtures, which many tests share, and never over a test.

use crate::instance::{Broken, Context, Fixture, Held, Prepare, Prepared};
use crate::registry::Start;
use std::process::ExitCode;

/// Fixtures, held: `()`, or the first one and the others.
pub trait Bundle: Sized + 'static {
    /// Gets them in order, each set up if there is no instance yet.
    fn get(context: &Context) -> impl Future<Output = Result<Self, Broken>>;
}

impl Bundle for () {
    async fn get(_: &Context) -> Result<Self, Broken> {
        Ok(())
    }
}

impl<F: Fixture, Rest: Bundle> Bundle for (Held<F>, Rest) {
    async fn get(context: &Context) -> Result<Self, Broken> {
        let first = context.fixture::<F>().await?;
        Ok((first, Rest::get(context).await?))
    }
}

/// The set-up of an async test, which `start` makes of its fixtures.
pub fn prepare<B: Bundle>(context: Context, start: fn(B) -> Start) -> Prepare {
    Box::pin(async move { Ok(Prepared::Async(start(B::get(&context).await?))) })
}

/// The set-up of a sync test, which `run` runs with its fixtures.
pub fn prepare_sync<B: Bundle>(context: Context, run: fn(B) -> ExitCode) -> Prepare {
    Box::pin(async move {
        let fixtures = B::get(&context).await?;
        Ok(Prepared::Sync(Box::new(move || run(fixtures))))
    })
}
