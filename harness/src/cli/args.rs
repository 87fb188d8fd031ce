//! The flags: libtest's through `libtest_mimic::Arguments`, corrected where that is a stub, and ours beside them.

use clap::builder::Resettable;
use clap::{Command, CommandFactory, Parser};
use std::ffi::OsString;

/// The command line as clap reads it.
#[derive(Debug, Default, Parser)]
#[command(
    args_override_self = true,
    disable_version_flag = true,
    override_usage = "cargo test [CARGO OPTIONS] -- [OPTIONS] [FILTER]...",
    help_template = "Usage: {usage}\n\n{all-args}\n\n{after-help}",
    after_help = AFTER_HELP,
)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) libtest: libtest_mimic::Arguments,

    /// Further filters: a test runs if any of them matches
    #[arg(value_name = "FILTER", hide = true, index = 2)]
    pub(super) more_filters: Vec<String>,

    /// Run this many tests at once; `auto` for one per core, 0 for one after the other on the main thread
    #[arg(short = 'n', value_name = "N|auto", value_parser = Threads::parse, overrides_with = "test_threads")]
    pub(super) n: Option<Threads>,

    /// Let tests print to the terminal instead of keeping their output with their result
    #[arg(long = "no-capture")]
    pub(super) no_capture: bool,

    /// Run tests in worker processes, so that a crash or a hang fails only its own test
    #[arg(long)]
    pub(super) isolate: bool,

    /// Try a failed test again in a process started for it
    #[arg(long)]
    pub(super) retries_isolated: bool,

    /// Start no further test after the first failure
    #[arg(long)]
    pub(super) fail_fast: bool,

    /// Run tests in a random order
    #[arg(long)]
    pub(super) shuffle: bool,

    /// Run tests in the random order of this seed
    #[arg(long, value_name = "SEED", value_parser = number)]
    pub(super) shuffle_seed: Option<u64>,

    /// Show how long each test took
    #[arg(long)]
    pub(super) report_time: bool,

    /// Fail a test that takes longer than its limit: RUST_TEST_TIME_UNIT and RUST_TEST_TIME_INTEGRATION hold
    /// WARN,CRITICAL in milliseconds
    #[arg(long)]
    pub(super) ensure_time: bool,

    /// List the fixtures with their scope, place and documentation
    #[arg(long)]
    pub(super) fixtures: bool,

    /// Show, for each test that would run, what it sets up and where
    #[arg(long)]
    pub(super) setup_plan: bool,

    /// Leave out tests marked `#[should_panic]`
    #[arg(long)]
    pub(super) exclude_should_panic: bool,

    /// Accepted for libtest's sake: tests always run in this process
    #[arg(long)]
    pub(super) force_run_in_process: bool,
}

const AFTER_HELP: &str = "\
A FILTER is looked for in the full name of each test; tests that match any of the
filters run. Tests run in parallel on as many threads as there are cores, unless
--test-threads, -n or RUST_TEST_THREADS say otherwise; those marked `#[serial]`
run after all others, one at a time, on the main thread.

Standard output and standard error of a test are shown only if it fails.
RUST_TEST_NOCAPTURE=1 does what --no-capture does.";

/// The value of `-n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Threads {
    /// One per core.
    Auto,
    /// So many; none means the main thread.
    Count(usize),
}

impl Threads {
    fn parse(value: &str) -> Result<Self, String> {
        match value {
            "auto" => Ok(Threads::Auto),
            _ => value.parse().map(Threads::Count).map_err(|_| "must be a number or auto".to_owned()),
        }
    }
}

fn number(value: &str) -> Result<u64, String> {
    value.parse().map_err(|_| "must be a number".to_owned())
}

fn positive(value: &str) -> Result<usize, String> {
    value.parse().map_err(|_| "must be a number > 0".to_owned())
}

/// clap's command, with what `libtest_mimic` says of itself replaced by what is true here.
pub(super) fn command() -> Command {
    Args::command()
        .mut_arg("include_ignored", |arg| arg.help("Run ignored tests too"))
        .mut_arg("ignored", |arg| arg.help("Run only ignored tests"))
        .mut_arg("test", |arg| {
            arg.help("Run tests and not benchmarks (the default)").conflicts_with(Resettable::Reset)
        })
        .mut_arg("bench", |arg| {
            arg.help("Run benchmarks, of which there are none: tests are shown as ignored")
        })
        .mut_arg("list", |arg| arg.help("List the tests that would run"))
        .mut_arg("nocapture", |arg| arg.help("The same as --no-capture"))
        .mut_arg("show_output", |arg| arg.help("Show the output of passing tests too"))
        .mut_arg("unstable_flags", |arg| {
            arg.help("Accepted for libtest's sake: `-Z unstable-options` changes nothing")
                .long_help(None)
                .hide_possible_values(true)
                .value_name("FLAG")
        })
        .mut_arg("quiet", |arg| {
            arg.help("The same as --format=terse").long_help(None).conflicts_with(Resettable::Reset)
        })
        .mut_arg("test_threads", |arg| {
            arg.help("Run this many tests at once").value_parser(positive).overrides_with("n")
        })
        .mut_arg("logfile", |arg| arg.help("Write a line per test to this file as well"))
        .mut_arg("skip", |arg| {
            arg.help("Leave out tests whose names contain FILTER (may be given several times)")
        })
        .mut_arg("color", |arg| {
            arg.help("When to use colours: auto is on a terminal, unless NO_COLOR is set")
                .hide_possible_values(true)
        })
        .mut_arg("format", |arg| {
            arg.help("pretty: a line per test; terse: a character; json: an object per event")
                .hide_possible_values(true)
        })
        .mut_arg("filter", |arg| {
            arg.index(1).value_name("FILTER...").help("Run only tests whose names contain one of these")
        })
}

/// Reads the plainest command lines, those of `cargo test` and of nextest, without building clap's command: that takes as
/// long as everything else before the first test, and a tenth of the process's memory. Whatever is not as plain, mistakes
/// included, is for clap.
pub(super) fn plain(arguments: &[OsString]) -> Option<Args> {
    let mut args = Args::default();
    let mut arguments = arguments.iter().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str()? {
            "--exact" => args.libtest.exact = true,
            "--nocapture" => args.libtest.nocapture = true,
            "--ignored" => args.libtest.ignored = true,
            "--test-threads" => args.libtest.test_threads = Some(arguments.next()?.to_str()?.parse().ok()?),
            other => match other.strip_prefix("--test-threads=") {
                Some(value) => args.libtest.test_threads = Some(value.parse().ok()?),
                None if other.starts_with('-') => return None,
                None => args.more_filters.push(other.to_owned()),
            },
        }
    }
    Some(args)
}
