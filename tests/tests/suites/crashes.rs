//! Tests that kill their process: each fails alone, and no report shows a gap.

use async_harness_tests::{Output, Run, cargo, folder, normal, suite};
use expect_test::{Expect, expect};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

/// Each way to die, and what is said of it.
const WAYS: [(&str, &str); 8] = [
    ("abort", "the test crashed: SIGABRT (signal 6)"),
    ("bus_error", "the test crashed: SIGBUS (signal 7)"),
    ("double_panic", "the test crashed: SIGABRT (signal 6)"),
    ("exit_0", "the test called exit(0)"),
    ("exit_3", "the test called exit(3)"),
    ("illegal_instruction", "the test crashed: SIGILL (signal 4)"),
    ("overflow", "the test crashed: stack overflow (SIGSEGV, signal 11)"),
    ("segfault", "the test crashed: SIGSEGV (signal 11)"),
];

/// What every run has beside those who die: 42 that pass, one that fails, one that is ignored.
const HEALTHY: &str = "healthy";

fn crashes(args: &str) -> Run {
    suite("crashes").line(args)
}

/// How many lines of results there are, of any test: a name that came twice would count twice.
fn result_lines(output: &Output) -> usize {
    output.stdout.lines().filter(|line| line.starts_with("test ") && line.contains(" ... ")).count()
}

#[track_caller]
fn check(output: &str, wanted: Expect) {
    wanted.assert_eq(&normal(output));
}

#[test]
fn eight_deaths_among_forty_tests_fail_alone_in_both_phases() {
    for threads in ["--test-threads 1", "--test-threads 2", "--test-threads 4", "-n 0"] {
        for phase in ["parallel", "last"] {
            let output = crashes(threads).args([HEALTHY, phase]).run().exits_with(101);
            let results = output.results();
            assert_eq!(result_lines(&output), 52, "{}", output.all());
            assert_eq!(results.with("ok").len(), 42, "{}", output.all());
            assert_eq!(results.with("ignored, not today"), ["healthy::ignored"]);
            let failed = ["healthy::unhealthy_but_alive".to_owned()];
            let failed: Vec<_> =
                failed.into_iter().chain(WAYS.map(|(way, _)| format!("{phase}::{way}"))).collect();
            let mut seen = results.with("FAILED");
            seen.sort_unstable();
            let mut wanted: Vec<_> = failed.iter().map(String::as_str).collect();
            wanted.sort_unstable();
            assert_eq!(seen, wanted, "{threads}: {}", output.all());
            for (way, reason) in WAYS {
                let section = results.section(&format!("{phase}::{way}")).unwrap_or_default();
                assert!(section.starts_with(&format!("on the way to {way}\n")), "{section}");
                assert!(section.contains(&format!("note: {reason}")), "{section}");
                assert_eq!(section.contains("the second"), way == "double_panic", "{section}");
            }
            let summary = "test result: FAILED. 42 passed; 9 failed; 1 ignored; 0 measured; ";
            assert_eq!(output.stdout.matches(summary).count(), 1, "{}", output.all());
            assert_eq!(output.stdout.matches("running 52 tests").count(), 1);
            assert!(!output.stdout.contains("healthy 0 0"), "{}", output.all());
            assert_eq!(output.stderr, "");
        }
    }
}

/// The only success in sight is that of a process which says so itself.
#[test]
fn a_test_that_exits_with_success_has_failed() {
    for test in ["parallel::exit_0", "last::exit_0"] {
        for args in ["", "-n 0", "--nocapture", "--format json", "-q", "--no-resume"] {
            let output = crashes(args).args(["--exact", test]).run().exits_with(101);
            assert!(output.stdout.contains("the test called exit(0)"), "{}", output.all());
        }
    }
}

