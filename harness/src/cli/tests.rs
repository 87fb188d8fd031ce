use super::*;

/// Reads a command line after an environment: `A=1 B=2 -- --flag filter`.
fn settings(line: &str) -> Result<Settings, String> {
    let (env, arguments) = line.split_once("-- ").unwrap_or((line, ""));
    let env: Vec<_> = env.split_whitespace().filter_map(|pair| pair.split_once('=')).collect();
    let env =
        |name: &str| env.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned());
    let around =
        Surroundings { root: "tests/api.rs", env: &env, cores: NonZeroUsize::new(6).unwrap(), seed: 77 };
    let arguments = ["suite"].into_iter().chain(arguments.split_whitespace()).map(OsString::from);
    read(arguments, &around).map_err(|error| error.to_string())
}

fn threads(count: usize) -> Workers {
    Workers::Threads(NonZeroUsize::new(count).unwrap())
}

#[test]
fn clap_finds_the_flags_consistent() {
    args::command().debug_assert();
}

#[test]
fn a_plain_command_line_means_what_clap_makes_of_it() {
    let env = |_: &str| None;
    let around =
        Surroundings { root: "tests/api.rs", env: &env, cores: NonZeroUsize::new(6).unwrap(), seed: 77 };
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
    ] {
        let arguments: Vec<_> =
            ["suite"].into_iter().chain(line.split_whitespace()).map(OsString::from).collect();
        let plain = args::plain(&arguments).unwrap_or_else(|| panic!("`{line}` is not plain"));
        let by_clap = by_clap(arguments).unwrap();
        assert_eq!(super::settings(&plain, &around), super::settings(&by_clap, &around), "for `{line}`");
    }
    for line in ["--help", "--test-threads", "--test-threads=x", "-q", "--exact=yes", "--", "--no-capture a"]
    {
        let arguments: Vec<_> =
            ["suite"].into_iter().chain(line.split_whitespace()).map(OsString::from).collect();
        assert!(args::plain(&arguments).is_none(), "`{line}` is for clap");
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
    ] {
        assert_eq!(settings(line).unwrap().workers, expected, "for `{line}`");
    }
}

#[test]
fn every_positional_argument_is_a_filter() {
    let settings = settings("-- one --exact two --skip no three --skip=never").unwrap();
    assert_eq!(settings.filter.wanted, ["one", "two", "three"]);
    assert_eq!(settings.filter.skipped, ["no", "never"]);
    assert_eq!(settings.filter.matching, Matching::Exact);
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
fn colour_obeys_the_flag_then_no_color() {
    for (line, color) in [
        ("", Color::Auto),
        ("NO_COLOR=1", Color::Never),
        ("NO_COLOR=", Color::Auto),
        ("NO_COLOR=1 -- --color always", Color::Always),
        ("-- --color never", Color::Never),
    ] {
        assert_eq!(settings(line).unwrap().color, color, "for `{line}`");
    }
}

#[test]
fn what_cannot_be_used_is_named() {
    for (line, message) in [
        ("-- --zzz", "Unrecognized option: 'zzz' (--help lists the options)"),
        ("-- --no-captur", "Unrecognized option: 'no-captur' (did you mean `--no-capture`?)"),
        ("-- -y", "Unrecognized option: 'y' (--help lists the options)"),
        ("-- --test-threads 0", "argument for --test-threads must not be 0"),
        ("-- --test-threads two", "argument for --test-threads must be a number > 0 (was two)"),
        ("-- --test-threads=-1", "argument for --test-threads must be a number > 0 (was -1)"),
        ("-- --test-threads", "Argument to option 'test-threads' missing"),
        ("-- -n many", "argument for -n must be a number or auto (was many)"),
        ("-- --skip", "Argument to option 'skip' missing"),
        ("-- --format xx", "argument for --format must be pretty, terse or json (was xx)"),
        ("-- --color=blue", "argument for --color must be auto, always, or never (was blue)"),
        ("-- -Z nope", "argument for -Z must be unstable-options (was nope)"),
        ("-- --shuffle-seed x", "argument for --shuffle-seed must be a number (was x)"),
        ("-- --exact=yes", "argument for --exact takes no value (was yes)"),
        (
            "-- --ignored --include-ignored",
            "the options --include-ignored and --ignored are mutually exclusive",
        ),
        ("RUST_TEST_THREADS=0", "RUST_TEST_THREADS is `0`, should be a positive integer."),
        ("RUST_TEST_THREADS=x", "RUST_TEST_THREADS is `x`, should be a positive integer."),
        ("RUST_TEST_SHUFFLE_SEED=x", "RUST_TEST_SHUFFLE_SEED is `x`, should be a number."),
    ] {
        assert_eq!(settings(line).unwrap_err(), message, "for `{line}`");
    }
}

#[test]
fn help_tells_nothing_untrue() {
    let help = settings("-- --help").unwrap_err();
    for untrue in ["No-op", "libtest-mimic", "all tests are run in the main thread"] {
        assert!(!help.contains(untrue), "{help}");
    }
    for flag in ["--test-threads", "-n <N|auto>", "--no-capture", "--shuffle-seed", "--ensure-time", "FILTER"]
    {
        assert!(help.contains(flag), "no {flag} in {help}");
    }
}
