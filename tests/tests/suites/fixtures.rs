//! Fixtures: how often and when they are set up and torn down, on which runtime, and what becomes of those that fail.

use async_harness_tests::{Output, Run, Trace, cargo, folder, suite};
use expect_test::expect;
use serde_json::Value;
use std::collections::BTreeMap;

/// Every way of running tests, and how many workers it makes.
const WAYS: [(&str, usize); 4] = [("-n 0", 1), ("--test-threads 1", 1), ("-n 2", 2), ("-n 8", 8)];

/// Runs a suite that writes a trace, and checks its exit code.
fn traced(target: &str, args: &str, code: i32) -> (Output, Trace) {
    let name: String = args.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let folder = folder(&format!("{target}-{name}"));
    let run = suite(target).line(args).env("SUITE_TRACE", Trace::path(&folder));
    let output = run.run().exits_with(code);
    (output, Trace::read(&folder))
}

/// How often what has this name began; each time it ended again.
fn times(trace: &Trace, name: &str) -> usize {
    let lines = || trace.lines().iter().filter(|line| line.name == name);
    let begun = lines().filter(|line| line.begins).count();
    assert_eq!(lines().count(), 2 * begun, "{name} did not end: {:#?}", trace.lines());
    begun
}

/// The places in the trace at which something that `which` picks begins, or ends.
fn places(trace: &Trace, begins: bool, which: impl Fn(&str) -> bool) -> Vec<usize> {
    let lines = trace.lines().iter().enumerate();
    lines.filter(|(_, line)| line.begins == begins && which(&line.name)).map(|(at, _)| at).collect()
}

fn begin(trace: &Trace, name: &str) -> usize {
    places(trace, true, |other| other == name)[0]
}

fn end(trace: &Trace, name: &str) -> usize {
    places(trace, false, |other| other == name)[0]
}

/// What began and what ended, in order: `+server`, `-server`.
fn course(trace: &Trace) -> Vec<String> {
    let sign = |begins| if begins { '+' } else { '-' };
    trace.lines().iter().map(|line| format!("{}{}", sign(line.begins), line.name)).collect()
}

/// What is shown under the name of a fixture, each time.
fn of_fixture<'a>(output: &'a str, fixture: &str) -> Vec<&'a str> {
    let heading = format!("{fixture} stdout ----");
    let sections = output.split("\n---- ").filter_map(|section| section.split_once('\n'));
    let own = sections.filter(|(title, _)| title.starts_with("fixture ") && title.ends_with(&heading));
    own.map(|(_, text)| text.split("\n\n\n").next().unwrap_or(text)).collect()
}

fn section<'a>(output: &'a Output, name: &str) -> &'a str {
    output.results().section(name).unwrap_or_else(|| panic!("no section of {name}:\n{}", output.all()))
}

#[test]
fn a_session_fixture_is_built_once_and_goes_after_the_last_test_that_needs_it() {
    for (args, _) in WAYS {
        let (_, trace) = traced("sharing", args, 0);
        assert_eq!((times(&trace, "server"), times(&trace, "connection")), (1, 1));
        let is_user = |name: &str| name.starts_with("user_");
        let (began, ended) = (places(&trace, true, is_user), places(&trace, false, is_user));
        assert_eq!((began.len(), ended.len()), (41, 41));
        assert!(begin(&trace, "server") < begin(&trace, "connection"));
        assert!(begin(&trace, "connection") < began[0]);
        assert_eq!(trace.lines()[*ended.last().unwrap()].name, "user_serial");
        assert!(*ended.last().unwrap() < end(&trace, "connection"));
        assert!(end(&trace, "connection") < end(&trace, "server"));
        assert!(end(&trace, "server") < begin(&trace, "serial_neighbour"), "{:#?}", trace.lines());
        assert_eq!(times(&trace, "expensive"), 0);
    }
}

#[test]
fn a_session_fixture_goes_while_tests_that_do_not_need_it_still_run() {
    for threads in ["2", "8"] {
        let folder = folder(&format!("goes-{threads}"));
        let run = suite("sharing").args(["--skip", "serial", "--test-threads", threads]);
        let run = run.env("SUITE_TRACE", Trace::path(&folder)).env("SERVER_GOES", "1");
        let _ = run.run().exits_with(0);
        let trace = Trace::read(&folder);
        assert_eq!(times(&trace, "server"), 1);
        assert!(end(&trace, "server") < end(&trace, "sees_it_go"));
    }
}

