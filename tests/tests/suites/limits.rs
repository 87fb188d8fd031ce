//! What takes too long, what is tried again, what is interrupted, and what waits beside others.

use async_harness_tests::{Output, Run, folder, suite};
use std::fs;
use std::path::PathBuf;

/// The number before a word of the last line, as in `40 passed`.
fn count(output: &Output, word: &str) -> usize {
    let last = output.stdout.lines().rfind(|line| line.starts_with("test result:")).unwrap_or_else(|| {
        panic!("no result: {}", output.all());
    });
    let words: Vec<_> = last.split([' ', ';']).collect();
    let number = words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok());
    number.unwrap_or_else(|| panic!("nothing is {word}: {last}"))
}

/// What a failed test printed, and why it failed.
fn section<'a>(output: &'a Output, title: &str) -> &'a str {
    let heading = format!("---- {title} stdout ----\n");
    let start = output.stdout.find(&heading).unwrap_or_else(|| panic!("no {title}: {}", output.all()));
    let rest = &output.stdout[start + heading.len()..];
    let end = rest.find("\n---- ").or_else(|| rest.find("\n\nfailures:")).unwrap_or(rest.len());
    &rest[..end]
}

fn notes(test: &str) -> (PathBuf, impl Fn() -> String) {
    let path = folder(test).join("notes");
    let _ = fs::remove_file(&path);
    let there = path.clone();
    (path, move || fs::read_to_string(&there).unwrap_or_default().replace('\n', " "))
}

#[test]
fn what_takes_too_long_costs_only_itself() {
    for threads in ["1", "2", "4"] {
        let (path, notes) = notes("overdue");
        let run = suite("overdue").args(["--test-threads", threads]).env("NOTES", path);
        let output = run.run().exits_with(101);
        assert_eq!(count(&output, "passed"), 40, "{}", output.all());
        assert_eq!(count(&output, "failed"), 12, "{}", output.all());
        assert_eq!(notes(), "server up server down ");
        let blocked = "note: timed out after 300ms: it blocked its thread, which was left behind";
        for (test, said) in [
            ("waits", "guest 7 waits\nguest 7 leaves\nnote: timed out after 300ms"),
            ("waits_on_a_paused_clock", "note: timed out after 300ms"),
            ("sleeps_without_await", &format!("about to sleep\n{blocked}")),
            ("sleeps", blocked),
            ("loops", blocked),
            ("locks_twice", blocked),
            ("blocks_beside_workers", blocked),
            ("has_a_slow_fixture", "note: fixture `slow` failed to set up: timed out after 300ms"),
            (
                "has_a_stuck_fixture",
                "note: fixture `stuck` failed to set up; its error is shown under its name",
            ),
            ("has_it_too", "note: fixture `stuck` failed to set up; its error is shown under its name"),
            (
                "has_a_lingering_fixture",
                "note: fixture `lingering` failed to tear down: timed out after 300ms",
            ),
            ("has_a_slow_worker", "note: fixture `slow_worker` failed to set up: timed out after 300ms"),
        ] {
            assert_eq!(section(&output, test), said, "of {test}: {}", output.all());
        }
        let stuck = "fixture `stuck` failed to set up: timed out after 300ms: \
                     it blocked its thread, which was left behind\n";
        assert_eq!(section(&output, "fixture stuck"), stuck);
    }
}

