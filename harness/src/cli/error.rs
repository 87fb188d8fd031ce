//! What can be wrong with arguments and variables, in libtest's words where it has words.

use super::said::Source;
use super::table::Variable;
use crate::tags::BadExpression;
use crate::time_limits::BadLimits;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;
use std::fmt;

/// An argument or a variable that cannot be used, or a call for help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ArgError {
    /// `--help`: not an error; the text goes to standard output.
    Help(String),
    /// No such flag; perhaps another was meant, here without its dashes.
    Unknown { flag: String, meant: Option<&'static str> },
    /// A flag without its value.
    NoValue { flag: String },
    /// A flag with a value that takes none.
    NeedlessValue { flag: String, value: String },
    /// A value that has not the form that is wanted.
    BadValue { source: Source, wanted: &'static str, value: String },
    /// A number that there is no room for.
    TooGreat { source: Source, greatest: u64, value: String },
    /// An argument or a variable that cannot be read as text.
    NotText { what: String, value: OsString },
    /// Bazel's number of shards without which one it is.
    NoShardIndex { count: usize },
    /// A value of 0 where there has to be something.
    Zero { source: Source, value: String },
    /// An expression that cannot be read or names what is not there.
    Expression { source: Source, bad: BadExpression },
    /// A key of `main!` that nobody reads.
    UnknownKey(String),
    /// An `@FILE` that cannot be used.
    File { file: String, what: String },
    /// `--ignored --include-ignored`.
    IgnoredTwice,
    /// A variable with time limits.
    Limits(BadLimits),
    /// Whatever else clap finds, in its words.
    Other(String),
}

impl ArgError {
    /// Puts clap's findings into libtest's words. `alike` finds the long flag that is most like one that is
    /// unknown, and gives it without dashes.
    pub(super) fn from_clap(error: clap::Error, alike: impl Fn(&str) -> Option<&'static str>) -> Self {
        let text = |kind| match error.get(kind) {
            Some(ContextValue::String(text)) => Some(text.clone()),
            Some(ContextValue::Strings(texts)) => texts.first().cloned(),
            _ => None,
        };
        let flag = || text(ContextKind::InvalidArg).map(bare).unwrap_or_default();
        let value = text(ContextKind::InvalidValue).unwrap_or_default();
        match error.kind() {
            ErrorKind::DisplayHelp => ArgError::Help(error.to_string()),
            ErrorKind::UnknownArgument => {
                let flag = flag();
                let meant = alike(&flag);
                ArgError::Unknown { flag, meant }
            }
            ErrorKind::InvalidValue => ArgError::NoValue { flag: flag() },
            ErrorKind::TooManyValues => ArgError::NeedlessValue { flag: flag(), value },
            _ => ArgError::Other(error.to_string().trim_start_matches("error: ").trim_end().to_owned()),
        }
    }
}

/// `--format <pretty|terse|json>` without what follows the flag.
fn bare(flag: String) -> String {
    flag.split([' ', '=']).next().unwrap_or_default().to_owned()
}

impl fmt::Display for ArgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArgError::Help(text) => f.write_str(text),
            ArgError::Unknown { flag, meant } => {
                write!(f, "Unrecognized option: '{}'", flag.trim_start_matches('-'))?;
                match meant {
                    Some(meant) => write!(f, " (did you mean `--{meant}`?)"),
                    None => write!(f, " (--help lists the options)"),
                }
            }
            ArgError::NoValue { flag } => {
                write!(f, "Argument to option '{}' missing", flag.trim_start_matches('-'))
            }
            ArgError::NeedlessValue { flag, value } => {
                write!(f, "argument for {flag} takes no value (was {value})")
            }
            ArgError::BadValue { source, wanted, value } => must_be(f, *source, wanted, value),
            ArgError::TooGreat { source, greatest, value } => {
                must_be(f, *source, &format!("a number up to {greatest}"), value)
            }
            ArgError::NotText { what, value } => {
                write!(f, "{what} must be UTF-8 (was {})", value.display())
            }
            ArgError::NoShardIndex { count } => write!(
                f,
                "variable TEST_SHARD_INDEX must be a number below TEST_TOTAL_SHARDS, which is {count} (was not set)"
            ),
            ArgError::Zero { source, value } => match source {
                Source::Flag(flag) => write!(f, "argument for {flag} must not be 0"),
                Source::Variable(Variable { name, should: Some(should), .. }) => {
                    write!(f, "{name} is `{value}`, should be {should}.")
                }
                Source::Variable(Variable { name, .. }) => write!(f, "variable {name} must not be 0"),
                Source::Main(key) => write!(f, "`{key}` of `main!` must not be 0"),
            },
            ArgError::Expression { source, bad } => match source {
                Source::Flag(flag) => write!(f, "argument for {flag} cannot be used: {bad}"),
                Source::Variable(Variable { name, .. }) => write!(f, "variable {name} cannot be used: {bad}"),
                Source::Main(key) => write!(f, "`{key}` of `main!` cannot be used: {bad}"),
            },
            ArgError::UnknownKey(key) => write!(
                f,
                "`{key}` of `main!` is not known: async-harness and async-harness-macros must be of one version"
            ),
            ArgError::File { file, what } => write!(f, "argument file `{file}` cannot be used: {what}"),
            ArgError::IgnoredTwice => {
                write!(f, "the options --include-ignored and --ignored are mutually exclusive")
            }
            ArgError::Limits(bad) => bad.fmt(f),
            ArgError::Other(message) => f.write_str(message),
        }
    }
}

/// Says what a value must be, by the place where it stands.
fn must_be(f: &mut fmt::Formatter<'_>, source: Source, wanted: &str, value: &str) -> fmt::Result {
    let was = if value.is_empty() { "empty" } else { value };
    match source {
        Source::Flag(flag) => write!(f, "argument for {flag} must be {wanted} (was {was})"),
        Source::Variable(Variable { name, should: Some(should), .. }) => {
            write!(f, "{name} is `{value}`, should be {should}.")
        }
        Source::Variable(Variable { name, .. }) => write!(f, "variable {name} must be {wanted} (was {was})"),
        Source::Main(key) => write!(f, "`{key}` of `main!` must be {wanted} (was {was})"),
    }
}
