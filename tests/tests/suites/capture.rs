//! Whose output is whose. What a test prints is known from its name, so a line that is lost or astray is seen.

use async_harness_tests::{Output, suite};
use serde_json::Value;

const LINES: usize = 20;

fn numbered(name: &str, count: usize) -> String {
    (0..count).map(|number| format!("{name} {number}\n")).collect()
}

/// What a test of the suite `sources` prints.
fn wanted(name: &str) -> String {
    match name {
        "by_print_without_an_end" => name.to_owned(),
        "by_tracing" => numbered(" INFO by_tracing", LINES),
        "by_dbg" => {
            (0..LINES).map(|n| format!("[capture/tests/sources.rs:LINE] line = \"by_dbg {n}\"\n")).collect()
        }
        _ => numbered(name, LINES),
    }
}

/// Takes the place out of what `dbg!` prints.
fn without_place(section: &str) -> String {
    let place = |line: &str| {
        Some(format!(
            "{}LINE] line{}",
            line.split_once("sources.rs:")?.0.to_owned() + "sources.rs:",
            line.split_once("] line")?.1
        ))
    };
    section.lines().map(|line| place(line).unwrap_or_else(|| line.to_owned()) + "\n").collect()
}

/// Checks that each section of a run of `sources` has the lines of its test, all of them and no others.
fn check_sources(output: &Output) {
    let results = output.results();
    let names: Vec<_> = results.results.keys().filter(|name| name.starts_with("by_")).collect();
    assert_eq!(names.len(), 20, "{}", output.all());
    for name in names {
        let section =
            results.section(name).unwrap_or_else(|| panic!("no section of {name}:\n{}", output.all()));
        assert_eq!(
            without_place(section).trim_end(),
            wanted(name).trim_end(),
            "{name} in\n{}",
            output.stdout
        );
    }
    assert!(!output.stdout.contains("output of no single test"), "{}", output.stdout);
    assert_eq!(output.stderr, "");
}

#[test]
fn output_is_attributed_to_its_test_from_whatever_source_it_comes() {
    for args in ["-n 0", "--test-threads 1", "--test-threads 2", "--test-threads 8", "--test-threads 40"] {
        check_sources(&suite("sources").line(args).run().exits_with(101));
    }
}

#[test]
fn output_in_json_is_that_of_its_test() {
    let output = suite("sources").line("--format json --test-threads 8").run().exits_with(101);
    let events: Vec<Value> = output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let failed: Vec<_> =
        events.iter().filter(|event| event["type"] == "test" && event["event"] == "failed").collect();
    assert_eq!(failed.len(), 20);
    for event in failed {
        let name = event["name"].as_str().unwrap();
        let stdout = event["stdout"].as_str().unwrap();
        assert_eq!(without_place(stdout).trim_end(), wanted(name).trim_end());
    }
    assert_eq!(output.stderr, "");
}

#[test]
fn uncaptured_output_passes_through_whole() {
    for threads in ["1", "8"] {
        let output = suite("sources").args(["--nocapture", "--test-threads", threads]).run().exits_with(101);
        let both = without_place(&format!("{}{}", output.stdout, output.stderr));
        let results = output.results();
        let names = || results.results.keys().filter(|name| name.starts_with("by_"));
        let all: String = names().map(|name| wanted(name) + "\n").collect();
        for line in all.lines().filter(|line| line.ends_with(|last: char| last.is_ascii_digit())) {
            // What goes straight to a descriptor may come between a line and its end.
            assert_eq!(both.matches(line).count(), all.matches(line).count(), "{line}");
        }
        assert!(names().all(|name| results.section(name).is_none()), "{}", output.all());
    }
}

#[test]
fn forty_loud_tests_keep_their_lines_apart() {
    for threads in ["1", "8", "40"] {
        let output = suite("loud").env("LOUD", "1").args(["--test-threads", threads]).run().exits_with(101);
        let results = output.results();
        assert_eq!(results.with("FAILED").len(), 40);
        for name in results.with("FAILED") {
            assert_eq!(results.section(name).unwrap(), numbered(name, 200), "{name}");
        }
    }
}

