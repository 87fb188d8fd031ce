//! The same tests under libtest and under the harness, answered alike on a hundred command lines.

mod differences;

use async_harness_tests::{Output, Run, blocks, folder, normal, suite};
use std::collections::BTreeSet;

/// The command lines, split into the variables and the arguments.
fn command_lines() -> impl Iterator<Item = &'static str> {
    let text = include_str!("parity/command_lines.txt").split_once("every format.\n").expect("a heading").1;
    text.lines()
        .enumerate()
        .filter(|(at, line)| !line.starts_with('#') && (*at == 0 || !line.is_empty()))
        .map(|(_, line)| line)
}

/// The same command line for libtest, or for the harness.
fn target(target: &str, line: &str) -> Run {
    let mut run = suite(target).env("RUSTC_BOOTSTRAP", "1");
    let mut words = line.split_whitespace().peekable();
    while let Some((name, value)) =
        words.peek().and_then(|word| word.split_once('=')).filter(|(name, _)| !name.starts_with('-'))
    {
        run = run.env(name, value);
        words.next();
    }
    words.fold(run, |run, word| match word {
        "-Z" => run.args(["-Z", "unstable-options"]),
        word => run.args([word]),
    })
}

fn both(line: &str, threads: &str) -> (Output, Output) {
    let run = |name| target(name, &format!("{line} {threads}")).run();
    let (judge, mut ours) = (run("judge"), run("ours"));
    ours.stdout = differences::without_commands(&ours.stdout);
    (judge, ours)
}

fn without_colors(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    // libtest's escapes end with `m`, or with `(B`; text that a test printed is left alone by both sides alike.
    parts
        .fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
        .replace("\x1b(B", "")
}

fn comparable(line: &str, stdout: &str) -> String {
    let stdout = normal(stdout);
    if line.contains("always") { without_colors(&stdout) } else { stdout }
}

/// Two texts line by line, with what only one of them has marked.
fn difference(judge: &[impl AsRef<str>], ours: &[impl AsRef<str>]) -> String {
    let has = |texts: &[String], text: &str| texts.iter().any(|other| other == text);
    let (judge, ours) = (owned(judge), owned(ours));
    let missing = judge.iter().filter(|text| !has(&ours, text)).map(|text| format!("- {text}\n"));
    let added = ours.iter().filter(|text| !has(&judge, text)).map(|text| format!("+ {text}\n"));
    missing.chain(added).collect()
}

fn owned(texts: &[impl AsRef<str>]) -> Vec<String> {
    texts.iter().map(|text| text.as_ref().to_owned()).collect()
}

#[test]
fn one_thread_prints_what_libtest_prints_byte_for_byte() {
    let mut faults = String::new();
    let mut count = 0;
    for line in command_lines() {
        let (judge, ours) = both(line, "--test-threads=1");
        let [a, b] = [&judge, &ours].map(|output| comparable(line, &output.stdout));
        let a = differences::accepted(line, a);
        if a != b || judge.code() != ours.code() || normal(&judge.stderr) != normal(&ours.stderr) {
            let lines = difference(&a.lines().collect::<Vec<_>>(), &b.lines().collect::<Vec<_>>());
            faults += &format!(
                "== {line}\nexit {} and {}\n{lines}stderr {:?}\n   and {:?}\n",
                judge.code(),
                ours.code(),
                judge.stderr,
                ours.stderr
            );
        }
        count += 1;
    }
    assert!(faults.is_empty(), "(- libtest, + the harness)\n{faults}");
    assert!(count >= 60, "only {count} command lines");
}

#[test]
fn two_threads_print_what_libtest_prints_in_an_order_of_their_own() {
    let mut faults = String::new();
    for line in command_lines() {
        let (judge, ours) = both(line, "--test-threads=2");
        let terse = line.contains("-q") || line.contains("terse");
        let [a, b] = [&judge, &ours].map(|output| {
            let text = comparable(line, &output.stdout);
            let mut blocks = blocks(&differences::accepted(line, text).replace(
                "\\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
                "",
            ));
            // How many results stand in a line, and whether one does at the end, depends on when tests failed.
            blocks.retain(|line| !terse || !is_marks(line));
            blocks
        });
        if a != b || judge.code() != ours.code() {
            faults +=
                &format!("== {line}\nexit {} and {}\n{}", judge.code(), ours.code(), difference(&a, &b));
        }
    }
    assert!(faults.is_empty(), "(- libtest, + the harness)\n{faults}");
}

/// Whether a line has a character per test: `..i. 4/6`.
fn is_marks(line: &str) -> bool {
    line.chars().all(|c| ".i/ 0123456789".contains(c))
}

#[test]
fn a_shuffled_run_is_the_same_set_of_results() {
    let note = "\\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace";
    for line in
        ["--shuffle-seed 11", "--shuffle", "--shuffle-seed 11 --format json", "--shuffle --format json"]
    {
        let (judge, ours) = both(&format!("-Z {line}"), "--test-threads=1");
        let [a, b] = [&judge, &ours].map(|output| blocks(&normal(&output.stdout).replace(note, "")));
        assert_eq!(a, b, "{line}\n{}", difference(&a, &b));
        assert_eq!(judge.code(), ours.code());
    }
}

