//! What can be wrong with arguments and variables, in libtest's words where it has words.

use crate::time_limits::BadLimits;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::fmt;

/// An argument or a variable that cannot be used, or a call for help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ArgError {
    /// `--help`: not an error; the text goes to standard output.
    Help(String),
    /// No such flag; perhaps another was meant.
    Unknown { flag: String, meant: Option<String> },
    /// A flag without its value.
    NoValue { flag: String },
    /// A value that the flag does not take, and what it takes instead: `must be a number`.
    BadValue { flag: String, wanted: String, value: String },
    /// `--test-threads 0`.
    NoThreads,
    /// `RUST_TEST_THREADS` is no positive number.
    ThreadsVariable(String),
    /// `RUST_TEST_SHUFFLE_SEED` is no number.
    ShuffleSeedVariable(String),
    /// `--ignored --include-ignored`.
    IgnoredTwice,
    /// A variable with time limits.
    Limits(BadLimits),
    /// Whatever else clap finds, in its words.
    Other(String),
}

impl ArgError {
    /// Puts clap's findings into libtest's words.
    pub(super) fn from_clap(error: clap::Error) -> Self {
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
                ArgError::Unknown { flag: flag(), meant: text(ContextKind::SuggestedArg) }
            }
            ErrorKind::InvalidValue if value.is_empty() => ArgError::NoValue { flag: flag() },
            ErrorKind::InvalidValue => {
                // libtest has a comma before this `or`, and none before that of `--format`.
                let or = if flag() == "--color" { ", or " } else { " or " };
                ArgError::BadValue { flag: flag(), wanted: format!("must be {}", choices(&error, or)), value }
            }
            ErrorKind::TooManyValues => {
                ArgError::BadValue { flag: flag(), wanted: "takes no value".to_owned(), value }
            }
            ErrorKind::ValueValidation => {
                let wanted = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                ArgError::BadValue { flag: flag(), wanted, value }
            }
            _ => ArgError::Other(error.to_string().trim_start_matches("error: ").trim_end().to_owned()),
        }
    }
}

/// `--format <pretty|terse|json>` without what follows the flag.
fn bare(flag: String) -> String {
    flag.split([' ', '=']).next().unwrap_or_default().to_owned()
}

/// `pretty, terse or json`.
fn choices(error: &clap::Error, or: &str) -> String {
    let Some(ContextValue::Strings(names)) = error.get(ContextKind::ValidValue) else { return String::new() };
    match names.as_slice() {
        [names @ .., last] if !names.is_empty() => format!("{}{or}{last}", names.join(", ")),
        names => names.concat(),
    }
}

impl fmt::Display for ArgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArgError::Help(text) => f.write_str(text),
            ArgError::Unknown { flag, meant } => {
                write!(f, "Unrecognized option: '{}'", flag.trim_start_matches('-'))?;
                match meant {
                    Some(meant) => write!(f, " (did you mean `{meant}`?)"),
                    None => write!(f, " (--help lists the options)"),
                }
            }
            ArgError::NoValue { flag } => {
                write!(f, "Argument to option '{}' missing", flag.trim_start_matches('-'))
            }
            ArgError::BadValue { flag, wanted, value } => {
                write!(f, "argument for {flag} {wanted} (was {value})")
            }
            ArgError::NoThreads => write!(f, "argument for --test-threads must not be 0"),
            ArgError::ThreadsVariable(value) => {
                write!(f, "RUST_TEST_THREADS is `{value}`, should be a positive integer.")
            }
            ArgError::ShuffleSeedVariable(value) => {
                write!(f, "RUST_TEST_SHUFFLE_SEED is `{value}`, should be a number.")
            }
            ArgError::IgnoredTwice => {
                write!(f, "the options --include-ignored and --ignored are mutually exclusive")
            }
            ArgError::Limits(bad) => bad.fmt(f),
            ArgError::Other(message) => f.write_str(message),
        }
    }
}