#[test]
fn what_blocks_until_its_time_is_over_is_late_although_it_came_back() {
    for way in ["-n 1", "-n 4", "-n 0", "--isolate -n 1"] {
        let (path, notes) = notes("late-in-the-grace");
        let output = suite("late").line("in_the_grace").line(way).env("NOTES", path).run().exits_with(101);
        assert_eq!(output.results().with("ok"), ["in_the_grace::in_time"], "{}", output.all());
        let late = "timed out after 100ms";
        let set_up = |fixture: &str, why: &str| {
            format!("note: fixture `in_the_grace::{fixture}` failed to set up: {why}")
        };
        for (test, said) in [
            ("a_plain_test", format!("note: {late}")),
            ("a_test", format!("note: {late}")),
            ("a_test_that_waits_then", format!("note: {late}")),
            ("a_test_beside_workers", format!("note: {late}")),
            ("a_test_that_panics", format!("note: {late}")),
            ("a_set_up", set_up("own", late)),
            ("a_set_up_for_a_worker", set_up("desk", late)),
            ("a_set_up_that_fails", set_up("refused", "\"connection refused\"")),
            ("a_teardown", format!("note: fixture `in_the_grace::guest` failed to tear down: {late}")),
        ] {
            let section = section(&output, &format!("in_the_grace::{test}"));
            assert!(section.ends_with(&said), "of {test}: {}", output.all());
        }
        assert!(output.stdout.contains("for another reason"), "{}", output.all());
        let server = section(&output, "fixture in_the_grace::server");
        assert_eq!(server, format!("fixture `in_the_grace::server` failed to set up: {late}\n"));
        // What was made too late was made all the same.
        let notes = notes();
        let mut notes: Vec<_> = notes.split_whitespace().collect();
        notes.sort_unstable();
        assert_eq!(notes, ["desk-down", "own-down", "server-down"], "{way}: {}", output.all());
    }
}

#[test]
fn what_was_given_up_begins_nothing_more_beside_the_next_holder_of_its_key() {
    for (way, isolated) in
        [("-n 1", false), ("-n 3", false), ("-n 2 --retries 1", false), ("-n 2 --isolate", true)]
    {
        let (path, notes) = notes("late-given-up");
        let output = suite("late").line("given_up").line(way).env("NOTES", path).run().exits_with(101);
        assert_eq!(output.results().with("ok"), ["given_up::has_the_key"], "{}", output.all());
        let notes = notes();
        let mut notes: Vec<_> = notes.split_whitespace().collect();
        notes.dedup();
        // A process that does not answer is killed.
        let expected: &[_] = if isolated { &[] } else { &["first-down"] };
        assert_eq!(notes, expected, "{way}: {}", output.all());
    }
}

#[test]
fn what_a_test_has_changed_that_was_left_behind_is_put_back_before_the_next() {
    for way in ["-n 1", "-n 3", "-n 0", "--isolate -n 1"] {
        let output = suite("leftovers").line("given_up").line(way).run().exits_with(101);
        let results = output.results();
        assert_eq!(results.with("FAILED"), ["given_up::a_blocks"], "{}", output.all());
        assert_eq!(
            results.with("ok"),
            ["given_up::b_comes_next", "given_up::c_comes_last"],
            "{}",
            output.all()
        );
    }
}

#[test]
fn a_task_that_blocks_where_it_is_dropped_with_its_runtime_holds_nothing_up() {
    for way in ["-n 1", "-n 3", "-n 0", "--isolate -n 1", "-n 2 --in-flight 4", "--debug-async"] {
        let output = suite("leftovers").line("dropped::").line(way).run().exits_with(101);
        let results = output.results();
        let failed = ["a_leaves_a_task", "c_is_late_besides", "e_leaves_a_task_serially"];
        assert_eq!(results.with("FAILED"), failed.map(|test| format!("dropped::{test}")), "{}", output.all());
        let ok = ["b_leaves_a_task_to_a_worker", "d_comes_next", "f_comes_last"];
        assert_eq!(results.with("ok"), ok.map(|test| format!("dropped::{test}")), "{}", output.all());
        let section = section(&output, "dropped::a_leaves_a_task");
        assert!(
            way == "--debug-async"
                || section.contains("dropping the tasks that it has left timed out after 200ms"),
            "{section}"
        );
    }
}

