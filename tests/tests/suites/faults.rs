//! What the harness does where its surroundings, or its tests, misbehave.

use async_harness_tests::{Output, folder, suite};

/// The harness itself never panics.
fn sane(output: Output) -> Output {
    for word in ["panicked at harness", "/harness/src", "a report panicked", "test-reports"] {
        assert!(!output.stderr.contains(word), "{}", output.all());
    }
    output
}

#[test]
fn a_closed_stdout_leaves_the_exit_code_as_it_is() {
    for args in ["", "-q", "--format json", "-n 0"] {
        let run =
            |test| sane(suite("ours").line(args).args([test]).through_shell(r#"exec "$0" "$@" >&-"#).run());
        let _ = run("cases::passes").exits_with(0);
        let _ = run("cases::results::err").exits_with(101);
        let both = suite("ours").args(["cases::passes"]).through_shell(r#"exec "$0" "$@" >&- 2>&-"#);
        let _ = sane(both.run()).exits_with(0);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    for args in ["", "-q", "--format json", "--list", "--nocapture", "--test-threads=1"] {
        // Standard error and the code come through a pipe of their own.
        let script = r#"{ "$0" "$@"; echo "code $?" >&2; } | head -1"#;
        let output = sane(suite("thousand").line(args).through_shell(script).run());
        let code = output.stderr.lines().find(|line| line.starts_with("code ")).unwrap();
        assert!(matches!(code, "code 0" | "code 101"), "{}", output.all());
        assert!(output.stdout.lines().count() <= 1);
    }
}

#[test]
fn a_full_disk_is_said_and_fails_the_run() {
    for args in ["", "-q", "--format json", "--list", "--list --format json", "-n 0"] {
        let run =
            suite("ours").line(args).args(["cases::passes"]).through_shell(r#"exec "$0" "$@" >/dev/full"#);
        let output = sane(run.run()).exits_with(101);
        let wanted = "error: could not write to standard output: No space left on device";
        assert_eq!(output.stderr.matches(wanted).count(), 1, "{}", output.all());
    }
}

#[test]
fn a_log_file_that_cannot_be_made_is_said_before_anything_runs() {
    for path in ["/proc/no/such/file", "/dev/null/file", "/"] {
        for args in ["", "--list", "--format json"] {
            let output = sane(suite("ours").line(args).args(["--logfile", path]).run()).exits_with(101);
            assert_eq!(output.stdout, "");
            assert!(output.stderr.starts_with("error: could not make the log file "), "{}", output.all());
            assert!(output.stderr.contains(path), "{}", output.all());
        }
    }
}

#[test]
fn a_log_file_that_is_full_is_said_and_costs_no_other_report() {
    let output = sane(suite("ours").args(["--logfile", "/dev/full", "cases::passes"]).run()).exits_with(101);
    assert!(output.stdout.contains("test result: ok. 2 passed"), "{}", output.all());
    assert_eq!(
        output.stderr.matches("error: could not write to /dev/full: No space left on device").count(),
        1
    );
}

#[test]
fn bad_variables_are_errors_that_name_them() {
    for (name, values) in [
        ("RUST_TEST_THREADS", ["0", "many", "", "-1", "1.5"]),
        ("RUST_TEST_SHUFFLE_SEED", ["x", "", "-1", "1.5", " "]),
    ] {
        for value in values {
            let output = sane(suite("ours").env(name, value).run()).exits_with(101);
            assert!(output.stderr.starts_with(&format!("error: {name} is `{value}`, ")), "{}", output.all());
            assert_eq!(output.stdout, "");
        }
    }
    // An argument wins, so the variable is not looked at.
    let run = suite("ours").env("RUST_TEST_THREADS", "0").args(["--test-threads", "1", "cases::silent"]);
    let _ = run.run().exits_with(0);
}

/// One test of the suite `faults`, in all three ways to run one.
fn each_way(test: &str, check: impl Fn(&Output)) {
    for args in ["-n 0", "--test-threads 1", "--test-threads 2"] {
        // Another test follows on the same thread.
        check(&sane(suite("faults").line(args).args(["--exact", test, "passes"]).run()));
    }
}

#[test]
fn payloads_that_panic_when_dropped_fail_only_their_test() {
    for test in ["payload_that_panics_when_dropped", "payloads_without_end"] {
        each_way(test, |output| {
            assert_eq!(output.results().with("FAILED"), [test], "{}", output.all());
            assert_eq!(output.results().with("ok"), ["passes"], "{}", output.all());
            assert_eq!(output.code(), 101);
        });
    }
    each_way("wanted_payload_that_panics_when_dropped", |output| {
        assert_eq!(output.results().with("ok").len(), 2, "{}", output.all());
    });
}

#[test]
fn tasks_that_panic_when_dropped_cost_nothing_else() {
    for test in ["task_that_panics_when_dropped", "joined_panic_payload_that_panics_when_dropped"] {
        each_way(test, |output| assert_eq!(output.results().with("ok").len(), 2, "{}", output.all()));
    }
}

#[test]
fn a_test_may_have_a_panic_hook_of_its_own() {
    each_way("sets_a_panic_hook", |output| {
        let results = output.results();
        let section = results.section("sets_a_panic_hook").unwrap();
        assert!(section.starts_with("my own hook\n\nthread 'sets_a_panic_hook' ("), "{}", output.all());
        assert!(section.contains("\nseen by the hook of before\n"), "{}", output.all());
    });
    each_way("leaves_a_panic_hook_behind", |output| {
        let results = output.results();
        assert_eq!(
            results.section("leaves_a_panic_hook_behind"),
            Some("a hook left behind\n"),
            "{}",
            output.all()
        );
        assert_eq!(results.with("ok"), ["passes"]);
    });
}

#[test]
fn a_long_message_is_shown_whole_and_once() {
    each_way("panics_with_a_long_message", |output| {
        let long = "0123456789abcdef".repeat(64 * 1024) + "END\n";
        assert_eq!(output.stdout.matches(&long).count(), 1);
    });
    each_way("fails_with_a_long_error", |output| {
        let long = format!("Error: \"{}\"\n", "x".repeat(1 << 20));
        assert_eq!(output.stdout.matches(&long).count(), 1);
    });
}

#[test]
fn a_panic_that_is_caught_fails_nothing() {
    each_way("panics_deep_in_a_nested_catch", |output| {
        assert_eq!(output.results().with("ok").len(), 2, "{}", output.all());
    });
}

#[test]
fn a_runtime_within_a_runtime_fails_only_its_test() {
    each_way("enters_a_runtime_of_its_own", |output| {
        assert_eq!(output.results().with("FAILED"), ["enters_a_runtime_of_its_own"], "{}", output.all());
    });
}

#[test]
fn a_thousand_tests_run_on_more_threads_than_there_are_cores() {
    for threads in ["64", "1", "256"] {
        let output = sane(suite("thousand").args(["--test-threads", threads]).run()).exits_with(0);
        assert!(output.stdout.contains("\ntest result: ok. 1000 passed; 0 failed"), "{}", output.all());
        assert_eq!(output.results().with("ok").len(), 1000);
    }
}

#[test]
fn too_few_descriptors_fail_tests_and_not_the_harness() {
    let script = r#"ulimit -n 4; exec "$0" "$@""#;
    let output = sane(suite("thousand").args(["--test-threads", "16"]).through_shell(script).run());
    assert!(output.stdout.contains("\ntest result: "), "{}", output.all());
    assert!(matches!(output.code(), 0 | 101), "{}", output.all());
}

#[test]
fn a_runtime_that_cannot_be_built_fails_its_test_whatever_tokio_lacks() {
    let mut panicked = 0;
    // From none for a runtime to enough for all that tokio opens: for some of it, it panics where there is no descriptor left.
    for descriptors in 10..24 {
        for threads in ["0", "1", "2"] {
            let script = format!(r#"ulimit -n {descriptors}; exec "$0" "$@""#);
            let run = suite("keys").args(["-n", threads, "free_", "z_"]).through_shell(&script);
            let output = sane(run.limit(60).run());
            let told = output
                .results()
                .results
                .values()
                .filter(|result| matches!(**result, "ok" | "FAILED"))
                .count();
            assert_eq!((told, output.stdout.contains("crashed")), (5, false), "{}", output.all());
            assert_eq!(
                output.code(),
                if output.stdout.contains("FAILED") { 101 } else { 0 },
                "{}",
                output.all()
            );
            panicked +=
                output.stdout.matches("the runtime of the test could not be built: tokio panicked: ").count();
        }
    }
    assert!(panicked > 0, "tokio has never panicked");
}

#[test]
fn tests_run_on_the_threads_that_can_be_started() {
    // A limit on memory holds for root too. Stacks are so large here that the limit ends threads long before it ends tests.
    let script = r#"ulimit -v 1000000; exec "$0" "$@""#;
    let run = suite("thousand").args(["--test-threads", "24"]).env("MALLOC_ARENA_MAX", "1");
    let run = run.env("RUST_MIN_STACK", (64 << 20).to_string());
    let output = sane(run.through_shell(script).limit(30).run());
    // On fewer threads, or on the main thread where those that are about to end take up all.
    assert!(output.stdout.contains(" be started: "), "{}", output.all());
    assert!(output.stdout.contains("\ntest result: ok. 1000 passed"), "{}", output.all());
}

#[test]
fn a_log_file_gets_the_folders_it_stands_in() {
    let path = folder("log-folders").join("a/b/log");
    let output = suite("ours").args(["cases::silent", "--logfile"]).args([&path]).run().exits_with(0);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "ok cases::silent\n", "{}", output.all());
}

/// The results of a run of the suite `descriptors`.
fn descriptors(args: &str) -> Output {
    let run = suite("descriptors").env("FOLDER", folder("descriptors")).line(args);
    sane(run.run()).exits_with(101)
}

#[test]
fn a_test_may_close_what_the_harness_has_open() {
    for args in ["-n 1", "-n 2", "-n 0", "-n 2 --no-resume", "-n 2 --in-flight 8", "-n 2 --debug-async"] {
        let output = descriptors(args);
        assert_eq!(output.results().with("FAILED"), ["says_so_and_fails"], "{}", output.all());
        assert!(output.stdout.contains("still kept\n"), "{}", output.all());
        assert!(output.stdout.contains("still told\n"), "{}", output.all());
        let summary = "\ntest result: FAILED. 4 passed; 1 failed; 3 ignored; 0 measured; ";
        assert!(output.stdout.contains(summary), "{}", output.all());
    }
    let output = descriptors("-n 2 --isolate");
    assert_eq!(output.results().with("FAILED"), ["closes", "says_so_and_fails"], "{}", output.all());
    let said = "closed\nnote: the test closed the descriptor by which its process answers\n";
    assert!(output.stdout.contains(said), "{}", output.all());
}

#[test]
fn what_the_harness_writes_does_not_get_into_a_file_of_a_tests() {
    let log = folder("descriptors").join("log");
    let ours = format!("--logfile {} --events {}.jsonl", log.display(), log.display());
    for args in ["", &ours] {
        for threads in [1, 2] {
            let names = "opens_its_own says_so_and_fails passes a_passes";
            let output =
                descriptors(&format!("-n {threads} --show-output --include-ignored {args} --exact {names}"));
            assert_eq!(output.results().with("FAILED"), ["says_so_and_fails"], "{}", output.all());
            let lost = output.stderr.matches("error: could not write to ").count();
            assert_eq!(lost, if args.is_empty() { 0 } else { 2 }, "{}", output.all());
        }
    }
}

#[test]
fn without_its_descriptors_a_run_ends_with_a_crash_and_says_why() {
    let output = descriptors("-n 1 --include-ignored --exact a_passes then_aborts");
    assert_eq!(output.results().with("FAILED"), ["then_aborts"], "{}", output.all());
    assert!(output.stdout.contains("could not be executed again: Bad file descriptor"), "{}", output.all());
}

#[test]
fn an_interrupt_that_nobody_can_hear_of_ends_the_process_at_once() {
    let script = r#"timeout --preserve-status -s INT 1 "$0" "$@"; exit $?"#;
    let run = suite("descriptors").line("-n 1 --ignored waits_for_long").through_shell(script);
    let _ = sane(run.run()).exits_with(130);
}
