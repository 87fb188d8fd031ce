//! The attributes of [async-harness], which re-exports them: depend on that crate, not on this one.
//!
//! An attribute reads its function from the outside in: `args` and `attributes` say what was asked for, `function` and
//! `parameters` what it was asked of; `cases` makes the tests of it, and `expand`, `fixture` and `factory` write them
//! down. A mistake is told at the user's own token, beside an item that stays as complete as it can, so that one mistake
//! gives one message.
//!
//! [async-harness]: https://docs.rs/async-harness

mod args;
mod attributes;
mod block;
mod builtin;
mod call;
mod cases;
mod duration;
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
mod numbers;
mod options;
mod parameters;
mod registration;
mod runtime;
mod spans;
mod tags;
mod traits;
mod types;
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
/// Those of `#[tokio::test]` are there, with its meaning, and ours:
///
/// | argument | meaning |
/// |---|---|
/// | `flavor = "current_thread"` | a runtime of one thread, which is the default |
/// | `flavor = "local"` | the same, on which `spawn_local` works anywhere (tokio's `LocalRuntime`) |
/// | `flavor = "multi_thread"` | a runtime with worker threads |
/// | `worker_threads = 4` | how many; with `flavor = "multi_thread"` only |
/// | `start_paused = true` | with the clock paused (tokio's feature `test-util`); not with `flavor = "multi_thread"` |
/// | `name = "shipments"` | the name of the runtime |
/// | `unhandled_panic = "ignore"` | what a panic in a task nobody joins does, or `"shutdown_runtime"` (`--cfg tokio_unstable`); not with `flavor = "multi_thread"` |
/// | `runtime = "fresh"` | a runtime of the test's own, whatever its fixtures live on |
/// | `runtime = "session"` | the session runtime, which outlives every test; not with any of the above |
/// | `timeout = "5s"` | the test fails if it takes longer: `500ms`, `30s`, `1m 30s`, `2h` |
/// | `retries = 2` | how often it is tried again after a failure |
/// | `tags(slow, "needs-db")` | words that `-m` chooses tests by: identifiers, or in quotes |
/// | `group = "ledger"` | under `--dist group`, the tests of a group run on one worker |
/// | `threads_required = 4` | for how many tests it counts while it runs |
/// | `task_panics = "fail"` | a panic in one of its tasks fails it |
/// | `crate = "path::to::async_harness"` | where to find the harness, if it is not `::async_harness` |
///
/// Without `runtime` a test gets one of its own, unless one of its fixtures brings it to the session runtime.
///
/// ```text
/// #[async_test(flavor = "multi_thread", worker_threads = 2)]
/// async fn accepts_two_at_once() {}
/// ```
///
/// # Parameters
///
/// The name of a parameter picks the [fixture](macro@fixture) of that name; a leading `_` is dropped.
///
/// | parameter | argument |
/// |---|---|
/// | `client: &T` | the value of the fixture `client`, borrowed; what `&` of it coerces to will do, as `&str` for a `String` |
/// | `client: &mut T` | borrowed mutably; of scope `test` or `worker` only |
/// | `client: T` | taken; of scope `test` and without a teardown only |
/// | `#[from(path::to::client)] c: &T` | the same of a fixture under another name or in another module; any pattern will do |
/// | `#[case] n: T` | an argument of the case |
/// | `#[values(1, 2)] n: T` | each of these, in a test of its own |
///
/// ```text
/// #[async_test]
/// #[case("US", 5)]
/// #[case::germany("DE", 12)]
/// async fn rates(#[case] country: &str, #[case] days: u32, client: &Client) {}
/// ```
///
/// # Cases
///
/// Each `#[case(..)]` below the attribute is a test: `rates::case_1`, `rates::case_2_germany`. With `#[values]` there is
/// one for each case and value, `rates::case_1::kind_1_air`. The names are those of rstest. Arguments are expressions,
/// evaluated on the test's runtime; a string for a parameter of another type than a string is parsed.
///
/// `#[ignore]`, `#[should_panic]`, [`macro@xfail`], [`macro@serial`] and [`macro@parallel`] that follow a case are of that case;
/// those before the first are of all. `#[cfg_attr(unix, case(..))]` leaves a case out; a `#[cfg]` leaves out the function,
/// wherever it stands.
///
/// # Beside it
///
/// `#[ignore]`, `#[ignore = "why"]`, `#[should_panic]`, `#[should_panic(expected = "..")]`, `#[cfg]`, `#[cfg_attr]`,
/// doc comments and lints mean what they mean on any test; they and [`macro@serial`], [`macro@parallel`] and [`macro@xfail`] may
/// stand above or below.
///
/// [`Termination`]: std::process::Termination
#[proc_macro_attribute]
pub fn async_test(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Door::AsyncTest, spans::arguments(args.into()), item.into()).into()
}