#[test]
fn a_fixture_that_no_selected_test_needs_is_never_built() {
    for (args, code) in [("neighbours", 0), ("z_", 0), ("neighbours uses_what_is_expensive", 0)] {
        for (way, _) in WAYS {
            let (output, trace) = traced("sharing", &format!("{args} {way}"), code);
            assert_eq!((times(&trace, "server"), times(&trace, "expensive")), (0, 0), "{}", output.all());
        }
    }
    let (_, trace) = traced("sharing", "--ignored", 0);
    assert_eq!(course(&trace)[..4], ["+server", "+expensive", "+user_expensive", "-user_expensive"]);
    let (_, trace) = traced("sharing", "--exact users::a07", 0);
    assert_eq!((times(&trace, "server"), times(&trace, "connection"), trace.begun().len()), (1, 1, 3));
    for args in ["--list", "--fixtures", "--setup-plan", "no_such_test", "--bench"] {
        let folder = folder("built-nothing");
        let _ = suite("sharing").line(args).env("SUITE_TRACE", Trace::path(&folder)).run().exits_with(0);
        assert!(!Trace::path(&folder).exists(), "{args} set something up");
    }
}

/// How often what may go wrong by chance is repeated; `SUITE_ROUNDS=500` for a night.
fn rounds(usual: usize) -> usize {
    std::env::var("SUITE_ROUNDS").map_or(usual, |rounds| rounds.parse().expect("SUITE_ROUNDS is a number"))
}

#[test]
fn clients_that_connect_when_they_are_used_work_in_any_order_on_any_threads() {
    for round in 0..rounds(25) {
        for (way, _) in WAYS {
            let args = ["shared", "--shuffle-seed", &round.to_string()];
            let output = suite("clients").args(args).line(way).run().exits_with(0);
            assert!(output.stdout.contains("24 passed; 0 failed"), "{}", output.all());
        }
    }
}

#[test]
fn each_test_is_on_the_runtime_that_its_fixtures_need() {
    for (way, _) in WAYS {
        let output = suite("clients").line("runtimes").line(way).run().exits_with(0);
        assert!(output.stdout.contains("11 passed; 0 failed"), "{}", output.all());
    }
}

#[test]
fn a_client_that_lost_its_runtime_says_what_to_declare() {
    for way in ["-n 0", "-n 1"] {
        let output = suite("clients").line("lost").line(way).run().exits_with(101);
        let failed = ["lost::http_2", "lost::pool_2", "lost::undeclared_2"];
        assert_eq!(output.results().with("FAILED"), failed, "{}", output.all());
        for (name, fixture) in failed.iter().zip(["http", "pool", "undeclared"]) {
            let note = section(&output, name).split_once("\nnote: \"").map_or("", |(_, note)| note);
            let declare = note.contains("declare `runtime = \"session\"`");
            assert_eq!(declare, name.contains("undeclared"), "{}", output.all());
            assert!(note.contains(&format!("`lost::{fixture}`")), "{}", output.all());
            // A mere address opened no connection, and a word of the test's own comes first.
            assert!(!note.contains("server"), "{}", output.all());
            assert_eq!(
                note.contains("runtime = \"fresh\""),
                !name.contains("undeclared"),
                "{}",
                output.all()
            );
        }
    }
}

#[test]
fn each_worker_has_its_own_instance_and_one_test_uses_it_at_a_time() {
    for (way, workers) in [("-n 0", 1), ("-n 1", 1), ("-n 2", 2), ("-n 4", 4), ("-n 16", 16)] {
        // The suite itself fails where two tests use one at a time.
        let (output, trace) = traced("scopes", &format!("{way} sits serially left_by"), 0);
        assert_eq!(output.results().with("ok").len(), 205);
        let desks = trace.begun().into_iter().filter(|name| name.starts_with("desk_"));
        let mut desks: Vec<_> = desks.collect();
        desks.sort_unstable();
        let before = desks.len();
        desks.dedup();
        assert_eq!(desks.len(), before, "a worker had two: {desks:?}");
        assert!(desks.len() <= workers && desks[0] == "desk_0", "{desks:?}");
        for desk in desks {
            assert_eq!(times(&trace, desk), 1);
        }
    }
}

