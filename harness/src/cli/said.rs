//! What was said of each setting, and by whom: the command line before the environment, that before `main!`.

use super::Surroundings;
use super::error::ArgError;
use super::line::Line;
use super::table::{Group, Row, Silent, TABLE, Variable};
use crate::settings::Told;
use crate::sorted::sort_by;
#[cfg(feature = "doctor")]
use crate::tags::nearest;
use std::borrow::Cow;
use std::ffi::OsString;

/// What our variables begin with.
const PREFIX: &str = "ASYNC_HARNESS_";

/// The source of what nobody reads.
pub(crate) const NO_SUCH_VARIABLE: &str = "no such variable";

/// Everything that was said.
pub(crate) struct Said<'a> {
    pub(super) line: Line,
    pub(super) in_files: Option<Vec<OsString>>,
    pub(super) around: &'a Surroundings<'a>,
}

/// A value, and where it stands.
pub(super) struct Found<'a> {
    pub(super) source: Source,
    pub(super) text: Cow<'a, str>,
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// On the command line, after this flag or as it.
    Flag(&'static str),
    /// In the environment.
    Variable(&'static Variable),
    /// In `main!`, under this key.
    Main(&'static str),
}

/// Why a text is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It has not the form that is wanted.
    Form,
    /// It is 0, where there has to be something.
    Zero,
    /// It is a number, and greater than the greatest that there is room for.
    TooGreat { greatest: u64 },
    /// It has to be this, now that a part of it is known.
    Must(&'static str),
}

impl Said<'_> {
    /// What counts of all that is said of a setting.
    pub(super) fn find(&self, row: &'static Row) -> Option<Found<'_>> {
        if let Some(given) = self.line.of(row) {
            let source = Source::Flag(given.flag);
            return Some(Found { source, text: Cow::Borrowed(&given.text) });
        }
        for variable in row.variables {
            if let Some(text) = self.variable(variable) {
                return Some(Found::of(variable, text));
            }
        }
        let key = row.main?;
        let (_, text) = self.around.main.iter().find(|(other, _)| *other == key)?;
        Some(Found { source: Source::Main(key), text: Cow::Borrowed(text) })
    }

    /// The value of a setting, if anything is said of it.
    ///
    /// # Errors
    ///
    /// [`ArgError`] that names the source of a text that is no value.
    pub(super) fn value<T>(
        &self,
        row: &'static Row,
        parse: impl Fn(&str) -> Result<T, Refusal>,
    ) -> Result<Option<T>, ArgError> {
        self.find(row).map(|found| found.read(row.wanted, parse)).transpose()
    }

    /// The value of a setting that holds or does not.
    ///
    /// # Errors
    ///
    /// As [`Said::value`].
    pub(super) fn switch(&self, row: &'static Row) -> Result<bool, ArgError> {
        Ok(self.value(row, super::values::switch)?.unwrap_or(false))
    }

    /// Whether a flag is given, or a variable set as libtest has it: to anything but 0.
    pub(super) fn given(&self, row: &'static Row) -> bool {
        self.find(row).is_some_and(|found| found.text != "0")
    }

    /// The names that tests are looked for by.
    pub(super) fn filters(&self) -> Vec<String> {
        match self.line.filters.as_slice() {
            [] => self.find(&super::table::FILTER).map(|found| found.text.into_owned()).into_iter().collect(),
            filters => filters.to_vec(),
        }
    }

    /// Whether the command line names the tests that it wants, one by one.
    pub(super) fn is_by_name(&self) -> bool {
        self.given(&super::table::EXACT) && !self.line.filters.is_empty()
    }

    /// Whether what this source says of a setting is overruled by the names of tests on the command line.
    pub(super) fn is_overruled(&self, row: &'static Row, source: Source) -> bool {
        let of_variable = matches!(source, Source::Variable(_));
        std::ptr::eq(row, &raw const super::table::PARTITION) && of_variable && self.is_by_name()
    }

    /// The variable by which there are no colours unless they are asked for: at a terminal without, libtest prints none either.
    /// A console of Windows has them, and no `TERM`.
    pub(super) fn no_color(&self) -> Option<&'static str> {
        if self.around.var("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            return Some("NO_COLOR");
        }
        let without = self.around.var("TERM").map_or(!cfg!(windows), |term| is_dumb(&term));
        without.then_some("TERM")
    }

    /// What a setting is by a variable that is not its own, whatever else is said of it.
    fn overruled(&self, row: &'static Row, found: Option<&Found<'_>>) -> Option<Told> {
        let name = Cow::Borrowed(row.name);
        let is_color = std::ptr::eq(row, &raw const super::table::COLOR);
        if is_color && found.is_none_or(|found| found.text == "auto") {
            let source = match self.no_color()? {
                "NO_COLOR" => "variable NO_COLOR".to_owned(),
                // It is a terminal's own, and nobody's wish.
                other => format!("default, variable {other}"),
            };
            return Some(Told { name, value: "never".to_owned(), source });
        }
        let Source::Variable(variable) = found?.source else { return None };
        self.is_overruled(row, Source::Variable(variable)).then(|| {
            let source = format!("tests are named, so variable {} does not count", variable.name);
            Told { name, value: row.default.to_owned(), source }
        })
    }

    /// What a variable holds, if that counts.
    pub(super) fn variable(&self, variable: &Variable) -> Option<String> {
        let text = self.around.var(variable.name)?;
        let is_silent = match variable.silent {
            Silent::Never => false,
            Silent::Empty => text.is_empty(),
            Silent::EmptyOrZero => text.is_empty() || text == "0",
        };
        Some(text).filter(|_| !is_silent)
    }

    /// All arguments, where some of them stood in files.
    pub(crate) fn in_files(&self) -> Option<&[OsString]> {
        self.in_files.as_deref()
    }

    /// Whether nothing is to be done but to show all this: `--show-settings`.
    pub(crate) fn shows_settings(&self) -> bool {
        self.given(&super::table::SHOW_SETTINGS)
    }

    /// Every setting of tests that run as it stands, for people.
    pub(crate) fn told(&self) -> Vec<Told> {
        let of_tests = |row: &&&'static Row| matches!(row.group, Group::Which | Group::How | Group::Shown);
        let known = TABLE.iter().filter(of_tests).map(|row| self.told_of(row));
        known.chain(self.strangers()).collect()
    }

    /// Variables that look like ours and that nobody reads: a misspelt one says nothing, and nothing says so.
    fn strangers(&self) -> impl Iterator<Item = Told> {
        let known =
            |name: &str| TABLE.iter().any(|row| row.variables.iter().any(|variable| variable.name == name));
        let mut names = (self.around.variables)();
        names.retain(|name| name.starts_with(PREFIX) && !known(name));
        sort_by(&mut names, |a, b| a < b);
        names.into_iter().map(|name| {
            let value = self.around.var(&name).unwrap_or_default();
            Told { name: name.into(), value, source: NO_SUCH_VARIABLE.to_owned() }
        })
    }

    /// The variable that was most likely meant by one that nobody reads.
    #[cfg(feature = "doctor")]
    pub(crate) fn meant(name: &str) -> Option<&'static str> {
        // The words that all of ours begin with say nothing.
        let (mut whole, mut own) = (Vec::new(), Vec::new());
        for variable in TABLE.iter().flat_map(|row| row.variables) {
            if let Some(end) = variable.name.strip_prefix(PREFIX) {
                whole.push(variable.name);
                own.push(end);
            }
        }
        let meant = nearest(name.strip_prefix(PREFIX)?, &own)?;
        whole.into_iter().find(|name| name.strip_prefix(PREFIX) == Some(meant))
    }

    fn told_of(&self, row: &'static Row) -> Told {
        let list = match row.name {
            "filter" => &self.line.filters,
            "skip" => &self.line.skips,
            _ => &Vec::new(),
        };
        let name = Cow::Borrowed(row.name);
        if !list.is_empty() {
            return Told { name, value: list.join(", "), source: "command line".to_owned() };
        }
        let found = self.find(row);
        if let Some(told) = self.overruled(row, found.as_ref()) {
            return told;
        }
        match found {
            None => {
                let value = if row.name == "threads" {
                    self.around.cores.to_string()
                } else {
                    row.default.to_owned()
                };
                let source = if value == row.default { String::new() } else { format!(", {}", row.default) };
                Told { name, value, source: format!("default{source}") }
            }
            Some(Found { source, text }) => Told {
                name,
                value: match (row.wanted, &*text) {
                    (super::table::SWITCH, "0") => "no".to_owned(),
                    (super::table::SWITCH, _) => "yes".to_owned(),
                    (_, text) => text.to_owned(),
                },
                source: match source {
                    Source::Flag(flag) => format!("command line, {flag}"),
                    Source::Variable(variable) => format!("variable {}", variable.name),
                    Source::Main(key) => format!("main!, {key}"),
                },
            },
        }
    }
}

impl Found<'_> {
    /// What a variable holds.
    pub(super) fn of(variable: &'static Variable, text: String) -> Self {
        Found { source: Source::Variable(variable), text: Cow::Owned(text) }
    }

    /// The value that the text is.
    ///
    /// # Errors
    ///
    /// [`ArgError`] that names the source, if it is none.
    pub(super) fn read<T>(
        &self,
        wanted: &'static str,
        parse: impl Fn(&str) -> Result<T, Refusal>,
    ) -> Result<T, ArgError> {
        let source = self.source;
        parse(&self.text).map_err(|refusal| {
            let value = self.text.clone().into_owned();
            match refusal {
                Refusal::Form => ArgError::BadValue { source, wanted, value },
                Refusal::Must(wanted) => ArgError::BadValue { source, wanted, value },
                Refusal::TooGreat { greatest } => ArgError::TooGreat { source, greatest, value },
                Refusal::Zero => ArgError::Zero { source, value },
            }
        })
    }
}

/// Whether a terminal of this kind can show nothing but text.
pub(super) fn is_dumb(term: &str) -> bool {
    matches!(term, "" | "dumb")
}