#[test]
fn a_destructor_that_panics_does_not_change_why_something_was_ended() {
    for threads in ["1", "4"] {
        let (path, notes) = notes("leftovers");
        let run = suite("leftovers").args(["--test-threads", threads, "limited"]).env("NOTES", path);
        let output = run.limit(20).run().exits_with(101);
        assert_eq!((count(&output, "passed"), count(&output, "failed")), (1, 8), "{}", output.all());
        let late = "timed out after 100ms";
        for (title, said) in [
            ("limited::test", format!("note: {late}")),
            ("limited::test_that_should_panic", format!("note: {late}")),
            ("fixture limited::shared", format!("fixture `limited::shared` failed to set up: {late}\n")),
            (
                "limited::set_up_of_a_shared_fixture_again",
                "note: fixture `limited::shared` failed to set up; its error is shown under its name".to_owned(),
            ),
            ("limited::set_up_of_its_own", format!("note: fixture `limited::own` failed to set up: {late}")),
            (
                "limited::set_up_of_a_worker",
                format!("note: fixture `limited::of_worker` failed to set up: {late}"),
            ),
            (
                "limited::set_up_of_a_worker_again",
                "note: fixture `limited::of_worker` failed to set up; its error is shown with the first test that \
                 needed it on this worker"
                    .to_owned(),
            ),
            (
                "fixture limited::shared_in_vain",
                format!("fixture `limited::shared_in_vain` failed to tear down: {late}\n"),
            ),
            (
                "limited::teardown_of_its_own",
                format!("note: fixture `limited::in_vain` failed to tear down: {late}"),
            ),
        ] {
            assert!(section(&output, title).ends_with(&said), "of {title}: {}", output.all());
        }
        assert_eq!(notes(), "limited::teardown_of_its_own ");
    }
}

#[test]
fn what_comes_back_too_late_and_panics_then_hurts_nobody() {
    let output = suite("leftovers").line("--no-resume back").run().exits_with(101);
    assert_eq!((count(&output, "passed"), count(&output, "failed")), (1, 1), "{}", output.all());
    assert!(section(&output, "back::too_late").ends_with("which was left behind"), "{}", output.all());
}

#[test]
fn whoever_waits_for_a_fixture_when_the_run_is_interrupted_ends_in_good_order() {
    for (test, torn_down) in
        [("waits_for_a_short_one", "chair short desk "), ("waits_for_a_long_one", "chair desk ")]
    {
        let (path, notes) = notes(test);
        let output = suite("leftovers").args([test]).env("NOTES", path).run().exits_with(101);
        assert_eq!(
            section(&output, &format!("interrupted::{test}")),
            "note: interrupted",
            "{}",
            output.all()
        );
        assert_eq!(notes(), torn_down, "{}", output.all());
    }
}

#[test]
fn a_test_whose_thread_was_left_behind_does_not_run_beside_itself() {
    let run = suite("leftovers").line("--test-threads 2 --repeat 2 repeated");
    let output = run.run().exits_with(101);
    // The first copy of each blocking test, and the second of the one whose thread is still at it.
    assert_eq!((count(&output, "passed"), count(&output, "failed")), (3, 3), "{}", output.all());
    assert_eq!(
        output.stdout.matches("note: timed out after 100ms: it blocked").count(),
        2,
        "{}",
        output.all()
    );
    let again =
        "note: not run again: it blocked its thread before, which was left behind and is still at it\n";
    assert_eq!(output.stdout.matches(again).count(), 1, "{}", output.all());
}