#[test]
fn what_a_worker_fixture_is_made_from_outlives_it() {
    for (way, workers) in WAYS {
        let (_, trace) = traced("scopes", &format!("of_a_shared_one {way}"), 0);
        let is_flat = |name: &str| name.starts_with("flat_");
        let (begun, ended) = (places(&trace, true, is_flat), places(&trace, false, is_flat));
        assert_eq!(begun.len(), ended.len());
        assert!((1..=workers).contains(&begun.len()), "{:?}", course(&trace));
        assert_eq!((times(&trace, "house"), begin(&trace, "house")), (1, 0));
        assert_eq!(end(&trace, "house"), trace.lines().len() - 1, "{:?}", course(&trace));
    }
}

#[test]
fn a_worker_fixture_that_fails_is_tried_once_by_each_worker_and_told_once() {
    for (way, workers) in WAYS {
        let (output, trace) = traced("scopes", &format!("without_a_desk {way}"), 101);
        let results = output.results();
        assert_eq!((results.with("FAILED").len(), results.with("ok").len()), (11, 1), "{}", output.all());
        let mut tries = trace.begun();
        tries.sort_unstable();
        let tried = tries.len();
        tries.dedup();
        assert_eq!(tries.len(), tried, "a worker tried twice: {tries:?}");
        assert!((1..=workers).contains(&tried), "{tries:?}");
        for name in results.with("FAILED") {
            assert!(section(&output, name).contains("missing` failed to set up"), "{}", output.all());
        }
        assert_eq!(output.stdout.matches("looking for desk").count(), tried, "{}", output.all());
        assert_eq!(output.stdout.matches("no desk for worker").count(), tried, "{}", output.all());
    }
}

#[test]
fn each_module_with_tests_that_use_it_has_its_own_instance() {
    let rooms = |trace: &Trace| {
        let rooms = trace.begun();
        rooms.iter().filter(|name| name.starts_with("room_")).map(|name| times(trace, name)).sum::<usize>()
    };
    for (way, _) in WAYS {
        // The suite itself fails where modules share one, or a module has two.
        let (output, trace) = traced("scopes", &format!("house_ a_room {way} --skip shared_one"), 0);
        assert_eq!(output.results().with("ok").len(), 13);
        assert_eq!(rooms(&trace), 4, "{:?}", course(&trace));
    }
    for (filter, wanted) in [("house_a::child", 1), ("house_a::one house_b::last", 2), ("two", 2)] {
        let (_, trace) = traced("scopes", &format!("{filter} -n 2"), 0);
        assert_eq!(rooms(&trace), wanted, "{filter}");
    }
}

/// What is there when the test runs, and then goes.
const BEFORE: [&str; 7] = ["+site", "+house", "+floor", "+door", "+lock", "+key", "+lift"];
const AFTER: [&str; 7] = ["-key", "-lock", "-door", "-floor", "-lift", "-house", "-site"];

#[test]
fn fixtures_go_in_reverse_order_however_their_test_ends() {
    for (test, code) in [
        ("passes", 0),
        ("fails", 101),
        ("panics", 101),
        ("panics_as_it_should", 0),
        ("skips", 0),
        ("sync_passes", 0),
        ("sync_panics", 101),
        ("serial_panics", 101),
        ("never_begins", 101),
    ] {
        for way in ["-n 0", "-n 1", "-n 2"] {
            let (_, trace) = traced("endings", &format!("--exact order::{test} {way}"), code);
            let wanted = [BEFORE.as_slice(), &["+test", "-test"], &AFTER].concat();
            assert_eq!(course(&trace), wanted, "{test} {way}");
        }
    }
}

#[test]
fn all_endings_beside_each_other_leave_nothing_behind() {
    for (way, workers) in WAYS {
        let (output, trace) = traced("endings", &format!("order {way}"), 101);
        let results = output.results();
        let words = [results.with("ok").len(), results.with("FAILED").len(), results.results.len()];
        assert_eq!(words, [3, 5, 9], "{}", output.all());
        for name in ["key", "lock", "door", "test"] {
            assert_eq!(times(&trace, name), 9);
        }
        for name in ["site", "house", "floor"] {
            assert_eq!(times(&trace, name), 1);
        }
        assert!((1..=workers).contains(&times(&trace, "lift")));
        assert_eq!(course(&trace).last().unwrap(), "-site");
        assert!(!output.stdout.contains("failed to tear down"), "{}", output.all());
    }
}

