//! What `--isolate` and `--retries-isolated` promise: a crash, an exit or a hang costs its own test, and nothing is lost.

use async_harness_tests::{Output, Run, folder, normal, suite};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How tests of the suite `deaths` end their process, what that is called, and what they print before.
const DEATHS: [(&str, &str, &str); 10] = [
    ("aborts", "the test crashed: SIGABRT (signal 6)", "before the abort\n"),
    ("aborts_on_a_thread", "the test crashed: SIGABRT (signal 6)", "on a thread\n"),
    ("exits_with_0", "the test called exit(0)", "before the exit\n"),
    ("exits_with_3", "the test called exit(3)", "before the exit\n"),
    ("is_killed", "the test was killed: SIGKILL (signal 9), as the system does", "before the kill\n"),
    ("overflows_its_stack", "the test crashed: stack overflow (SIGABRT, signal 6)", "before the overflow\n"),
    ("panics_while_panicking", "the test crashed: SIGABRT (signal 6)", "the first\n"),
    ("should_panic_and_aborts", "the test crashed: SIGABRT (signal 6)", ""),
    ("writes_to_null", "the test crashed: SIGSEGV (signal 11)", "before the write\n"),
    ("z_serial_aborts", "the test crashed: SIGABRT (signal 6)", "serial\n"),
];

fn isolated(target: &str, args: &str) -> Run {
    suite(target).line("--isolate").line(args)
}

/// Nothing is said in a run but what its tests say.
fn quiet(output: Output) -> Output {
    assert_eq!(output.stderr, "", "{}", output.all());
    output
}

fn summary(output: &Output) -> &str {
    output.stdout.lines().rev().find(|line| line.starts_with("test result: ")).unwrap_or_default()
}

fn check_summary(output: &Output, counts: &str) {
    assert!(summary(output).contains(counts), "{}", output.all());
}

/// A section shows what its test printed, and ends with how it died.
fn check_death(output: &Output, test: &str, death: &str, printed: &str) {
    let results = output.results();
    let section = results.section(test).unwrap_or_else(|| panic!("{test} has no section: {}", output.all()));
    assert!(section.contains(printed), "of {test}: {section}");
    let last = section.lines().last().unwrap_or_default();
    assert!(last.starts_with(&format!("note: {death}")), "of {test}: {section}");
}

#[test]
fn whatever_ends_a_process_fails_its_own_test_alone() {
    for threads in ["-n 0", "-n 1", "-n 2", "-n 4"] {
        let run = isolated("deaths", threads).line("--skip for_ever --show-output");
        let output = quiet(run.run().exits_with(101));
        let mut failed: Vec<_> = DEATHS.iter().map(|(test, ..)| *test).collect();
        failed.push("fails");
        failed.sort_unstable();
        assert_eq!(output.results().with("FAILED"), failed, "{}", output.all());
        for (test, death, printed) in DEATHS {
            check_death(&output, test, death, printed);
        }
        for number in 0..40 {
            let test = format!("healthy::{number:02}");
            assert_eq!(output.results().results[&*test], "ok");
            assert_eq!(output.results().section(&test), Some(&*format!("healthy {number:02}\n")));
        }
        let ok = ["known_to_abort", "should_panic_and_does", "zz_serial_goes_on"];
        assert!(ok.iter().all(|test| output.results().results[test] == "ok"), "{}", output.all());
        assert_eq!(output.results().results["skips"], "ignored, no reason");
        assert!(output.stdout.contains("\n1 test failed as expected\n"), "{}", output.all());
        check_summary(&output, "FAILED. 43 passed; 11 failed; 7 ignored; 0 measured; 2 filtered out");
    }
}

#[test]
fn what_takes_too_long_ends_and_what_blocks_is_killed() {
    for threads in ["-n 0", "-n 1", "-n 2"] {
        let run =
            isolated("deaths", threads).line("for_ever healthy::0").env("ASYNC_HARNESS_TIMEOUT", "1000ms");
        let output = quiet(run.run().exits_with(101));
        assert_eq!(output.results().with("FAILED"), ["blocks_for_ever", "waits_for_ever"]);
        let killed = "timed out after 1s: it blocked its thread, and its process was killed";
        check_death(&output, "blocks_for_ever", killed, "before it blocks\nin the midst of a line\n");
        // It is cancelled in good order, by its own process.
        check_death(&output, "waits_for_ever", "timed out after 1s", "unwound\n");
        check_summary(&output, "FAILED. 10 passed; 2 failed; 0 ignored");
    }
}