/// Makes a function a test, async or not.
///
/// An `async fn` becomes what [`macro@async_test`] makes of it, with the same arguments and parameters. A plain one takes
/// the same parameters, but no argument about a runtime of its own; `runtime` is for one with fixtures.
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
    expand::expand(Door::Test, spans::arguments(args.into()), item.into()).into()
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
    moved::expand("serial", &spans::arguments(args.into()), item.into()).into()
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
    moved::expand("parallel", &spans::arguments(args.into()), item.into()).into()
}

/// Says that a test is known to fail: that it does is reported as such, and that it passes is a failure.
///
/// ```text
/// #[async_test]
/// #[xfail = "the carrier rounds up"]
/// async fn charges_what_it_quotes() {}
/// ```
///
/// # Arguments
///
/// None, or why, which is `#[xfail("why")]` where it stands above the test attribute: rustc calls no macro as
/// `#[xfail = "why"]`.
///
/// It does not go with `#[should_panic]`, by which a panic is a success. Below a `#[case(..)]` it is for that case.
#[proc_macro_attribute]
pub fn xfail(args: TokenStream, item: TokenStream) -> TokenStream {
    moved::expand("xfail", &spans::arguments(args.into()), item.into()).into()
}

/// Makes a function a fixture: what tests need, set up before they start and torn down after they end.
///
/// ```text
/// #[fixture(scope = "session", teardown = stop)]
/// async fn server() -> io::Result<Server> {
///     Server::start().await
/// }
///
/// async fn stop(server: Server) {
///     server.stop().await;
/// }
///
/// #[fixture]
/// async fn client(server: &Server) -> Client {
///     Client::new(server.url())
/// }
///
/// #[async_test]
/// async fn creates_a_shipment(client: Client) {}
/// ```
///
/// The function is async or not, and takes other fixtures as a [test](macro@async_test#parameters) does, of its own scope or a
/// longer one. It returns the value, or a `Result` of it whose error is `Debug`: the tests of a fixture that fails
/// fail with its name, and its error is shown once. The name then stands for a type, to be imported where it is used;
/// the function itself cannot be called.
///
/// # Arguments
///
/// | argument | meaning |
/// |---|---|
/// | `scope = "test"` | each attempt at a test has an instance of its own, which is the default |
/// | `scope = "worker"` | each worker has one, for one test at a time; it is `Send` |
/// | `scope = "module"` | the tests of a module share one; it is `Send + Sync` |
/// | `scope = "session"` | all tests share one; it is `Send + Sync` |
/// | `teardown = stop` | an `async fn` that takes the value when it is no longer needed, and returns `()` or a `Result<(), E>` whose `E` is `Debug` |
/// | `timeout = "30s"` | its set-up and its teardown fail if they take longer |
/// | `serial(key, ..)` | its tests hold these keys as if they were [`macro@serial`] with them |
/// | `parallel(key, ..)` | likewise, as in [`macro@parallel`] |
/// | `runtime = "any"` | its value works on any runtime, so that its tests keep their own; of a longer scope than a test's only |
/// | `runtime = "session"` | its value works on the session runtime only, although its function is not async |
/// | `crate = "path::to::async_harness"` | where to find the harness, if it is not `::async_harness` |
///
/// An async fixture of a longer scope than a test's lives on the session runtime, and so do its tests.
#[proc_macro_attribute]
pub fn fixture(args: TokenStream, item: TokenStream) -> TokenStream {
    fixture::expand(spans::arguments(args.into()), item.into()).into()
}

/// Makes tests at start-up, of what a function returns.
///
/// ```text
/// #[test_factory]
/// fn addresses() -> Vec<TestCase> {
///     let file = include_str!("addresses.txt");
///     file.lines().map(|line| TestCase::new(line, move || async move { check(line) })).collect()
/// }
/// ```
///
/// The function is a plain one without parameters, as it runs before anything else, each time the target is run. It
/// returns a `Vec<TestCase>`, or whatever else is `IntoIterator<Item = TestCase>`; the tests are named
/// `addresses::name`.
///
/// # Arguments
///
/// Those of [`macro@async_test`], for all its tests. `#[ignore]`, `#[should_panic]`, [`macro@xfail`], [`macro@serial`] and
/// [`macro@parallel`] are for all of them too.
#[proc_macro_attribute]
pub fn test_factory(args: TokenStream, item: TokenStream) -> TokenStream {
    factory::expand(spans::arguments(args.into()), item.into()).into()
}

/// Writes the `main` of a test target; `async_harness::main!` calls it.
#[doc(hidden)]
#[proc_macro]
pub fn __main(input: TokenStream) -> TokenStream {
    main_fn::expand(input.into()).into()
}
