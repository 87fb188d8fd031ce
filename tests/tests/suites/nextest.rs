//! The suites under `cargo nextest`, where every test is a process of its own.

use async_harness_tests::{Line, Output, Trace, cargo, folder, suite};

/// nextest on the package made for it.
fn nextest(args: &str) -> Output {
    cargo(&["nextest"]).line(args).args(["--package", "runners"]).env("NEXTEST_HIDE_PROGRESS_BAR", "1").run()
}

fn traced(test: &str, args: &str) -> Trace {
    let folder = folder(test);
    let run =
        cargo(&["nextest", "run", "--package", "runners"]).line(args).env("NEXTEST_HIDE_PROGRESS_BAR", "1");
    let output = run.env("SUITE_TRACE", Trace::path(&folder)).run();
    assert!(output.passed(), "{}", output.all());
    Trace::read(&folder)
}

/// The last line on standard error: `Summary [   0.5s] 18 tests run: 18 passed, 2 skipped`.
fn summary(output: &Output) -> &str {
    let line = output.stderr.lines().find(|line| line.trim_start().starts_with("Summary"));
    line.and_then(|line| line.split_once("] ")).map_or("", |(_, counts)| counts)
}

#[test]
fn nextest_lists_every_test() {
    let output = nextest("list --message-format oneline").exits_with(0);
    assert_eq!(
        output.stdout.lines().filter(|line| line.starts_with("runners::")).count(),
        20,
        "{}",
        output.all()
    );
    assert!(output.stdout.contains("runners::first inner::panics\n"), "{}", output.all());
    let output = nextest("list --run-ignored only --message-format oneline").exits_with(0);
    assert_eq!(output.stdout.lines().count(), 2, "{}", output.all());
}

#[test]
fn nextest_runs_every_test_and_ignored_ones_if_told_to() {
    let output = nextest("run -j 4").exits_with(0);
    assert_eq!(summary(&output), "20 tests run: 20 passed, 2 skipped", "{}", output.all());
    let output = nextest("run -j 4 --run-ignored all").exits_with(0);
    assert_eq!(summary(&output), "22 tests run: 22 passed, 0 skipped", "{}", output.all());
    let output = nextest("run -j 1 --run-ignored only").exits_with(0);
    assert_eq!(summary(&output), "2 tests run: 2 passed, 20 skipped", "{}", output.all());
}

/// The listing is sharded. A process that is started for one test of it is not, or that test would pass without having run.
#[test]
fn every_test_of_a_shard_runs_under_nextest() {
    for variables in [
        &[("ASYNC_HARNESS_PARTITION", "slice:2/2")][..],
        &[("TEST_TOTAL_SHARDS", "2"), ("TEST_SHARD_INDEX", "1")],
    ] {
        let folder = folder(&format!("nextest-shard-{}", variables.len()));
        let run = cargo(&["nextest", "run", "--package", "runners", "--test", "second"]);
        let run = variables.iter().fold(run, |run, (variable, value)| run.env(variable, value));
        let run = run.env("SUITE_TRACE", Trace::path(&folder)).env("NEXTEST_HIDE_PROGRESS_BAR", "1");
        let output = run.run().exits_with(0);
        assert_eq!(summary(&output), "2 tests run: 2 passed, 0 skipped", "{}", output.all());
        let trace = Trace::read(&folder);
        let mut ran = trace.begun();
        ran.sort_unstable();
        assert_eq!(ran, ["second::free_2", "second::keyed_2"]);
    }
}

/// As with a factory whose names differ from the listing to the run.
#[test]
fn a_test_that_was_listed_and_is_gone_does_not_pass() {
    let process = |name: &str, variable: &str| {
        let run = suite("second").env("NEXTEST_EXECUTION_MODE", "process-per-test").env(variable, "none");
        run.line("--exact --nocapture").args([name]).run()
    };
    let _ = process("free_1", "UNRELATED").exits_with(0);
    for output in [process("free_9", "UNRELATED"), process("free_1", "ASYNC_HARNESS_TAGS")] {
        let output = output.exits_with(101);
        assert!(
            output.stderr.contains("error: this process is for a test that was listed, and finds none"),
            "{}",
            output.all()
        );
    }
}

