//! `--doctor`: what it finds in a suite that has not come all the way, and in others.

use async_harness_tests::{Output, cargo, folder, suite};
use expect_test::expect;
use std::fs;

/// A section of what the doctor says, without its title and its indentation.
fn section(output: &Output, title: &str) -> String {
    let lines = output.stdout.lines().skip_while(|line| *line != title).skip(1);
    let section: String =
        lines.take_while(|line| !line.is_empty()).map(|line| format!("{}\n", line.trim_start())).collect();
    assert!(!section.is_empty(), "{title} is not in {}", output.all());
    section
}

/// The last line.
fn verdict(output: &Output) -> &str {
    output.stdout.lines().last().unwrap_or_default()
}

#[test]
fn tests_that_never_run_are_named_with_their_places() {
    let output = suite("half").args(["--doctor"]).run().exits_with(101);
    expect![[r#"
          error: doctored/tests/half/main.rs:28:10: `forgotten` is `#[tokio::test]`: write `#[async_harness::async_test]`
          error: doctored/tests/half/main.rs:33:10: `under_another_name` is `#[tokio_test]`: write `#[async_harness::async_test]`
          error: doctored/tests/half/main.rs:36:10: `on_some_systems` is `#[tokio::test]`: write `#[async_harness::async_test]`
          error: doctored/tests/half/main.rs:40:10: `when_there_is_time` is `#[tokio::test]` (under `feature = "slow"`): write `#[async_harness::async_test]`
          error: doctored/tests/half/old.rs:3:4: `adds_up` is `#[test]`: write `#[async_harness::test]`
          error: doctored/tests/half/main.rs:63:1: `checks!` makes a test that is `#[core::prelude::v1::test]`: in its definition, write `#[async_harness::test]`
    "#]]
    .assert_eq(&section(&output, "tests that never run"));
    assert_eq!(output.stderr, "");
}

#[test]
fn targets_and_files_of_the_package_are_looked_at() {
    let output = suite("half").args(["--doctor"]).run().exits_with(101);
    expect![[r#"
          manifest        doctored/Cargo.toml: 4 targets
          target          3 files from doctored/tests/half/main.rs along its modules
          test functions  4 that run, 6 that never do, 1 not compiled here
          package         7 files in its `src` and `tests`
    "#]]
    .assert_eq(&section(&output, "sources"));
    expect![[r#"
          error: doctored/Cargo.toml:21: target `own_main` has `harness = false` and a `main` of its own, so that 1 test in it never runs: call `async_harness::main!` in place of it, or remove the setting and the `main`
          error: doctored/Cargo.toml: target `found`, which cargo has found by itself, calls `async_harness::main!` and is built with libtest, which runs none of its tests: add `[[test]]` with `name = "found"` and `harness = false`
    "#]].assert_eq(&section(&output, "targets of the package"));
    expect![[r#"
          error: doctored/tests/half/lost.rs: this file is part of no target, so that 1 test in it never runs: name it by `mod` in a file that is, or give it a `[[test]]` with its `path`
    "#]].assert_eq(&section(&output, "files of the package"));
    expect![[r#"
          warning: doctored/tests/half/helpers.rs:4:8: no test uses fixture `helpers::registration`: remove it, or ask for it by a parameter
          warning: doctored/tests/half/main.rs:25:10: only `misspelt` has key `legder`, which keeps it apart from no other test of this target: did you mean `ledger`?
          warning: doctored/tests/half/main.rs: no test has the tag `needs-net`, which `main!` declares: remove it there
    "#]].assert_eq(&section(&output, "fixtures, keys and tags"));
    expect!["doctor: 9 errors, 3 warnings"].assert_eq(verdict(&output));
}

#[test]
fn nothing_runs_and_nothing_is_left_behind() {
    let folder = folder("doctor-history");
    let run = suite("overdue").args(["--doctor"]).env("ASYNC_HARNESS_HISTORY", &folder).run().exits_with(0);
    assert!(run.took.as_secs() < 5, "{:?}", run.took);
    let left = fs::read_dir(&folder).unwrap().count();
    assert_eq!(left, 0, "{}", run.all());
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn where_all_is_well_that_is_said() {
    let output = suite("runtimes").args(["--doctor"]).run().exits_with(0);
    assert_eq!(verdict(&output), "doctor: nothing is wrong", "{}", output.all());
    for title in ["tests that never run", "fixtures, keys and tags"] {
        assert!(!section(&output, title).contains(':'), "{}", output.all());
    }
}

#[test]
fn no_suite_of_ours_is_taken_for_broken() {
    // Unit tests, programs, other names of the harness, tests out of macros and factories, files that targets share.
    for target in [
        "ours", "cases", "skips", "renamed", "told", "first", "second", "builtins", "thousand", "units",
        "soak",
    ] {
        let output = suite(target).args(["--doctor"]).run().exits_with(0);
        assert!(!verdict(&output).contains("error"), "{target}: {}", output.all());
    }
    for (target, message) in [
        (
            "registry",
            "registry/Cargo.toml:29: target `forgotten` calls `async_harness::main!` and is built with libtest",
        ),
        ("none", "no tests are registered: "),
        ("duplicates", "two tests are named `twice`: at registry/tests/duplicates.rs:10:14"),
        (
            "strangers",
            "test `inner::undeclared` at settings/tests/strangers.rs:13:8 has the unknown tag `network`",
        ),
        ("bad_factory", "test factory `tables` at cases/tests/bad_factory.rs:6:4 panicked"),
    ] {
        let output = suite(target).args(["--doctor"]).run().exits_with(101);
        assert!(output.stdout.contains(&format!("  error: {message}")), "{}", output.all());
    }
}

#[test]
fn settings_are_told_with_their_sources_and_strangers_found() {
    let run = suite("untold").args(["--doctor", "--retries", "2", "passes"]);
    let output = run.env("ASYNC_HARNESS_TIMOUT", "5s").env("ASYNC_HARNESS_DIST", "file").run().exits_with(0);
    expect![[r#"
          filter   passes  (command line)
          dist     file  (variable ASYNC_HARNESS_DIST)
          history  off  (variable ASYNC_HARNESS_HISTORY)
          retries  2  (command line, --retries)
          warning: nobody reads the variable ASYNC_HARNESS_TIMOUT: did you mean ASYNC_HARNESS_TIMEOUT?
    "#]]
    .assert_eq(&section(&output, "settings"));
    let output = suite("untold").args(["--doctor", "--retries", "many"]).run().exits_with(101);
    assert_eq!(output.stderr, "error: argument for --retries must be a whole number from 0 (was many)\n");
}

#[test]
fn the_process_and_its_limits_are_told() {
    let limited =
        suite("untold").args(["--doctor", "-n", "64"]).through_shell("ulimit -n 256; exec \"$0\" \"$@\"");
    let output = limited.run().exits_with(0);
    let process = section(&output, "this process");
    assert!(process.contains("open files       256, which can be raised to 256\n"), "{process}");
    assert!(process.contains("256 open files are few for 64 tests at once: `ulimit -n 1088`"), "{process}");
    let versions = section(&output, "versions");
    for part in ["async-harness  0.", "rustc          1.", "tokio          1.", "system         linux "] {
        assert!(versions.contains(part), "{versions}");
    }
}

/// The predicted times, in milliseconds, by workers.
fn predicted(output: &Output) -> Vec<(usize, u64)> {
    let section = section(output, "history");
    let line = |line: &str| {
        let (workers, rest) = line.trim().split_once(' ')?;
        let (_, time) = rest.split_once("predicted")?;
        let (seconds, rest) = time.trim().split_once('.')?;
        let milliseconds = seconds.parse::<u64>().ok()? * 1_000 + rest.get(..3)?.parse::<u64>().ok()?;
        Some((workers.parse().ok()?, milliseconds))
    };
    section.lines().filter_map(line).collect()
}

#[test]
fn history_says_what_more_workers_would_bring() {
    let folder = folder("doctor-predicts");
    let run = |args: &str| suite("scheduling").line(args).env("ASYNC_HARNESS_HISTORY", &folder).run();
    let before = run("--doctor").exits_with(0);
    assert!(section(&before, "history").contains("file"), "{}", before.all());
    assert_eq!(predicted(&before), []);
    let _ = run("-n 4");
    let after = run("--doctor -n 4").exits_with(0);
    let predicted = predicted(&after);
    assert_eq!(predicted.iter().map(|(workers, _)| *workers).collect::<Vec<_>>(), [1, 2, 4, 8, 16]);
    assert!(predicted.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{predicted:?}");
    let (took, said) = (run("-n 4").took.as_millis(), u128::from(predicted[2].1));
    assert!(took >= said * 9 / 10, "took {took} ms, and {said} were predicted:\n{}", after.all());
    let note = section(&after, "history");
    assert!(note.contains("note: however many workers there are, it takes 0."), "{note}");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn history_remembers_flaky_tests() {
    let folder = folder("doctor-flaky");
    let run = |args: &str| suite("again").line(args).env("ASYNC_HARNESS_HISTORY", &folder).run();
    let _ = run("");
    let output = run("--doctor").exits_with(0);
    assert!(
        section(&output, "history").contains("failed and passed within one run, not long ago: "),
        "{}",
        output.all()
    );
    fs::remove_dir_all(&folder).unwrap();
}

/// As in CI: without `--no-fail-fast` the first target that is ill would end the command.
#[test]
fn cargo_calls_the_doctor_for_every_target() {
    let output =
        cargo(&["test", "--package", "settings", "--no-fail-fast", "--", "--doctor"]).run().exits_with(101);
    let targets = output.stdout.lines().filter_map(|line| line.strip_prefix("doctor: target `"));
    assert_eq!(targets.count(), 3, "{}", output.all());
}

/// A test executable may be run where cargo is not.
#[test]
fn sources_are_found_where_they_were_when_the_target_was_built() {
    let folder = folder("doctor-moved");
    let run =
        suite("runtimes").args(["--doctor"]).inside(&folder).env("CARGO_MANIFEST_DIR", "/no/such/folder");
    let output = run.run().exits_with(0);
    assert!(
        section(&output, "sources").contains("1 file from runtimes/tests/runtimes.rs"),
        "{}",
        output.all()
    );
    fs::remove_dir_all(&folder).unwrap();
}