#[test]
fn the_report_of_one_crash() {
    let output = crashes("parallel::segfault serial_passes").run().exits_with(101);
    check(
        &output.stdout,
        expect![[r#"

            running 3 tests
            test parallel::segfault ... FAILED
            test healthy::serial_passes::a_1_0 ... ok
            test healthy::serial_passes::a_2_1 ... ok

            failures:

            ---- parallel::segfault stdout ----
            on the way to segfault
            note: the test crashed: SIGSEGV (signal 11)

            failures:
                parallel::segfault

            run again:
            cargo test -p crashes --test crashes -- --exact parallel::segfault

            test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 330 filtered out; finished in [time]s

        "#]],
    );
}

#[test]
fn terse_goes_on_in_its_line() {
    let output = crashes("-q --test-threads 1 healthy::passes parallel::").run().exits_with(101);
    let marks: Vec<_> = output.stdout.lines().skip(2).take(11).collect();
    let mut wanted = vec![".".repeat(40) + " 40/48"];
    wanted.extend(WAYS.map(|(way, _)| format!("parallel::{way} --- FAILED")));
    wanted.extend([String::new(), "failures:".to_owned()]);
    assert_eq!(marks, wanted, "{}", output.all());
}

#[test]
fn json_starts_each_test_once_and_ends_each_once() {
    // A neighbour of one that crashes is there as well where there is room for it; it starts twice.
    for (args, tests, failed) in
        [("--test-threads 1", 60, 17), ("--test-threads 4 around::a_neighbour around::the_one", 62, 19)]
    {
        let folder = folder("crashes-json");
        let output = crashes(args)
            .line("--format json healthy parallel last")
            .env("SUITE_FOLDER", &folder)
            .run()
            .exits_with(101);
        let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
        for line in output.stdout.lines() {
            let event: Value = serde_json::from_str(line).expect("each line is an object");
            let kind = if event["type"] == "suite" { "suite" } else { event["name"].as_str().unwrap() };
            let what = if event["event"] == "started" { "started" } else { "ended" };
            *seen.entry((kind.to_owned(), what.to_owned())).or_default() += 1;
        }
        assert!(seen.values().all(|count| *count == 1), "{seen:#?}");
        assert_eq!(seen.len(), 2 * (tests + 1));
        let last: Value = serde_json::from_str(output.stdout.lines().last().unwrap()).unwrap();
        assert_eq!(
            (&last["passed"], &last["failed"], &last["ignored"]),
            (&42.into(), &failed.into(), &1.into())
        );
        let crash = r#""stdout": "on the way to exit_3\n", "message": "the test called exit(3)" }"#;
        assert_eq!(output.stdout.matches(crash).count(), 2, "{}", output.all());
    }
}

#[test]
fn the_log_file_goes_on() {
    let path = folder("crashes-log").join("log");
    fs::write(&path, "of an earlier run\n").unwrap();
    let _ = crashes("healthy parallel --test-threads 4 --logfile").args([&path]).run().exits_with(101);
    let log = fs::read_to_string(&path).unwrap();
    assert_eq!(log.lines().count(), 52, "{log}");
    assert!(log.contains("failed: the test crashed: SIGSEGV (signal 11) parallel::segfault\n"), "{log}");
}

#[test]
fn a_crash_is_its_tests_whichever_thread_it_is_on() {
    for threads in ["--test-threads 1", "--test-threads 3"] {
        let output = crashes(threads).line("odd::").run().exits_with(101);
        let results = output.results();
        assert_eq!(results.with("ok"), ["odd::as_expected", "odd::in_a_fork"], "{}", output.all());
        assert_eq!(results.with("FAILED").len(), 8, "{}", output.all());
        for (test, section) in [
            (
                "on_a_thread_of_its_own",
                "from the thread\nnote: the test crashed: stack overflow (SIGSEGV, signal 11)",
            ),
            ("on_a_blocking_thread", "note: the test crashed: SIGABRT (signal 6)"),
            ("on_a_worker_thread", "note: the test called exit(0)"),
            ("instead_of_a_panic", "note: the test crashed: SIGABRT (signal 6)"),
            ("without_a_runtime", "no line's end\nnote: the test crashed: SIGSEGV (signal 11)"),
            ("by_a_signal_of_its_own", "note: the test crashed: SIGTRAP (signal 5)"),
        ] {
            assert_eq!(results.section(&format!("odd::{test}")), Some(section), "{}", output.all());
        }
        let much = results.section("odd::much_output").unwrap();
        assert_eq!(much.lines().filter(|line| line.starts_with("line ")).count(), 20_000);
        assert!(output.stdout.contains("\n1 test failed as expected\n"), "{}", output.all());
    }
}

#[test]
fn two_that_die_at_once_both_fail() {
    for _ in 0..10 {
        let output = crashes("together --test-threads 2").run().exits_with(101);
        assert_eq!(output.results().with("FAILED"), ["together::first", "together::second"]);
        assert!(output.stdout.contains("FAILED. 0 passed; 2 failed;"), "{}", output.all());
    }
}

/// A hundred crashes, one after the other and beside others.
#[test]
fn a_run_outlives_any_number_of_crashes() {
    for threads in ["--test-threads 1", "--test-threads 4"] {
        let output = crashes(threads).line("many").run().exits_with(101);
        assert_eq!(result_lines(&output), 200, "{}", output.all());
        assert!(output.stdout.contains("FAILED. 100 passed; 100 failed;"), "{}", output.all());
    }
}

#[test]
fn a_neighbour_runs_again_and_leaves_no_trace_of_its_first_try() {
    let folder = folder("crashes-neighbour");
    let run = crashes("around::a_neighbour around::the_one --test-threads 2").env("SUITE_FOLDER", &folder);
    let output = run.run().exits_with(101);
    assert_eq!(output.stdout.matches("a neighbour's output").count(), 1, "{}", output.all());
    assert_eq!(result_lines(&output), 2);
    let runs = fs::read_to_string(folder.join("neighbour")).unwrap();
    assert_eq!(runs.lines().count(), 2, "it ran before and after the crash: {runs}");
}

/// What the reports have to do for it must not make the crash wait until it is given up.
#[test]
fn much_output_before_a_crash_is_reported_and_no_test_of_it_runs_again() {
    let folder = folder("crashes-much");
    let junit = folder.join("junit.xml");
    let run = crashes("behind:: --test-threads 1 --junit").args([&junit]).env("SUITE_FOLDER", &folder);
    let output = run.run().exits_with(101);
    assert!(output.stdout.contains("2 passed; 1 failed"), "{}", output.all());
    for test in ["much_a", "much_b"] {
        let tries = fs::read_to_string(folder.join(test)).unwrap();
        assert_eq!(tries.lines().count(), 1, "{test}");
    }
    let xml = fs::read_to_string(junit).unwrap();
    assert_eq!(xml.matches("<testcase").count(), 3);
    assert!(xml.matches("much much").count() > 10_000, "{} bytes", xml.len());
}

#[test]
fn the_folder_of_the_one_that_crashed_is_kept_and_named_and_no_other() {
    let (folder, tries) = (folder("crashes-folders"), folder("crashes-folders-tries"));
    let output = crashes("around::folders --test-threads 2")
        .env("TEST_TMPDIR", &folder)
        .env("SUITE_FOLDER", &tries)
        .run()
        .exits_with(101);
    let kept: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let said = format!("\ntmp_dir kept: {}\nnote: the test crashed", kept[0].display());
    assert!(output.stdout.contains(&said), "{}", output.all());
    assert_eq!(fs::read_to_string(kept[0].join("file")).unwrap(), "kept");
}

#[test]
fn the_next_image_finds_the_process_as_it_was_started() {
    let folder = folder("crashes-state");
    let state = |args: &str| {
        let run = crashes(args).env("SUITE_FOLDER", &folder).inside(&folder);
        let output = run.run().exits_with(101);
        let section = output.results().section("around::b_the_state_of_the_process").unwrap().to_owned();
        let kept = |line: &&str| {
            ["descriptors ", "folder ", "variable ", "SigBlk:", "children ", "comm "]
                .iter()
                .any(|word| line.starts_with(word))
        };
        (section.lines().filter(kept).collect::<Vec<_>>().join("\n"), output)
    };
    let (plain, _) = state("around::b_the_state");
    let (after, output) = state("around::a_changed around::b_the_state");
    assert_eq!(after, plain);
    assert!(plain.contains("children \"\""), "{plain}");
    assert!(output.stdout.contains("\nnote: 1 child process was killed that a crash had left behind\n"));
}

#[test]
fn a_shuffled_order_stays() {
    let order = |filter: &str| {
        let output = crashes("--shuffle-seed 7 --test-threads 1 healthy::passes").line(filter).run();
        let names = output.stdout.lines().filter_map(|line| line.strip_prefix("test healthy::"));
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(order("parallel::abort parallel::exit_0"), order(""));
    // A seed that nobody gave is kept as well: one number is printed, each test once.
    let output = crashes("--shuffle healthy parallel").run().exits_with(101);
    assert_eq!(result_lines(&output), 52, "{}", output.all());
    assert_eq!(output.stdout.matches("(shuffle seed: ").count(), 1);
}

#[test]
fn failures_before_a_crash_and_after_it_stop_a_run_together() {
    let args = "-n 1 --maxfail 2 --exact fixtures::b_crashes_with_the_pool healthy::unhealthy_but_alive odd::as_expected";
    let output = crashes(args).run().exits_with(101);
    assert!(output.stdout.contains("FAILED. 0 passed; 2 failed; "), "{}", output.all());
    assert!(output.stdout.contains("\n1 test was not run: stopped after 2 failures\n"), "{}", output.all());
}

#[test]
fn an_interrupt_is_not_forgotten_in_a_crash() {
    // One that would be tried again has failed, too: nothing starts any more.
    for args in ["-n 1", "-n 0", "-n 1 --retries 1", "-n 2 --retries 1"] {
        // In the background of a script SIGINT would be ignored.
        let script = r#"timeout -s INT 1 "$0" "$@"; exit 7"#;
        let run = crashes(args).line("--ignored interrupted::").through_shell(script);
        let output = run.run().exits_with(7);
        assert_eq!(output.results().with("FAILED"), ["interrupted::a_dies_of_it"], "{}", output.all());
        assert!(output.stdout.contains("\n1 test was not run: interrupted\n"), "{}", output.all());
    }
}

#[test]
fn shared_fixtures_are_set_up_anew_and_what_they_broke_is_told_once() {
    for threads in ["--test-threads 1", "--test-threads 3"] {
        let output = crashes(threads).line("fixtures --skip nobody --skip ended_badly").run().exits_with(101);
        assert_eq!(
            output.results().with("ok"),
            ["fixtures::a_uses_the_pool", "fixtures::c_uses_the_pool_too"],
            "{}",
            output.all()
        );
        assert_eq!(output.results().with("FAILED").len(), 5, "{}", output.all());
        for text in [
            "fixture `fixtures::broken` failed to set up: it crashed: SIGABRT (signal 6)\n",
            "fixture `fixtures::fails` failed to set up: \"no luck\"\n",
            "on the way up\n",
            "and were not torn down: fixtures::pool\n",
        ] {
            assert_eq!(output.stdout.matches(text).count(), 1, "{text}: {}", output.all());
        }
    }
    let output = crashes("fixtures::ended_badly").run().exits_with(101);
    assert!(
        output.stdout.contains("failed to tear down: it crashed: SIGSEGV (signal 11)"),
        "{}",
        output.all()
    );
    assert_eq!(output.results().with("ok"), ["fixtures::ended_badly"]);
}

/// On the session runtime, or on a thread that outlived its test.
#[test]
fn a_crash_of_nobody_fails_the_run_and_its_suspects_run_alone() {
    let tries = folder("crashes-nobody");
    let output =
        crashes("fixtures::nobody --test-threads 3").env("SUITE_FOLDER", &tries).run().exits_with(101);
    assert_eq!(output.results().with("FAILED"), ["fixtures::nobody_crashes"], "{}", output.all());
    assert_eq!(output.results().with("ok").len(), 2);
    let said =
        "---- the process crashed: SIGABRT (signal 6) outside any test, while `fixtures::nobody_crashes`, ";
    assert_eq!(output.stdout.matches(said).count(), 1, "{}", output.all());

    let tries = folder("crashes-left");
    let output = crashes("left:: --test-threads 3").env("SUITE_FOLDER", &tries).run().exits_with(101);
    assert_eq!(output.results().with("ok"), ["left::behind", "left::waiting"], "{}", output.all());
    let said = "the process crashed: SIGABRT (signal 6), on a thread that `left::behind` had left behind";
    assert!(output.stdout.contains(said), "{}", output.all());
    assert!(output.stdout.contains("test result: FAILED. 2 passed; 0 failed;"), "{}", output.all());
}

#[test]
fn whatever_ends_a_run_is_remembered() {
    for args in ["", "--no-resume", "--isolate"] {
        let history = folder("crashes-history");
        let run = |args: &str| crashes(args).env("ASYNC_HARNESS_HISTORY", &history);
        run("parallel::abort healthy::unhealthy --test-threads 1").line(args).run();
        let listed = run("--last-failed --list --format terse").run().exits_with(0);
        let wanted = "healthy::unhealthy_but_alive: test\nparallel::abort: test\n";
        assert_eq!((listed.stdout.as_str(), listed.stderr.as_str()), (wanted, ""), "{args}");
    }
}

#[test]
fn a_signal_that_nobody_expects_is_a_crash() {
    let output = crashes("signals::").run().exits_with(101);
    assert_eq!(output.results().with("ok"), ["signals::afterwards", "signals::one"], "{}", output.all());
    for (test, said) in [
        ("of_its_own", "SIGUSR1 (signal 10)"),
        ("of_a_limit", "SIGXCPU (signal 24)"),
        ("of_a_timer", "SIGALRM (signal 14)"),
        ("of_another_timer", "SIGALRM (signal 14)"),
        ("of_files", "SIGIO (signal 29)"),
        ("of_power", "SIGPWR (signal 30)"),
        #[cfg(target_arch = "x86_64")]
        ("of_a_coprocessor", "SIGSTKFLT (signal 16)"),
    ] {
        let results = output.results();
        let section = results.section(&format!("signals::{test}")).unwrap();
        assert!(section.trim_end().ends_with(&format!("note: the test crashed: {said}")), "{}", output.all());
    }
    for (test, signal) in [("of_its_own", 10), ("of_a_timer", 14)] {
        let output = crashes(&format!("--no-resume --exact signals::{test}")).run();
        assert_eq!(output.status.signal(), Some(signal), "{}", output.all());
        assert_eq!(output.results().with("FAILED"), [format!("signals::{test}")], "{}", output.all());
    }
}

#[test]
fn a_signal_that_a_test_handles_is_none_and_one_to_a_fork_is_the_forks() {
    for args in ["-n 1", "-n 2", "-n 0", "-n 2 --no-resume", "-n 2 --isolate"] {
        for _ in 0..10 {
            let output = suite("handled").line(args).run().exits_with(0);
            assert!(output.stdout.contains("\ntest result: ok. 16 passed; "), "{}", output.all());
        }
    }
}

fn survivors(args: &str) -> Output {
    survivors_in(&folder("crashes-survivors"), args)
}

fn survivors_in(folder: &Path, args: &str) -> Output {
    suite("survivors").line(args).env("SUITE_FOLDER", folder).run()
}

#[test]
fn a_limit_of_the_size_of_files_costs_no_other_test_anything() {
    for threads in ["-n 1", "-n 4"] {
        let output = survivors(&format!("file_size:: {threads}")).exits_with(101);
        let crashed = ["file_size::c_aborts", "file_size::d_aborts_under_the_limit"];
        assert_eq!(output.results().with("FAILED"), crashed, "{}", output.all());
        assert_eq!(result_lines(&output), 14, "{}", output.all());
        assert!(output.stdout.contains("FAILED. 12 passed; 2 failed; "), "{}", output.all());
    }
}

#[test]
fn signals_that_wait_for_the_thread_that_crashes_harm_nobody() {
    for threads in ["-n 1", "-n 0", "-n 4"] {
        let output = survivors(&format!("pending:: {threads}")).exits_with(101);
        assert_eq!(output.results().with("ok"), ["pending::in_the_end", "pending::one"], "{}", output.all());
        assert_eq!(output.results().with("FAILED").len(), 7, "{}", output.all());
        assert_eq!(result_lines(&output), 9, "{}", output.all());
    }
}

#[test]
fn a_timer_ends_with_the_image_in_which_a_test_has_started_it() {
    for threads in ["-n 1", "-n 0"] {
        let output = survivors(&format!("timers:: {threads}")).exits_with(101);
        assert_eq!(output.results().with("ok"), ["timers::one_that_waits"], "{}", output.all());
        assert_eq!(output.results().with("FAILED").len(), 3, "{}", output.all());
    }
}

#[test]
fn limits_are_those_that_the_process_was_started_with() {
    let output = survivors("limits:: -n 2").exits_with(101);
    let ok = ["limits::a_lowers_them", "limits::c_finds_them_as_they_were"];
    assert_eq!(output.results().with("ok"), ok, "{}", output.all());
    assert_eq!(output.results().with("FAILED"), ["limits::b_aborts"], "{}", output.all());
}

#[test]
fn the_report_goes_where_it_went_whatever_a_test_has_made_of_standard_output() {
    let folder = folder("crashes-streams");
    let output = survivors_in(&folder, "streams:: -n 2").exits_with(101);
    assert_eq!(output.results().with("ok"), ["streams::a_redirects_them"], "{}", output.all());
    assert_eq!(output.results().with("FAILED").len(), 3, "{}", output.all());
    for file in ["redirected", "other"] {
        assert_eq!(fs::read_to_string(folder.join(file)).unwrap(), "", "{file}");
    }
}

#[test]
fn nothing_else_that_a_test_changes_outlives_it() {
    let state = |args: &str| {
        let output = survivors(args).exits_with(101);
        let section = output.results().section("rest::b_tells").unwrap().to_owned();
        section.lines().take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    };
    let after = state("rest::");
    assert!(after.contains("SigIgn:"), "{after}");
    assert_eq!(after, state("rest::b_tells"));
}

#[test]
fn a_factory_that_ends_the_process_is_named() {
    let making = |way: &str| suite("making").env("WAY", way).run();
    for (way, signal, said) in [
        ("abort", 6, "crashed: SIGABRT"),
        ("segfault", 11, "crashed: SIGSEGV"),
        ("overflow", 11, "crashed: stack overflow, SIGSEGV"),
        ("usr1", 10, "crashed: SIGUSR1"),
    ] {
        let output = making(way);
        assert_eq!(output.status.signal(), Some(signal), "{}", output.all());
        let said = format!("error: test factory `made` {said}: no test has run\n");
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", said.as_str()));
    }
    let output = making("exit").exits_with(101);
    assert_eq!(output.stderr, "error: test factory `made` called exit: no test has run\n");
    for way in ["fork", "none"] {
        let output = making(way).exits_with(0);
        assert_eq!(output.stderr, "");
    }
}

#[test]
fn no_way_to_exit_passes() {
    let output = crashes("past_the_guards").run().exits_with(101);
    let results = output.results();
    assert_eq!(results.with("ok"), ["past_the_guards::as_a_child_may"], "{}", output.all());
    for (test, said) in [("at_once", "exit(0)"), ("at_once_as_in_c", "exit(4)"), ("quickly", "exit")] {
        let section = results.section(&format!("past_the_guards::{test}")).unwrap();
        assert_eq!(section.trim_end(), format!("note: the test called {said}"), "{}", output.all());
    }
    // It ends the run, and the run says so.
    let output = crashes("--no-resume past_the_guards::at_once --exact").run().exits_with(101);
    assert_eq!(output.results().with("FAILED"), ["past_the_guards::at_once"], "{}", output.all());
}

#[test]
fn attempts_before_a_crash_are_told_of() {
    for (args, last) in [("", "\nattempt 3:\n"), ("--no-resume", "\nattempt 2:\n")] {
        let output = crashes("again::fails_and_then_crashes").line(args).run();
        let results = output.results();
        let section = results.section("again::fails_and_then_crashes").unwrap();
        for part in ["attempt 1 failed after ", "the first attempt\n", last, "SIGABRT"] {
            assert!(section.contains(part), "{part}: {}", output.all());
        }
        assert_eq!(section.matches("attempt 1 failed after ").count(), 1, "{}", output.all());
    }
}

#[test]
fn a_test_that_crashed_is_tried_again_like_any_other() {
    for (args, attempts) in [("--test-threads 1", 2), ("--test-threads 4 --format json", 2), ("--isolate", 2)]
    {
        let folder = folder("crashes-again");
        let run = crashes("again::crashes_once again::exits_once").line(args).env("SUITE_FOLDER", &folder);
        let output = run.run().exits_with(0);
        assert!(output.all().contains("again::crashes_once"), "{}", output.all());
        if !args.contains("json") {
            assert!(output.stdout.contains("2 flaky: passed on a later attempt"), "{}", output.all());
            for said in ["attempt 1 says this\n", "the test crashed: SIGABRT", "the test called exit(0)"] {
                assert_eq!(output.stdout.matches(said).count(), 1, "{said}: {}", output.all());
            }
        }
        for test in ["crashes_once", "exits_once"] {
            let tries = fs::read_to_string(folder.join(test)).unwrap();
            assert_eq!(tries.lines().count(), attempts, "{test}");
        }
    }
    // Each time it is tried it may crash once, and then it has failed.
    let output = crashes("again::fails_and_then_crashes --retries 5").run().exits_with(101);
    assert_eq!(result_lines(&output), 1, "{}", output.all());
    // Where nothing starts any more, nothing is tried again.
    let folder = folder("crashes-not-again");
    let run = crashes("again::crashes_once healthy::unhealthy_but_alive --fail-fast --test-threads 1");
    let output = run.env("SUITE_FOLDER", &folder).run().exits_with(101);
    assert!(output.stdout.contains("test result: FAILED."), "{}", output.all());
}

fn retried(args: &str) -> Run {
    suite("retried").line(args)
}

#[test]
fn repetitions_that_crash_beside_tests_that_are_tried_again_come_to_an_end() {
    for args in ["-n 1", "-n 2", "-n 0"] {
        let output = retried("repeated:: --repeat 2").line(args).limit(60).run().exits_with(101);
        assert_eq!(result_lines(&output), 4, "{}", output.all());
        assert!(output.stdout.contains("FAILED. 0 passed; 4 failed; "), "{}", output.all());
        assert!(!output.stdout.contains("given up"), "{}", output.all());
    }
}

#[test]
fn a_crash_in_a_task_of_the_one_test_that_runs_is_one_of_its_tries() {
    for args in ["-n 1", "-n 0", "-n 1 --retries 4"] {
        let output = retried("in_a_task::").line(args).run().exits_with(101);
        assert!(output.stdout.contains("FAILED. 2 passed; 1 failed; "), "{}", output.all());
        assert!(output.stdout.contains("\nattempt 5:\n"), "{}", output.all());
        assert!(!output.stdout.contains("given up"), "{}", output.all());
    }
}

/// Nobody sees the output in which a folder would be named.
#[test]
fn the_folder_of_a_test_that_is_expected_to_crash_is_removed() {
    for args in ["", "-n 0", "--no-resume", "--isolate"] {
        let folder = folder("crashes-expected");
        let output = retried("expected::").line(args).env("TEST_TMPDIR", &folder).run();
        assert_eq!(output.results().with("ok"), ["expected::to_crash"], "{args}: {}", output.all());
        let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(left.is_empty(), "{args}: {left:?}");
    }
}

#[test]
fn a_neighbour_of_the_one_that_crashed_stays_in_its_folder_to_its_end() {
    for _ in 0..5 {
        let folder = folder("crashes-elsewhere");
        let output = retried("elsewhere:: -n 2").env("SUITE_FOLDER", &folder).run().exits_with(101);
        assert_eq!(output.results().with("ok"), ["elsewhere::a_stays_in_its_folder"], "{}", output.all());
        assert!(!folder.join("moved").exists());
    }
}

/// The C library calls what guards `exit` once, whoever exits.
#[test]
fn threads_may_call_exit_at_the_same_time() {
    for args in ["at_once::n --test-threads 12", "at_once::n --in-flight 12 --test-threads 4"] {
        let output = crashes(args).run().exits_with(101);
        assert_eq!(output.results().with("FAILED").len(), 12, "{}", output.all());
        assert_eq!(output.stdout.matches("note: the test called exit(0)").count(), 6, "{}", output.all());
        assert_eq!(output.stdout.matches("note: the test called exit(3)").count(), 6, "{}", output.all());
    }
    let output = crashes("at_once::n --test-threads 12 --no-resume").run();
    assert!(matches!(output.code(), 3 | 101), "{}", output.all());
    assert!(output.stdout.contains("test result: FAILED. "), "{}", output.all());
}

#[test]
fn a_crash_while_the_run_ends_begins_no_other_run() {
    let mut crashed = 0;
    for _ in 0..20 {
        let output = crashes("at_the_end::").run();
        assert_eq!(output.results().with("ok"), ["at_the_end::leaves_a_thread"], "{}", output.all());
        assert_eq!(output.stdout.matches("running 1 test").count(), 1, "{}", output.all());
        assert!(output.took < std::time::Duration::from_secs(2), "{:?}: {}", output.took, output.all());
        // Where it comes too late, it is nobody's business.
        let said = "on a thread that `at_the_end::leaves_a_thread` had left behind";
        if output.stdout.contains(said) {
            crashed += 1;
            assert_eq!(output.code(), 101, "{}", output.all());
            assert_eq!(output.stdout.matches(said).count(), 1, "{}", output.all());
        }
    }
    assert!(crashed > 0, "it always came too late");
}

/// Whoever dies then waits for a report that will not come.
#[test]
fn a_crash_of_the_thread_that_reports_hangs_nothing() {
    for threads in ["--test-threads 1", "--test-threads 4"] {
        let folder = folder("crashes-reports");
        let run = crashes("with_the_reports::").line(threads).env("SUITE_FOLDER", &folder);
        let output = run.run().exits_with(101);
        assert_eq!(result_lines(&output), 3, "{}", output.all());
        assert!(output.stdout.contains("the process crashed: SIGSEGV (signal 11)"), "{}", output.all());
        assert!(output.stdout.contains("FAILED. 3 passed; 0 failed;"), "{}", output.all());
    }
}

/// A worker's thread ends when all tests have, or before; and so do its thread-locals.
#[test]
fn a_thread_local_of_a_worker_does_not_take_the_report_along() {
    for _ in 0..10 {
        for (test, threads) in [("exits", "2"), ("exits", "8"), ("aborts", "2"), ("aborts", "8")] {
            let line = format!("--exact thread_locals::{test} thread_locals::fails --test-threads {threads}");
            let output = crashes(&line).run().exits_with(101);
            assert_eq!(output.stdout.matches("test result: FAILED.").count(), 1, "{}", output.all());
            assert!(output.stdout.contains("thread_locals::fails ... FAILED"), "{}", output.all());
        }
    }
}

#[test]
fn no_resume_dies_as_the_test_does_and_says_which_one_it_was() {
    for (way, signal) in [("segfault", 11), ("abort", 6), ("overflow", 11), ("illegal_instruction", 4)] {
        let args = format!("--no-resume --test-threads 1 healthy::passes parallel::{way} last::exit_0");
        let output = crashes(&args).run();
        assert_eq!(output.status.signal(), Some(signal), "{}", output.all());
        assert_eq!(output.results().with("FAILED"), [format!("parallel::{way}")], "{}", output.all());
        assert!(output.stdout.contains(&format!("on the way to {way}\n")), "{}", output.all());
        assert!(output.stdout.contains("\n1 test was not run: the process crashed\n"), "{}", output.all());
        assert!(output.stdout.contains("FAILED. 40 passed; 1 failed;"), "{}", output.all());
    }
    let _ = crashes("--no-resume parallel::exit_3").run().exits_with(3);
}

#[test]
fn a_process_that_cannot_be_executed_again_reports_what_it_has() {
    let long = "x".repeat(100_000);
    let output = crashes(
        "--test-threads 1 healthy around::that_cannot last::exit_0 around::the_one --skip around::the_one",
    )
    .env("LONG", &long)
    .env("LONGER", &long)
    .run()
    .exits_with(101);
    assert_eq!(output.results().with("FAILED"), ["around::that_cannot_be_executed_again"]);
    assert!(
        output.stdout.contains("could not be executed again: Argument list too long"),
        "{}",
        output.all()
    );
    assert!(
        output.stdout.contains("\ntest result: FAILED. 0 passed; 1 failed; 0 ignored;"),
        "{}",
        output.all()
    );
}

#[test]
fn fail_fast_stops_at_a_crash() {
    let output = crashes("--fail-fast --test-threads 1 healthy::passes last::abort last::exit_0").run();
    let output = output.exits_with(101);
    assert!(output.stdout.contains("FAILED. 40 passed; 1 failed;"), "{}", output.all());
    assert!(output.stdout.contains("\n1 test was not run: stopped after a failure\n"), "{}", output.all());
}

#[test]
fn without_capture_everything_is_printed_as_it_comes() {
    for threads in ["-n 0", "--test-threads 1", "--test-threads 4"] {
        let output = crashes("--nocapture healthy parallel").line(threads).run().exits_with(101);
        assert!(output.stdout.contains("FAILED. 42 passed; 9 failed; 1 ignored;"), "{}", output.all());
        assert!(output.stdout.contains("on the way to segfault\n"), "{}", output.all());
    }
}

#[test]
fn output_of_passing_tests_is_shown_where_that_is_asked_for() {
    let output = crashes("--show-output healthy::passes parallel::abort").run().exits_with(101);
    assert_eq!(
        output.stdout.lines().filter(|line| line.starts_with("healthy ")).count(),
        40,
        "{}",
        output.all()
    );
}

/// A signal from outside is no crash of a test.
#[test]
fn whoever_is_killed_from_outside_dies() {
    let script = r#""$0" "$@" & sleep 0.3; kill -SEGV $!; wait $!; echo "code $?" >&2"#;
    let output = crashes("odd::waits --exact --ignored").through_shell(script).run();
    assert!(output.stderr.contains("code 139"), "{}", output.all());
}

#[test]
fn under_nextest_a_crash_is_one_failure_with_its_signal() {
    let args = [
        "nextest",
        "run",
        "--package",
        "crashes",
        "--no-fail-fast",
        "-E",
        "test(parallel::) | test(healthy::passes)",
    ];
    let output = cargo(&args).env("NEXTEST_HIDE_PROGRESS_BAR", "1").run().exits_with(100);
    let summary = "48 tests run: 40 passed, 8 failed";
    assert!(output.stderr.contains(summary), "{}", output.all());
    for text in ["SIGSEGV", "SIGABRT", "SIGILL", "SIGBUS", "the test called exit(0)"] {
        assert!(output.stderr.contains(text), "{text}: {}", output.all());
    }
}