#[test]
fn output_of_passing_tests_is_hidden_unless_asked_for() {
    let output = suite("loud").args(["--test-threads", "8"]).run().exits_with(0);
    assert!(!output.stdout.contains("t1 1"), "{}", output.stdout);
    assert_eq!(output.stderr, "");
    let output = suite("loud").args(["--test-threads", "8", "--show-output"]).run().exits_with(0);
    for name in output.results().with("ok").into_iter().filter(|name| *name != "quiet") {
        assert_eq!(output.results().section(name).unwrap(), numbered(name, 200), "{name}");
    }
    assert_eq!(output.results().section("quiet"), None);
}

#[test]
fn json_events_stay_lines_of_their_own_while_tests_print() {
    for capture in ["", "--nocapture"] {
        let run = suite("loud").line("--format json --test-threads 8").line(capture).env("LOUD", "1");
        let output = run.run().exits_with(101);
        let lines = output.stdout.lines().filter(|line| line.starts_with('{'));
        let events: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(events.len(), 2 + 41 * 2);
        let all = output.stdout.matches("{ \"type\"").count();
        assert_eq!(all, events.len(), "an event does not begin its line");
    }
}

#[test]
fn a_line_begun_before_an_await_stays_with_its_test() {
    let output = suite("odd").line("begun_line --test-threads 2").run().exits_with(101);
    let results = output.results();
    let first = results.section("begun_line::first").unwrap();
    assert_eq!(first.trim_end(), "begun by the first, ended by the first");
    assert_eq!(results.section("begun_line::second").unwrap().trim_end(), "by the second");
}

#[test]
fn ten_thousand_lines_are_all_shown() {
    let output = suite("odd").args(["ten_thousand_lines"]).run().exits_with(101);
    let wanted: String = (0..10_000).map(|number| format!("line {number}\n")).collect();
    assert_eq!(output.results().section("ten_thousand_lines").unwrap(), wanted);
}

#[test]
fn output_that_is_no_text_is_shown_as_far_as_it_is() {
    let output = suite("odd").args(["invalid_text", "half_a_character"]).run().exits_with(101);
    let results = output.results();
    assert_eq!(results.section("invalid_text").unwrap(), "before \u{fffd}\u{fffd} after\n");
    assert_eq!(results.section("half_a_character").unwrap(), "ä\n");
    let output = suite("odd").line("invalid_text --format json").run().exits_with(101);
    let events = output.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert!(events.into_iter().any(|event| event["stdout"] == "before \u{fffd}\u{fffd} after\n"));
}

#[test]
fn a_test_that_closes_or_redirects_stdout_does_not_cost_the_report() {
    for args in ["-n 0", "--test-threads 1", "--test-threads 4"] {
        for test in ["stdout_closed", "stdout_to_dev_null"] {
            let output = suite("odd").line(args).args([test, "later"]).run().exits_with(101);
            let results = output.results();
            assert_eq!(results.with("FAILED"), [test]);
            assert_eq!(results.with("ok"), ["later"]);
            assert!(results.section(test).unwrap().starts_with("before\n"), "{}", output.all());
            assert!(output.stdout.ends_with("s\n\n"), "{}", output.all());
        }
    }
}

#[test]
fn processes_of_a_test_print_once() {
    let output = suite("odd").args(["that_prints"]).run().exits_with(0);
    assert_eq!(output.stdout.matches("from a fork\n").count(), 1, "{}", output.all());
    assert_eq!(output.stdout.matches("from a child\n").count(), 1, "{}", output.all());
}

#[test]
fn output_of_a_shared_pool_is_never_lost() {
    let output = suite("odd").line("global_pool --test-threads 2").run().exits_with(101);
    for line in ["of the first\n", "of the second\n"] {
        assert_eq!(output.stdout.matches(line).count(), 1, "{}", output.all());
    }
    let first = output.results();
    assert!(first.section("global_pool::first").unwrap().contains("of the first\n"));
}