#[test]
fn what_a_test_took_goes_with_it_and_the_rest_after_it() {
    let (_, trace) = traced("endings", "taken -n 1", 0);
    let wanted = "+site +house +floor +door +lock +test -lock +after -after -test -door -floor -house -site";
    assert_eq!(course(&trace).join(" "), wanted);
}

#[test]
fn a_teardown_after_a_panic_has_a_runtime_to_talk_and_wait_on() {
    for (way, _) in WAYS {
        let (output, trace) = traced("endings", &format!("alive {way}"), 101);
        let results = output.results();
        assert_eq!((results.with("FAILED").len(), results.with("ok")), (4, vec!["alive::passes"]));
        for name in results.with("FAILED") {
            let section = section(&output, name);
            assert!(section.contains("in the middle of it\n"), "{section}");
            assert!(section.trim_end().ends_with("said goodbye"), "{section}");
        }
        assert_eq!(times(&trace, "talk"), 5);
        assert!(!output.stdout.contains("failed to tear down"), "{}", output.all());
    }
}

#[test]
fn a_teardown_that_fails_fails_its_test_or_the_run_and_disturbs_nothing_else() {
    for scope in ["test", "worker", "module", "session"] {
        for (kind, words) in [("error", "\"will not go\""), ("panic", "it panicked")] {
            for way in ["-n 0", "-n 1", "-n 2"] {
                let (output, trace) = traced("endings", &format!("sour::{scope}_{kind} {way}"), 101);
                assert_eq!(course(&trace).join(" "), "+before +sour +after -after -sour -before");
                assert!(output.stdout.contains("\n\ntest result: FAILED. "), "{}", output.all());
                let uses = format!("sour::{scope}_{kind}::uses");
                let results = output.results();
                let text = if scope == "test" {
                    assert_eq!(results.with("FAILED"), [uses.as_str()], "{}", output.all());
                    section(&output, &uses)
                } else {
                    assert_eq!(results.with("ok").len(), 2, "{}", output.all());
                    let shown = of_fixture(&output.stdout, "sour");
                    assert_eq!(shown.len(), 1, "{}", output.all());
                    shown[0]
                };
                assert!(text.contains("sour` failed to tear down: "), "{}", output.all());
                assert!(text.contains(words), "{}", output.all());
                assert!(text.contains("printed by the teardown\n"), "{}", output.all());
                assert_eq!(text.contains("goes with a bang"), kind == "panic", "{}", output.all());
                assert!(!output.stdout.contains("output of no single test"), "{}", output.all());
            }
        }
    }
}

#[test]
fn what_was_set_up_last_is_torn_down_first_whoever_asked_for_it_last() {
    for way in ["-n 0", "-n 1"] {
        let (_, trace) = traced("endings", &format!("turns {way}"), 0);
        assert_eq!(course(&trace).join(" "), "+first +second +third -third -second -first");
    }
}

#[test]
fn a_teardown_that_fails_after_its_test_has_is_told_beside_it() {
    let tests = ["fails_as_expected", "fails_twice", "panics_as_it_should", "passes_unexpectedly", "skips"];
    let tests = tests.map(|test| format!("sour::{test}"));
    let output = suite("endings").args(tests.clone()).run().exits_with(101);
    let results = output.results();
    assert_eq!(results.with("FAILED"), tests, "{}", output.all());
    for name in results.with("FAILED") {
        let section = section(&output, name);
        assert!(section.contains("the test's own"), "{section}");
        assert!(section.contains("own` failed to tear down: \"will not go\""), "{section}");
    }
}

#[test]
fn a_run_that_stops_early_tears_down_what_there_is() {
    for way in ["-n 0", "-n 1"] {
        let (output, trace) = traced("endings", &format!("fast --fail-fast {way}"), 101);
        let wanted = "+site +house +lift +floor +door -door -floor -lift -house -site";
        let mut course = course(&trace);
        // Others need the floor, but they are not run: it may go sooner or later.
        let floor = course.iter().position(|step| step == "-floor").unwrap();
        assert!(end(&trace, "door") < floor && floor < end(&trace, "house"), "{course:?}");
        course.retain(|step| step != "-floor");
        assert_eq!(course.join(" "), wanted.replace("-floor ", ""));
        assert_eq!(output.results().with("FAILED"), ["fast::a_fails"]);
        assert!(output.stdout.contains("\n2 tests were not run: "), "{}", output.all());
    }
}

