//! The attributes of [async-harness], which re-exports them: depend on that crate, not on this one.
//!
//! A test attribute reads its function from the outside in: `args` and `attributes` say what was asked for,
//! `function` what it was asked of, and `expand` writes it down. A mistake is told at the user's own token, beside
//! an item that stays as complete as it can, so that one mistake gives one message.
//!
//! [async-harness]: https://docs.rs/async-harness

mod args;
mod attributes;
mod builtin;
mod call;
mod cases;
mod errors;
mod expand;
mod factory;
mod fixture;
mod fixture_args;
mod function;
mod given;
mod keys;
mod list;
mod main_fn;
mod moved;
mod parameters;
mod registration;
mod runtime;
mod spans;
mod traits;
mod xfail;

use expand::Door;
use proc_macro::TokenStream;

/// Makes an `async fn` a test.
///
/// ```text
/// #[async_test]
/// async fn creates_a_shipment() -> anyhow::Result<()> {
///     let shipment = Shipment::create("Lyon").await?;
///     assert_eq!(shipment.city(), "Lyon");
///     Ok(())
/// }
/// ```
///
/// The test runs on a fresh current-thread runtime of its own. It returns `()`, a `Result<(), E>` whose `E` is `Debug`,
/// or whatever else implements [`Termination`]; an `Err` fails it and is printed.
///
/// # Arguments
///
/// They are those of `#[tokio::test]`, with its meaning.
///
/// | argument | meaning |
/// |---|---|
/// | `flavor = "current_thread"` | a runtime of one thread, which is the default |
/// | `flavor = "local"` | the same, on which `spawn_local` works anywhere (tokio's `LocalRuntime`) |
/// | `flavor = "multi_thread"` | a runtime with worker threads (tokio's feature `rt-multi-thread`) |
/// | `worker_threads = 4` | how many; with `flavor = "multi_thread"` only |
/// | `start_paused = true` | with the clock paused (tokio's feature `test-util`); not with `flavor = "multi_thread"` |
/// | `name = "shipments"` | the name of the runtime |
/// | `unhandled_panic = "ignore"` | what a panic in a task nobody joins does, or `"shutdown_runtime"` (`--cfg tokio_unstable`); not with `flavor = "multi_thread"` |
/// | `crate = "path::to::async_harness"` | where to find the harness, if it is not `::async_harness` |
///
/// ```text
/// #[async_test(flavor = "multi_thread", worker_threads = 2)]
/// async fn accepts_two_at_once() {}
/// ```
///
/// # Beside it
///
/// `#[ignore]`, `#[ignore = "why"]`, `#[should_panic]`, `#[should_panic(expected = "..")]`, `#[cfg]`, `#[cfg_attr]`,
/// doc comments and lints mean what they mean on any test; they and [`macro@serial`] and [`macro@parallel`] may stand above or
/// below.
///
/// [`Termination`]: std::process::Termination
#[proc_macro_attribute]
pub fn async_test(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Door::AsyncTest, args.into(), item.into()).into()
}

/// Makes a function a test, async or not.
///
/// An `async fn` becomes what [`macro@async_test`] makes of it, with the same arguments. A plain one runs without a
/// runtime, and so takes no argument but `crate`.
///
/// ```text
/// #[async_harness::test]
/// fn parses_a_postcode() {
///     assert_eq!(postcode("69001 Lyon"), Some(69001));
/// }
///
/// #[async_harness::test(start_paused = true)]
/// async fn expires_after_a_day() {
///     tokio::time::sleep(Duration::from_secs(86_400)).await;
/// }
/// ```
///
/// Imported by name, it takes the place of the built-in `#[test]`, which rustc drops without a word under
/// `harness = false`.
#[proc_macro_attribute]
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Door::Test, args.into(), item.into()).into()
}

/// Keeps a test from running beside others: all of them, or those that name the same key.
///
/// ```text
/// #[async_test]
/// #[serial]
/// async fn migrates_the_schema() {}
///
/// #[async_test]
/// #[serial(ledger, mailbox)]
/// async fn books_a_shipment() {}
/// ```
///
/// Bare, the test runs in the last phase of the run, alone and on the main thread. With keys it runs among the others,
/// but never beside one that is `#[serial]` or `#[parallel]` with one of these keys.
///
/// # Arguments
///
/// Keys, which are identifiers of your choice and mean nothing but themselves. There are no options.
///
/// It stands above or below the test attribute; several add up.
#[proc_macro_attribute]
pub fn serial(args: TokenStream, item: TokenStream) -> TokenStream {
    moved::expand("serial", &args.into(), item.into()).into()
}

/// Keeps a test from running beside those that are `#[serial]` with the same key.
///
/// ```text
/// #[async_test]
/// #[parallel(ledger)]
/// async fn reads_the_balance() {}
/// ```
///
/// Tests that are `#[parallel(ledger)]` run beside each other, and never beside one that is `#[serial(ledger)]`.
///
/// # Arguments
///
/// Keys, as in [`macro@serial`]. Without any it says only what holds anyway, that the test may run beside others.
///
/// It stands above or below the test attribute; several add up, with `#[serial(key)]` too.
#[proc_macro_attribute]
pub fn parallel(args: TokenStream, item: TokenStream) -> TokenStream {
    moved::expand("parallel", &args.into(), item.into()).into()
}

/// Says that a test is known to fail.
#[proc_macro_attribute]
pub fn xfail(args: TokenStream, item: TokenStream) -> TokenStream {
    moved::expand("xfail", &args.into(), item.into()).into()
}

/// Makes a function a fixture.
#[proc_macro_attribute]
pub fn fixture(args: TokenStream, item: TokenStream) -> TokenStream {
    fixture::expand(args.into(), item.into()).into()
}

/// Makes tests at start-up.
#[proc_macro_attribute]
pub fn test_factory(args: TokenStream, item: TokenStream) -> TokenStream {
    factory::expand(args.into(), item.into()).into()
}

/// Writes the `main` of a test target; `async_harness::main!` calls it.
#[doc(hidden)]
#[proc_macro]
pub fn __main(input: TokenStream) -> TokenStream {
    main_fn::expand(input.into()).into()
}
