//! Cases, values and factories: their names, and what holds for each of them; known failures and tests that skip themselves.

use async_harness_tests::{Output, Trace, folder, suite};
use expect_test::expect;
use serde_json::Value;

/// Every way of running tests.
const WAYS: [&str; 4] = ["-n 0", "--test-threads 1", "-n 2", "-n 8"];

fn traced(args: &str) -> (Output, Trace) {
    let name: String = args.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let folder = folder(&format!("cases-{name}"));
    let run = suite("cases").line(args).env("SUITE_TRACE", Trace::path(&folder));
    (run.run().exits_with(0), Trace::read(&folder))
}

fn section<'a>(output: &'a Output, name: &str) -> &'a str {
    output.results().section(name).unwrap_or_else(|| panic!("no section of {name}:\n{}", output.all()))
}

#[test]
fn tests_are_named_and_ordered_as_rstest_does() {
    let output =
        suite("cases").line("--list --format terse names parsed marked with_fix").run().exits_with(0);
    expect![[r#"
        marked::compiled::case_1: test
        marked::compiled::case_2: test
        marked::fails::case_1: test
        marked::fails::case_2: test
        marked::ignored::case_1: test
        marked::ignored::case_2: test
        marked::ignored::case_3: test
        marked::keyed::case_1: test
        marked::keyed::case_2: test
        marked::keyed::case_3: test
        marked::keyed_one_by_one::case_1: test
        marked::keyed_one_by_one::case_2: test
        marked::panics::case_1: test
        marked::panics::case_2_bad: test
        marked::serially::case_1: test
        marked::serially::case_2: test
        marked::serially::case_3: test
        names::both::case_1_small::more_1_1_1: test
        names::both::case_1_small::more_2__3_i64: test
        names::both::case_1_small::more_3_std__cmp__max_4_5_: test
        names::both::case_2_large::more_1_1_1: test
        names::both::case_2_large::more_2__3_i64: test
        names::both::case_2_large::more_3_std__cmp__max_4_5_: test
        names::expressions::case_1::by_1_Kind__Road_2_: test
        names::expressions::case_1::by_2_Kind__Air: test
        names::expressions::case_2::by_1_Kind__Road_2_: test
        names::expressions::case_2::by_2_Kind__Air: test
        names::many::case_01: test
        names::many::case_02: test
        names::many::case_03: test
        names::many::case_04: test
        names::many::case_05: test
        names::many::case_06_six: test
        names::many::case_07: test
        names::many::case_08: test
        names::many::case_09: test
        names::many::case_10: test
        names::many::case_11: test
        names::rates::case_1: test
        names::rates::case_2_germany: test
        names::rates::case_3_loop: test
        names::ten::n_01_0: test
        names::ten::n_02_1: test
        names::ten::n_03_2: test
        names::ten::n_04_3: test
        names::ten::n_05_4: test
        names::ten::n_06_5: test
        names::ten::n_07_6: test
        names::ten::n_08_7: test
        names::ten::n_09_8: test
        names::ten::n_10_9_1: test
        names::values::a_1_1::b_1___x__: test
        names::values::a_1_1::b_2___ab__: test
        names::values::a_2_2::b_1___x__: test
        names::values::a_2_2::b_2___ab__: test
        parsed::addresses::case_1: test
        parsed::addresses::case_2: test
        parsed::numbers::number_1___1__: test
        parsed::numbers::number_2___2_5__: test
        parsed::texts::case_1: test
        parsed::wrong::addresses::case_1: test
        with_fixtures::product::case_1_one::b_1_0: test
        with_fixtures::product::case_1_one::b_2_1: test
        with_fixtures::product::case_2_two::b_1_0: test
        with_fixtures::product::case_2_two::b_2_1: test
    "#]]
    .assert_eq(&output.stdout);
}

#[test]
fn each_case_and_value_runs_with_its_own_arguments() {
    for way in WAYS {
        let output = suite("cases").line("names parsed --skip wrong").line(way).run().exits_with(0);
        assert!(output.stdout.contains("43 passed; 0 failed; 0 ignored"), "{}", output.all());
    }
}

#[test]
fn a_case_can_be_asked_for_by_its_name() {
    for (args, names) in [
        ("--exact names::rates::case_2_germany", vec!["names::rates::case_2_germany"]),
        ("case_06_six", vec!["names::many::case_06_six"]),
        ("names::rates --skip germany", vec!["names::rates::case_1", "names::rates::case_3_loop"]),
        ("--exact names::values::a_2_2::b_1___x__", vec!["names::values::a_2_2::b_1___x__"]),
        ("--exact factories::thousand::n123", vec!["factories::thousand::n123"]),
        // The name of a function stands for its cases, that of a module for nothing.
        (
            "--exact names::rates",
            vec!["names::rates::case_1", "names::rates::case_2_germany", "names::rates::case_3_loop"],
        ),
        (
            "--exact names::values --skip names::values::a_1_1::b_1___x__ --skip names::values::a_2_2::b_1___x__",
            vec!["names::values::a_1_1::b_2___ab__", "names::values::a_2_2::b_2___ab__"],
        ),
        ("--exact names", vec![]),
        ("--exact names::rates::case_2", vec![]),
        ("--exact --skip names::rates names::rates", vec![]),
    ] {
        let output = suite("cases").line(args).run().exits_with(0);
        assert_eq!(output.results().with("ok"), names, "{}", output.all());
    }
}

#[test]
fn a_literal_that_cannot_be_parsed_fails_its_case_and_says_why() {
    let output = suite("cases").line("wrong").run().exits_with(101);
    let section = section(&output, "parsed::wrong::addresses::case_1");
    for word in ["cases/tests/cases.rs:", "\"no address\"", "IpAddr", "AddrParseError"] {
        assert!(section.contains(word), "{section}");
    }
}

#[test]
fn an_attribute_after_a_case_is_that_cases() {
    for way in WAYS {
        let output = suite("cases").line("marked::").line(way).run().exits_with(0);
        let results = output.results();
        assert_eq!(results.with("ignored, the second"), ["marked::ignored::case_2"]);
        assert_eq!(results.with("ok").len(), 16, "{}", output.all());
        assert!(output.stdout.contains("test marked::panics::case_2_bad - should panic ... ok\n"));
        assert!(output.stdout.contains("test marked::panics::case_1 ... ok\n"), "{}", output.all());
        assert!(output.stdout.contains("\n1 test failed as expected\n"), "{}", output.all());
        let compiled = results.results.keys().filter(|name| name.starts_with("marked::compiled"));
        let wanted = ["marked::compiled::case_1", "marked::compiled::case_2"];
        assert!(compiled.eq(&wanted), "{}", output.all());
    }
    let output = suite("cases").line("marked::ignored --ignored").run().exits_with(101);
    assert_eq!(output.results().with("FAILED"), ["marked::ignored::case_2"]);
}

#[test]
fn serial_cases_run_last_and_alone_on_the_main_thread() {
    let (_, trace) = traced("serially -n 4");
    assert_eq!(trace.begun(), ["free_2", "serial_1", "serial_3"]);
    for line in trace.lines() {
        assert_eq!(line.tid == line.pid, line.name.starts_with("serial"), "{line:?}");
    }
}

#[test]
fn cases_and_made_tests_hold_their_keys() {
    for way in ["-n 4", "-n 16"] {
        let (output, trace) = traced(&format!("key {way}"));
        assert_eq!(trace.begun().len(), 8, "{}", output.all());
        assert_eq!(trace.peak(|_| true), 1, "{:#?}", trace.lines());
    }
}

#[test]
fn cases_and_values_and_fixtures_go_together() {
    for way in WAYS {
        let (output, trace) = traced(&format!("with_fixtures {way}"));
        assert_eq!(output.results().with("ok").len(), 4);
        let begun = |name: &str| trace.begun().iter().filter(|other| **other == name).count();
        assert_eq!((begun("base"), begun("own")), (1, 4));
    }
}

#[test]
fn a_factory_makes_a_thousand_tests() {
    for way in WAYS {
        let output = suite("cases").line("factories::thousand").line(way).run().exits_with(0);
        assert!(output.stdout.starts_with("\nrunning 1000 tests\n"), "{}", output.all());
        assert!(output.stdout.contains("\ntest result: ok. 1000 passed; 0 failed"), "{}", output.all());
        assert_eq!(output.results().with("ok").len(), 1000);
        assert!(output.results().results.contains_key("factories::thousand::n999"));
    }
    let list = suite("cases").line("--list --format terse thousand").run().exits_with(0);
    let names = list.stdout.lines().map(|line| line.strip_suffix(": test").unwrap());
    let wanted = (0..1000).map(|n| format!("factories::thousand::n{n:03}"));
    assert!(names.eq(wanted), "{}", list.stdout);
}

#[test]
fn tests_of_a_factory_have_any_name_and_result() {
    let output = suite("cases").line("factories::results factories::nothing").run().exits_with(101);
    let results = output.results();
    assert_eq!(
        results.with("ok"),
        ["factories::results::fine", "factories::results::mod::like", r"factories::results::two\nlines"]
    );
    let bad = "factories::results::bad: it says \"no\"";
    assert_eq!(results.with("FAILED"), [bad]);
    assert_eq!(section(&output, bad).trim_end(), "Error: \"no\"");
    let json = suite("cases").line("factories::results --format json").run().exits_with(101);
    let names = json.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["name"].clone());
    assert_eq!(names.filter(|name| name == bad).count(), 2);
}

#[test]
fn a_factory_that_panics_is_an_error_before_anything_runs() {
    for args in ["", "writes", "--exact writes_what_it_runs", "--list", "-n 0 --format json", "--nocapture"] {
        let output = suite("bad_factory").line(args).run().exits_with(101);
        assert_eq!(output.stdout, "", "{}", output.all());
        assert!(output.stderr.contains("the table of tests is missing"), "{}", output.all());
        let last = output.stderr.trim_end().lines().last().unwrap();
        assert!(last.starts_with("error: test factory `tables` at cases/tests/bad_factory.rs:"), "{last}");
    }
}

/// Not even by saying that all is well: no test has run.
#[test]
fn a_factory_that_calls_exit_is_named() {
    for args in ["", "--list", "-n 0 --format json", "--isolate", "--no-resume"] {
        let output = suite("bad_factory").line(args).env("SUITE_FACTORY", "exit").run().exits_with(101);
        let said = "error: test factory `tables` called exit: no test has run\n";
        assert!(output.stderr.ends_with(said) && output.stdout.is_empty(), "{}", output.all());
    }
}

#[test]
fn what_a_factory_prints_is_no_line_of_a_list_or_a_report() {
    for (args, lines) in [("--list --format terse", 2), ("tables --format json", 4), ("tables", 3)] {
        let run = suite("bad_factory").line(args).env("SUITE_FACTORY", "print");
        let output = run.run().exits_with(0);
        assert_eq!(output.stdout.lines().filter(|line| !line.is_empty()).count(), lines, "{}", output.all());
        assert!(!output.stdout.contains("words") && !output.stdout.contains("half"), "{}", output.all());
        assert!(output.stderr.contains("words of a factory\nand half a line"), "{}", output.all());
    }
}

#[test]
fn a_known_failure_counts_as_passed_and_is_said() {
    for way in WAYS {
        let output = suite("cases").line("known --skip fixed").line(way).run().exits_with(0);
        let names = ["known::fails", "known::fails_and_is_sync", "known::fails_with_a_reason"];
        assert_eq!(output.results().with("ok"), names, "{}", output.all());
        assert_eq!(output.results().with("ignored, not here"), ["known::skips"]);
        assert!(
            output.stdout.contains("\n3 tests failed as expected\n\ntest result: ok. 3 passed;"),
            "{}",
            output.all()
        );
        assert!(!output.stdout.contains("as ever"), "{}", output.all());
    }
    let output = suite("cases").line("known::fails --show-output").run().exits_with(0);
    assert!(section(&output, "known::fails_with_a_reason").contains("as ever"), "{}", output.all());
}

#[test]
fn a_known_failure_that_passes_fails() {
    for way in WAYS {
        let output = suite("cases").line("known::fixed").line(way).run().exits_with(101);
        let names = ["known::fixed::passes", "known::fixed::passes_too"];
        assert_eq!(output.results().with("FAILED"), names, "{}", output.all());
        for name in names {
            assert!(section(&output, name).contains("xfail"), "{}", output.all());
        }
        assert!(section(&output, names[0]).contains("was the carrier's fault"), "{}", output.all());
    }
    let output = suite("cases").line("known --format json").run().exits_with(101);
    let events = output.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let words: Vec<_> = events
        .filter(|event| event["type"] == "test" && event["event"] != "started")
        .map(|event| event["event"].as_str().unwrap().to_owned())
        .collect();
    let count = |word: &str| words.iter().filter(|other| *other == word).count();
    assert_eq!((count("ok"), count("failed"), count("ignored")), (3, 2, 1), "{}", output.all());
}

/// The tests of the suite `skips` that end themselves, and why.
const SKIPS: [(&str, &str); 14] = [
    ("directly", "at 2"),
    ("in_a_blocking_task", "from a blocking task"),
    ("in_a_blocking_task_of_the_session", "from a blocking task of the session"),
    ("in_a_helper", "from an async helper"),
    ("in_a_task_on_another_thread", "from a task on another thread"),
    ("in_a_task_of_a_task", "from a task of a task"),
    ("in_a_task_of_the_session", "from a task of the session"),
    ("in_a_task_that_is_awaited", "from a task"),
    ("in_a_task_whose_error_is_returned", "from a task"),
    ("on_a_thread", "from a thread"),
    ("serially", "from the serial phase"),
    ("sync", "from a sync test"),
    ("sync_in_a_helper", "from the bottom of a helper"),
    ("that_should_panic", "before the panic"),
];

/// Checks that each of the tests that end themselves does, with its reason, and that no other does.
fn check_skips(args: &str) {
    let run = suite("skips").line("--skip fixtures --skip otherwise").line(args);
    let output = run.run().exits_with(0);
    let results = output.results();
    for (name, reason) in SKIPS {
        let wanted = format!("ignored, {reason}");
        assert_eq!(results.results.get(name), Some(&wanted.as_str()), "{name}\n{}", output.all());
    }
    let ran = ["after_one_that_was_caught", "in_a_task_that_is_forgotten", "in_the_test_after"];
    assert_eq!(results.with("ok"), ran.map(|name| format!("none::{name}")));
    assert!(output.stdout.contains("test result: ok. 3 passed; 0 failed; 14 ignored"), "{}", output.all());
    // A skip is no panic to be shown; the `unwrap` of a task that skipped is one, where nothing is captured.
    if !args.contains("--nocapture") {
        assert_eq!(output.stderr, "");
    }
}

#[test]
fn a_test_can_end_itself_as_ignored_from_any_depth() {
    WAYS.into_iter().for_each(check_skips);
}

#[test]
fn skips_are_the_same_without_capture() {
    for way in WAYS {
        check_skips(&format!("{way} --nocapture"));
    }
}

#[test]
fn a_test_that_fails_by_anything_else_than_a_skip_has_failed() {
    for way in WAYS {
        let output = suite("skips").line("otherwise::").line(way).run().exits_with(101);
        assert_eq!(output.results().with("FAILED").len(), 5, "{}", output.all());
        assert!(output.stdout.contains("0 passed; 5 failed; 0 ignored"), "{}", output.all());
    }
}

#[test]
fn a_fixture_that_skips_ends_all_its_tests_as_ignored() {
    for way in WAYS {
        let folder = folder("skips-fixtures");
        let run = suite("skips").line("fixtures").line(way).env("SUITE_TRACE", Trace::path(&folder));
        let output = run.run().exits_with(0);
        let results = output.results();
        assert_eq!(results.with("ignored, no sandbox").len(), 32, "{}", output.all());
        assert_eq!(results.with("ok").len(), 8);
        assert!(results.with("ok").iter().all(|name| name.ends_with("::passes")));
        let trace = Trace::read(&folder);
        let begun = |name: &str| trace.begun().iter().filter(|other| **other == name).count();
        assert_eq!(trace.lines().len(), 2 * trace.begun().len());
        // Once for both fixtures of each longer scope, and for each worker that got to it; 4 times for those of a test.
        let workers = if way == "-n 8" {
            8
        } else if way == "-n 2" {
            2
        } else {
            1
        };
        assert!((14..=12 + 2 * workers).contains(&begun("sandbox")), "{}", begun("sandbox"));
        assert!(!output.stdout.contains("failed to set up"), "{}", output.all());
        assert_eq!(output.stderr, "");
    }
}

#[test]
fn the_reasons_of_skips_stand_in_every_format() {
    let args = "--format json directly sync_in_a_helper session_async serially";
    let output = suite("skips").line(args).run().exits_with(0);
    let events: Vec<Value> = output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let reason = |name: &str| {
        let ended = |event: &&Value| event["name"] == name && event["event"] == "ignored";
        events.iter().find(ended).unwrap_or_else(|| panic!("{name} is not ignored: {}", output.all()))["message"].clone()
    };
    assert_eq!(reason("directly"), "at 2");
    assert_eq!(reason("sync_in_a_helper"), "from the bottom of a helper");
    assert_eq!(reason("serially"), "from the serial phase");
    assert_eq!(reason("fixtures::session_async::through_another"), "no sandbox");
    let output = suite("skips").line("-q directly serially none").run().exits_with(0);
    assert!(output.stdout.contains("i"), "{}", output.all());
    assert!(output.stdout.contains("test result: ok. 3 passed; 0 failed;"), "{}", output.all());
}
