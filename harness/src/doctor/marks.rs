//! Tells what an attribute makes of a function, or a macro that is given it: a test of this harness, one that rustc drops,
//! or none.

use super::attribute::Attribute;
use super::source::Call;
use super::tree::{Named, Tree};

/// What an attribute or a macro makes of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A test of this harness.
    Ours,
    /// What is `#[test]` in the end, so that rustc drops it.
    Dropped(Instead),
    /// A test, by its name; of which harness nobody can tell who has not read the macro.
    Perhaps,
    /// Nothing that runs.
    Nothing,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instead {
    /// `#[async_test]`.
    AsyncTest,
    /// The same on a runtime where `spawn_local` works.
    LocalTest,
    /// `#[async_harness::test]`, for async functions and others.
    Test,
    /// The same attribute with `use async_harness::test` in its module: a macro writes it.
    Import,
    /// Nothing: it is a benchmark.
    Bench,
}

/// Attributes that become `#[test]`, by crate and name, beside those that are called `test`.
const DROPPED: [(&str, &str); 13] = [
    ("rstest", "rstest"),
    ("rstest_reuse", "apply"),
    ("test_case", "test_case"),
    ("test_case", "test_matrix"),
    ("googletest", "gtest"),
    ("wasm_bindgen_test", "wasm_bindgen_test"),
    ("quickcheck_async", "tokio"),
    ("test_strategy", "proptest"),
    ("proptest", "property_test"),
    ("yare", "parameterized"),
    ("parameterized", "parameterized"),
    ("rocket", "async_test"),
    ("test_with", "tokio_runner"),
];

/// Attributes with such names that stand beside one that makes the test.
const BESIDE: [&str; 3] = ["test_context", "traced_test", "test_with"];

/// What an attribute in this scope makes of its function.
pub(super) fn mark(tree: &Tree, unit: usize, scope: usize, attribute: &Attribute) -> Mark {
    let Some(last) = attribute.path.last() else { return Mark::Nothing };
    // Looking a name up is worth it for what may be one.
    match could_be(last) || may_be_renamed(attribute) {
        true => looked_up(tree, unit, scope, &attribute.path, last),
        false => Mark::Nothing,
    }
}

/// What `quickcheck!` makes of a function that it is given, by the `#[test]` that it writes in this scope.
pub(super) fn mark_by_quickcheck(tree: &Tree, unit: usize, scope: usize) -> Mark {
    match looked_up(tree, unit, scope, &["test".to_owned()], "test") {
        Mark::Dropped(_) => Mark::Dropped(Instead::Import),
        // `use async_harness::test` holds for what the macro writes as well.
        mark => mark,
    }
}

/// Whether this is a call of `quickcheck!`.
pub(super) fn is_quickcheck(tree: &Tree, unit: usize, call: &Call) -> bool {
    let Named::Foreign(path) = tree.meaning(unit, call.scope, &call.path) else { return false };
    match path.as_slice() {
        // It comes by `#[macro_use]`, unless the target has a macro of that name.
        [only] => only == "quickcheck" && !tree.defines(only),
        // `use quickcheck::quickcheck` gives its crate's name another meaning, which is passed through many times.
        [krate, .., name] => krate == "quickcheck" && name == "quickcheck",
        [] => false,
    }
}

/// Whether this attribute is a lock of serial_test's.
pub(super) fn is_lock_of_serial_test(tree: &Tree, unit: usize, scope: usize, attribute: &Attribute) -> bool {
    let is_lock = attribute.path.last().is_some_and(|name| name == "serial" || name == "parallel");
    is_lock
        && matches!(
            tree.meaning(unit, scope, &attribute.path),
            Named::Foreign(path) if path.first().is_some_and(|krate| krate == "serial_test")
        )
}

fn looked_up(tree: &Tree, unit: usize, scope: usize, path: &[String], last: &str) -> Mark {
    match tree.meaning(unit, scope, path) {
        // A module may be called `test`, and has nothing to do with the attribute.
        Named::Module(_) if path.len() == 1 => alone(last),
        Named::Module(_) | Named::Local => by_name(last),
        Named::Foreign(path) => of_path(&path),
    }
}

/// `use tokio::test as t`: any word may be one. What rustc itself knows is not.
fn may_be_renamed(attribute: &Attribute) -> bool {
    const BUILT_IN: [&str; 14] = [
        "allow",
        "cfg",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "ignore",
        "inline",
        "must_use",
        "path",
        "should_panic",
        "track_caller",
        "warn",
    ];
    attribute.path.len() > 1 || !BUILT_IN.iter().any(|name| attribute.is(name))
}

fn could_be(name: &str) -> bool {
    name.contains("test") || name == "bench" || DROPPED.iter().any(|(_, dropped)| *dropped == name)
}

fn of_path(path: &[String]) -> Mark {
    let (Some(krate), Some(name)) = (path.first(), path.last()) else { return Mark::Nothing };
    match (krate.as_str(), name.as_str()) {
        ("async_harness" | "async_harness_macros", "async_test" | "test" | "test_factory") => Mark::Ours,
        ("async_harness" | "async_harness_macros", _) => Mark::Nothing,
        _ if path.len() == 1 => alone(name),
        ("core" | "std", "test") => Mark::Dropped(Instead::Test),
        ("core" | "std", "bench") => Mark::Dropped(Instead::Bench),
        ("test_log" | "googletest" | "test_with", "test") => Mark::Dropped(Instead::Test),
        ("quickcheck_macros", "quickcheck") => Mark::Dropped(Instead::Import),
        // Its `spawn` is tokio's `spawn_local`.
        ("actix" | "actix_rt" | "actix_web", "test") => Mark::Dropped(Instead::LocalTest),
        (_, "test") => Mark::Dropped(Instead::AsyncTest),
        (krate, name) if DROPPED.contains(&(krate, name)) => Mark::Dropped(Instead::Test),
        _ => by_name(name),
    }
}

/// A word that nothing imports: rustc's own, or one that comes by `#[macro_use]` or out of a macro.
fn alone(name: &str) -> Mark {
    match name {
        "test" => Mark::Dropped(Instead::Test),
        "bench" => Mark::Dropped(Instead::Bench),
        "async_test" | "test_factory" => Mark::Ours,
        "rstest" | "test_case" | "gtest" | "wasm_bindgen_test" => Mark::Dropped(Instead::Test),
        "quickcheck" => Mark::Dropped(Instead::Import),
        _ => by_name(name),
    }
}

fn by_name(name: &str) -> Mark {
    match name {
        "async_test" | "test_factory" => Mark::Ours,
        "test" => Mark::Perhaps,
        _ if BESIDE.contains(&name) => Mark::Nothing,
        _ if name.ends_with("_test") || name.starts_with("test_") => Mark::Perhaps,
        _ => Mark::Nothing,
    }
}
