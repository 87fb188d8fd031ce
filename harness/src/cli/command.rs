//! clap's command, for all command lines that are not plain, for `--help` and for mistakes: libtest's flags through
//! `libtest_mimic::Arguments`, corrected where that is a stub, and ours beside them.

use super::error::ArgError;
use super::line::Line;
use super::table::{FILTER, Flag, Group, Row, TABLE, Takes};
use crate::tags::nearest;
use clap::builder::{Resettable, ValueParser};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Id};
use std::ffi::OsString;

/// The argument for the filters after the first.
const MORE_FILTERS: &str = "more_filters";

/// Flags whose value may begin with a dash.
const AS_IN_LIBTEST: [&str; 7] =
    ["--skip", "--logfile", "--test-threads", "--shuffle-seed", "--format", "--color", "-n"];

const AFTER_HELP: &str = "\
A FILTER is looked for in the full name of each test; tests that match any of the
filters run. @FILE stands for the arguments in that file, one on each line.
D is a duration, like 30s, 500ms or 1m 30s.

Tests run in parallel on as many threads as there are cores, unless
--test-threads, -n or RUST_TEST_THREADS say otherwise; those marked `#[serial]`
run after all others, one at a time, on the main thread.

Standard output and standard error of a test are shown only if it fails.
RUST_TEST_NOCAPTURE=1 does what --no-capture does. --show-settings shows what a
run would be told, and by which flag, variable or setting of `main!`.";

/// Reads a command line.
///
/// # Errors
///
/// [`ArgError`] for an argument that is unknown or has no value, and for `--help`.
pub(super) fn read(arguments: Vec<OsString>) -> Result<Line, ArgError> {
    let mut command = command();
    let matches =
        command.try_get_matches_from_mut(&arguments).map_err(|error| ArgError::from_clap(error, alike))?;
    let mut line = Line::default();
    for id in ["filter", MORE_FILTERS] {
        line.filters.extend(texts(&matches, id));
    }
    for (row, flag) in flags() {
        let id = id(&command, flag);
        if matches.value_source(id.as_str()) != Some(ValueSource::CommandLine) {
            continue;
        }
        match flag.takes {
            Takes::Nothing(text) => line.add(row, flag, text.to_owned()),
            Takes::Value(_) | Takes::Maybe(..) => {
                for text in texts(&matches, id.as_str()) {
                    if !AS_IN_LIBTEST.contains(&flag.name)
                        && is_a_flag(&text)
                        && arguments.iter().any(|a| **a == *text)
                    {
                        return Err(ArgError::NoValue { flag: flag.name.to_owned() });
                    }
                    line.add(row, flag, text);
                }
            }
        }
    }
    Ok(line)
}

/// The command with every flag of the table.
pub(super) fn command() -> Command {
    // What `libtest_mimic` says of its command comes first, to be overruled.
    let of_libtest = libtest_mimic::Arguments::augment_args(Command::new("test"))
        .args_override_self(true)
        .disable_version_flag(true)
        .override_usage("cargo test [CARGO OPTIONS] -- [OPTIONS] [FILTER]...")
        .help_template("Usage: {usage}\n\n{all-args}\n\n{after-help}")
        .after_help(AFTER_HELP);
    let command = of_libtest
        .mut_arg("filter", |arg| {
            arg.index(1).value_name("FILTER...").help(FILTER.help).value_parser(ValueParser::string())
        })
        .arg(Arg::new(MORE_FILTERS).index(2).action(ArgAction::Append).hide(true));
    flags().into_iter().fold(command, |command, (row, flag)| {
        let id = id(&command, flag);
        let others =
            row.flags.iter().filter(|other| other.name != flag.name).map(|other| self::id(&command, other));
        let others: Vec<_> = others.collect();
        let told = |arg| told(arg, row, flag).overrides_with_all(others);
        let known = command.get_arguments().any(|arg| *arg.get_id() == id);
        if known { command.mut_arg(id, told) } else { command.arg(told(new(flag))) }
    })
}

/// Every flag with its row, a group after the other.
fn flags() -> Vec<(&'static Row, &'static Flag)> {
    let mut flags = Vec::new();
    for group in Group::ALL {
        for row in TABLE.iter().filter(|row| row.group == group) {
            for flag in row.flags {
                flags.push((*row, flag));
            }
        }
    }
    flags
}

/// What flags are called elsewhere, and here.
const ELSEWHERE: [(&str, &str); 12] = [
    ("ff", "failed-first"),
    ("jobs", "test-threads"),
    ("lf", "last-failed"),
    ("numprocesses", "test-threads"),
    ("output", "show-output"),
    ("parallel", "test-threads"),
    ("seed", "shuffle-seed"),
    ("shard", "partition"),
    ("stress-count", "repeat"),
    ("threads", "test-threads"),
    ("verbose", "show-output"),
    ("workers", "test-threads"),
];

/// The flag that was most likely meant, if one is alike at all.
fn alike(flag: &str) -> Option<&'static str> {
    let name = flag.strip_prefix("--")?;
    if let Some((_, here)) = ELSEWHERE.iter().find(|(there, _)| *there == name) {
        return Some(here);
    }
    let mut long = Vec::new();
    for (_, flag) in flags() {
        long.extend(flag.name.strip_prefix("--"));
    }
    nearest(name, &long)
}

/// What clap calls a flag: as `libtest_mimic` does where that has it, else by its name.
fn id(command: &Command, flag: &'static Flag) -> Id {
    let long = flag.name.strip_prefix("--");
    let short = flag.name.chars().nth(1).filter(|_| long.is_none());
    let same = |arg: &&Arg| match long {
        Some(_) => arg.get_long() == long,
        None => arg.get_short() == short,
    };
    let known = command.get_arguments().find(same);
    known.map_or_else(|| Id::from(flag.name), |arg| arg.get_id().clone())
}

fn new(flag: &'static Flag) -> Arg {
    let arg = Arg::new(flag.name);
    match flag.name.strip_prefix("--") {
        Some(long) => arg.long(long),
        None => arg.short(flag.name.chars().nth(1)),
    }
}

/// An argument of which the table tells all.
fn told(arg: Arg, row: &'static Row, flag: &'static Flag) -> Arg {
    let arg = arg
        .help(flag.help.unwrap_or(row.help))
        .help_heading(row.group.title())
        .long_help(None)
        .conflicts_with(Resettable::Reset);
    let arg = match flag.short {
        Some(short) => arg.short(short),
        None => arg,
    };
    match flag.takes {
        Takes::Nothing(_) => arg.action(ArgAction::SetTrue),
        Takes::Value(word) => {
            // As in libtest, whose reader of options takes whatever follows. Of ours a forgotten value is noticed later.
            let arg = arg.allow_hyphen_values(true);
            let several = std::ptr::eq(row, &raw const super::table::SKIP);
            arg.action(if several { ArgAction::Append } else { ArgAction::Set })
                .value_name(word)
                .value_parser(ValueParser::string())
                .hide_possible_values(true)
        }
        Takes::Maybe(word, without) => arg
            .action(ArgAction::Set)
            .value_name(word)
            .value_parser(ValueParser::string())
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value(without),
    }
}

/// Whether an argument is a flag, or anyhow no value: a number below zero is one, if a wrong one.
fn is_a_flag(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn texts(matches: &ArgMatches, id: &str) -> Vec<String> {
    let raw = matches.get_raw(id).into_iter().flatten();
    raw.map(|text| text.to_string_lossy().into_owned()).collect()
}
