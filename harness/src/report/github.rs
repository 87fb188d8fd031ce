//! What GitHub Actions shows beside the code: a command to its runner for each failed test, on a line of standard output.

use super::cause::{Spot, first_line, reason};
use super::source::Sources;
use super::tally::{Failed, Flaky};
use std::fmt;
use std::path::Path;

/// How much of a message is shown, in lines: beside the code there is little room.
const LINES: usize = 30;

/// Annotations of a run.
pub(super) struct Annotations<'a> {
    sources: &'a Sources,
    /// The folder of the repository, by which the runner calls files.
    repository: Option<&'a Path>,
}

impl<'a> Annotations<'a> {
    /// Of files that are found there, in the repository that the runner has named.
    pub(super) fn new(sources: &'a Sources, repository: Option<&'a Path>) -> Self {
        Annotations { sources, repository }
    }

    /// An error for each test that failed, where it panicked or else where it stands.
    pub(super) fn of_failures(&self, failed: &[Failed]) -> String {
        let annotations = failed.iter().map(|Failed { test, failure, output, .. }| {
            let reason = reason(test, failure, &String::from_utf8_lossy(output));
            let place = reason.spot.and_then(|spot| self.place(&spot));
            self.command("error", place.or_else(|| self.place(&Spot::of(test))), test.name(), &reason.message)
        });
        annotations.collect()
    }

    /// A warning for each test that passed, though not at once.
    pub(super) fn of_flaky(&self, flaky: &[Flaky]) -> String {
        let annotations = flaky.iter().map(|Flaky { test, attempts, last_failure, output }| {
            let reason = reason(test, last_failure, &String::from_utf8_lossy(output));
            let place = reason.spot.and_then(|spot| self.place(&spot));
            let place = place.or_else(|| self.place(&Spot::of(test)));
            let message =
                format!("flaky: passed on attempt {attempts}, after: {}", first_line(&reason.message));
            self.command("warning", place, test.name(), &message)
        });
        annotations.collect()
    }

    /// A file as the runner calls it, and a line; nothing for what is not in the sources of the target. Where those are not
    /// here, a relative path is as good as it is in most repositories.
    fn place(&self, spot: &Spot) -> Option<(String, usize)> {
        if !self.sources.are_found() {
            let is_relative = Path::new(&spot.file).is_relative() && !spot.file.is_empty();
            return is_relative.then(|| (spot.file.clone(), spot.line));
        }
        let inside = self.sources.inside(spot)?;
        let whole = self.sources.whole(&inside);
        let of_repository = self.repository.and_then(|folder| whole.strip_prefix(folder).ok());
        let file = of_repository.map_or(inside, Path::to_owned);
        Some((file.to_string_lossy().replace('\\', "/"), spot.line))
    }

    fn command(&self, command: &str, place: Option<(String, usize)>, title: &str, message: &str) -> String {
        let place =
            place.map_or(String::new(), |(file, line)| format!("file={},line={line},", Property(&file)));
        let mut lines: Vec<_> = message.lines().take(LINES).collect();
        if message.lines().nth(LINES).is_some() {
            lines.push("..");
        }
        let message = plain(&lines.join("\n"));
        format!("::{command} {place}title={}::{}\n", Property(title), Message(&message))
    }
}

/// A text without the codes for colours, which nobody reads there.
fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| ('@'..='~').contains(&c));
        plain.push_str(end.map_or("", |end| &part[end + 1..]));
    }
    plain
}

/// A message as it stands in a command.
struct Message<'a>(&'a str);

/// The value of a property, in which more has a meaning.
struct Property<'a>(&'a str);

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(self.0, &['%', '\r', '\n'], f)
    }
}

impl fmt::Display for Property<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(self.0, &['%', '\r', '\n', ':', ','], f)
    }
}

fn escape(text: &str, special: &[char], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        write!(f, "{}%{:02X}", &rest[..at], rest.as_bytes()[at])?;
        rest = &rest[at + 1..];
    }
    f.write_str(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_a_command_is_escaped() {
        assert_eq!(Message("100 %\r\na: b, c").to_string(), "100 %25%0D%0Aa: b, c");
        assert_eq!(Property("a::b, 5 %\n").to_string(), "a%3A%3Ab%2C 5 %25%0A");
    }

    #[test]
    fn a_message_is_plain_and_not_too_long() {
        assert_eq!(plain("\x1b[1;31mred\x1b[0m and \x1b[32mgreen\x1b[m, \x1b[7"), "red and green, ");
        let annotations =
            Annotations { sources: &Sources::of(crate::target::Target::UNKNOWN), repository: None };
        let message: String = (0..40).map(|n| format!("{n}\n")).collect();
        let command = annotations.command("error", None, "a", &message);
        assert!(
            command.starts_with("::error title=a::0%0A1%0A") && command.ends_with("%0A29%0A..\n"),
            "{command}"
        );
    }
}