/// The modules of the suite `broken`: scope, fixture, and what is shown of its failure.
const BROKEN: [(&str, &str, &str); 13] = [
    ("session_async_error", "sa_error", "port: 1 }"),
    ("session_async_panic", "sa_panic", "boom of sa"),
    ("session_sync_error", "ss_error", "port: 3 }"),
    ("session_sync_panic", "ss_panic", "boom of ss"),
    ("module_async_error", "ma_error", "port: 5 }"),
    ("module_sync_panic", "ms_panic", "boom of ms"),
    ("worker_async_error", "wa_error", "port: 7 }"),
    ("worker_async_panic", "wa_panic", "boom of wa"),
    ("worker_sync_error", "ws_error", "port: 9 }"),
    ("test_async_error", "ta_error", "port: 11 }"),
    ("test_async_panic", "ta_panic", "boom of ta"),
    ("test_sync_error", "ts_error", "port: 13 }"),
    ("test_sync_panic", "ts_panic", "boom of ts"),
];

#[test]
fn a_broken_fixture_is_tried_once_told_once_and_fails_who_needs_it() {
    for (way, workers) in WAYS {
        let (output, trace) = traced("broken", way, 101);
        let results = output.results();
        for (module, fixture, error) in BROKEN {
            let own = results.results.iter().filter(|(name, _)| name.starts_with(&format!("{module}::")));
            let own: BTreeMap<_, _> = own.collect();
            assert_eq!(own.len(), 9);
            for (name, word) in own {
                assert_eq!(*word, if name.ends_with("::passes") { "ok" } else { "FAILED" }, "{name}");
                if *word == "FAILED" {
                    let section = section(&output, name);
                    assert!(section.contains(&format!("{fixture}` failed to set up")), "{name}\n{section}");
                    assert!(!section.contains("got "), "{section}");
                }
            }
            let tried = times(&trace, fixture);
            match module.split('_').next().unwrap() {
                "test" => assert_eq!(tried, 8),
                "worker" => assert!((1..=workers).contains(&tried), "{fixture} {tried}"),
                _ => {
                    assert_eq!(tried, 1);
                    let shown = of_fixture(&output.stdout, fixture);
                    assert_eq!(shown.len(), 1, "{}", output.all());
                    assert!(shown[0].contains(error), "{}", shown[0]);
                    assert!(shown[0].contains(&format!("printed by {fixture}\n")), "{}", shown[0]);
                }
            }
            assert_eq!(output.stdout.matches(error).count(), tried, "{error} in\n{}", output.all());
            let printed = format!("printed by {fixture}\n");
            assert_eq!(output.stdout.matches(&printed).count(), tried, "{}", output.all());
        }
        assert!(!output.stdout.contains("output of no single test"), "{}", output.all());
    }
}

#[test]
fn a_fixture_that_needs_a_broken_one_is_not_tried_and_what_is_fine_goes_on() {
    for (way, _) in WAYS {
        let (output, trace) = traced("broken", &format!("chained {way}"), 101);
        assert_eq!(output.results().with("ok"), ["chained::uses_what_is_fine"]);
        assert_eq!((times(&trace, "root"), times(&trace, "fine")), (1, 1));
        assert_eq!((times(&trace, "stem"), times(&trace, "leaf")), (0, 0));
        assert_eq!(output.stdout.matches("rotten").count(), 1, "{}", output.all());
        for name in ["uses_leaf", "uses_stem", "uses_root"] {
            let section = section(&output, &format!("chained::{name}")).to_owned();
            assert!(section.contains("root` failed to set up"), "{section}");
        }
    }
}

fn events(output: &Output) -> Vec<Value> {
    let line = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no event: {line}"));
    output.stdout.lines().map(line).collect()
}