#[test]
fn nextest_sees_a_test_fail() {
    let run = |target: &str| {
        let args = ["nextest", "run", "--no-fail-fast", "--package", "parity", "--test", target];
        let output = cargo(&args).env("NEXTEST_HIDE_PROGRESS_BAR", "1").run().exits_with(100);
        summary(&output).to_owned()
    };
    assert_eq!(run("ours"), run("judge"));
}

/// nextest watches whether a test leaves something behind that holds its output open.
#[test]
fn nothing_leaks_under_nextest() {
    let args = ["nextest", "run", "--package", "runtimes", "--package", "rayons", "--status-level", "all"];
    // A test that checks what the others left has nobody to look after here.
    let args = args.into_iter().chain(["-E", "not test(z_all_tasks_were_dropped)"]);
    let args: Vec<_> = args.collect();
    let output = cargo(&args).env("NEXTEST_HIDE_PROGRESS_BAR", "1").run().exits_with(0);
    assert_eq!(summary(&output), "119 tests run: 119 passed, 2 skipped", "{}", output.all());
    assert!(!output.stderr.contains("LEAK"), "{}", output.all());
    assert!(output.took.as_secs() < 30, "{:?}", output.took);
}

fn function(line: &Line) -> &str {
    line.name.rsplit("::").next().unwrap_or_default()
}

/// The keys of a test, and whether it only reads: by its name in the suites.
fn locks(line: &Line) -> Vec<(&'static str, bool)> {
    match (line.name.as_str(), function(line)) {
        ("second::keyed_2", _) => vec![("other", false)],
        (_, "keyed_twice") => vec![("shared", false), ("other", false)],
        (_, "keyed_1" | "keyed_2") => vec![("shared", false)],
        (_, "reads_1" | "reads_2") => vec![("shared", true)],
        _ => Vec::new(),
    }
}

fn exclude_each_other(a: &Line, b: &Line) -> bool {
    let is_serial = |line| function(line).starts_with("serial");
    let common =
        |(key, reads): &(&str, bool)| locks(b).iter().any(|(other, too)| other == key && !(*reads && *too));
    is_serial(a) || is_serial(b) || locks(a).iter().any(common)
}

/// Goes through a trace and finds two tests that should not have run at once.
fn conflict(trace: &Trace) -> Option<(Line, Line)> {
    let mut running: Vec<&Line> = Vec::new();
    for line in trace.lines() {
        running.retain(|other| other.name != line.name);
        if line.begins {
            if let Some(other) = running.iter().find(|other| exclude_each_other(line, other)) {
                return Some((line.clone(), (*other).clone()));
            }
            running.push(line);
        }
    }
    None
}

#[test]
fn serial_and_keyed_tests_exclude_each_other_across_processes_and_targets() {
    for round in 0..2 {
        let trace = traced(&format!("nextest-{round}"), "-j 8");
        assert_eq!(conflict(&trace), None);
        assert_eq!(trace.begun().len(), 18);
        assert!(trace.peak(|name| name.contains("::free_")) > 1, "{:#?}", trace.lines());
        let mut processes: Vec<_> = trace.lines().iter().map(|line| line.pid).collect();
        processes.sort_unstable();
        processes.dedup();
        assert_eq!(processes.len(), 18);
    }
}

#[test]
fn they_exclude_each_other_under_cargo_test_too() {
    let folder = folder("cargo-test");
    let run = cargo(&["test", "--package", "runners", "--", "--test-threads", "8"]);
    let _ = run.env("SUITE_TRACE", Trace::path(&folder)).run().exits_with(0);
    let trace = Trace::read(&folder);
    assert_eq!(conflict(&trace), None);
    assert_eq!(trace.begun().len(), 18);
}
