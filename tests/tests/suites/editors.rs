//! The command lines of editors and of wrappers, through cargo where they go through cargo.

use async_harness_tests::{Output, cargo, cargo_of_an_editor, suite, suites_manifest};
use serde_json::Value;
use std::collections::BTreeMap;

/// `cargo test` as rust-analyzer's and RustRover's buttons call it.
fn cargo_test(args: &str) -> Output {
    cargo_of_an_editor(&["test", "--package", "parity"]).line(args).run()
}

/// The results in a stream of events among other lines: what an editor shows.
fn tree(stdout: &str) -> BTreeMap<String, String> {
    let events = stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let is_result = |event: &Value| event["type"] == "test" && event["event"] != "started";
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    events.filter(is_result).map(|event| (text(&event["name"]), text(&event["event"]))).collect()
}

#[test]
fn the_run_lens_of_rust_analyzer_runs_one_test() {
    for name in
        ["cases::passes_async", "cases::ignored_with_a_reason", "cases::r#type", "cases::outer::inner::deep"]
    {
        let args = format!("--test ours -- {name} --exact --nocapture --include-ignored");
        let output = cargo_test(&args).exits_with(0);
        assert_eq!(output.results().with("ok"), [name], "{}", output.all());
    }
    let output =
        cargo_test("--test ours -- cases::r#async --exact --nocapture --include-ignored").exits_with(101);
    assert_eq!(output.results().with("FAILED"), ["cases::r#async"], "{}", output.all());
    assert!(output.stderr.contains("a raw identifier"), "{}", output.all());
}

/// An editor shows one button for a function, and knows nothing of its cases.
#[test]
fn the_run_lens_on_a_function_with_cases_runs_all_of_them() {
    for (name, count) in [("names::rates", 3), ("names::both", 6), ("factories::thousand", 1_000)] {
        let line = format!("--package cases --test cases -- {name} --exact --nocapture --include-ignored");
        let output = cargo(&["test"]).line(&line).run().exits_with(0);
        let ran = output.results().with("ok");
        assert_eq!(ran.len(), count, "{}", output.all());
        assert!(ran.iter().all(|test| test.starts_with(&format!("{name}::"))), "{}", output.all());
    }
}

#[test]
fn the_run_lens_on_a_module_runs_the_tests_in_it() {
    let output = cargo_test("--test ours -- cases::outer --nocapture").exits_with(101);
    assert_eq!(output.results().results.len(), 3, "{}", output.all());
}

/// The command of the test explorer, for a target of this name.
fn explore(target: &str, args: &str) -> Output {
    let manifest = suites_manifest().display().to_string();
    let line = format!(
        "--test {target} --no-fail-fast --manifest-path {manifest} -- {args} -Z unstable-options --format=json"
    );
    let run = cargo_of_an_editor(&["--color=always", "test", "--package", "parity"]);
    run.line(&line).run()
}

#[test]
fn the_test_explorer_of_rust_analyzer_gets_the_tree_that_libtest_gives() {
    for filter in ["", "cases::results", "cases::outer::inner::deep"] {
        let (judge, ours) = (explore("judge", filter), explore("ours", filter));
        assert!(!tree(&judge.stdout).is_empty());
        assert_eq!(tree(&ours.stdout), tree(&judge.stdout));
    }
}

/// Tests print what they like in between, halves of lines and what looks like an event included.
#[test]
fn the_test_explorer_gets_whole_lines_beside_what_tests_print() {
    // One test prints an event of its own. Where tests run beside each other, it may do so within another's line.
    let others = "cases::text --skip that_looks_like_json";
    for (filter, threads) in [("", 1), (others, 4)] {
        let output = explore("ours", &format!("{filter} --nocapture --test-threads={threads}"));
        let mut lines = output.stdout.lines().filter(|line| line.contains("\"event\": "));
        assert!(lines.all(|line| serde_json::from_str::<Value>(line).is_ok()), "{}", output.all());
        let mut quiet = tree(&explore("judge", filter).stdout);
        if threads == 1 {
            quiet.insert("fake".to_owned(), "ok".to_owned());
            let text = output.stdout.lines().any(|line| line == "the last line has no end");
            assert!(text, "{}", output.all());
        }
        assert_eq!(tree(&output.stdout), quiet, "{}", output.all());
    }
}

