//! What a run is told, by whom, and what comes of it.

use async_harness_tests::{folder, suite};
use expect_test::expect;
use std::fs;

/// The tests that would run, in one line.
fn listed(target: &str, args: &[&str]) -> String {
    let output = suite(target).args(args).args(["--list", "--format", "terse"]).run().exits_with(0);
    output.stdout.lines().map(|line| line.trim_end_matches(": test")).collect::<Vec<_>>().join(" ")
}

#[test]
fn settings_are_shown_with_their_sources_and_nothing_runs() {
    let run = suite("told")
        .env("ASYNC_HARNESS_TIMEOUT", "90s")
        .env("RUST_TEST_NOCAPTURE", "1")
        .env("TERM", "xterm");
    let output =
        run.args(["--show-settings", "--maxfail=2", "-m", "not slow", "alone", "keyed"]).run().exits_with(0);
    let said: String = output
        .stdout
        .lines()
        .filter(|line| !line.ends_with("  default"))
        .map(|line| format!("{line}\n"))
        .collect();
    expect![[r#"
        filter                alone, keyed        command line
        tags                  not slow            command line, -m
        threads               3                   main!, threads
        history               off                 variable ASYNC_HARNESS_HISTORY
        timeout               90s                 variable ASYNC_HARNESS_TIMEOUT
        retries               2                   main!, retries
        maxfail               2                   command line, --maxfail
        no-capture            yes                 variable RUST_TEST_NOCAPTURE
    "#]]
    .assert_eq(&said);
    assert!(output.stdout.contains("\nslow-timeout "), "{}", output.all());
    assert!(!output.stdout.contains("running"), "{}", output.all());
}

#[test]
fn a_bad_value_is_told_with_its_source_and_nothing_runs() {
    for (variable, value, args, message) in [
        (
            "ASYNC_HARNESS_TIMEOUT",
            "soon",
            "",
            "variable ASYNC_HARNESS_TIMEOUT must be a duration like 30s or 500ms, or none (was soon)",
        ),
        (
            "ASYNC_HARNESS_RETRIES",
            "-1",
            "--list",
            "variable ASYNC_HARNESS_RETRIES must be a whole number from 0 (was -1)",
        ),
        ("RUST_TEST_THREADS", "0", "", "RUST_TEST_THREADS is `0`, should be a positive integer."),
        (
            "",
            "",
            "--timeout 5",
            "argument for --timeout must be a duration like 30s or 500ms, or none (was 5)",
        ),
        ("", "", "--maxfail 0", "argument for --maxfail must not be 0"),
        ("", "", "--show-settings --maxfail 0", "argument for --maxfail must not be 0"),
        (
            "",
            "",
            "@no/such/file",
            "argument file `no/such/file` cannot be used: No such file or directory (os error 2)",
        ),
    ] {
        let run = suite("told").line(args);
        let run = if variable.is_empty() { run } else { run.env(variable, value) };
        let output = run.run().exits_with(101);
        assert_eq!(output.stderr, format!("error: {message}\n"));
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn what_main_says_holds_until_someone_else_says_otherwise() {
    let threads = |run: async_harness_tests::Run| {
        let output = run.args(["--show-settings"]).run().exits_with(0);
        let line = output.stdout.lines().find(|line| line.starts_with("threads ")).unwrap().to_owned();
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(threads(suite("told")), "3 main!, threads");
    assert_eq!(threads(suite("told").env("RUST_TEST_THREADS", "2")), "2 variable RUST_TEST_THREADS");
    assert_eq!(
        threads(suite("told").env("RUST_TEST_THREADS", "2").args(["-n", "auto"])),
        "auto command line, -n"
    );
    assert!(threads(suite("untold")).ends_with(" default, one per core"));
}

#[test]
fn tests_are_chosen_by_their_tags() {
    for (expression, tests) in [
        ("slow", "made::one made::two slow slow_in_the_database"),
        ("db and not slow", "keyed reading"),
        ("serial", "alone keyed"),
        ("xfail or needs-net", "expected"),
        ("not (slow or db or serial or xfail)", "plain"),
        ("unused", ""),
    ] {
        assert_eq!(listed("told", &["-m", expression]), tests, "for `{expression}`");
    }
    assert_eq!(listed("told", &["-m", "slow", "--skip", "made", "a"]), "slow_in_the_database");
    assert_eq!(listed("told", &["-m", "slow", "--exact", "slow", "plain"]), "slow");
    let run = suite("told").env("ASYNC_HARNESS_TAGS", "slow");
    assert_eq!(run.args(["-m", "db"]).run().results().results.len(), 3);
}

#[test]
fn tests_of_other_tags_count_as_filtered_out() {
    for args in ["", "-n 1", "-n 0"] {
        let output = suite("told").args(["-m", "db"]).line(args).run().exits_with(0);
        assert!(
            output
                .stdout
                .contains("\ntest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 6 filtered out;"),
            "{}",
            output.all()
        );
    }
}

#[test]
fn every_test_knows_its_tags() {
    let output = suite("told").run().exits_with(0);
    assert!(output.stdout.contains("1 test failed as expected\n"), "{}", output.all());
}

#[test]
fn a_bad_expression_is_shown_where_it_is_bad() {
    let output = suite("told").args(["-m", "slow and (db or nett)"]).run().exits_with(101);
    expect![[r#"
        error: argument for -m cannot be used: the tag `nett` is unknown: `main!` declares db, slow, needs-net, unused
            slow and (db or nett)
                            ^^^^
    "#]]
    .assert_eq(&output.stderr);
    let output = suite("untold").args(["-m", "slow &"]).run().exits_with(101);
    expect![[r#"
        error: argument for -m cannot be used: write `and`
            slow &
                 ^
    "#]]
    .assert_eq(&output.stderr);
}

#[test]
fn a_tag_that_no_test_has_is_noted_where_none_are_declared() {
    for args in [&["-m", "slwo or not slwo"][..], &["-m", "slwo or not slwo", "--list"]] {
        let output = suite("untold").args(args).args(["passes"]).run().exits_with(0);
        assert_eq!(output.stderr, "note: no test of this target has the tag `slwo`: did you mean `slow`?\n");
    }
    assert_eq!(suite("untold").args(["-m", "not slow"]).run().exits_with(0).stderr, "");
}

#[test]
fn tags_are_listed_with_their_tests() {
    expect![[r#"
        db: 3 tests
        needs-net: 1 test
        serial: 2 tests
        slow: 4 tests
        unused: 0 tests
        xfail: 1 test

        6 tags
    "#]]
    .assert_eq(&suite("told").args(["--list-tags"]).run().exits_with(0).stdout);
    expect![[r#"
        slow: 1 test

        1 tag
    "#]]
    .assert_eq(
        &suite("untold").args(["--list-tags", "passes", "fails::case_1_a"]).run().exits_with(0).stdout,
    );
    expect![[r#"
        0 tags
    "#]]
    .assert_eq(&suite("untold").args(["--list-tags", "passes"]).run().exits_with(0).stdout);
}

#[test]
fn undeclared_tags_of_tests_are_an_error_before_anything_runs() {
    for args in ["", "--list", "--exact known", "--list-tags"] {
        let output = suite("strangers").line(args).run().exits_with(101);
        expect![[r#"
            error: test `misspelt` at settings/tests/strangers.rs:9:10 has the unknown tag `dbb`: did you mean `db`?
            error: test `inner::undeclared` at settings/tests/strangers.rs:13:8 has the unknown tag `network`: `main!` declares db, slow
        "#]]
    .assert_eq(&output.stderr);
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn so_many_failures_end_a_run() {
    for (args, failed, not_run) in [
        ("--maxfail 1", 1, "7 tests were not run: stopped after a failure"),
        ("--maxfail=3", 3, "5 tests were not run: stopped after 3 failures"),
        ("--maxfail=9 -x", 1, "7 tests were not run: stopped after a failure"),
        ("--maxfail 5", 5, "3 tests were not run: stopped after 5 failures"),
        ("--maxfail 6", 5, ""),
        ("--maxfail none", 5, ""),
    ] {
        for threads in ["-n 1", "-n 0"] {
            let output = suite("untold").line(args).line(threads).run().exits_with(101);
            assert_eq!(output.stdout.matches("... FAILED\n").count(), failed, "{}", output.all());
            let said = output.stdout.lines().find(|line| line.contains("not run")).unwrap_or_default();
            assert_eq!(said, not_run);
        }
    }
}

#[test]
fn a_file_holds_more_names_than_a_command_line_can() {
    let folder = folder("names");
    let all = listed("thousand", &[]);
    let strangers = (0..200_000).map(|n| format!("a_test_of_another_target_{n}\n"));
    let names: String = all.split(' ').map(|name| format!("{name}\n")).chain(strangers).collect();
    assert!(names.len() > 4_000_000, "as much as some systems take");
    fs::write(folder.join("names"), format!("--exact\n\n{names}")).unwrap();
    let file = format!("@{}", folder.join("names").display());
    assert_eq!(listed("thousand", &[&file]), all);
    let skip = "--skip";
    let one = all.split(' ').next().unwrap();
    assert_eq!(listed("thousand", &[&file, skip, one]), all.split_once(' ').unwrap().1);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn bazel_chooses_tests_and_stops_at_a_failure() {
    let output = suite("untold").env("TESTBRIDGE_TEST_ONLY", "pass").run().exits_with(0);
    assert!(output.stdout.contains(" 1 passed;"), "{}", output.all());
    let output =
        suite("untold").env("TESTBRIDGE_TEST_RUNNER_FAIL_FAST", "1").args(["-n", "1"]).run().exits_with(101);
    assert!(output.stdout.contains(" 1 failed;"), "{}", output.all());
}

#[test]
fn bazel_finds_the_files_that_it_asks_for() {
    let folder = folder("bazel");
    let (status, premature) = (folder.join("status"), folder.join("premature"));
    let run =
        || suite("untold").env("TEST_SHARD_STATUS_FILE", &status).env("TEST_PREMATURE_EXIT_FILE", &premature);
    for (args, code) in [("passes", 0), ("fails", 101), ("--list", 0), ("--nope", 101), ("--help", 0)] {
        let _ = run().line(args).run().exits_with(code);
        assert!(status.exists(), "after `{args}`");
        assert!(!premature.exists(), "after `{args}`");
        fs::remove_file(&status).unwrap();
    }
    let _ = run().args(["--ignored", "is_killed"]).run().exits_with(128 + 9);
    assert!(premature.exists(), "nobody would know");
    fs::remove_dir_all(&folder).unwrap();
    let output = run().args(["passes"]).run().exits_with(101);
    assert!(output.stderr.starts_with("error: could not make "), "{}", output.all());
    assert!(output.stderr.contains(", which TEST_SHARD_STATUS_FILE names: "), "{}", output.all());
}

#[test]
fn bazel_says_where_temporary_folders_go() {
    let folder = folder("bazel-tmp");
    let output =
        suite("untold").env("TEST_TMPDIR", &folder).args(["--ignored", "keeps"]).run().exits_with(101);
    let kept = output.stdout.lines().find_map(|line| line.strip_prefix("tmp_dir kept: ")).unwrap();
    assert!(kept.starts_with(folder.to_str().unwrap()), "{}", output.all());
    fs::remove_dir_all(&folder).unwrap();
}
