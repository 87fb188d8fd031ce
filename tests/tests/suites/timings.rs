//! The event log and the page that is made of it: whole whatever the tests do, the same from the run and from the log, and
//! drawn by a browser where there is one.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

mod browser;
mod log;

use async_harness_tests::{Output, Run, folder, suite};
use log::{Log, of};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A run that keeps a log and makes a page, in a folder of its own.
struct Kept {
    folder: PathBuf,
    output: Output,
}

impl Kept {
    fn new(test: &str, target: &str, args: &str) -> Self {
        Kept::of(test, suite(target).line(args))
    }

    fn of(test: &str, run: Run) -> Self {
        let folder = folder(test);
        let (log, page) = (folder.join("made/log.jsonl"), folder.join("made/too/page.html"));
        let output = run.env("ASYNC_HARNESS_EVENTS", log).env("ASYNC_HARNESS_TIMINGS", page).run();
        Kept { folder, output }
    }

    fn log(&self) -> Log {
        let text = fs::read_to_string(self.folder.join("made/log.jsonl"));
        Log::read(&text.unwrap_or_else(|error| panic!("{error}: {}", self.output.all())))
    }

    fn page(&self) -> String {
        fs::read_to_string(self.folder.join("made/too/page.html"))
            .unwrap_or_else(|error| panic!("{error}: {}", self.output.all()))
    }

    /// What must hold of every run that came to its end.
    fn check(&self) -> Log {
        let log = self.log();
        log.check(&self.output);
        let again = self.folder.join("again.html");
        let from = format!("--from-events={}", self.folder.join("made/log.jsonl").display());
        let rendered =
            suite("reported").args([from, format!("--timings={}", again.display())]).run().exits_with(0);
        assert_eq!(rendered.stdout, format!("report written: {}\n", again.display()));
        assert_eq!(
            self.page(),
            fs::read_to_string(&again).unwrap(),
            "the page is another than that of its log"
        );
        assert_eq!(files(&self.folder), ["again.html", "made/log.jsonl", "made/too/page.html"]);
        log
    }
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(folder).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    files.sort();
    files
}

#[test]
fn one_of_everything_is_told_in_every_kind_of_run() {
    for args in [
        "-n 2",
        "-n 0",
        "-n 2 --isolate",
        "-n 2 --in-flight 8",
        "-n 2 --repeat 2 --retries 1 --retries-isolated",
        "-n 3 --dist file --shuffle-seed 7",
        "-n 2 --format json --debug-async --stats --durations 3",
        "-n 2 --no-capture -q",
    ] {
        let kept = Kept::new("timings-everything", "reported", args);
        let log = kept.check();
        let outcomes: BTreeMap<_, _> = log
            .all("test_finished")
            .map(|line| {
                let flaky = line["flaky"] == true;
                (of(line, "test"), if flaky { "flaky" } else { of(line, "outcome") })
            })
            .collect();
        // In a fresh process each try is the first.
        let fresh = args.contains("--retries-isolated");
        let wanted = BTreeMap::from([
            ("comes_last", "passed"),
            ("flaky", if fresh { "failed" } else { "flaky" }),
            ("hangs", "failed"),
            ("ignored", "ignored"),
            ("known_to_fail", "failed_as_expected"),
            ("never_passes", "failed"),
            ("prints_on_both", "passed"),
            ("prints_what_no_xml_may_hold", "failed"),
            ("returns_an_error", "failed"),
            ("skips_itself", "ignored"),
            ("uses_what_breaks_later", "passed"),
            ("uses_what_is_broken", "failed"),
        ]);
        assert_eq!(outcomes, wanted, "{args}: {}", kept.output.all());
        let kinds: BTreeMap<_, _> = log
            .all("test_finished")
            .filter(|line| line["outcome"] == "failed" && line["test"] != "flaky")
            .map(|line| (of(line, "test"), of(line, "kind")))
            .collect();
        let captured = !args.contains("--no-capture");
        if captured {
            let wanted = BTreeMap::from([
                ("hangs", "timeout"),
                ("never_passes", "panic"),
                ("prints_what_no_xml_may_hold", "panic"),
                ("returns_an_error", "error"),
                ("uses_what_is_broken", "fixture"),
            ]);
            assert_eq!(kinds, wanted, "{args}");
            let no_text = log.output_of("prints_what_no_xml_may_hold");
            let exact = no_text.iter().find_map(|line| line["base64"].as_str()).unwrap_or_default();
            // "no text \xff\xfe\n" somewhere within.
            assert!(
                ["bm8gdGV4dCD//go", "byB0ZXh0IP/+C", "IHRleHQg//4K"].iter().any(|part| exact.contains(part)),
                "{exact}"
            );
        }
        let failed: Vec<_> =
            log.all("fixture_failed").map(|line| (of(line, "fixture"), of(line, "phase"))).collect();
        assert!(failed.contains(&("reported::broken", "set_up")), "{args}: {failed:?}");
        assert!(failed.contains(&("reported::fragile", "teardown")), "{args}: {failed:?}");
    }
}