#[test]
fn output_of_a_pool_is_that_of_the_test_that_runs() {
    for threads in ["0", "1"] {
        let output = suite("odd").line("pool_of_all -n").args([threads]).run().exits_with(101);
        for (test, text) in [("first", "of the first\n"), ("second", "of the second\n")] {
            let results = output.results();
            let section = results.section(&format!("pool_of_all::{test}")).unwrap();
            assert!(section.starts_with(text), "{}", output.all());
        }
    }
}

#[test]
fn output_of_no_single_test_has_a_heading_of_its_own() {
    let output = suite("odd").line("stray --test-threads 2").run().exits_with(0);
    assert!(
        output.stdout.contains("\n---- output of no single test ----\nfrom a thread of nobody\n"),
        "{}",
        output.all()
    );
    // Alone it is the test's.
    let output = suite("odd").line("stray --test-threads 1 --show-output").run().exits_with(0);
    let section = output.results().section("stray::by_a_thread_of_nobody").map(str::to_owned);
    assert_eq!(section.as_deref(), Some("from a thread of nobody\n"), "{}", output.all());
}

#[test]
fn of_a_flood_each_report_has_beginning_and_end() {
    for args in ["", "--isolate"] {
        let output = suite("odd").line("a_flood --exact").line(args).run().exits_with(101);
        let section = output.results().section("a_flood").map(str::to_owned).unwrap_or_default();
        assert!(section.len() < 4 << 20, "{args}: {} bytes", section.len());
        for part in
            ["the first line\n", " bytes of output are left out here]\n", "the last line\n", "too much"]
        {
            assert_eq!(section.matches(part).count(), 1, "{part} {args}");
        }
        let output = suite("odd").line("a_flood --exact --format json").line(args).run().exits_with(101);
        for line in output.stdout.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            assert!(event["type"].is_string());
        }
    }
}

#[test]
fn output_after_the_end_of_a_test_is_not_that_of_the_next() {
    for threads in ["1", "2"] {
        let output =
            suite("odd").args(["late", "--show-output", "--test-threads", threads]).run().exits_with(0);
        assert!(
            output.stdout.contains(
                "\n---- output of no single test ----\n[left behind by late]\ntoo late for its test\n"
            ),
            "{}",
            output.all()
        );
        assert_eq!(output.results().section("later"), None, "{}", output.all());
    }
}

/// A handler may print at any time: while its thread prints, begins or ends a test, or is in the middle of the allocator.
#[test]
fn the_handler_of_a_signal_may_print_at_any_time() {
    for (threads, tick) in [("0", "500"), ("1", "100"), ("2", "500"), ("2", "5000"), ("8", "200")] {
        let run = suite("ticking").env("TICK", tick).args(["-n", threads, "--show-output"]);
        let mut output = run.run().exits_with(0);
        let all = output.all();
        let said = all.lines().find_map(|line| line.strip_suffix(" ticks")?.parse().ok());
        let shown = all.matches("tick\n").count();
        assert!(said.is_some_and(|said| said >= 20 && shown >= said), "{said:?} said, {shown} shown");
        // What is printed past the recordings may come within a line of the report.
        output.stdout = output.stdout.replace("tick\n", "");
        let results = output.results();
        assert_eq!(results.with("ok").len(), 601);
        let section = results.section("many::n005").unwrap_or_default();
        assert_eq!(section, numbered("test 5", 10) + "test 5\n", "{threads} threads, {tick} us");
    }
}

#[test]
fn an_allocator_may_print_at_any_time() {
    for threads in ["0", "1", "2", "8"] {
        let output = suite("allocating").args(["-n", threads, "--show-output"]).run().exits_with(0);
        assert_eq!(output.results().with("ok").len(), 4);
        assert!(output.all().contains("large allocation\n"));
    }
}