#[test]
fn a_process_that_cannot_keep_a_limit_is_killed_all_the_same() {
    let run = isolated("deaths", "--include-ignored --exact stops_its_process healthy::00");
    let output = quiet(run.env("ASYNC_HARNESS_TIMEOUT", "1000ms").run().exits_with(101));
    let killed = "timed out: its process did not answer, and was killed";
    check_death(&output, "stops_its_process", killed, "");
    check_summary(&output, "FAILED. 1 passed; 1 failed");
}

#[test]
fn a_test_may_do_its_worst_to_its_process() {
    for test in ["closes_all_descriptors", "forks_and_aborts"] {
        let args = format!("-n 1 --include-ignored --exact {test} healthy::00 zz_serial_goes_on");
        let output = quiet(isolated("deaths", &args).run().exits_with(101));
        assert_eq!(output.results().with("FAILED"), [test], "{}", output.all());
        check_summary(&output, "FAILED. 2 passed; 1 failed");
    }
}

/// `script` runs it on a terminal of its own, in the foreground; its worker processes are in the background there.
#[test]
#[cfg(target_os = "linux")]
fn a_test_that_uses_the_terminal_of_its_run_is_not_stopped() {
    let on_a_terminal = r#"exec script -qec "$0 $*" /dev/null"#;
    let output = isolated("controlled", "-n 1 --color never").through_shell(on_a_terminal).limit(20).run();
    assert!(output.stdout.contains("test result: ok. 2 passed; 0 failed; "), "{}", output.all());
}

#[test]
fn a_crash_that_no_test_can_be_blamed_for_fails_the_run() {
    let note = folder("later").join("note");
    let output =
        quiet(isolated("deaths", "-n 2 --ignored later").env("SUITE_NOTE", note).run().exits_with(101));
    assert_eq!(output.results().with("ok").len(), 3, "{}", output.all());
    let said = " crashed: SIGABRT (signal 6) after `later::aborts` had ended ----\nleft behind\n";
    assert!(output.stdout.contains(said), "{}", output.all());
    check_summary(&output, "FAILED. 3 passed; 0 failed");
}

