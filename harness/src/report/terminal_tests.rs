//! What stands at the end beside libtest's lines, told of hand-written events: at a terminal and in a pipe.

use super::console::Screen;
use super::tests::{Paper, finished};
use super::*;
use crate::cli::settings;
use crate::event::NotRun;
use crate::fixture::{FixtureDecl, FixtureKind, FixtureRuntime, Need, NeedAccess, Scope, Teardown};
use crate::outcome::{Failure, Finished, Outcome};
use crate::place::Place;
use crate::settings::{GitHub, Settings};
use crate::test::Test;
use expect_test::{Expect, expect};
use std::time::{Duration, SystemTime};

/// This package, as cargo knows it: the places of its tests are in this file.
const TARGET: Target = Target {
    root: "harness/src/lib.rs",
    package: Some("async-harness"),
    folder: Some(env!("CARGO_MANIFEST_DIR")),
    krate: Some("async_harness"),
    ..Target::UNKNOWN
};

pub(super) static SERVER: FixtureDecl = FixtureDecl {
    path: "shop::server",
    place: Place { file: "harness/src/report/terminal_tests.rs", line: 5, column: 4 },
    doc: "",
    scope: Scope::Session,
    kind: FixtureKind::Async,
    runtime: FixtureRuntime::Inferred,
    teardown: Teardown::No,
    timeout: None,
    keys: &[],
    needs: &[],
};

static CLIENT: FixtureDecl = FixtureDecl {
    path: "shop::client",
    scope: Scope::Test,
    needs: &[Need { fixture: || &SERVER, access: NeedAccess::Borrow }],
    ..SERVER
};

/// A test of this name, whose function stands in the second line of this file.
pub(super) fn test(name: &str) -> Test {
    let file = "harness/src/report/terminal_tests.rs";
    Test {
        path: crate::test::TestPath::new(format!("shop::{name}").leak()),
        place: Place { file, line: 2, column: 4 },
        ..Test::PLAIN
    }
}

pub(super) fn panicked(name: &str, line: usize, message: &str) -> String {
    format!(
        "out\n\nthread '{name}' (7) panicked at harness/src/report/terminal_tests.rs:{line}:3:\n{message}\n"
    )
}

pub(super) fn failed(output: &str) -> Finished {
    finished(Outcome::Failed(Failure::Told), output)
}

/// What is told after the results of tests.
fn end(settings: &Settings, screen: Screen, results: Vec<(Test, Finished)>) -> String {
    end_of(settings, screen, results, Vec::new()).0
}

/// The same where something else has happened too; and how telling of it went.
pub(super) fn end_of(
    settings: &Settings,
    screen: Screen,
    results: Vec<(Test, Finished)>,
    others: Vec<Event>,
) -> (String, Told) {
    let out = Paper::default();
    let console = Console::to(Box::new(out.clone()), Box::new(Paper::default()), false, screen);
    let mut reports = Reports::open(settings, console, Opening::Anew, TARGET, None).unwrap();
    reports.tell(&Event::RunStarted {
        tests: results.len(),
        filtered_out: 0,
        shuffle_seed: None,
        began: SystemTime::UNIX_EPOCH,
    });
    for (test, finished) in results {
        reports.tell(&Event::TestFinished { test: Box::leak(Box::new(test)), finished });
    }
    others.iter().for_each(|event| reports.tell(event));
    let elapsed = Duration::from_secs(20);
    reports.tell(&Event::RunFinished { elapsed, not_run: NotRun::default(), stray: Vec::new() });
    reports.pause();
    let text = out.text();
    let text = text.split_once("\n\n").map_or(String::new(), |(_, end)| format!("\n{end}"));
    (text, reports.finish())
}

fn check(line: &str, screen: Screen, results: Vec<(Test, Finished)>, expected: Expect) {
    expected.assert_eq(&end(&settings(line), screen, results));
}

/// One of each kind, of which two follow from the first.
pub(super) fn some() -> Vec<(Test, Finished)> {
    let needs = &[Need { fixture: || &CLIENT, access: NeedAccess::Borrow }];
    let poison = "called `Result::unwrap()` on an `Err` value: PoisonError { .. }";
    vec![
        (Test { needs, ..test("books") }, failed(&panicked("books", 1, "left and right"))),
        (test("follows"), failed(&panicked("follows", 3, poison))),
        (test("follows_too"), failed(&panicked("follows_too", 3, poison).replace("out\n", ""))),
        (test("late"), finished(Outcome::Failed(Failure::Because("timed out after 5s".to_owned())), "")),
        (test("refuses"), failed("Error: \"no\"\n")),
        (test("skips"), finished(Outcome::Ignored(Some("no network".into())), "")),
    ]
}