#[test]
fn every_report_tells_of_what_took_too_long() {
    let terse = suite("overdue").line("-q --test-threads 4").run().exits_with(101);
    assert_eq!((count(&terse, "passed"), count(&terse, "failed")), (40, 12), "{}", terse.all());
    let json = suite("overdue").line("--format json --test-threads 4").run().exits_with(101);
    assert_eq!(json.stdout.matches(r#""event": "ok""#).count(), 40, "{}", json.all());
    // The last one is the suite.
    assert_eq!(json.stdout.matches(r#""event": "failed""#).count(), 12 + 1, "{}", json.all());
}

#[test]
fn a_time_out_of_the_run_holds_for_tests_that_say_nothing() {
    let output = suite("stubborn").line("--timeout 300ms asked").run().exits_with(101);
    assert_eq!(count(&output, "failed"), 2, "{}", output.all());
    assert!(section(&output, "asked::waits").ends_with("note: timed out after 300ms"), "{}", output.all());
    let by_variable = suite("stubborn").env("ASYNC_HARNESS_TIMEOUT", "300ms").args(["asked"]);
    assert_eq!(count(&by_variable.run().exits_with(101), "failed"), 2);
}

#[test]
fn slow_tests_are_named_again_and_again() {
    let output = suite("stubborn").line("--slow-timeout 100ms --timeout 1s asked::waits").run();
    for line in [
        "test asked::waits has been running for over 100ms\n",
        "test asked::waits has been running for over 200ms\n",
        "test asked::waits has been running for over 300ms\n",
    ] {
        assert_eq!(output.stdout.matches(line).count(), 1, "{}", output.all());
    }
}

#[test]
fn slow_teardowns_of_what_outlives_the_tests_are_named_too() {
    for format in ["pretty", "terse"] {
        let args = format!("--slow-timeout 100ms lingering --format {format}");
        let output = suite("leftovers").line(&args).run().exits_with(0);
        for fixture in ["lingering::server", "lingering::desk"] {
            for after in ["100ms", "300ms"] {
                let line = format!("\nthe teardown of fixture {fixture} has been running for over {after}\n");
                assert_eq!(output.stdout.matches(&line).count(), 1, "{}", output.all());
            }
        }
    }
}

#[test]
fn what_is_left_for_a_blocked_main_thread_runs_when_the_process_is_executed_again() {
    for threads in ["--test-threads 2", "-n 0"] {
        let (path, notes) = notes("main_thread");
        let run = suite("stubborn").line(threads).args(["main_thread", "fine"]).env("NOTES", path);
        let output = run.run().exits_with(101);
        assert_eq!((count(&output, "passed"), count(&output, "failed")), (3, 1), "{}", output.all());
        assert!(
            section(&output, "main_thread::b_blocks").starts_with("blocking\nnote: timed out after 300ms")
        );
        for test in
            ["fine", "main_thread::a_passes", "main_thread::b_blocks", "main_thread::c_comes_too_late"]
        {
            assert_eq!(output.stdout.matches(&format!("test {test} ... ")).count(), 1, "{}", output.all());
        }
        assert!(!output.stdout.contains("crash"), "{}", output.all());
        assert_eq!(notes(), "up down c ");
    }
}

#[test]
fn a_blocked_main_thread_ends_in_a_whole_report() {
    for threads in ["--test-threads 2", "-n 0"] {
        let (path, notes) = notes("main_thread_alone");
        let run = suite("stubborn").line(threads).args(["--no-resume", "main_thread", "fine"]);
        let output = run.env("NOTES", path).run().exits_with(101);
        assert_eq!((count(&output, "passed"), count(&output, "failed")), (2, 1), "{}", output.all());
        assert!(
            section(&output, "main_thread::b_blocks").starts_with("blocking\nnote: timed out after 300ms")
        );
        let rest =
            "\n1 test was not run: `main_thread::b_blocks` did not give the main thread back\n\ntest result";
        assert!(output.stdout.contains(rest), "{}", output.all());
        assert_eq!(notes(), "up down ");
    }
}

#[test]
fn failed_tests_are_tried_again() {
    for threads in ["1", "4"] {
        let output = suite("again").args(["--test-threads", threads, "--retries", "1"]).run().exits_with(101);
        assert_eq!((count(&output, "passed"), count(&output, "failed")), (4, 3), "{}", output.all());
        assert!(output.stdout.contains("test passes_the_third_time ... ok\n"), "{}", output.all());
        assert!(output.stdout.contains("\n3 flaky: passed on a later attempt\n"), "{}", output.all());
        let flaky = "\nflaky:\n    as_often_as_the_run_says\n    blocks_once\n    passes_the_third_time\n";
        assert!(output.stdout.contains(flaky), "{}", output.all());
        for part in
            ["attempt 1 failed after", "this is attempt 1\n", "attempt 1 is over\n", "attempt 2 failed"]
        {
            assert!(output.stdout.contains(part), "no {part}: {}", output.all());
        }
        assert!(!output.stdout.contains("this is attempt 3"), "the attempt that passed says nothing");
        let skips = section(&output, "skips_itself_the_second_time");
        assert!(skips.contains("the first time"), "{skips}");
        assert!(skips.contains("it had failed before it was skipped: nothing to see"), "{skips}");
        for part in ["no luck in attempt 1\n", "\nattempt 2:\n", "no luck in attempt 2\n"] {
            assert!(output.stdout.contains(part), "no {part}: {}", output.all());
        }
    }
    let json = suite("again").line("--format json passes_the_third_time").run().exits_with(0);
    assert!(json.stdout.contains(r#""event": "ok", "attempts": 3"#), "{}", json.all());
}

#[test]
fn without_retries_a_test_has_one_attempt() {
    let output = suite("again").args(["as_often", "is_not"]).run().exits_with(101);
    assert_eq!(count(&output, "failed"), 2, "{}", output.all());
    assert!(!output.stdout.contains("attempt 1"), "{}", output.all());
}

/// A run that `timeout` sends this signal after a while.
fn interrupted(run: Run, signal: &str) -> Output {
    // In the background of a script SIGINT would be ignored.
    run.through_shell(&format!(r#"timeout -s {signal} 1 "$0" "$@"; exit 7"#)).run().exits_with(7)
}

#[test]
fn an_interrupt_ends_a_run_in_good_order() {
    for signal in ["INT", "TERM", "HUP"] {
        let (path, notes) = notes("interrupted");
        let run = suite("stubborn").env("NOTES", path).line("--test-threads 2 asked main_thread");
        let output = interrupted(run, signal);
        assert_eq!(count(&output, "failed"), 2, "{}", output.all());
        assert_eq!(section(&output, "asked::waits"), "waiting with 7\nnote: interrupted");
        assert_eq!(section(&output, "asked::blocks"), "note: interrupted");
        assert!(output.stdout.contains("\n3 tests were not run: interrupted\n"), "{}", output.all());
        assert_eq!(notes(), "up waiting down ");
    }
}

#[test]
fn a_second_interrupt_ends_the_process_at_once() {
    let (path, notes) = notes("twice");
    let script = r#""$0" "$@" & pid=$!
        sleep 1; kill -TERM $pid; sleep 1; kill -TERM $pid; wait $pid"#;
    let run = suite("stubborn").args(["tears_down_for_ever"]).env("NOTES", path).through_shell(script);
    let output = run.run().exits_with(130);
    assert_eq!(notes(), "never ");
    assert!(!output.stdout.contains("test result"), "{}", output.all());
}

#[test]
fn tests_that_wait_give_their_cores_away() {
    for threads in ["1", "2"] {
        let run = suite("waiting").args(["--test-threads", threads, "--in-flight", "24"]);
        let output = run.run().exits_with(0);
        assert_eq!(count(&output, "passed"), 16 + 24 + 20 + 32 + 6, "{}", output.all());
    }
    for _ in 0..20 {
        let _ = suite("waiting").line("--test-threads 2 --in-flight auto --shuffle").run().exits_with(0);
    }
}

#[test]
fn a_panic_in_a_task_fails_its_test_where_that_is_asked_for() {
    let output = suite("tasks").run().exits_with(101);
    assert_eq!((count(&output, "passed"), count(&output, "failed")), (2, 2), "{}", output.all());
    assert!(
        section(&output, "a_task_panics").ends_with("note: a task of the test panicked"),
        "{}",
        output.all()
    );
    let two = section(&output, "blocking_and_other_threads");
    assert!(two.ends_with("note: 2 tasks of the test panicked"), "{}", output.all());
    let _ = suite("tasks").env("ASYNC_HARNESS_TASK_PANICS", "ignore").run().exits_with(0);
}

#[test]
fn a_panic_in_a_task_is_seen_whatever_tests_have_done_to_the_panic_hook() {
    for args in ["", "--isolate", "--debug-async"] {
        let output = suite("hooks").line(args).run().exits_with(101);
        let failed = ["b_fails", "d_fails", "f_fails", "h_fails"];
        assert_eq!(output.results().with("FAILED"), failed, "{}", output.all());
        for test in failed {
            // Once, whatever hooks call each other.
            assert!(section(&output, test).contains("note: a task of the test panicked"), "{}", output.all());
        }
        assert!(section(&output, "f_fails").contains("the hook of a test\n"), "{}", output.all());
        let note = "the panic hook was replaced while the test ran: panics in its tasks may have gone unseen";
        assert_eq!(output.stdout.matches(note).count(), 2, "{}", output.all());
    }
    let _ = suite("hooks").env("ASYNC_HARNESS_TASK_PANICS", "ignore").run().exits_with(0);
}

/// What stands in the folders that are left, each of which the report has to name.
fn left_folders(test: &str, args: &str) -> (Vec<String>, Output) {
    let (left, signs) = (folder(test), folder(&format!("{test}-signs")));
    let run = suite("folders").line(args).env("TEST_TMPDIR", &left).env("SUITE_FOLDER", &signs);
    let output = run.run();
    let mut kept = Vec::new();
    for entry in fs::read_dir(&left).expect("the folder was made above") {
        let path = entry.expect("it can be listed").path();
        let named = output.stdout.matches(&format!("\ntmp_dir kept: {}\n", path.display())).count();
        assert_eq!(named, 1, "{}: {}", path.display(), output.all());
        kept.push(fs::read_to_string(path.join("file")).expect("its test wrote it"));
    }
    kept.sort();
    (kept, output)
}

#[test]
fn the_folder_of_a_test_that_comes_to_a_bad_end_is_kept_and_named() {
    for isolate in ["", "--isolate"] {
        let args = format!("{isolate} -n 2 late aborts");
        let (kept, output) = left_folders("folders-bad", &args);
        assert_eq!(kept, ["aborted", "late"], "{args}: {}", output.all());
        assert_eq!((count(&output, "passed"), count(&output, "failed")), (1, 2), "{}", output.all());
    }
    let (kept, output) = left_folders("folders-no-resume", "--no-resume -n 1 aborts");
    assert_eq!(kept, ["aborted"], "{}", output.all());
}

#[test]
fn the_folder_of_a_test_that_fails_by_what_comes_after_it_is_kept_and_named() {
    for way in ["-n 1", "-n 4 --isolate", "-n 1 --retries-isolated"] {
        let (kept, output) = left_folders("folders-after", &format!("{way} fails_by expected"));
        assert_eq!(kept, ["expected 1", "limit", "task", "teardown"], "{way}: {}", output.all());
        assert_eq!((count(&output, "passed"), count(&output, "failed")), (2, 3), "{}", output.all());
        assert!(output.stdout.contains("\n1 flaky: "), "{}", output.all());
    }
}

#[test]
fn a_try_that_a_crash_has_broken_off_leaves_no_folder() {
    for afresh in ["", "--retries-isolated"] {
        let args = format!("{afresh} -n 2 second beside");
        let (kept, output) = left_folders("folders-broken-off", &args);
        assert_eq!(kept, ["1"], "{args}: {}", output.all());
        assert!(output.stdout.contains("\n1 flaky: "), "{}", output.all());
    }
}