#[test]
fn streams_are_apart_and_in_the_order_of_printing() {
    let kept = Kept::new("timings-streams", "reported", "prints_on_both");
    let log = kept.check();
    let output: Vec<_> =
        log.output_of("prints_on_both").iter().map(|line| (of(line, "stream"), of(line, "text"))).collect();
    assert_eq!(
        output,
        [
            ("stdout", "on standard output <&>\n"),
            ("stderr", "on standard error\n"),
            ("stdout", "on standard output again\n")
        ]
    );
}

#[test]
fn keys_say_who_waited_for_whom() {
    for args in ["-n 4", "-n 4 --isolate", "-n 2 --in-flight 16", "-n 4 --repeat 2"] {
        let kept = Kept::new("timings-keys", "keys", args);
        let log = kept.check();
        let through: Vec<_> = log.all("test_let_through").collect();
        assert!(through.len() > 5, "{args}: {through:?}");
        for line in through {
            let held = |test: &str| -> Vec<String> {
                let planned = log.all("test_planned").find(|line| of(line, "test") == test).unwrap();
                let keys = planned["keys"].as_array().cloned().unwrap_or_default();
                keys.iter().map(|key| of(key, "name").to_owned()).collect()
            };
            let (test, behind) = (of(line, "test"), of(line, "behind"));
            match line["key"].as_str() {
                Some(key) => {
                    assert!(held(test).iter().any(|held| held == key), "{line}");
                    assert!(held(behind).iter().any(|held| held == key), "{line}");
                }
                // One that is repeated waits for itself.
                None => assert_eq!(test, behind, "{line}"),
            }
        }
        let phases: Vec<_> = log.all("phase_started").map(|line| of(line, "phase")).collect();
        assert_eq!(phases, ["parallel", "serial", "ending"]);
    }
}

#[test]
fn fixtures_are_told_with_whose_they_are() {
    let kept = Kept::new("timings-fixtures", "scopes", "-n 3");
    let log = kept.check();
    let planned: BTreeMap<_, _> =
        log.all("fixture_planned").map(|line| (of(line, "fixture"), of(line, "scope"))).collect();
    assert!(
        planned.values().any(|scope| *scope == "worker") && planned.values().any(|scope| *scope == "module")
    );
    for line in log.all("fixture_ran") {
        match planned[of(line, "fixture")] {
            "worker" => assert!(line["worker"].is_u64(), "{line}"),
            "test" => assert!(line["test"].is_string(), "{line}"),
            _ => assert!(line["worker"].is_null() && line["test"].is_null(), "{line}"),
        }
    }
    assert!(log.all("fixture_ran").any(|line| of(line, "phase") == "teardown"));
}

#[test]
fn crashes_leave_a_whole_log_and_nothing_beside_it() {
    for args in ["-n 2 healthy parallel", "-n 0 healthy parallel", "-n 4 --isolate healthy parallel"] {
        let kept = Kept::new("timings-crashes", "crashes", args);
        let log = kept.check();
        let crashed = log.all("test_finished").filter(|line| line["kind"] == "crash").count();
        assert_eq!(crashed, 8, "{args}: {}", kept.output.all());
        let went_on = log.all("went_on").count();
        assert_eq!(went_on > 0, !args.contains("--isolate"), "{args}");
        let segfault: Vec<_> =
            log.output_of("parallel::segfault").iter().map(|line| of(line, "text")).collect();
        assert!(segfault.concat().contains("on the way to segfault"), "{args}: {segfault:?}");
    }
}