#[test]
fn every_event_is_one_that_rust_analyzer_knows() {
    let output = explore("ours", "cases");
    let events = output.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut started = Vec::new();
    for event in events.filter(|event| event["name"] != "fake") {
        match (event["type"].as_str(), event["event"].as_str()) {
            (Some("suite"), Some("started" | "ok" | "failed")) => {}
            (Some("test"), Some("started")) => started.push(event["name"].clone()),
            (Some("test"), Some("ok" | "failed" | "ignored")) => {
                let at = started.iter().position(|name| *name == event["name"]);
                started.remove(at.unwrap_or_else(|| panic!("{event} was not started")));
                assert!(event["stdout"].is_null() || event["stdout"].is_string(), "{event}");
            }
            _ => panic!("{event}"),
        }
    }
    assert_eq!(started, [""; 0], "are still running in the tree");
}

#[test]
fn the_button_of_rust_rover_gets_the_tree_that_libtest_gives() {
    for (filter, nocapture) in
        [("cases::text::of_every_kind", ""), ("cases::passes", ""), ("cases::passes", "--nocapture")]
    {
        let click = |target: &str| {
            let args = format!(
                "--test {target} {filter} --no-fail-fast -- {nocapture} --exact -Z unstable-options --format=json --show-output"
            );
            cargo_test(&args)
        };
        let (judge, ours) = (click("judge"), click("ours"));
        assert_eq!(tree(&ours.stdout).len(), 1, "{}", ours.all());
        assert_eq!(tree(&ours.stdout), tree(&judge.stdout));
        assert_eq!(ours.code(), judge.code());
        let started = ours.stdout.lines().filter(|line| line.contains("\"test_count\": 1")).count();
        assert_eq!(started, 1, "the tree needs the suite's event:\n{}", ours.all());
    }
}

/// It is closed, and is taken to be as its predecessor was: a module, a file and a target have the same command, with
/// less of a name.
#[test]
fn the_buttons_of_rust_rover_on_more_than_a_function_run_all_of_it() {
    let click = |target: &str, filter: &str| {
        let args = format!(
            "--test {target} {filter} --no-fail-fast -- -Z unstable-options --format=json --show-output"
        );
        let output = cargo_test(&args);
        (tree(&output.stdout), output.code())
    };
    for filter in ["cases::outer", "cases", ""] {
        let (judge, ours) = (click("judge", filter), click("ours", filter));
        assert!(judge.0.len() > 2);
        assert_eq!(ours, judge, "{filter}");
    }
}

#[test]
fn the_button_of_rust_rover_on_a_function_with_cases_runs_all_of_them() {
    let line = "--package cases --test cases names::rates --no-fail-fast -- --exact -Z unstable-options --format=json --show-output";
    let output = cargo_of_an_editor(&["test"]).line(line).run().exits_with(0);
    let names = ["names::rates::case_1", "names::rates::case_2_germany", "names::rates::case_3_loop"];
    assert_eq!(tree(&output.stdout).keys().collect::<Vec<_>>(), names, "{}", output.all());
}

