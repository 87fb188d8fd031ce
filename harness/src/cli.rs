//! Reads the command line and the environment into [`Settings`]. It touches neither itself: both are handed in.

mod args;
mod error;

pub(crate) use error::ArgError;

use crate::filter::{Filter, KeepShouldPanic, Matching, RunIgnored};
use crate::plan::{Mode, Order};
use crate::settings::{Capture, Color, Format, Isolation, RetryIn, Settings, Stop, Task, Workers};
use crate::time_limits::{Enforcement, Kind, TimeLimits};
use args::{Args, Threads};
use clap::FromArgMatches;
use libtest_mimic::{ColorSetting, FormatSetting};
use std::ffi::OsString;
use std::num::NonZeroUsize;

/// What the surroundings of the process say, handed in so that tests can say otherwise.
pub(crate) struct Surroundings<'a> {
    /// The root file of the target, by which libtest tells unit tests from integration tests.
    pub(crate) root: &'a str,
    /// The environment.
    pub(crate) env: &'a dyn Fn(&str) -> Option<String>,
    /// How many cores this process may use.
    pub(crate) cores: NonZeroUsize,
    /// A seed for an order that was asked to be random.
    pub(crate) seed: u64,
}

/// Reads the settings of a run; the first argument is the name of the executable.
///
/// # Errors
///
/// [`ArgError`] for an argument or variable that is unknown or has a bad value, and for `--help`.
pub(crate) fn read(
    arguments: impl IntoIterator<Item = OsString>,
    around: &Surroundings<'_>,
) -> Result<Settings, ArgError> {
    let arguments: Vec<_> = arguments.into_iter().collect();
    let args = match args::plain(&arguments) {
        Some(args) => args,
        None => by_clap(arguments)?,
    };
    settings(&args, around)
}

fn by_clap(arguments: Vec<OsString>) -> Result<Args, ArgError> {
    let matches = args::command().try_get_matches_from(arguments).map_err(ArgError::from_clap)?;
    Args::from_arg_matches(&matches).map_err(ArgError::from_clap)
}

fn settings(args: &Args, around: &Surroundings<'_>) -> Result<Settings, ArgError> {
    let libtest = &args.libtest;
    Ok(Settings {
        task: task(args),
        filter: filter(args)?,
        order: order(args, around)?,
        mode: if libtest.bench && !libtest.test { Mode::Benchmarks } else { Mode::Tests },
        workers: workers(args, around)?,
        in_flight: (around.env)("ASYNC_HARNESS_IN_FLIGHT").and_then(|n| n.parse().ok()),
        isolation: if args.isolate { Isolation::Processes } else { Isolation::None },
        timeout: (around.env)("ASYNC_HARNESS_TIMEOUT")
            .and_then(|n| n.trim_end_matches("ms").parse().ok())
            .map(std::time::Duration::from_millis),
        slow_timeout: std::time::Duration::from_secs(60),
        retries: (around.env)("ASYNC_HARNESS_RETRIES").and_then(|n| n.parse().ok()).unwrap_or(0),
        retry_in: if args.retries_isolated { RetryIn::FreshProcess } else { RetryIn::ThisProcess },
        capture: capture(args, around),
        stop: if args.fail_fast { Stop::AtFailure } else { Stop::AtEnd },
        format: format(args),
        color: color(libtest.color, around),
        show_output: libtest.show_output,
        time: time(args, around)?,
        logfile: libtest.logfile.as_ref().map(Into::into),
    })
}

fn task(args: &Args) -> Task {
    match args {
        Args { fixtures: true, .. } => Task::Fixtures,
        Args { setup_plan: true, .. } => Task::SetUpPlan,
        _ if args.libtest.list => Task::List,
        _ => Task::Run,
    }
}

fn filter(args: &Args) -> Result<Filter, ArgError> {
    let libtest = &args.libtest;
    let ignored = match (libtest.ignored, libtest.include_ignored) {
        (true, true) => return Err(ArgError::IgnoredTwice),
        (true, false) => RunIgnored::Only,
        (false, true) => RunIgnored::Too,
        (false, false) => RunIgnored::No,
    };
    Ok(Filter {
        wanted: libtest.filter.iter().chain(&args.more_filters).cloned().collect(),
        skipped: libtest.skip.clone(),
        matching: if libtest.exact { Matching::Exact } else { Matching::Substring },
        ignored,
        should_panic: if args.exclude_should_panic { KeepShouldPanic::No } else { KeepShouldPanic::Yes },
    })
}

fn order(args: &Args, around: &Surroundings<'_>) -> Result<Order, ArgError> {
    let given = |name: &str| (around.env)(name).filter(|value| value != "0");
    let seed = match args.shuffle_seed {
        Some(seed) => Some(seed),
        None => match (around.env)("RUST_TEST_SHUFFLE_SEED") {
            None => None,
            Some(value) => match value.parse() {
                Ok(seed) => Some(seed),
                Err(_) => return Err(ArgError::ShuffleSeedVariable(value)),
            },
        },
    };
    Ok(match seed {
        Some(seed) => Order::Shuffled(seed),
        None if args.shuffle || given("RUST_TEST_SHUFFLE").is_some() => Order::Shuffled(around.seed),
        None => Order::Name,
    })
}

fn workers(args: &Args, around: &Surroundings<'_>) -> Result<Workers, ArgError> {
    let threads = |count| NonZeroUsize::new(count).map(Workers::Threads);
    match (args.n, args.libtest.test_threads) {
        (Some(Threads::Auto), _) => Ok(Workers::Threads(around.cores)),
        (Some(Threads::Count(count)), _) => Ok(threads(count).unwrap_or(Workers::MainThread)),
        (None, Some(count)) => threads(count).ok_or(ArgError::NoThreads),
        (None, None) => match (around.env)("RUST_TEST_THREADS") {
            None => Ok(Workers::Threads(around.cores)),
            Some(value) => match value.parse().ok().and_then(threads) {
                Some(workers) => Ok(workers),
                None => Err(ArgError::ThreadsVariable(value)),
            },
        },
    }
}

fn capture(args: &Args, around: &Surroundings<'_>) -> Capture {
    let off = args.libtest.nocapture
        || args.no_capture
        || (around.env)("RUST_TEST_NOCAPTURE").is_some_and(|value| value != "0");
    if off { Capture::No } else { Capture::Yes }
}

fn format(args: &Args) -> Format {
    match args.libtest.format {
        Some(FormatSetting::Pretty) => Format::Pretty,
        Some(FormatSetting::Terse) => Format::Terse,
        Some(FormatSetting::Json) => Format::Json,
        None if args.libtest.quiet => Format::Terse,
        None => Format::Pretty,
    }
}

fn color(setting: Option<ColorSetting>, around: &Surroundings<'_>) -> Color {
    match setting.unwrap_or_default() {
        ColorSetting::Always => Color::Always,
        ColorSetting::Never => Color::Never,
        ColorSetting::Auto if (around.env)("NO_COLOR").is_some_and(|value| !value.is_empty()) => Color::Never,
        ColorSetting::Auto => Color::Auto,
    }
}

fn time(args: &Args, around: &Surroundings<'_>) -> Result<Option<TimeLimits>, ArgError> {
    let enforcement = match (args.ensure_time, args.report_time) {
        (true, _) => Enforcement::Fail,
        (false, true) => Enforcement::Report,
        (false, false) => return Ok(None),
    };
    TimeLimits::read(Kind::of(around.root), enforcement, around.env).map(Some).map_err(ArgError::Limits)
}

#[cfg(test)]
mod tests;