#[test]
fn broken_fixtures_leave_each_format_as_it_is() {
    for threads in ["1", "8"] {
        let run = |args: &str| {
            let output = suite("broken").line(args).args(["--test-threads", threads]).run().exits_with(101);
            assert_eq!(output.stderr.is_empty(), !args.contains("json"), "{}", output.all());
            output
        };
        let pretty = run("--format pretty");
        let failed = pretty.results().with("FAILED").len();
        assert_eq!(failed, 13 * 8 + 3);

        let json = run("--format json");
        let events = events(&json);
        let of = |event: &Value, kind: &str| event["type"] == "test" && event["event"] == kind;
        assert_eq!(events.iter().filter(|event| of(event, "failed")).count(), failed);
        assert_eq!(events.iter().filter(|event| of(event, "started")).count(), 121);
        let broken = events.iter().filter(|event| of(event, "failed"));
        for event in broken {
            let text = event["message"].as_str().unwrap_or_else(|| panic!("no message: {event}"));
            assert!(text.contains("failed to set up"), "{event}");
        }
        let last = events.last().unwrap();
        assert_eq!(
            (&last["type"], &last["event"], last["failed"].as_u64()),
            (&"suite".into(), &"failed".into(), Some(failed as u64))
        );
        // What has no event stands on the other stream, and is there.
        assert_eq!(json.stderr.matches("NoRoute").count(), 3, "{}", json.stderr);

        let terse = run("--format terse");
        assert_eq!(terse.stdout.matches(" --- FAILED\n").count(), failed, "{}", terse.all());
        let last = terse.stdout.trim_end().lines().last().unwrap();
        assert!(last.starts_with("test result: FAILED. 14 passed; 107 failed; 0 ignored;"), "{last}");
    }
}

#[test]
fn a_teardown_that_fails_fails_the_run_in_each_format() {
    let output = suite("endings").line("sour::session_error --format json").run().exits_with(101);
    let events = events(&output);
    assert_eq!(events.last().unwrap()["event"], "failed", "{}", output.all());
    assert!(output.stderr.contains("sour` failed to tear down: \"will not go\""), "{}", output.all());
    let output = suite("endings").line("sour::session_error -q").run().exits_with(101);
    assert!(output.stdout.contains("\ntest result: FAILED. 2 passed; 0 failed;"), "{}", output.all());
}

#[test]
fn tests_know_themselves_and_their_worker() {
    for (way, workers) in WAYS {
        let run = suite("builtins").line("info place").line(way).env("WORKERS", workers.to_string());
        let output = run.run().exits_with(0);
        assert_eq!(output.results().with("ok").len(), 11, "{}", output.all());
    }
}

#[test]
fn a_folder_of_a_tests_own_goes_if_it_passes_and_stays_if_it_fails() {
    for way in ["-n 0", "-n 1", "-n 8"] {
        let told = folder("tmp-told");
        let root = folder("tmp-root");
        let run = suite("builtins").line("tmp").line(way).env("TOLD", &told).env("TMPDIR", &root);
        let output = run.run().exits_with(101);
        let path = |test: &str| std::fs::read_to_string(told.join(test)).unwrap();
        let mut paths = Vec::new();
        for test in ["passes", "passes_too", "panics_as_it_should", "is_that_of_its_fixture"] {
            assert!(!std::fs::exists(path(test)).unwrap(), "{test} left {}", path(test));
            assert!(!output.stdout.contains(&path(test)), "{}", output.all());
            paths.push(path(test));
        }
        for test in ["panics", "fails"] {
            let kept = path(test);
            assert_eq!(std::fs::read_to_string(format!("{kept}/file")).unwrap(), test);
            assert!(section(&output, &format!("tmp::failing::{test}")).contains(&kept), "{}", output.all());
            assert!(kept.contains(test), "one sees whose it is: {kept}");
            paths.push(kept);
        }
        assert!(paths.iter().all(|path| path.starts_with(root.to_str().unwrap())), "{paths:?}");
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), 6);
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 2);
    }
}

#[test]
fn what_belongs_to_the_process_is_lent_to_one_test_at_a_time_and_restored() {
    for (way, _) in WAYS {
        for _ in 0..rounds(3) {
            let output = suite("builtins").line("process").line(way).run().exits_with(0);
            assert_eq!(output.results().with("ok").len(), 20, "{}", output.all());
        }
    }
}

