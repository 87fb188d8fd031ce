//! What command lines, variables and `main!` amount to, as tables.

mod refused;

use super::*;
use crate::filter::{Matching, Names};
use crate::partition::Partition;
use crate::plan::{Order, Recall};
use crate::settings::{
    Capture, Color, Crashes, Format, GitHub, Isolation, KeepHistory, NoTest, Progress, RetryIn, Settings,
    Stop, Workers,
};
use crate::test::TaskPanics;
use expect_test::expect;
use std::time::Duration;

/// Reads a command line after an environment and `main!`: `A=1 key:2 -- --flag filter`.
fn check<T>(line: &str, see: impl Fn(Said<'_>) -> Result<T, ArgError>) -> Result<T, String> {
    let (before, arguments) = line.split_once("-- ").unwrap_or((line, ""));
    let env: Vec<_> = before.split_whitespace().filter_map(|pair| pair.split_once('=')).collect();
    let main = before.split_whitespace().filter(|pair| !pair.contains('='));
    let main: Vec<_> = main.filter_map(|pair| pair.split_once(':')).collect();
    let env = |name: &str| {
        env.iter().find(|(variable, _)| *variable == name).map(|(_, value)| OsString::from(value))
    };
    let variables =
        || before.split_whitespace().filter_map(|pair| Some(pair.split_once('=')?.0.to_owned())).collect();
    let around = Surroundings { variables: &variables, ..around(&main, &env) };
    read(words(arguments), &around).and_then(see).map_err(|error| error.to_string())
}

fn around<'a>(main: &'a [(&'a str, &'a str)], env: &'a dyn Fn(&str) -> Option<OsString>) -> Surroundings<'a> {
    let cores = NonZeroUsize::new(6).unwrap();
    Surroundings {
        root: "tests/api.rs",
        main,
        tags: &[],
        env,
        variables: &Vec::new,
        file: &file,
        cores,
        seed: 77,
    }
}

/// The only files that there are.
fn file(path: &Path) -> io::Result<String> {
    match path.to_str() {
        Some("names") => Ok("one\n\n--exact\r\n two words \n".to_owned()),
        Some("nested") => Ok("one\n@names\n".to_owned()),
        Some("pairs") => Ok("one\n--skip two\n".to_owned()),
        Some("empty") => Ok(String::new()),
        _ => Err(io::Error::new(io::ErrorKind::NotFound, "no such file")),
    }
}

fn words(line: &str) -> Vec<OsString> {
    ["suite"].into_iter().chain(line.split_whitespace()).map(OsString::from).collect()
}

pub(super) fn settings(line: &str) -> Result<Settings, String> {
    check(line, |said| said.settings())
}

fn names(names: &[&str], matching: Matching) -> Names {
    Names::new(names.iter().map(|name| (*name).to_owned()).collect(), matching)
}

fn threads(count: usize) -> Workers {
    Workers::Threads(NonZeroUsize::new(count).unwrap())
}

#[test]
fn clap_finds_the_flags_consistent() {
    command::command().debug_assert();
}

/// What both ways of reading a command line make of it, if it is plain at all.
fn by_both(line: &str) -> Option<()> {
    let around = around(&[], &|_| None);
    let plain = Said { line: Line::plain(&words(line))?, in_files: None, around: &around };
    let by_clap = command::read(words(line)).unwrap_or_else(|error| panic!("`{line}`: {error}"));
    let by_clap = Said { line: by_clap, in_files: None, around: &around };
    assert_eq!(plain.settings(), by_clap.settings(), "for `{line}`");
    assert_eq!(plain.told(), by_clap.told(), "for `{line}`");
    Some(())
}

#[test]
fn a_plain_command_line_means_what_clap_makes_of_it() {
    for line in [
        "",
        "name",
        "one two three",
        "--exact name --nocapture",
        "--exact name --nocapture --ignored",
        "--test-threads=3 name",
        "name --test-threads 3 --exact",
        "--test-threads=3 --test-threads 4",
        "--test-threads 0",
        "--test-threads=3 -n 4",
        "-n 4 --test-threads=3",
        "-n 0 -n auto",
        "--maxfail 3 --fail-fast",
        "--fail-fast --maxfail=3",
        "--skip a --skip=b c --skip d",
        "--list --format terse",
        "--quiet --format=json",
        "--nocapture --no-capture --nocapture",
        "--exact -Z unstable-options --format=json --show-output name",
        "--timeout=soon --color=",
        "--skip=--exact --skip=",
    ] {
        by_both(line).unwrap_or_else(|| panic!("`{line}` is not plain"));
    }
    for row in table::TABLE {
        for flag in row.flags {
            let line = match flag.takes {
                table::Takes::Nothing(_) => vec![flag.name.to_owned(), format!("{0} a {0}", flag.name)],
                table::Takes::Maybe(..) => {
                    vec![flag.name.to_owned(), format!("{0}=1 a {0} b {0}=2", flag.name)]
                }
                table::Takes::Value(_) => {
                    vec![format!("{} 1", flag.name), format!("{0} 1 a {0} 2", flag.name)]
                }
            };
            for line in line {
                by_both(&line).unwrap_or_else(|| panic!("`{line}` is not plain"));
            }
        }
    }
}

#[test]
fn what_is_not_spelled_in_full_is_for_clap() {
    for line in [
        "--help",
        "-h",
        "--test-threads",
        "-q",
        "-x",
        "-n4",
        "-n=4",
        "--exact=yes",
        "--",
        "-",
        "-- --exact",
        "--skip --exact",
        "--skip -",
        "--nope",
    ] {
        assert!(Line::plain(&words(line)).is_none(), "`{line}` is for clap");
    }
}

#[test]
fn workers_come_from_the_last_flag_then_the_environment_then_the_cores() {
    for (line, expected) in [
        ("", threads(6)),
        ("RUST_TEST_THREADS=3", threads(3)),
        ("RUST_TEST_THREADS=3 -- --test-threads 2", threads(2)),
        ("RUST_TEST_THREADS=3 -- -n auto", threads(6)),
        ("-- --test-threads=2 --test-threads=4", threads(4)),
        ("-- -n 2 --test-threads=4", threads(4)),
        ("-- --test-threads=4 -n2", threads(2)),
        ("-- --test-threads=4 -n 0", Workers::MainThread),
        ("threads:3", threads(3)),
        ("threads:0", Workers::MainThread),
        ("threads:3 -- -n auto", threads(6)),
        ("threads:3 RUST_TEST_THREADS=2", threads(2)),
        ("threads:3 RUST_TEST_THREADS=2 -- -n 5", threads(5)),
    ] {
        assert_eq!(settings(line).unwrap().workers, expected, "for `{line}`");
    }
}

#[test]
fn every_positional_argument_is_a_filter() {
    let settings = settings("-- one --exact two --skip no three --skip=never").unwrap();
    assert_eq!(settings.filter.wanted, names(&["one", "two", "three"], Matching::Exact));
    assert_eq!(settings.filter.skipped, names(&["no", "never"], Matching::Exact));
}

#[test]
fn the_invocations_of_editors_and_runners_are_understood() {
    for line in [
        "-- -Z unstable-options --format=json --nocapture",
        "-- --exact -Z unstable-options --format=json --show-output name",
        "-- name --exact --nocapture --include-ignored",
        "-- --list --format terse --ignored",
        "-- --exact name --nocapture --ignored --bench",
        "-- -Zunstable-options -Zunstable-options --report-time --shuffle",
        "-- --quiet --format pretty --test --bench --color=always --force-run-in-process",
    ] {
        settings(line).unwrap_or_else(|error| panic!("`{line}`: {error}"));
    }
}

#[test]
fn what_failed_can_be_run_first_or_alone() {
    for (line, recall) in [
        ("", Recall::Nothing),
        ("-- --failed-first", Recall::FailedFirst),
        ("-- --last-failed", Recall::LastFailed),
        ("-- --last-failed --failed-first", Recall::LastFailed),
    ] {
        assert_eq!(settings(line).unwrap().recall, recall, "for `{line}`");
    }
}

#[test]
fn a_variable_says_where_the_history_is_kept() {
    for (line, history) in [
        ("", KeepHistory::BesideBuild),
        ("ASYNC_HARNESS_HISTORY=", KeepHistory::BesideBuild),
        ("ASYNC_HARNESS_HISTORY=off", KeepHistory::Nowhere),
        ("ASYNC_HARNESS_HISTORY=some/folder", KeepHistory::In("some/folder".into())),
    ] {
        assert_eq!(settings(line).unwrap().history, history, "for `{line}`");
    }
}

#[test]
fn an_explicit_format_wins_over_quiet() {
    for (line, format) in [
        ("-- -q", Format::Terse),
        ("-- -q --format pretty", Format::Pretty),
        ("-- --format json --quiet", Format::Json),
    ] {
        assert_eq!(settings(line).unwrap().format, format, "for `{line}`");
    }
}

#[test]
fn capture_ends_where_flag_or_environment_say_so() {
    for (line, capture) in [
        ("", Capture::Yes),
        ("-- --nocapture", Capture::No),
        ("-- --no-capture", Capture::No),
        ("RUST_TEST_NOCAPTURE=1", Capture::No),
        ("RUST_TEST_NOCAPTURE=0", Capture::Yes),
    ] {
        assert_eq!(settings(line).unwrap().capture, capture, "for `{line}`");
    }
}

#[test]
fn processes_are_asked_for() {
    for (line, isolation, retry_in) in [
        ("", Isolation::None, RetryIn::ThisProcess),
        ("-- --isolate", Isolation::Processes, RetryIn::ThisProcess),
        ("-- --retries-isolated", Isolation::None, RetryIn::FreshProcess),
    ] {
        let settings = settings(line).unwrap();
        assert_eq!((settings.isolation, settings.retry_in), (isolation, retry_in), "for `{line}`");
    }
}

#[test]
fn an_order_is_shuffled_by_seed() {
    for (line, order) in [
        ("", Order::Name),
        ("-- --shuffle", Order::Shuffled(77)),
        ("RUST_TEST_SHUFFLE=1", Order::Shuffled(77)),
        ("RUST_TEST_SHUFFLE=0", Order::Name),
        ("-- --shuffle --shuffle-seed 5", Order::Shuffled(5)),
        ("RUST_TEST_SHUFFLE_SEED=4 -- --shuffle-seed=5", Order::Shuffled(5)),
        ("RUST_TEST_SHUFFLE_SEED=4", Order::Shuffled(4)),
    ] {
        assert_eq!(settings(line).unwrap().order, order, "for `{line}`");
    }
}

#[test]
fn the_command_line_beats_the_environment_and_that_main() {
    let seconds = |line: &str| settings(line).unwrap().timeout.map(|timeout| timeout.as_secs());
    for (line, timeout) in [
        ("", None),
        ("timeout:1m", Some(60)),
        ("timeout:1m ASYNC_HARNESS_TIMEOUT=2m", Some(120)),
        ("timeout:1m ASYNC_HARNESS_TIMEOUT=2m -- --timeout 3s", Some(3)),
        ("timeout:1m ASYNC_HARNESS_TIMEOUT=2m -- --timeout=3s --timeout=4s", Some(4)),
        ("timeout:1m ASYNC_HARNESS_TIMEOUT=", Some(60)),
        ("timeout:1m ASYNC_HARNESS_TIMEOUT=none", None),
        ("timeout:1m -- --timeout none", None),
    ] {
        assert_eq!(seconds(line), timeout, "for `{line}`");
    }
}

#[test]
fn every_setting_has_its_default_and_its_values() {
    fn count(count: usize) -> Option<NonZeroUsize> {
        NonZeroUsize::new(count)
    }
    let plain = settings("").unwrap();
    assert_eq!(
        settings("ASYNC_HARNESS_RETRIES= ASYNC_HARNESS_ISOLATE=0 -- -Z unstable-options").unwrap(),
        plain
    );
    assert_eq!((plain.timeout, plain.slow_timeout), (None, Duration::from_secs(60)));
    assert_eq!((plain.in_flight, plain.retries, plain.stop), (None, 0, Stop::AtEnd));
    for (line, change) in [
        (
            "-- --slow-timeout 90s",
            &(|plain: &mut Settings| plain.slow_timeout = Duration::from_secs(90)) as &dyn Fn(&mut Settings),
        ),
        ("slow_timeout:90s", &|plain| plain.slow_timeout = Duration::from_secs(90)),
        ("-- --in-flight 9", &|plain| plain.in_flight = count(9)),
        ("-- --in-flight auto", &|plain| plain.in_flight = count(96)),
        ("in_flight:auto", &|plain| plain.in_flight = count(96)),
        ("ASYNC_HARNESS_IN_FLIGHT=9", &|plain| plain.in_flight = count(9)),
        ("-- --retries 2", &|plain| plain.retries = 2),
        ("retries:2", &|plain| plain.retries = 2),
        ("retries:2 -- --retries=0", &|_| {}),
        ("-- --retries-isolated", &|plain| plain.retry_in = RetryIn::FreshProcess),
        ("retries_isolated:1", &|plain| plain.retry_in = RetryIn::FreshProcess),
        ("-- --isolate", &|plain| plain.isolation = Isolation::Processes),
        ("isolate:1", &|plain| plain.isolation = Isolation::Processes),
        ("isolate:1 ASYNC_HARNESS_ISOLATE=0", &|_| {}),
        ("ASYNC_HARNESS_ISOLATE=1", &|plain| plain.isolation = Isolation::Processes),
        ("-- --no-resume", &|plain| plain.crashes = Crashes::EndTheRun),
        ("ASYNC_HARNESS_NO_RESUME=1", &|plain| plain.crashes = Crashes::EndTheRun),
        ("task_panics:fail", &|plain| plain.task_panics = TaskPanics::Fail),
        ("-- --debug-async", &|plain| plain.debug_async = true),
        ("ASYNC_HARNESS_DEBUG_ASYNC=1", &|plain| plain.debug_async = true),
        ("debug_async:1 ASYNC_HARNESS_DEBUG_ASYNC=0", &|_| {}),
        ("task_panics:fail ASYNC_HARNESS_TASK_PANICS=ignore", &|_| {}),
        ("-- --maxfail 3", &|plain| plain.stop = Stop::AfterFailures(count(3).unwrap())),
        ("-- --fail-fast", &|plain| plain.stop = Stop::AfterFailures(NonZeroUsize::MIN)),
        ("-- -x", &|plain| plain.stop = Stop::AfterFailures(NonZeroUsize::MIN)),
        ("-- -x --maxfail=3", &|plain| plain.stop = Stop::AfterFailures(count(3).unwrap())),
        ("-- --maxfail=3 -x", &|plain| plain.stop = Stop::AfterFailures(NonZeroUsize::MIN)),
        ("maxfail:3", &|plain| plain.stop = Stop::AfterFailures(count(3).unwrap())),
        ("maxfail:3 -- --maxfail none", &|_| {}),
        ("TESTBRIDGE_TEST_RUNNER_FAIL_FAST=1", &|plain| plain.stop = Stop::AfterFailures(NonZeroUsize::MIN)),
        ("maxfail:3 TESTBRIDGE_TEST_RUNNER_FAIL_FAST=", &|plain| {
            plain.stop = Stop::AfterFailures(count(3).unwrap());
        }),
        ("TESTBRIDGE_TEST_RUNNER_FAIL_FAST=0", &|_| {}),
        ("maxfail:3 TESTBRIDGE_TEST_RUNNER_FAIL_FAST=0", &|plain| {
            plain.stop = Stop::AfterFailures(count(3).unwrap());
        }),
        ("TEST_TOTAL_SHARDS=4 TEST_SHARD_INDEX=3", &|plain| plain.partition = Partition::from_zero(3, 4)),
        ("TEST_TOTAL_SHARDS=1 TEST_SHARD_INDEX=0", &|_| {}),
        ("TEST_TOTAL_SHARDS=0 TEST_SHARD_INDEX=0", &|_| {}),
        ("TEST_TOTAL_SHARDS=1", &|_| {}),
        ("-- --in-flight 2", &|plain| (plain.in_flight, plain.workers) = (count(2), threads(2))),
        ("-- --in-flight 6", &|plain| plain.in_flight = count(6)),
        ("TEST_SHARD_INDEX=4 TEST_TOTAL_SHARDS=", &|_| {}),
        ("TESTBRIDGE_TEST_ONLY=rates", &|plain| plain.filter.wanted = Names::parts(&["rates"])),
        ("TESTBRIDGE_TEST_ONLY=rates -- labels", &|plain| plain.filter.wanted = Names::parts(&["labels"])),
    ] {
        let mut expected = plain.clone();
        change(&mut expected);
        assert_eq!(settings(line).unwrap(), expected, "for `{line}`");
    }
}

#[test]
fn one_test_after_the_other_is_one_in_flight() {
    assert_eq!(settings("-- -n 0 --in-flight auto").unwrap().in_flight, None);
}

#[test]
fn a_file_stands_for_the_arguments_in_it() {
    for (line, wanted, matching) in [
        ("-- @names", &["one", " two words "][..], Matching::Exact),
        ("-- zero @names three", &["zero", "one", " two words ", "three"], Matching::Exact),
        ("-- @empty", &[], Matching::Substring),
        ("-- -- @names", &["@names"], Matching::Substring),
    ] {
        assert_eq!(settings(line).unwrap().filter.wanted, names(wanted, matching), "for `{line}`");
    }
}

#[test]
fn a_shard_of_the_environment_leaves_out_no_test_that_is_named() {
    let ours = "ASYNC_HARNESS_PARTITION=slice:2/2";
    let bazel = "TEST_TOTAL_SHARDS=2 TEST_SHARD_INDEX=1";
    let nextest = "NEXTEST_EXECUTION_MODE=process-per-test";
    for (line, is_shard) in [
        (format!("{ours} -- "), true),
        (format!("{ours} -- books"), true),
        // It is about what is skipped.
        (format!("{ours} -- --exact --skip books"), true),
        (format!("{ours} TESTBRIDGE_TEST_ONLY=books -- --exact"), true),
        (format!("{ours} -- --exact books"), false),
        (format!("{ours} -- --exact books --list"), false),
        ("-- --exact books --partition slice:2/2".to_owned(), true),
        (format!("{ours} -- --exact books --partition slice:1/2"), true),
        (format!("{ours} {nextest} -- --list --format terse"), true),
        (format!("{ours} {nextest} -- --exact books --nocapture"), false),
        (format!("{bazel} -- "), true),
        (format!("{bazel} -- --exact books"), true),
        (format!("{bazel} -- --exact @names"), true),
        (format!("{bazel} {nextest} -- --list --format terse --ignored"), true),
        (format!("{bazel} {nextest} -- --exact books --nocapture"), false),
    ] {
        let settings = settings(&line).unwrap();
        assert_eq!(settings.partition.is_some(), is_shard, "for `{line}`");
        let is_for_one = line.contains(nextest) && line.contains("--exact books");
        assert_eq!(settings.none, if is_for_one { NoTest::Lost } else { NoTest::Fine }, "for `{line}`");
    }
    let told = |line: &str| shown(line, &["partition"]);
    assert_eq!(
        told(&format!("{ours} -- books")),
        "partition: slice:2/2 (variable ASYNC_HARNESS_PARTITION)\n"
    );
    assert_eq!(
        told(&format!("{ours} -- --exact books")),
        "partition: none (tests are named, so variable ASYNC_HARNESS_PARTITION does not count)\n"
    );
}

/// What `--show-settings` says of these.
fn shown(line: &str, names: &[&str]) -> String {
    let told = check(line, |said| Ok(said.told())).unwrap();
    let told = told.into_iter().filter(|told| names.contains(&&*told.name));
    told.map(|told| format!("{}: {} ({})\n", told.name, told.value, told.source)).collect()
}

#[test]
fn what_is_said_is_shown_with_its_source() {
    let all = [
        "filter",
        "threads",
        "timeout",
        "slow-timeout",
        "maxfail",
        "retries",
        "isolate",
        "no-capture",
        "skip",
    ];
    expect![[r#"
        filter: all tests (default)
        skip: none (default)
        threads: 6 (default, one per core)
        isolate: no (default)
        timeout: none (default)
        slow-timeout: 60s (default)
        retries: 0 (default)
        maxfail: none (default)
        no-capture: no (default)
    "#]]
    .assert_eq(&shown("", &all));
    expect![[r#"
        filter: a, b (command line)
        skip: c (command line)
        threads: 2 (variable RUST_TEST_THREADS)
        isolate: yes (main!, isolate)
        timeout: 5s (variable ASYNC_HARNESS_TIMEOUT)
        slow-timeout: 60s (default)
        retries: 3 (command line, --retries)
        maxfail: 1 (command line, --fail-fast)
        no-capture: yes (variable RUST_TEST_NOCAPTURE)
    "#]]
    .assert_eq(&shown(
        "threads:8 RUST_TEST_THREADS=2 timeout:1m ASYNC_HARNESS_TIMEOUT=5s isolate:1 RUST_TEST_NOCAPTURE=1 -- a --retries 3 -x --skip c b",
        &all,
    ));
}

#[test]
fn a_variable_that_nobody_reads_is_shown() {
    let line = "ASYNC_HARNESS_TIMEOUTS=5s ASYNC_HARNESS_RETRIES=1 RUST_TEST_TIMEOUT=5s ASYNC_HARNESS=1";
    let told = check(line, |said| Ok(said.told())).unwrap();
    let strangers = told.iter().filter(|told| told.source == "no such variable");
    assert_eq!(strangers.map(|told| &*told.name).collect::<Vec<_>>(), ["ASYNC_HARNESS_TIMEOUTS"]);
}

#[test]
fn colour_obeys_the_flag_then_no_color_then_the_terminal() {
    for (line, color, told) in [
        ("TERM=xterm", Color::Auto, "auto (default)"),
        ("TERM=xterm NO_COLOR=1", Color::Never, "never (variable NO_COLOR)"),
        ("TERM=xterm NO_COLOR=1 -- --color auto", Color::Never, "never (variable NO_COLOR)"),
        ("TERM=xterm NO_COLOR=", Color::Auto, "auto (default)"),
        ("TERM=dumb", Color::Never, "never (default, variable TERM)"),
        ("TERM=", Color::Never, "never (default, variable TERM)"),
        ("TERM=dumb NO_COLOR=1 -- --color always", Color::Always, "always (command line, --color)"),
        ("TERM=xterm -- --color never", Color::Never, "never (command line, --color)"),
    ] {
        assert_eq!(settings(line).unwrap().color, color, "for `{line}`");
        assert_eq!(shown(line, &["color"]), format!("color: {told}\n"), "for `{line}`");
    }
    assert_eq!(settings("").unwrap().color, if cfg!(windows) { Color::Auto } else { Color::Never });
}

#[test]
fn a_bar_is_for_terminals_that_can_draw_and_somebody_looks_at() {
    for (line, progress) in [
        ("TERM=xterm", Progress::OnTerminals),
        ("TERM=xterm CI= NO_COLOR=1", Progress::OnTerminals),
        ("TERM=xterm CI=false", Progress::OnTerminals),
        ("TERM=xterm CI=true", Progress::Nowhere),
        ("TERM=xterm CI=1 -- --progress auto", Progress::Nowhere),
        ("TERM=dumb", Progress::Nowhere),
        ("", Progress::Nowhere),
        ("TERM=xterm -- --progress never", Progress::Nowhere),
        ("TERM=xterm ASYNC_HARNESS_PROGRESS=never", Progress::Nowhere),
        ("TERM=xterm ASYNC_HARNESS_PROGRESS=never -- --progress auto", Progress::OnTerminals),
    ] {
        assert_eq!(settings(line).unwrap().progress, progress, "for `{line}`");
    }
}

#[test]
fn github_is_known_by_what_it_sets() {
    let github = |line| settings(line).unwrap().reports.github;
    assert_eq!(github(""), None);
    assert_eq!(github("GITHUB_ACTIONS=false GITHUB_WORKSPACE=/w"), None);
    let known = |repository: Option<&str>, summary: Option<&str>| {
        Some(GitHub { repository: repository.map(Into::into), summary: summary.map(Into::into) })
    };
    assert_eq!(github("GITHUB_ACTIONS=true GITHUB_WORKSPACE=/w"), known(Some("/w"), None));
    assert_eq!(github("GITHUB_ACTIONS=true GITHUB_WORKSPACE= GITHUB_STEP_SUMMARY="), known(None, None));
    assert_eq!(github("GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=/s"), known(None, Some("/s")));
    let alone = "GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=/s NEXTEST_EXECUTION_MODE=process-per-test";
    assert_eq!(github(alone), known(None, None));
}

#[test]
fn help_tells_nothing_untrue() {
    let help = settings("-- --help").unwrap_err();
    for untrue in ["No-op", "libtest-mimic", "docs/", "all tests are run in the main thread"] {
        assert!(!help.contains(untrue), "{help}");
    }
    assert!(help.starts_with("Usage: cargo test [CARGO OPTIONS] -- [OPTIONS] [FILTER]...\n"), "{help}");
    let flags = table::TABLE.iter().flat_map(|row| row.flags.iter().map(|flag| flag.name));
    for text in flags.chain(["-n <N|auto>", "-x", "-q", "FILTER", "@FILE", "D is a duration"]) {
        assert!(help.contains(text), "no {text} in {help}");
    }
}

#[test]
fn names_in_the_table_are_unique_and_of_one_style() {
    let all = |names: &dyn Fn(&'static table::Row) -> Vec<&'static str>| {
        let mut all: Vec<_> = table::TABLE.iter().flat_map(|row| names(row)).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "{all:?}");
    };
    all(&|row| vec![row.name]);
    all(&|row| row.flags.iter().map(|flag| flag.name).collect());
    all(&|row| row.variables.iter().map(|variable| variable.name).collect());
    for row in table::TABLE {
        let variable = format!("ASYNC_HARNESS_{}", row.name.replace('-', "_").to_uppercase());
        let ours = row.variables.iter().filter(|variable| variable.name.starts_with("ASYNC_HARNESS"));
        ours.for_each(|ours| assert_eq!(ours.name, variable));
        row.main.into_iter().for_each(|key| assert_eq!(key, row.name.replace('-', "_")));
        assert!(!row.help.ends_with('.'), "{}", row.help);
    }
}