#[test]
fn the_bound_of_the_log_is_that_of_the_statistics() {
    for (args, by, name, cause) in [
        (
            "-n 4 --dist file --skip heavy",
            "unit",
            "scheduling/tests/units.rs",
            "file `scheduling/tests/units.rs`: ",
        ),
        ("-n 4 --dist group red", "unit", "red", "group `red`: 4 tests on one worker, "),
        ("-n 4 --dist group red --isolate", "unit", "red", "group `red`: 4 tests on one worker, "),
        ("-n 2 red blue", "sum", "", "the sum of all tests: "),
    ] {
        let kept = Kept::new("timings-bound", "units", &format!("{args} --stats"));
        let log = kept.check();
        let finished = log.finished();
        assert_eq!(finished["bound_by"], by, "{args}: {finished}");
        assert_eq!(finished["bound_name"].as_str().unwrap_or_default(), name, "{args}: {finished}");
        let stats: Vec<_> = kept.output.stdout.lines().map(str::trim).collect();
        let bound = format!("lower bound  {:.3}s: ", finished["lower_bound"].as_f64().unwrap());
        assert!(stats.iter().any(|line| line.starts_with(&bound)), "{args}: {bound}{}", kept.output.all());
        let cause = format!("end set by   {cause}");
        assert!(stats.iter().any(|line| line.starts_with(&cause)), "{args}: {}", kept.output.all());
    }
}

