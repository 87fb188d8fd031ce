//! What a command line says, flag by flag, before any value is judged.

use super::table::{Flag, Row, TABLE, Takes};
use std::ffi::OsString;

/// A command line, taken apart.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The arguments that are no flags.
    pub(super) filters: Vec<String>,
    /// The values of each `--skip`.
    pub(super) skips: Vec<String>,
    /// All other flags; of those of one row the last one counts.
    pub(super) given: Vec<Given>,
}

/// A flag that was given.
#[derive(Debug)]
pub(super) struct Given {
    /// What it says something of.
    pub(super) row: &'static Row,
    /// The flag as written in full.
    pub(super) flag: &'static str,
    /// Its value, or the one that it stands for.
    pub(super) text: String,
}

impl Line {
    /// Notes a flag of the table with its value.
    pub(super) fn add(&mut self, row: &'static Row, flag: &'static Flag, text: String) {
        if std::ptr::eq(row, &raw const super::table::SKIP) {
            self.skips.push(text);
        } else {
            self.given.push(Given { row, flag: flag.name, text });
        }
    }

    /// What was said last of a setting.
    pub(super) fn of(&self, row: &'static Row) -> Option<&Given> {
        self.given.iter().rev().find(|given| std::ptr::eq(given.row, row))
    }

    /// Reads a plain command line without building clap's command: that takes as long as everything else before the first
    /// test, and a tenth of the process's memory, and under nextest it is paid once per test. Plain is one whose flags are
    /// all spelled in full. Whatever is not, mistakes included, is for clap.
    pub(super) fn plain(arguments: &[OsString]) -> Option<Self> {
        let mut line = Line::default();
        let mut arguments = arguments.iter().skip(1);
        while let Some(argument) = arguments.next() {
            let argument = argument.to_str()?;
            if !argument.starts_with('-') {
                line.filters.push(argument.to_owned());
                continue;
            }
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value)),
                _ => (argument, None),
            };
            let (row, flag) = flag(name)?;
            let text = match (flag.takes, value) {
                (Takes::Nothing(text), None) => text,
                (Takes::Maybe(_, text), None) => text,
                (Takes::Nothing(_), Some(_)) => return None,
                (Takes::Value(_) | Takes::Maybe(..), Some(value)) => value,
                (Takes::Value(_), None) => {
                    arguments.next()?.to_str().filter(|value| !value.starts_with('-'))?
                }
            };
            line.add(row, flag, text.to_owned());
        }
        Some(line)
    }
}

/// The flag of this name, and what it says something of.
fn flag(name: &str) -> Option<(&'static Row, &'static Flag)> {
    TABLE.iter().find_map(|row| Some((*row, row.flags.iter().find(|flag| flag.name == name)?)))
}