#[test]
fn an_order_belongs_to_its_seed() {
    let order = |seed: &str| {
        let line = format!("-Z --shuffle-seed {seed} --test-threads=1 --bench");
        target("ours", &line)
            .run()
            .stdout
            .lines()
            .filter(|line| line.starts_with("test ") && line.contains(" ... "))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(order("11"), order("11"));
    assert_ne!(order("11"), order("12"));
}

#[test]
fn fail_fast_stops_where_libtest_stops_and_counts_the_rest() {
    for (line, left) in [("", "tests were"), ("text::b text::f", "test was"), ("--skip cases", "")] {
        let (judge, ours) = both(&format!("-Z --fail-fast {line}"), "--test-threads=1");
        assert_eq!(ours.results().results, judge.results().results, "{}", ours.all());
        assert_eq!(ours.code(), judge.code());
        let counted = ours.stdout.contains(" not run: stopped after a failure\n\ntest result: FAILED. ");
        assert_eq!(counted, !left.is_empty() && ours.stdout.contains(left), "{}", ours.all());
        assert_eq!(counted, judge.code() == 101, "{}", judge.all());
    }
}

#[test]
fn uncaptured_tests_print_to_the_same_streams() {
    for line in [
        "--nocapture text",
        "--no-capture results",
        "RUST_TEST_NOCAPTURE=1 panics",
        "--nocapture",
        "-q --nocapture text",
    ] {
        let (judge, ours) = both(line, "--test-threads=1");
        let [a, b] = [&judge, &ours].map(|output| normal(&output.stdout));
        assert_eq!(differences::accepted(line, a), b, "{line}");
        assert_eq!(normal(&judge.stderr), normal(&ours.stderr), "{line}");
        assert_eq!(judge.code(), ours.code(), "{line}");
    }
}

#[test]
fn a_log_file_has_the_same_lines() {
    let lines = ["", "results", "--list results", "--ignored", "nothing_of_this_name"];
    for line in lines.into_iter().chain(["-Z --report-time", "-Z --ensure-time results ignored"]) {
        let folder = folder("logfile");
        let log = |name: &str| {
            let path = folder.join(name);
            let output = target(name, &format!("{line} --test-threads=1 --logfile {}", path.display())).run();
            (output.code(), normal(&std::fs::read_to_string(path).unwrap()))
        };
        assert_eq!(log("judge"), log("ours"), "{line}");
    }
}

#[test]
fn bad_arguments_get_libtests_words_and_code() {
    for line in ["--test-threads 0", "--ignored --include-ignored", "--color sometimes silent"] {
        let (judge, ours) = both(line, "");
        assert_eq!(
            (ours.code(), &ours.stderr, &ours.stdout),
            (judge.code(), &judge.stderr, &judge.stdout),
            "{line}"
        );
        assert_eq!(ours.code(), 101, "{line}");
    }
}

#[test]
fn known_differences_are_still_as_they_are_said_to_be() {
    for known in differences::OF_ANSWERS {
        for (name, code, text) in
            [("judge", known.judge.0, known.judge.1), ("ours", known.ours.0, known.ours.1)]
        {
            let output = target(name, known.line).run();
            let found =
                output.code() == code && (output.stderr.contains(text) || output.stdout.contains(text));
            assert!(
                found,
                "{} of {name} ({}) has no {text:?} at {code}:\n{}",
                known.line,
                known.why,
                output.all()
            );
        }
    }
}

/// The frames of a backtrace in the output of a test.
fn frames(output: &Output, name: &str) -> Vec<String> {
    let results = output.results();
    let section = results.section(name).unwrap_or_else(|| panic!("no section of {name}:\n{}", output.stdout));
    let (_, trace) =
        section.split_once("stack backtrace:\n").unwrap_or_else(|| panic!("no backtrace:\n{section}"));
    let numbered = |line: &str| {
        Some(line.trim_start().split_once(": ").filter(|(n, _)| n.parse::<u32>().is_ok())?.1.to_owned())
    };
    trace.lines().filter_map(numbered).collect()
}

#[test]
fn a_backtrace_ends_where_the_test_begins() {
    let line = "RUST_BACKTRACE=1 panics::with_a_str panics::of_unwrap --test-threads=1";
    let (judge, ours) = (target("judge", line).run(), target("ours", line).run());
    for (name, own) in
        [("cases::panics::with_a_str", "with_a_str"), ("cases::panics::of_unwrap", "of_unwrap::{{closure}}")]
    {
        let (judge, ours) = (frames(&judge, name), frames(&ours, name));
        let is_own = |frame: &String| frame.ends_with(own);
        let at = ours
            .iter()
            .position(is_own)
            .unwrap_or_else(|| panic!("the test's own frame is missing: {ours:#?}"));
        // Everything below the test is the same; above it libtest shows its own call of it.
        let below =
            |frames: &[String]| frames.iter().take_while(|frame| !is_own(frame)).cloned().collect::<Vec<_>>();
        assert_eq!(below(&ours), below(&judge));
        for frame in &ours {
            let foreign = ["tokio::", "async_harness", "rayon", "std::thread"]
                .iter()
                .find(|name| frame.contains(**name));
            assert_eq!(foreign, None, "{frame} in {ours:#?}");
        }
        assert!(ours.len() - at < judge.len(), "{ours:#?}");
    }
}

#[test]
fn names_and_results_are_the_same_set() {
    let (judge, ours) = both("--include-ignored", "");
    let (judge, ours) = (judge.results(), ours.results());
    assert_eq!(ours.results, judge.results);
    let words: BTreeSet<_> = judge.results.values().collect();
    assert_eq!(words.len(), 2, "the cases pass and fail: {words:?}");
}
