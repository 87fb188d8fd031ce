//! What is shown beside the code: a command to the runner for each failure, on a line of standard output.

use super::places::Places;
use super::plain::plain;
use crate::report::cause::{Reason, first_line, reason};
use crate::report::source::Sources;
use crate::report::tally::{Failed, Flaky, Torn};
use std::path::Path;

/// How much of a message is shown, in lines: beside the code there is little room.
const LINES: usize = 30;

/// Annotations of a run.
pub(in crate::report) struct Annotations<'a> {
    places: Places<'a>,
    /// They themselves, a line each.
    pub(in crate::report) text: String,
}

impl<'a> Annotations<'a> {
    /// Of files that are found there, in the repository that the runner has named.
    pub(in crate::report) fn new(sources: &'a Sources, repository: Option<&'a Path>) -> Self {
        Annotations { places: Places::new(sources, repository), text: String::new() }
    }

    /// An error for each test that failed, where it panicked or else where it stands.
    pub(in crate::report) fn add_failures(&mut self, failed: &[Failed]) {
        for Failed { test, failure, output, .. } in failed {
            let Reason { message, spot } = reason(test, failure, &String::from_utf8_lossy(output));
            self.add("error", test.name(), self.places.of_test(test, spot.as_ref()), &message);
        }
    }

    /// An error for each fixture that was not torn down, where its teardown panicked or else where it stands.
    pub(in crate::report) fn add_torn(&mut self, torn: &[Torn]) {
        for Torn { fixture, reason: Reason { message, spot } } in torn {
            let title = format!("fixture {}", fixture.label());
            let place = self.places.of_fixture(fixture, spot.as_ref());
            self.add("error", &title, place, &format!("failed to tear down: {message}"));
        }
    }

    /// An error for whatever else has failed the run and has no place.
    pub(in crate::report) fn add_broken(&mut self, reason: &str) {
        self.add("error", "the run", None, reason);
    }

    /// A warning for each test that passed, though not at once.
    pub(in crate::report) fn add_flaky(&mut self, flaky: &[Flaky]) {
        for Flaky { test, attempts, last_failure, output } in flaky {
            let Reason { message, spot } = reason(test, last_failure, &String::from_utf8_lossy(output));
            let message = format!("flaky: passed on attempt {attempts}, after: {}", first_line(&message));
            self.add("warning", test.name(), self.places.of_test(test, spot.as_ref()), &message);
        }
    }

    fn add(&mut self, command: &str, title: &str, place: Option<(String, usize)>, message: &str) {
        self.text.push_str(&format!("::{command} "));
        if let Some((file, line)) = place {
            self.text.push_str(&format!("file={},line={line},", property(&file)));
        }
        let message = escaped(&short(&plain(message)), "%\r\n");
        self.text.push_str(&format!("title={}::{message}\n", property(title)));
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
    fn a_message_is_not_too_long() {
        let message: String = (0..40).map(|n| format!("{n}\n")).collect();
        assert!(short(&message).starts_with("0\n1\n") && short(&message).ends_with("\n29\n.."));
        assert_eq!(short("a\nb\n"), "a\nb");
    }
}