/// Goes through a trace of the module `keys` and finds two tests that should not have run at once.
fn conflict(trace: &Trace) -> Option<(String, String)> {
    let mut running: Vec<&str> = Vec::new();
    for line in trace.lines() {
        running.retain(|other| *other != line.name);
        let keyed = |name: &str| name.starts_with("w_") || name.starts_with("r_");
        let alone = |name: &str| name.starts_with("w_");
        if line.begins {
            let own = line.name.as_str();
            let excludes = |other: &&&str| keyed(own) && keyed(other) && (alone(own) || alone(other));
            if let Some(other) = running.iter().find(excludes) {
                return Some((line.name.clone(), (*other).to_owned()));
            }
            running.push(&line.name);
        }
    }
    None
}

#[test]
fn a_fixture_with_a_key_keeps_its_users_apart_from_all_who_hold_it() {
    for (way, _) in WAYS {
        let (output, trace) = traced("builtins", &format!("keys {way}"), 0);
        assert_eq!(conflict(&trace), None, "{}", output.all());
        assert_eq!(trace.begun().len(), 10);
    }
    let (_, trace) = traced("builtins", "keys::r_ keys::free -n 4", 0);
    assert!(trace.peak(|_| true) > 1, "{:?}", course(&trace));
}

/// nextest on one target of the package `fixtures`, or `cases`.
fn nextest(package: &str, target: &str, expression: &str) -> Run {
    let args = ["nextest", "run", "-j", "8", "--no-fail-fast", "--package", package, "--test", target];
    cargo(&args).args(["-E", expression]).env("NEXTEST_HIDE_PROGRESS_BAR", "1")
}

#[test]
fn keys_of_fixtures_hold_across_the_processes_of_nextest() {
    let folder = folder("nextest-keys");
    let run = nextest("fixtures", "builtins", "test(/^keys::/)").env("SUITE_TRACE", Trace::path(&folder));
    let output = run.run().exits_with(0);
    let trace = Trace::read(&folder);
    assert_eq!(conflict(&trace), None, "{}", output.all());
    assert_eq!(trace.begun().len(), 10);
    let mut processes: Vec<_> = trace.lines().iter().map(|line| line.pid).collect();
    processes.sort_unstable();
    processes.dedup();
    assert_eq!(processes.len(), 10);
}

#[test]
fn fixtures_work_where_each_test_has_a_process_of_its_own() {
    let output =
        nextest("fixtures", "builtins", "not test(/failing|keys|of_the_worker/)").run().exits_with(0);
    assert!(output.stderr.contains("27 passed"), "{}", output.all());
    let output = nextest("fixtures", "sharing", "test(/a0.$/) + test(serial)").run().exits_with(0);
    assert!(output.stderr.contains("12 passed"), "{}", output.all());
    let output = nextest("fixtures", "broken", "test(/session_async_error/)").run().exits_with(100);
    assert!(output.stderr.contains("1 passed, 8 failed"), "{}", output.all());
    // Each process tells the error, for it is the only one in which the test runs.
    assert!(output.stderr.matches("port: 1 }").count() >= 8, "{}", output.all());
}

#[test]
fn workers_under_nextest_are_its_slots() {
    let output =
        nextest("fixtures", "builtins", "test(of_the_worker)").env("WORKERS", "8").run().exits_with(0);
    assert!(output.stderr.contains("8 passed"), "{}", output.all());
}

/// What is wrong with each module of the suite `refused`.
const REFUSED: [(&str, &[&str]); 8] = [
    ("cycle", &["`cycle::hen` -> `cycle::chick` -> `cycle::egg` -> `cycle::hen`"]),
    ("itself", &["`itself::mirror` -> `itself::mirror`"]),
    ("fine::ignored", &["`itself::mirror` -> `itself::mirror`"]),
    ("taken_and_borrowed_through_another", &["through_another::wants_both`", "`claimed::part`", "by value"]),
    ("taken_before_and_after", &["before_and_after::wants_both`", "`claimed::part`", "by value"]),
    ("taken_and_borrowed::", &["taken_and_borrowed::wants_both`", "`claimed::part`", "by value"]),
    ("borrowed_mutably_twice", &["borrowed_mutably_twice::wants_both`", "`claimed::part`", "`&mut`"]),
    (
        "paused",
        &["`paused::stops_the_clock`", "`paused::pool`", "`runtime = \"fresh\"`", "`runtime = \"any\"`"],
    ),
];

