//! Reads command line, environment and the settings of `main!` into [`Settings`](crate::settings::Settings). It touches none of them itself: all are
//! handed in.

mod argfile;
mod command;
mod error;
mod line;
#[cfg(test)]
mod page;
mod said;
mod settings;
mod table;
mod values;

pub(crate) use error::ArgError;
#[cfg(feature = "doctor")]
pub(crate) use said::NO_SUCH_VARIABLE;
pub(crate) use said::Said;

use line::Line;
use std::ffi::OsString;
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;

/// What the surroundings of the process say, handed in so that tests can say otherwise.
pub(crate) struct Surroundings<'a> {
    /// The root file of the target, by which libtest tells unit tests from integration tests.
    pub(crate) root: &'a str,
    /// The settings of `main!`, a key and a value each.
    pub(crate) main: &'a [(&'a str, &'a str)],
    /// The tags that it declares.
    pub(crate) tags: &'a [&'a str],
    /// The environment.
    pub(crate) env: &'a dyn Fn(&str) -> Option<OsString>,
    /// The names of all that is in it.
    pub(crate) variables: &'a dyn Fn() -> Vec<String>,
    /// What a file holds.
    pub(crate) file: &'a dyn Fn(&Path) -> io::Result<String>,
    /// How many cores this process may use.
    pub(crate) cores: NonZeroUsize,
    /// A seed for an order that was asked to be random.
    pub(crate) seed: u64,
}

impl Surroundings<'_> {
    /// What a variable holds. Of those that settings are read from it is text; for the others it need not be.
    fn var(&self, name: &str) -> Option<String> {
        (self.env)(name).map(|value| value.to_string_lossy().into_owned())
    }
}

/// Reads what a run is told; the first argument is the name of the executable.
///
/// # Errors
///
/// [`ArgError`] for an argument that is unknown, no text or has no value, and for `--help`.
pub(crate) fn read<'a>(
    arguments: impl IntoIterator<Item = OsString>,
    around: &'a Surroundings<'a>,
) -> Result<Said<'a>, ArgError> {
    let given: Vec<_> = arguments.into_iter().collect();
    let expanded = argfile::expand(given, around.file)?;
    let arguments = expanded.arguments;
    if let Some(value) = arguments.iter().skip(1).find(|argument| argument.to_str().is_none()) {
        return Err(ArgError::NotText { what: "argument".to_owned(), value: value.clone() });
    }
    let in_files = expanded.had_files.then(|| arguments.clone());
    let line = match Line::plain(&arguments) {
        Some(line) => line,
        None => command::read(arguments)?,
    };
    Ok(Said { line, in_files, around })
}

/// What a command line alone amounts to, for tests.
#[cfg(test)]
pub(crate) fn settings(line: &str) -> crate::settings::Settings {
    tests::settings(&format!("-- {line}")).unwrap_or_else(|error| panic!("{error}"))
}

#[cfg(test)]
mod tests;
