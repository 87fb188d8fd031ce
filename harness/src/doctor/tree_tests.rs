use super::super::tests::InMemory;
use super::*;

fn tree(files: &[(&str, &str)]) -> Tree {
    let renamed = [("h".to_owned(), "async_harness".to_owned())];
    Tree::of(
        Path::new("/p").join(files[0].0).as_path(),
        &renamed,
        &mut Library::default(),
        &InMemory::new(files.iter().copied()),
    )
}

/// The files of the target whose root is the first.
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let tree = tree(files);
    let mut units: Vec<_> =
        tree.units.iter().map(|unit| unit.path.strip_prefix("/p").unwrap().display().to_string()).collect();
    units.sort();
    assert_eq!(units, expected);
}

#[test]
fn modules_are_where_rustc_looks_for_them() {
    check(
        &[
            ("tests/a.rs", "mod b; mod c;"),
            ("tests/b.rs", "mod d;"),
            ("tests/b/d.rs", ""),
            ("tests/c/mod.rs", "mod e;"),
            ("tests/c/e.rs", ""),
            ("tests/d.rs", ""),
            ("tests/e.rs", ""),
        ],
        &["tests/a.rs", "tests/b.rs", "tests/b/d.rs", "tests/c/e.rs", "tests/c/mod.rs"],
    );
    check(
        &[("src/lib.rs", "mod a { mod b { mod c; } }"), ("src/a/b/c.rs", "mod d;"), ("src/a/b/c/d.rs", "")],
        &["src/a/b/c.rs", "src/a/b/c/d.rs", "src/lib.rs"],
    );
    check(
        &[("tests/a/main.rs", "mod b;"), ("tests/a/b.rs", ""), ("tests/b.rs", "")],
        &["tests/a/b.rs", "tests/a/main.rs"],
    );
    check(
        &[("src/lib.rs", "mod a;"), ("src/a.rs", "mod b { mod c; }"), ("src/a/b/c.rs", "")],
        &["src/a.rs", "src/a/b/c.rs", "src/lib.rs"],
    );
}

#[test]
fn a_path_leads_elsewhere() {
    check(
        &[
            ("tests/a.rs", "#[path = \"../common/b.rs\"] mod b;"),
            ("common/b.rs", "mod c;"),
            ("common/c.rs", ""),
        ],
        &["common/b.rs", "common/c.rs", "tests/a.rs"],
    );
    check(
        &[
            ("src/lib.rs", "mod a;"),
            ("src/a.rs", "#[path = \"x.rs\"] mod b; mod c { #[path = \"y.rs\"] mod d; }"),
            ("src/x.rs", ""),
            ("src/a/c/y.rs", ""),
        ],
        &["src/a.rs", "src/a/c/y.rs", "src/lib.rs", "src/x.rs"],
    );
    check(
        &[("src/lib.rs", "#[path = \"z\"] mod a { mod b; }"), ("src/z/b.rs", "")],
        &["src/lib.rs", "src/z/b.rs"],
    );
    check(
        &[("src/lib.rs", "#[cfg_attr(x, path = \"y.rs\")] mod a;"), ("src/y.rs", ""), ("src/a.rs", "")],
        &["src/a.rs", "src/lib.rs", "src/y.rs"],
    );
}

#[test]
fn what_is_included_is_a_part() {
    check(
        &[("tests/a.rs", "include!(\"more/b.rs\");"), ("tests/more/b.rs", "mod c;"), ("tests/c.rs", "")],
        &["tests/a.rs", "tests/c.rs", "tests/more/b.rs"],
    );
    let tree = tree(&[("tests/a.rs", "include!(concat!(env!(\"OUT_DIR\"), \"/b.rs\"));")]);
    assert_eq!(tree.generated, 1);
}

#[test]
fn a_circle_ends() {
    check(&[("tests/a.rs", "#[path = \"a.rs\"] mod a; include!(\"a.rs\");")], &["tests/a.rs"]);
}

#[test]
fn conditions_hold_for_all_that_is_below() {
    let tree = tree(&[
        ("a.rs", "#[cfg(any())] mod b; #[cfg(x)] mod d; mod lost; #[cfg(y)] mod gone;"),
        ("b.rs", "mod c;"),
        ("b/c.rs", ""),
        ("d.rs", ""),
    ]);
    let held = |name: &str| {
        let unit = tree.units.iter().position(|unit| unit.path.ends_with(name)).unwrap();
        tree.condition(unit, 0).clone()
    };
    assert!(held("b.rs").never && held("b/c.rs").never && held("a.rs").is_certain());
    assert_eq!(held("d.rs").perhaps, ["x"]);
    assert_eq!(tree.missing.iter().map(|(.., name)| name.as_str()).collect::<Vec<_>>(), ["lost"]);
}

/// What a path means at the end of the first file.
fn meaning(text: &str, path: &str) -> String {
    let tree =
        tree(&[("a.rs", text), ("b.rs", "pub use tokio::test as t; pub mod c { pub use super::t as u; }")]);
    let scope = tree.units[0].source.functions.last().map_or(0, |function| function.scope);
    let path: Vec<_> = path.split("::").map(ToOwned::to_owned).collect();
    match tree.meaning(0, scope, &path) {
        Named::Module(_) => "module".to_owned(),
        Named::Local => "local".to_owned(),
        Named::Foreign(path) => path.join("::"),
    }
}

#[test]
fn names_mean_what_is_imported() {
    for (text, path, expected) in [
        ("", "test", "test"),
        ("", "tokio::test", "tokio::test"),
        ("", "::tokio::test", "tokio::test"),
        ("use tokio::test;", "test", "tokio::test"),
        ("use tokio::test as t;", "t", "tokio::test"),
        ("use tokio as tk;", "tk::test", "tokio::test"),
        ("use {tokio::{self as x, test}};", "x::test", "tokio::test"),
        ("extern crate tokio as y;", "y::test", "tokio::test"),
        ("use h::test;", "test", "async_harness::test"),
        ("use h::prelude::*;", "test", "async_harness::test"),
        ("use h::*;", "async_test", "async_harness::async_test"),
        ("", "h::test", "async_harness::test"),
        ("mod b;", "b::t", "tokio::test"),
        ("mod b; use b::*;", "t", "tokio::test"),
        ("mod b; use crate ::b::c::u as v;", "v", "tokio::test"),
        ("mod b; use self::b::c::*;", "u", "tokio::test"),
        ("use tokio::test; mod x { use super::*; #[test] fn f() {} }", "test", "tokio::test"),
        ("use tokio::test; mod x { #[test] fn f() {} }", "test", "test"),
        ("use tokio::test; fn g() { #[test] fn f() {} }", "test", "tokio::test"),
        ("fn g() { use tokio::test; #[test] fn f() {} }", "test", "tokio::test"),
        ("mod test {}", "test", "module"),
        ("use rstest::*;", "rstest", "rstest::rstest"),
        ("use tokio; use tokio::*;", "test", "test"),
        ("use crate ::no::such;", "such", "local"),
        ("use self::a as b; use self::b as a;", "a", "local"),
        ("use super::*;", "test", "test"),
    ] {
        assert_eq!(meaning(text, path), expected, "`{path}` after {text}");
    }
}