#[test]
fn more_than_a_hundred_crashes_lose_nothing_and_leave_nothing() {
    for threads in ["-n 1", "-n 4"] {
        let output = quiet(isolated("hundred", threads).line("--show-output").run().exits_with(101));
        check_summary(&output, "FAILED. 121 passed; 120 failed; 0 ignored");
        for number in 0..120 {
            let death = match number % 3 {
                0 => "the test crashed: SIGABRT (signal 6)",
                1 => "the test called exit(0)",
                _ => "the test called exit(7)",
            };
            check_death(&output, &format!("crashes::{number:03}"), death, &format!("crash {number:03}\n"));
            let passed = output.results().section(&format!("passes::{number:03}")).map(str::to_owned);
            assert_eq!(passed, Some(format!("pass {number:03}\n")));
        }
    }
    // Not one descriptor a crash.
    let few = isolated("hundred", "-n 2").through_shell(r#"ulimit -n 32; exec "$0" "$@""#);
    check_summary(&quiet(few.run().exits_with(101)), "FAILED. 121 passed; 120 failed; 0 ignored");
}

#[test]
fn c_code_and_children_are_captured_in_order() {
    for threads in ["-n 0", "-n 1", "-n 2"] {
        let output = quiet(isolated("prints", threads).line("--show-output --skip z_").run().exits_with(101));
        let results = output.results();
        assert_eq!(results.with("FAILED"), ["c_code_then_crash"], "{}", output.all());
        for (test, printed) in [
            ("by_a_task_on_the_blocking_pool", "pool\n"),
            ("by_c_code", "rust 1\nc_says 2\nrust 3\nc_says 4\n"),
            ("by_children", "parent 1\nchild 2\nchild 3\nparent 4\n"),
            ("makes_its_output_not_wait", "does not wait\n"),
            ("reads_an_empty_input", "empty\n"),
            ("bytes_that_are_no_text", "\0\u{fffd}\0async-harness \0\n"),
        ] {
            assert_eq!(results.section(test), Some(printed), "of {test}");
        }
        assert!(output.stdout.contains("\nhalf a line of C\n---- "), "{}", output.all());
        assert!(output.stdout.contains("---- without_an_end stdout ----\nhalf a line\n"), "{}", output.all());
        assert_eq!(results.section("much").unwrap().lines().filter(|line| line.len() == 1023).count(), 2048);
        let crash = "the test crashed: SIGABRT (signal 6)";
        check_death(&output, "c_code_then_crash", crash, "rust before\nc_says 1\nchild before\n");
    }
}

#[test]
fn output_that_is_not_captured_goes_where_it_would() {
    for threads in ["-n 0", "-n 1"] {
        let output =
            isolated("prints", threads).line("--nocapture --exact by_c_code silent").run().exits_with(0);
        assert_eq!(output.stderr, "rust 3\n", "{}", output.all());
        assert!(output.stdout.contains("rust 1\nc_says 2\nc_says 4\n"), "{}", output.all());
        check_summary(&output, "ok. 2 passed; 0 failed");
    }
}

#[test]
fn events_are_those_of_any_run() {
    let run = isolated("prints", "--format json --exact c_code_then_crash by_c_code -n 1");
    let output = quiet(run.run().exits_with(101));
    let failed = r#"{ "type": "test", "name": "c_code_then_crash", "event": "failed", "stdout": "rust before\nc_says 1\nchild before\n", "message": "the test crashed: SIGABRT (signal 6)" }"#;
    assert!(output.stdout.contains(failed), "{}", output.all());
    assert!(output.stdout.contains(r#""event": "failed", "passed": 1, "failed": 1"#), "{}", output.all());
}

/// What processes of the suite `worlds` say of themselves: a word or more, and who they are.
struct Said(Vec<(String, u32)>);

impl Said {
    fn path(folder: &Path) -> PathBuf {
        folder.join("said")
    }

    fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(Self::path(folder)).expect("the suite has said something");
        let lines = text.lines().map(|line| line.rsplit_once(' ').expect("a line ends with a process"));
        Said(lines.map(|(word, pid)| (word.to_owned(), pid.parse().expect("it is a number"))).collect())
    }

    fn of(&self, word: &str) -> Vec<u32> {
        self.0.iter().filter(|(said, _)| said == word).map(|(_, pid)| *pid).collect()
    }

    fn processes(&self) -> BTreeSet<u32> {
        self.0.iter().map(|(_, pid)| *pid).collect()
    }
}

fn worlds(test: &str, run: Run) -> (Output, Said) {
    let folder = folder(test);
    let output = quiet(run.env("SUITE_TRACE", Said::path(&folder)).run());
    let said = Said::read(&folder);
    (output, said)
}

#[test]
fn shared_fixtures_live_once_per_process_and_are_torn_down_at_its_end() {
    let (output, said) = worlds("shared", isolated("worlds", "-n 2 uses_the_server").line("--show-output"));
    check_summary(&output, "ok. 4 passed; 0 failed");
    let (up, down) = (said.of("up"), said.of("down"));
    let once: BTreeSet<_> = up.iter().copied().collect();
    assert_eq!(once.len(), up.len(), "set up twice in one process: {:?}", said.0);
    assert_eq!(once, down.iter().copied().collect(), "{:?}", said.0);
    // The serial phase has a process of its own, worker 0 again.
    assert_eq!(up.len(), down.len());
    assert!((2..=3).contains(&up.len()), "{:?}", said.0);
    assert_eq!(said.of("database"), said.of("forgotten"));
    let runs: BTreeSet<_> =
        said.0.iter().filter(|(said, _)| said.starts_with("run ")).map(|(run, _)| run).collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
}

#[test]
fn without_threads_there_is_one_process_for_all() {
    let (output, said) = worlds("one", isolated("worlds", "-n 0 uses_the_server waits"));
    check_summary(&output, "ok. 12 passed; 0 failed");
    assert_eq!(said.processes().len(), 1);
    assert_eq!(said.of("up").len(), 1);
}

#[test]
fn as_many_processes_as_threads_or_as_tests_in_flight() {
    for (args, in_flight, processes) in [("-n 1", None, 1), ("-n 3", None, 3), ("-n 2", Some("8"), 8)] {
        let mut run = isolated("worlds", args).args(["waits"]);
        if let Some(in_flight) = in_flight {
            run = run.env("ASYNC_HARNESS_IN_FLIGHT", in_flight);
        }
        let (output, said) = worlds(&format!("processes-{processes}"), run);
        check_summary(&output, "ok. 8 passed; 0 failed");
        assert!(said.processes().len() <= processes, "{:?}", said.0);
        let mut alive = 0;
        let peak = said.0.iter().map(|(word, _)| {
            alive = if word == "begin" { alive + 1 } else { alive - 1 };
            alive
        });
        assert!(peak.max() <= Some(processes), "{:?}", said.0);
        if processes > 1 {
            assert!(said.processes().len() > 1, "{:?}", said.0);
        }
    }
}

#[test]
fn a_broken_fixture_is_told_of_by_its_name() {
    let run = isolated("worlds", "-n 1").args(["needs_what"]);
    let output = quiet(run.run().exits_with(101));
    let results = output.results();
    let set_up = "fixture `broken` failed to set up: \"no such luck\"\n";
    assert_eq!(results.section("fixture broken"), Some(set_up), "{}", output.all());
    assert_eq!(output.stdout.matches(set_up).count(), 1, "once in each process");
    assert_eq!(results.with("FAILED"), ["needs_what_is_broken_1", "needs_what_is_broken_2"]);
    let torn = "said in the teardown\nfixture `heavy` failed to tear down: \"too heavy\"\n";
    assert_eq!(results.section("fixture heavy"), Some(torn), "{}", output.all());
    assert!(output.stdout.contains("\n1 fixture failed to tear down\n"), "{}", output.all());
    check_summary(&output, "FAILED. 1 passed; 2 failed; 1 ignored");
}

#[test]
fn what_goes_down_with_a_process_is_said() {
    let run =
        isolated("worlds", "-n 1 --ignored --exact crashes_with_the_server needs_what_crashes_at_the_end");
    let output = quiet(run.run().exits_with(101));
    let note =
        |fixture| format!("note: fixture `{fixture}` was not torn down in a worker process that died\n");
    for fixture in ["server", "fatal"] {
        assert!(output.stdout.contains(&note(fixture)), "{}", output.all());
    }
    let end = "---- worker process 0 crashed: SIGABRT (signal 6) after `needs_what_crashes_at_the_end` had ended ----\nlast words\n";
    assert!(output.stdout.contains(end), "{}", output.all());
    check_summary(&output, "FAILED. 1 passed; 1 failed");
}

#[test]
fn a_failed_test_is_tried_again_in_a_process_of_its_own() {
    for isolate in ["", "--isolate"] {
        let args = "--retries-isolated --ignored --exact passes_in_a_fresh_process";
        let run = suite("worlds").line(args).line(isolate).env("ASYNC_HARNESS_RETRIES", "2");
        let (output, said) = worlds(&format!("retries{isolate}"), run);
        check_summary(&output, "ok. 1 passed; 0 failed");
        assert_eq!(said.processes().len(), 3, "{:?}", said.0);
        for attempt in ["attempt 1 with 0 before it", "attempt 2 with 0 before it", "1 flaky"] {
            assert!(output.stdout.contains(attempt), "{}", output.all());
        }
    }
    // In the same process it never passes.
    let run = suite("worlds").line("--ignored --exact passes_in_a_fresh_process");
    let _ = run.env("ASYNC_HARNESS_RETRIES", "2").run().exits_with(101);
}

#[test]
fn a_crash_is_tried_again_too() {
    for args in ["--isolate", "--isolate --retries-isolated"] {
        let run = suite("deaths").line(args).line("-n 2 --exact aborts healthy::00");
        let output = quiet(run.env("ASYNC_HARNESS_RETRIES", "2").run().exits_with(101));
        let section = normal(output.results().section("aborts").unwrap_or_default());
        let crash = "before the abort\nnote: the test crashed: SIGABRT (signal 6)\n";
        let failed = "failed after [time]s:";
        let wanted =
            format!("attempt 1 {failed}\n{crash}attempt 2 {failed}\n{crash}attempt 3:\n{}", crash.trim_end());
        assert_eq!(section, wanted, "{}", output.all());
        check_summary(&output, "FAILED. 1 passed; 1 failed");
    }
}

/// Runs a suite in the background of a shell, which then does something; `$run` is its process.
fn in_the_background(run: Run, until: &[&str], then: &str) -> Run {
    let seen: String = until
        .iter()
        .map(|word| format!(r#"until grep -q "^{word} " "$SUITE_TRACE"; do sleep 0.01; done 2>/dev/null; "#))
        .collect();
    run.through_shell(&format!(r#""$0" "$@" & run=$!; {seen}{then}"#))
}

#[test]
fn an_interrupt_is_for_the_run_which_has_its_processes_end_in_good_order() {
    let args = "-n 2 --ignored --exact waits_with_the_server blocks_with_the_server";
    let run = in_the_background(isolated("worlds", args), &["waits", "blocks"], "kill -TERM $run; wait $run");
    let (output, said) = worlds("interrupt", run);
    assert_eq!(output.code(), 101, "{}", output.all());
    for test in ["waits_with_the_server", "blocks_with_the_server"] {
        let section = output.results().section(test).map(str::to_owned);
        assert_eq!(section.as_deref(), Some("the server is up\nnote: interrupted"), "{}", output.all());
    }
    // What waits is torn down, what blocks is killed.
    assert_eq!(said.of("down"), said.of("waits"), "{:?}", said.0);
    assert!(
        output.stdout.contains("note: fixture `server` was not torn down in a worker process that died\n")
    );
    assert!(output.stdout.contains("\nthe run was ended early: interrupted\n"), "{}", output.all());
}

#[test]
fn processes_end_with_their_run_whatever_they_are_at() {
    let args = "-n 2 --ignored --exact waits_with_the_server blocks_with_the_server";
    // Those whose parent is gone, and that are not waited for, are not there any more.
    let then = r#"kill -KILL $run; { wait $run; } 2>/dev/null
        for process in $(grep -E "^(waits|blocks) " "$SUITE_TRACE" | cut -d " " -f 2); do
            while grep -q "^State:.[^ZX]" /proc/$process/status; do sleep 0.01; done 2>/dev/null
        done
        echo gone"#;
    let (output, said) =
        worlds("killed", in_the_background(isolated("worlds", args), &["waits", "blocks"], then));
    assert!(output.stdout.ends_with("gone\n"), "{}", output.all());
    assert!(said.of("down").is_empty(), "nothing of theirs ran any more");
}

#[test]
fn a_folder_is_kept_and_named() {
    let output = quiet(isolated("worlds", "--ignored --exact keeps_its_folder").run().exits_with(101));
    let path = output.stdout.lines().find_map(|line| line.strip_prefix("tmp_dir kept: ")).unwrap();
    assert_eq!(std::fs::read_to_string(Path::new(path).join("kept")).unwrap(), "here");
    std::fs::remove_dir_all(path).unwrap();
}

#[test]
fn suites_that_know_nothing_of_processes_come_to_the_same_results() {
    for target in ["scopes", "endings", "cases", "skips"] {
        let results = |run: Run| {
            let output = run.run();
            let results: BTreeMap<_, _> = output
                .results()
                .results
                .iter()
                .map(|(test, word)| ((*test).to_owned(), (*word).to_owned()))
                .collect();
            (results, output.code(), output)
        };
        let (here, code, _) = results(suite(target).line("-n 2"));
        let (there, other_code, output) = results(isolated(target, "-n 2"));
        assert_eq!(here, there, "of {target}: {}", output.all());
        assert_eq!(code, other_code);
    }
}

#[test]
fn only_a_run_starts_a_worker() {
    let output = suite("worlds").args(["--async-harness-worker"]).run().exits_with(101);
    assert!(
        output.stderr.starts_with("error: this argument is what a run starts its worker processes with: "),
        "{}",
        output.all()
    );
    assert_eq!(output.stdout, "");
}

#[test]
fn a_runner_that_isolates_each_test_gets_no_process_more() {
    let folder = folder("nextest-isolate");
    let run = isolated("worlds", "--exact uses_the_server_on_the_main_thread --nocapture")
        .env("NEXTEST_EXECUTION_MODE", "process-per-test")
        .env("SUITE_TRACE", Said::path(&folder))
        .through_shell(r#"echo "itself $$" >> "$SUITE_TRACE"; exec "$0" "$@""#);
    let output = run.run().exits_with(0);
    let said = Said::read(&folder);
    assert_eq!(said.of("up"), said.of("itself"), "{}", output.all());
}
