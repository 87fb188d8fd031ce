//! Gets all fixtures of a test, and makes of them and the test one thing to run.
//!
//! What is generic here is so over the fixtures, which many tests share, and never over a test.

use crate::instance::{AtHand, Borrowed, Broken, Context, Fixture, Held, Prepare, Prepared};
use crate::registry::Start;
use futures_core::future::LocalBoxFuture;
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

/// Fixtures, held, that can be lent all at once.
pub trait Lend: Bundle {
    /// They, borrowed: `()`, or [`Both`].
    type Lent<'a>
    where
        Self: 'a;
    /// Borrows all of them.
    fn lend(&self) -> Self::Lent<'_>;
    /// The same of what a worker has at hand, which holds them already.
    fn lend_at_hand(at_hand: &AtHand) -> Self::Lent<'_>;
}

impl Lend for () {
    type Lent<'a> = ();

    fn lend(&self) {}

    fn lend_at_hand(_: &AtHand) {}
}

impl<F: Fixture, Rest: Lend> Lend for Both<Held<F>, Rest> {
    type Lent<'a> = Both<Borrowed<'a, F::Value>, Rest::Lent<'a>>;

    fn lend(&self) -> Self::Lent<'_> {
        Both(self.0.borrow(), self.1.lend())
    }

    fn lend_at_hand(at_hand: &AtHand) -> Self::Lent<'_> {
        Both(at_hand.borrow::<F>(), Rest::lend_at_hand(at_hand))
    }
}

/// What a test that borrows all its fixtures gets of them.
pub type Lent<'a, B> = <B as Lend>::Lent<'a>;

/// The future of a test that borrows all its fixtures.
pub type Borrower<'a> = LocalBoxFuture<'a, ExitCode>;

/// The set-up of an async test that borrows all its fixtures and does nothing else before its body: most tests that have any. The
/// future that holds them is compiled here, once for the same fixtures, and not once for each test.
pub fn prepare_borrower<B: Lend>(
    context: Context,
    start: for<'a, 'b> fn(&'a Lent<'b, B>) -> Borrower<'a>,
) -> Prepare {
    if let Some(at_hand) = context.at_hand() {
        return Prepare::Ready(Prepared::Async(Box::pin(async move {
            let lent = B::lend_at_hand(&at_hand);
            start(&lent).await
        })));
    }
    let prepared = move |fixtures: B| {
        Prepared::Async(Box::pin(async move {
            let lent = fixtures.lend();
            start(&lent).await
        }))
    };
    match B::ready(&context) {
        Some(fixtures) => Prepare::Ready(prepared(fixtures)),
        None => Prepare::Pending(Box::pin(async move { Ok(prepared(B::get(&context).await?)) })),
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