/// What the viewer of differences looks for: `thread '.*' panicked at (\S*)`, then ``assertion `left (==|..) right` failed``
/// with a message or without, `  left: `, ` right: `, and `note` or `stack backtrace:`, each at the begin of a line.
fn difference(text: &str) -> Option<(&str, &str, &str)> {
    let (_, text) = text.split_once("thread '")?;
    let (_, text) = text.split_once("' (").or_else(|| text.split_once('\''))?;
    let (_, text) = text.split_once(" panicked at ")?;
    let (place, text) = text.split_once('\n')?;
    let (_, text) = text.strip_prefix("assertion `left ")?.split_once(" right` failed")?;
    let (_, text) = text.split_once("\n  left: ")?;
    let (left, text) = text.split_once("\n right: ")?;
    let end = ["\nnote", "\nstack backtrace:"].iter().filter_map(|end| text.find(end)).min()?;
    (!place.contains(char::is_whitespace)).then_some((place, left, &text[..end]))
}

#[test]
fn the_text_of_an_assertion_is_where_rust_rover_looks_for_it() {
    for backtrace in ["0", "1"] {
        let shown = |target: &str| {
            let args = format!(
                "--test {target} cases::panics::of_an_assertion -- --exact -Z unstable-options --format=json --show-output"
            );
            let run = cargo_of_an_editor(&["test", "--package", "parity"]).line(&args);
            let output = run.env("RUST_BACKTRACE", backtrace).run().exits_with(101);
            let events = output.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let mut failed = events.filter(|event| event["event"] == "failed" && event["type"] == "test");
            failed.next().unwrap()["stdout"].as_str().unwrap().to_owned()
        };
        let (judge, ours) = (shown("judge"), shown("ours"));
        let (place, left, right) = difference(&ours).unwrap_or_else(|| panic!("nothing to show in {ours}"));
        assert!(place.starts_with("parity/tests/cases/panics.rs:"), "{place}");
        assert_eq!((left, right), ("2", "3"));
        assert_eq!(difference(&judge), difference(&ours), "{judge}");
        assert!(ours.starts_with("\nthread 'cases::panics::of_an_assertion' ("), "{ours}");
    }
}

/// The way of wrappers that shard: list, divide, and name what is to run.
#[test]
fn a_wrapper_may_name_every_test_of_its_shard() {
    let run = |target: &str, args: Vec<String>| suite(target).args(args).run();
    let list = run("ours", vec!["--list".into(), "--format".into(), "terse".into()]).exits_with(0).stdout;
    let names: Vec<_> = list.lines().map(|line| line.strip_suffix(": test").unwrap().to_owned()).collect();
    assert!(names.len() > 40);
    let mut ran = 0;
    for shard in 0..3 {
        let mine =
            names.iter().skip(shard).step_by(3).cloned().chain(["--exact".into(), "--test-threads=1".into()]);
        let mine: Vec<String> = mine.collect();
        let (judge, ours) = (run("judge", mine.clone()), run("ours", mine.clone()));
        assert_eq!(ours.results().results, judge.results().results);
        assert_eq!(ours.results().results.len(), mine.len() - 2);
        ran += mine.len() - 2;
    }
    assert_eq!(ran, names.len());
}

#[test]
fn a_thousand_names_on_a_command_line_find_a_thousand_tests() {
    let list = suite("thousand").args(["--list", "--format", "terse"]).run().exits_with(0).stdout;
    let names = list.lines().map(|line| line.strip_suffix(": test").unwrap());
    let output = suite("thousand").args(names).args(["--exact"]).run().exits_with(0);
    assert!(
        output.stdout.contains("1000 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out"),
        "{}",
        output.all()
    );
}

#[test]
fn cargo_adds_what_libtest_knows() {
    // `cargo bench` passes `--bench`; `cargo test -q` passes nothing to a harness of one's own.
    let output = cargo(&["test", "-q", "--package", "registry", "--lib", "--bins"]).run().exits_with(0);
    assert_eq!(output.stdout.matches("test result: ok.").count(), 2, "{}", output.all());
    let output = cargo(&["test", "--package", "parity", "--test", "ours", "--", "results::err"]).run();
    let output = output.exits_with(101);
    // Any code but 101 makes cargo print a chain of errors.
    assert!(!output.stderr.contains("Caused by"), "{}", output.all());
}