#[test]
fn fixtures_that_cannot_be_had_are_an_error_before_anything_runs() {
    for (filter, words) in REFUSED {
        for more in ["", "-n 0 fine::passes", "--format json", "--setup-plan"] {
            let output = suite("refused").args([filter]).line(more).run().exits_with(101);
            assert_eq!(output.stdout, "", "{}", output.all());
            assert!(
                output.stderr.starts_with("error: ") && output.stderr.lines().count() == 1,
                "{}",
                output.all()
            );
            for word in words {
                assert!(output.stderr.contains(word), "{word} in {}", output.stderr);
            }
        }
    }
}

#[test]
fn fixtures_of_tests_that_are_filtered_out_stop_nothing() {
    for more in ["", "-n 0", "--setup-plan", "--list", "--fixtures", "--list --format json"] {
        let _ = suite("refused").line("fine::passes").line(more).run().exits_with(0);
    }
}

/// The text without the lines and columns of places.
fn without_numbers(text: &str) -> String {
    let line = |line: &str| match line.find(".rs:") {
        Some(at) => format!("{}\n", &line[..at + 3]),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn fixtures_are_listed_with_scope_place_and_words() {
    let output = suite("sharing").line("--fixtures").run().exits_with(0);
    expect![[r#"
        async_harness::fixtures::cwd: test fixture, comes with the harness
            The current folder of the process, for one test at a time; restored when it ends.
        async_harness::fixtures::env: test fixture, comes with the harness
            The environment of the process, for one test at a time; restored when it ends.
        async_harness::fixtures::test_info: test fixture, comes with the harness
            What the running test may know of itself.
        async_harness::fixtures::tmp_dir: test fixture, comes with the harness
            An empty folder, removed when the test passes, kept and named when it fails.
        async_harness::fixtures::worker: worker fixture, comes with the harness
            The worker that runs this test.
        client: test fixture, fixtures/tests/sharing.rs
            A connection of a test's own.
        connection: session fixture, fixtures/tests/sharing.rs
            One connection that its users take turns with.
        expensive: session fixture, fixtures/tests/sharing.rs
            Needed by nobody but an ignored test.
        server: session fixture, fixtures/tests/sharing.rs
            Sends back what it is sent.

        9 fixtures
    "#]]
    .assert_eq(&without_numbers(&output.stdout));
    for format in ["--format json", "--format terse", "-q", "--list", "users::a00 -n 0"] {
        let other = suite("sharing").line("--fixtures").line(format).run().exits_with(0);
        assert_eq!((other.stdout, other.stderr), (output.stdout.clone(), String::new()), "{format}");
    }
}

#[test]
fn a_plan_of_set_ups_shows_what_each_test_needs_and_where_it_runs() {
    let filters = "--exact users::a00 neighbours::a uses_what_is_expensive a_serial_user";
    let output = suite("sharing").line("--setup-plan").line(filters).run().exits_with(0);
    expect![[r#"
        neighbours::a
        users::a00 (session runtime)
            session server
            session connection from server
            test client from server
        a_serial_user (session runtime)
            session server
            session connection from server
    "#]]
    .assert_eq(&output.stdout);
    let included = suite("sharing").line("--setup-plan --include-ignored expensive").run().exits_with(0);
    expect![[r#"
        uses_what_is_expensive (session runtime)
            session server
            session expensive from server
    "#]]
    .assert_eq(&included.stdout);
    for format in ["--format json", "--format terse", "-n 0"] {
        let other = suite("sharing").line("--setup-plan").line(filters).line(format).run().exits_with(0);
        assert_eq!((other.stdout, other.stderr), (output.stdout.clone(), String::new()), "{format}");
    }
}

#[test]
fn results_with_fixtures_stay_the_same_over_and_over() {
    for round in 0..rounds(10) {
        for threads in ["1", "2", "8"] {
            for (target, args, passed) in [
                ("sharing", "", 54),
                ("clients", "shared runtimes", 35),
                ("scopes", "--skip without_a_desk", 226),
                ("endings", "alive::passes taken order::passes", 3),
            ] {
                let run = suite(target).line(args).args(["--test-threads", threads]);
                let output = run.args(["--shuffle-seed", &round.to_string()]).limit(30).run();
                let wanted = format!("test result: ok. {passed} passed; 0 failed");
                assert!(output.stdout.contains(&wanted), "{target}, round {round}: {}", output.all());
            }
        }
    }
}