#[test]
fn a_terminal_shows_each_failure_once_and_whole() {
    check(
        "",
        Screen::Terminal,
        some(),
        expect![[r#"

        failures:

        ---- books stdout ----
        out

        thread 'books' (7) panicked at harness/src/report/terminal_tests.rs:1:3:
        left and right

         --> harness/src/report/terminal_tests.rs:1:3
          |
        1 | //! What stands at the end beside libtest's lines, told of hand-written events: at a terminal and in a pipe.
          |   ^
        2 |
        3 | use super::console::Screen;

        fixtures: server (session), client

        cargo test -p async-harness --lib -- --exact books

        2 tests failed on a lock that was probably poisoned by this panic:

        follows at harness/src/report/terminal_tests.rs:3:3: called `Result::unwrap()` on an `Err` value: PoisonError { .. }
        out
        cargo test -p async-harness --lib -- --exact follows

        follows_too at harness/src/report/terminal_tests.rs:3:3: called `Result::unwrap()` on an `Err` value: PoisonError { .. }
        cargo test -p async-harness --lib -- --exact follows_too

        ---- late stdout ----
        note: timed out after 5s

         --> harness/src/report/terminal_tests.rs:2:4

        cargo test -p async-harness --lib -- --exact late

        ---- refuses stdout ----
        Error: "no"

         --> harness/src/report/terminal_tests.rs:2:4

        cargo test -p async-harness --lib -- --exact refuses


        failures:
            books
            follows
            follows_too
            late
            refuses

        ignored:
            skips: no network

        test result: FAILED. 0 passed; 5 failed; 1 ignored; 0 measured; 0 filtered out; finished in 20.00s

    "#]],
    );
}

#[test]
fn a_pipe_keeps_libtests_sections_and_has_the_commands_behind_them() {
    check(
        "",
        Screen::Pipe,
        some(),
        expect![[r#"

        failures:

        ---- books stdout ----
        out

        thread 'books' (7) panicked at harness/src/report/terminal_tests.rs:1:3:
        left and right

        ---- follows stdout ----
        out

        thread 'follows' (7) panicked at harness/src/report/terminal_tests.rs:3:3:
        called `Result::unwrap()` on an `Err` value: PoisonError { .. }

        ---- follows_too stdout ----

        thread 'follows_too' (7) panicked at harness/src/report/terminal_tests.rs:3:3:
        called `Result::unwrap()` on an `Err` value: PoisonError { .. }

        ---- late stdout ----
        note: timed out after 5s
        ---- refuses stdout ----
        Error: "no"


        failures:
            books
            follows
            follows_too
            late
            refuses

        2 tests failed on a poisoned lock, probably poisoned when `books` panicked:
            follows
            follows_too

        run again:
        cargo test -p async-harness --lib -- --exact books
        cargo test -p async-harness --lib -- --exact follows
        cargo test -p async-harness --lib -- --exact follows_too
        cargo test -p async-harness --lib -- --exact late
        cargo test -p async-harness --lib -- --exact refuses

        test result: FAILED. 0 passed; 5 failed; 1 ignored; 0 measured; 0 filtered out; finished in 20.00s

    "#]],
    );
}

#[test]
fn there_is_a_command_for_all_where_they_are_many() {
    let so_many = |count| (10..10 + count).map(|n| (test(&format!("t{n}")), failed(""))).collect();
    let many = || so_many(11);
    let text = end(&settings(""), Screen::Pipe, so_many(10));
    assert!(!text.contains("all of them"), "{text}");
    let text = end(&settings(""), Screen::Pipe, many());
    assert_eq!(text.matches(" --exact t").count(), 11, "{text}");
    let all = "\nrun all of them again:\ncargo test -p async-harness --lib -- --last-failed\n\ntest result: ";
    assert!(text.contains(all), "{text}");
    let text = end(&settings(""), Screen::Terminal, many());
    assert!(text.contains(all), "{text}");
}

#[test]
fn a_target_that_cargo_has_not_built_has_no_command() {
    let out = Paper::default();
    let console = Console::to(Box::new(out.clone()), Box::new(Paper::default()), false, Screen::Pipe);
    let target = Target { package: None, ..TARGET };
    let mut reports = Reports::open(&settings(""), console, Opening::Anew, target, None).unwrap();
    let test = Box::leak(Box::new(test("a")));
    reports.tell(&Event::TestFinished { test, finished: failed("") });
    let elapsed = Duration::ZERO;
    reports.tell(&Event::RunFinished { elapsed, not_run: NotRun::default(), stray: Vec::new() });
    reports.pause();
    assert!(!out.text().contains("again"), "{}", out.text());
}

#[test]
fn json_stays_json() {
    let mut settings = settings("");
    settings.reports.github = Some(GitHub { repository: None, summary: None });
    settings.format = Format::Json;
    let text = end(&settings, Screen::Terminal, some());
    assert!(!text.contains("::error") && !text.contains("cargo test"), "{text}");
}
