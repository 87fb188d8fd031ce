//! Tests that are made at start-up: what a `#[test_factory]` returns, and how it becomes tests like all others.

use crate::panics::{__rust_begin_short_backtrace, caught, discard};
use crate::registry::{Body, Registered, Runtime, Start};
use crate::result::TestResult;
use crate::test::{Test, TestPath};
use std::sync::Arc;

/// A factory that is registered.
pub struct RegisteredFactory {
    /// What holds for all its tests; its path is that of the factory.
    pub test: Test,
    /// How their runtimes are built.
    pub runtime: Runtime,
    /// Makes them.
    pub make: fn() -> Vec<TestCase>,
}

inventory::collect!(RegisteredFactory);

/// A test that a `#[test_factory]` makes.
///
/// ```
/// use async_harness::TestCase;
///
/// let cases: Vec<TestCase> = ["air", "road"]
///     .into_iter()
///     .map(|kind| TestCase::new(kind, move || async move { assert!(!kind.is_empty()) }))
///     .collect();
/// # assert_eq!(cases.len(), 2);
/// ```
pub struct TestCase {
    name: String,
    start: Box<dyn Fn() -> Start + Send + Sync>,
}

impl TestCase {
    /// A test of this name, which becomes `factory::name`; a line's end in it is shown as `\n`. `body` is called once for each
    /// attempt.
    pub fn new<T: TestResult + 'static>(
        name: impl Into<String>,
        body: impl AsyncFn() -> T + Send + Sync + 'static,
    ) -> Self {
        let body = Arc::new(body);
        let start = move || -> Start {
            let body = Arc::clone(&body);
            Box::pin(async move { body().await.report() })
        };
        TestCase { name: name.into(), start: Box::new(start) }
    }
}

impl RegisteredFactory {
    /// Makes the tests of this factory, for the rest of the process.
    ///
    /// # Errors
    ///
    /// A message, if the factory panics or gives a test no name.
    pub(crate) fn tests(&self) -> Result<Vec<&'static Registered>, String> {
        let cases = caught(|| __rust_begin_short_backtrace(self.make)).map_err(|payload| {
            discard(payload);
            format!("test factory `{}` at {} panicked", self.test.name(), self.test.place)
        })?;
        cases
            .into_iter()
            .map(|TestCase { name, start }| {
                if name.is_empty() {
                    return Err(format!(
                        "test factory `{}` at {} made a test without a name",
                        self.test.name(),
                        self.test.place
                    ));
                }
                let name = on_one_line(name);
                let path: &'static str = format!("{}::{name}", self.test.path.whole).leak();
                let more = u32::try_from("::".len() + name.len()).unwrap_or(u32::MAX);
                let path = TestPath::new(path);
                let test = Test { path, own_length: self.test.own_length.saturating_add(more), ..self.test };
                let body = Body::Made { runtime: self.runtime, start };
                Ok(&*Box::leak(Box::new(Registered { test, body })))
            })
            .collect()
    }
}

/// A name as lists of tests can show it: control characters are written as in a string literal.
fn on_one_line(name: String) -> String {
    if !name.contains(char::is_control) {
        return name;
    }
    let mut shown = String::new();
    for c in name.chars() {
        match c.is_control() {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    shown
}
