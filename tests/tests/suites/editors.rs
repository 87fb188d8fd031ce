//! The command lines of editors and of wrappers, through cargo where they go through cargo.

use async_harness_tests::{Output, cargo, suite, suites_manifest};
use serde_json::Value;
use std::collections::BTreeMap;

/// `cargo test` as rust-analyzer's and RustRover's buttons call it.
fn cargo_test(args: &str) -> Output {
    cargo(&["test", "--package", "parity"]).line(args).env("RUSTC_BOOTSTRAP", "1").run()
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

#[test]
fn the_run_lens_on_a_module_runs_the_tests_in_it() {
    let output = cargo_test("--test ours -- cases::outer --nocapture").exits_with(101);
    assert_eq!(output.results().results.len(), 3, "{}", output.all());
}

#[test]
fn the_test_explorer_of_rust_analyzer_gets_the_tree_that_libtest_gives() {
    for filter in ["", "cases::results", "cases::outer::inner::deep"] {
        let explore = |target: &str| {
            let manifest = suites_manifest().display().to_string();
            let args = format!(
                "--test {target} --no-fail-fast --manifest-path {manifest} -- {filter} -Z unstable-options --format=json"
            );
            tree(
                &cargo(&["--color=always", "test", "--package", "parity"])
                    .env("RUSTC_BOOTSTRAP", "1")
                    .line(&args)
                    .run()
                    .stdout,
            )
        };
        let (judge, ours) = (explore("judge"), explore("ours"));
        assert!(!judge.is_empty());
        assert_eq!(ours, judge);
    }
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

/// What the viewer of differences looks for.
#[test]
fn the_text_of_an_assertion_is_where_rust_rover_looks_for_it() {
    let output = cargo_test(
        "--test ours cases::panics::of_an_assertion -- --exact -Z unstable-options --format=json --show-output",
    );
    let events = output.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let failed =
        events.into_iter().find(|event| event["event"] == "failed" && event["type"] == "test").unwrap();
    let text = failed["stdout"].as_str().unwrap();
    assert!(text.starts_with("\nthread 'cases::panics::of_an_assertion' ("), "{text}");
    assert!(
        text.contains("assertion `left == right` failed: sums of ones\n  left: 2\n right: 3\nnote:"),
        "{text}"
    );
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