#[test]
fn an_interrupt_ends_a_log_in_good_order() {
    for args in ["--test-threads 2 asked", "--test-threads 2 --isolate asked"] {
        let notes = folder("timings-notes").join("notes");
        let run = suite("stubborn").env("NOTES", notes).line(args);
        let run = run.through_shell(r#"timeout -s INT 1 "$0" "$@"; exit 7"#);
        let kept = Kept::of("timings-interrupted", run);
        let log = kept.check();
        assert_eq!(log.finished()["cut"], "interrupt", "{args}: {}", kept.output.all());
        assert!(log.all("test_finished").any(|line| line["kind"] == "interrupted"));
    }
}

#[test]
fn a_run_that_is_cut_short_counts_what_it_left() {
    let kept = Kept::new("timings-not-run", "reported", "-n 1 --fail-fast");
    let log = kept.check();
    let finished = log.finished();
    assert_eq!(finished["cut"], "failures");
    assert_eq!(finished["not_run"].as_u64().unwrap() + log.all("test_finished").count() as u64, 12);
}

#[test]
fn reports_are_named_as_they_were_given() {
    let folder = folder("timings-named");
    let args = ["--events", "x/{target}.jsonl", "--timings=y/{target}.html", "prints_on_both"];
    let output = suite("reported").args(args).inside(&folder).run().exits_with(0);
    let named = "\nreport written: x/reported.jsonl\nreport written: y/reported.html\n\ntest result: ok.";
    assert!(output.stdout.contains(named), "{}", output.all());
    let json = suite("reported").args(args).args(["--format", "json"]).inside(&folder).run().exits_with(0);
    assert!(
        json.stderr.contains("report written: x/reported.jsonl\nreport written: y/reported.html\n"),
        "{}",
        json.all()
    );
    assert!(json.stdout.lines().all(|line| line.starts_with('{')), "{}", json.all());
    assert_eq!(files(&folder), ["x/reported.jsonl", "y/reported.html"]);
    let from = ["--from-events", "x/{target}.jsonl", "--timings=z/{target}.html"];
    let output = suite("reported").args(from).inside(&folder).run().exits_with(0);
    assert_eq!(output.stdout, "report written: z/reported.html\n");
}

#[test]
fn without_a_path_the_page_is_beside_the_build() {
    let output = suite("reported").line("prints_on_both --timings").run().exits_with(0);
    let (_, rest) =
        output.stdout.split_once("report written: ").unwrap_or_else(|| panic!("{}", output.all()));
    let path = rest.lines().next().unwrap();
    assert!(path.ends_with("/debug/async-harness-timings/capture/reported.html"), "{path}");
    assert!(fs::read_to_string(path).unwrap().contains("prints_on_both"));
    for (variable, written) in [("1", true), ("0", false), ("", false)] {
        let run = suite("reported").line("prints_on_both").env("ASYNC_HARNESS_TIMINGS", variable);
        assert_eq!(run.run().exits_with(0).stdout.contains("report written"), written, "{variable:?}");
    }
    let run = suite("reported").line("prints_on_both --timings=0").env("ASYNC_HARNESS_TIMINGS", "1");
    assert!(!run.run().exits_with(0).stdout.contains("report written"));
}

#[test]
fn a_file_that_cannot_be_written_fails_the_run_after_its_results() {
    let path = "/proc/no/such/place";
    for flag in ["--timings=", "--events="] {
        let output =
            suite("reported").args([format!("{flag}{path}"), "prints_on_both".into()]).run().exits_with(101);
        assert!(output.stdout.contains("test result: ok. 1 passed"), "{}", output.all());
        assert!(output.stderr.contains(&format!("could not write to {path}: ")), "{}", output.all());
        assert!(!output.stdout.contains("report written"), "{}", output.all());
    }
    let output = suite("reported").line("--events=x --timings=x prints_on_both").run().exits_with(101);
    assert_eq!(output.stderr, "error: --events and --timings cannot write to the same file\n");
}

#[test]
fn a_log_that_is_none_is_told_by_file_and_line_and_nothing_runs() {
    let kept = Kept::new("timings-foreign", "reported", "prints_on_both comes_last");
    let log = fs::read_to_string(kept.folder.join("made/log.jsonl")).unwrap();
    let path = kept.folder.join("other");
    let lines = log.lines().count();
    for (text, line, said) in [
        (log[..log.len() - 30].to_owned(), lines, "the log ends here, before its run does"),
        (
            log.replacen("\"event\":\"test_started\"", "\"event\":\"test", 1),
            0,
            "this is no event, from column",
        ),
        ("<testsuites/>\n".to_owned(), 1, "this is no event log of async-harness"),
        (log.repeat(2), lines + 1, "the log goes on after the end of its run"),
    ] {
        fs::write(&path, text).unwrap();
        let args = ["--from-events".into(), path.clone(), "--timings=x.html".into()];
        let output = suite("reported").args(args).inside(&kept.folder).run().exits_with(101);
        assert_eq!(output.stdout, "");
        let place =
            if line > 0 { format!("{}:{line}: ", path.display()) } else { format!("{}:", path.display()) };
        assert!(output.stderr.starts_with(&format!("error: could not use {place}")), "{}", output.all());
        assert!(output.stderr.contains(said), "{}", output.all());
    }
    assert!(!kept.folder.join("x.html").exists());
}

#[test]
fn where_each_test_has_a_process_nothing_is_written() {
    let folder = folder("timings-alone");
    let run =
        suite("reported").line("--exact prints_on_both --events x.jsonl --timings=x.html").inside(&folder);
    let _ = run.env("NEXTEST_EXECUTION_MODE", "process-per-test").run().exits_with(0);
    assert!(files(&folder).is_empty());
}

#[test]
fn a_log_may_go_into_a_pipe() {
    let folder = folder("timings-pipe");
    let run = suite("reported").line("prints_on_both --events pipe --timings=page.html").inside(&folder);
    let run = run.through_shell(r#"mkfifo pipe; cat pipe > read & "$0" "$@" && wait"#).run().exits_with(0);
    let log = Log::read(&fs::read_to_string(folder.join("read")).unwrap());
    log.check(&run);
}

#[test]
fn a_path_without_its_sign_is_told_where_it_left_no_test() {
    let folder = folder("timings-stray");
    let run = |line: &str| suite("reported").line(line).inside(&folder).run().exits_with(0).stdout;
    let note = "note: `page.html` is a filter here: for a page of that name write `--timings=page.html`\n";
    assert!(run("--timings page.html").contains(note));
    for line in ["--timings page.html prints_on_both", "--timings=other.html page.html", "page.html"] {
        assert!(!run(line).contains("note: `page.html`"), "{line}");
    }
}
