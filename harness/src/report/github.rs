//! What GitHub Actions shows beside the code: a command to its runner for each failed test, on a line of standard output.

use super::cause::{Reason, Spot, first_line, reason};
use super::source::Sources;
use super::tally::{Failed, Flaky};
use crate::test::Test;
use std::path::Path;

/// How much of a message is shown, in lines: beside the code there is little room.
const LINES: usize = 30;

/// Annotations of a run.
pub(super) struct Annotations<'a> {
    sources: &'a Sources,
    /// The folder of the repository, by which the runner calls files.
    repository: Option<&'a Path>,
    /// They themselves, a line each.
    pub(super) text: String,
}

impl<'a> Annotations<'a> {
    /// Of files that are found there, in the repository that the runner has named.
    pub(super) fn new(sources: &'a Sources, repository: Option<&'a Path>) -> Self {
        Annotations { sources, repository, text: String::new() }
    }

    /// An error for each test that failed, where it panicked or else where it stands.
    pub(super) fn add_failures(&mut self, failed: &[Failed]) {
        for Failed { test, failure, output, .. } in failed {
            let Reason { message, spot } = reason(test, failure, &String::from_utf8_lossy(output));
            self.add("error", test, spot, &message);
        }
    }

    /// A warning for each test that passed, though not at once.
    pub(super) fn add_flaky(&mut self, flaky: &[Flaky]) {
        for Flaky { test, attempts, last_failure, output } in flaky {
            let Reason { message, spot } = reason(test, last_failure, &String::from_utf8_lossy(output));
            let message = format!("flaky: passed on attempt {attempts}, after: {}", first_line(&message));
            self.add("warning", test, spot, &message);
        }
    }

    fn add(&mut self, command: &str, test: &Test, spot: Option<Spot>, message: &str) {
        let place = spot.and_then(|spot| self.place(&spot)).or_else(|| self.place(&Spot::of(test)));
        self.text.push_str(&format!("::{command} "));
        if let Some((file, line)) = place {
            self.text.push_str(&format!("file={},line={line},", property(&file)));
        }
        let message = escaped(&short(&plain(message)), "%\r\n");
        self.text.push_str(&format!("title={}::{message}\n", property(test.name())));
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
}

/// The first lines of a message.
fn short(message: &str) -> String {
    let mut short = String::new();
    for (number, line) in message.lines().enumerate() {
        if number > 0 {
            short.push('\n');
        }
        if number == LINES {
            short.push_str("..");
            break;
        }
        short.push_str(line);
    }
    short
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

/// The value of a property of a command, in which more has a meaning than in its message.
fn property(text: &str) -> String {
    escaped(text, "%\r\n:,")
}

/// A text in which none of these has a meaning.
fn escaped(text: &str, special: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match special.contains(c) {
            true => escaped.push_str(&format!("%{:02X}", u32::from(c))),
            false => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_a_command_is_escaped() {
        assert_eq!(escaped("100 %\r\na: b, c", "%\r\n"), "100 %25%0D%0Aa: b, c");
        assert_eq!(property("a::b, 5 %\n"), "a%3A%3Ab%2C 5 %25%0A");
    }

    #[test]
    fn a_message_is_plain_and_not_too_long() {
        assert_eq!(plain("\x1b[1;31mred\x1b[0m and \x1b[32mgreen\x1b[m, \x1b[7"), "red and green, ");
        let message: String = (0..40).map(|n| format!("{n}\n")).collect();
        assert!(short(&message).starts_with("0\n1\n") && short(&message).ends_with("\n29\n.."));
        assert_eq!(short("a\nb\n"), "a\nb");
    }
}
