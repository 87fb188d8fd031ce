//! Finds out what a test failed of, and where: std's own words in its output for a panic, and for an error that it returned.

use crate::fixture::FixtureDecl;
use crate::outcome::Failure;
use crate::place::Place;
use crate::test::{ShouldPanic, Test};

/// Why a test failed, as its output says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cause {
    /// It panicked with this message, at this place.
    Panic { message: String, place: String },
    /// It returned this error.
    Error(String),
}

/// The cause of a test of this name, if its output has one. Of several panics it is the last of the test's own: what comes
/// before may have been caught.
pub(super) fn cause(name: &str, output: &str) -> Option<Cause> {
    let start = format!("thread '{name}' ");
    let panic = output.rmatch_indices(&start).find_map(|(at, _)| panic(&output[at + start.len()..]));
    panic.or_else(|| error(output))
}

/// What follows `thread 'NAME' `: a number, with newer versions of std, and `panicked at PLACE:`, and the message up to the
/// backtrace or what is said of one.
fn panic(text: &str) -> Option<Cause> {
    let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (before, place) = head.split_once("panicked at ")?;
    if !(before.is_empty() || before.starts_with('(')) {
        return None;
    }
    let place = place.strip_suffix(':').unwrap_or(place).to_owned();
    let ends =
        |line: &&str| !line.starts_with("note: run with `RUST_BACKTRACE") && *line != "stack backtrace:";
    let message: Vec<_> = rest.lines().take_while(ends).collect();
    Some(Cause::Panic { message: message.join("\n").trim_end().to_owned(), place })
}

fn error(output: &str) -> Option<Cause> {
    let at = if output.starts_with("Error: ") { 0 } else { output.rfind("\nError: ")? + 1 };
    Some(Cause::Error(output[at + "Error: ".len()..].trim_end().to_owned()))
}

/// What there is to say of a failure in few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reason {
    /// Why the test failed: the message of its panic, its error, or what the harness found.
    pub(super) message: String,
    /// Where it panicked, if that is why.
    pub(super) spot: Option<Spot>,
}

/// A place in the sources that a panic names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// The file, as rustc was given it.
    pub(super) file: String,
    /// The line and the column, from 1.
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Spot {
    /// Reads `tests/orders.rs:12:5`.
    fn parse(place: &str) -> Option<Self> {
        let mut parts = place.rsplitn(3, ':');
        let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Spot { file: parts.next()?.to_owned(), line, column })
    }

    /// Where the function of a test or a fixture is named.
    pub(super) fn of(Place { file, line, column }: Place) -> Self {
        Spot { file: file.to_owned(), line: line as usize, column: column as usize }
    }
}

/// Why a test failed, by what it printed.
pub(super) fn reason(test: &Test, failure: &Failure, output: &str) -> Reason {
    let found = || cause(test.name(), output);
    let spot = |place: &str| Spot::parse(place);
    match failure {
        Failure::Told => match found() {
            Some(Cause::Panic { message, place }) => Reason { message, spot: spot(&place) },
            Some(Cause::Error(error)) => Reason { message: format!("Error: {error}"), spot: None },
            None => Reason { message: "the test failed".to_owned(), spot: None },
        },
        Failure::TimeLimit => Reason { message: "time limit exceeded".to_owned(), spot: None },
        Failure::Interrupted => Reason { message: "interrupted".to_owned(), spot: None },
        Failure::Because(reason) => Reason {
            message: reason.clone(),
            // It has panicked with another message than it should have.
            spot: match (test.should_panic(), found()) {
                (ShouldPanic::With(_), Some(Cause::Panic { place, .. })) => spot(&place),
                _ => None,
            },
        },
    }
}

/// Why a fixture that outlives a test failed with this error, by what it printed meanwhile.
pub(super) fn reason_of_fixture(fixture: &FixtureDecl, error: &str, output: &str) -> Reason {
    // So its thread is called in a panic.
    match cause(&format!("fixture {}", fixture.label()), output) {
        Some(Cause::Panic { message, place }) => Reason { message, spot: Spot::parse(&place) },
        _ => Reason { message: error.to_owned(), spot: None },
    }
}

/// What a test had printed before the panic that it failed of.
pub(super) fn before_panic<'a>(test: &Test, output: &'a str) -> &'a str {
    let start = format!("thread '{}' ", test.name());
    output.rfind(&start).map_or(output, |at| &output[..at])
}

/// The first line of a text.
pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panicked(message: &str, place: &str) -> Option<Cause> {
        Some(Cause::Panic { message: message.to_owned(), place: place.to_owned() })
    }

    #[test]
    fn a_panic_is_read_from_stds_words() {
        let text = "before\n\nthread 'a::b' (42) panicked at tests/a.rs:7:9:\nassertion `left == right` failed\n  left: 1\n \
                    right: 2\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n";
        let message = "assertion `left == right` failed\n  left: 1\n right: 2";
        assert_eq!(cause("a::b", text), panicked(message, "tests/a.rs:7:9"));
        assert_eq!(cause("a::c", text), None);
    }

    #[test]
    fn older_versions_of_std_say_no_number() {
        assert_eq!(cause("a", "\nthread 'a' panicked at x.rs:1:1:\nboom\n"), panicked("boom", "x.rs:1:1"));
    }

    #[test]
    fn the_last_panic_counts() {
        let text = "\nthread 'a' (1) panicked at x.rs:1:1:\ncaught\n\nthread 'a' (1) panicked at x.rs:2:2:\nlast\nstack \
                    backtrace:\n   0: std\n";
        assert_eq!(cause("a", text), panicked("last", "x.rs:2:2"));
    }

    #[test]
    fn an_error_is_read_as_it_was_returned() {
        assert_eq!(cause("a", "Error: \"no\"\n"), Some(Cause::Error("\"no\"".to_owned())));
        assert_eq!(cause("a", "x\nError: No(\n    1,\n)\n"), Some(Cause::Error("No(\n    1,\n)".to_owned())));
        assert_eq!(cause("a", "nothing\n"), None);
    }

    #[test]
    fn a_reason_has_a_place_where_the_panic_is_why() {
        let test = Test { path: crate::test::TestPath::new("api::a"), ..Test::PLAIN };
        let text = "out\n\nthread 'a' (1) panicked at C:\\x.rs:7:9:\nboom\nmore\n";
        let spot = Spot { file: "C:\\x.rs".to_owned(), line: 7, column: 9 };
        let told = reason(&test, &Failure::Told, text);
        assert_eq!(told, Reason { message: "boom\nmore".to_owned(), spot: Some(spot) });
        assert_eq!(before_panic(&test, text), "out\n\n");
        let late = reason(&test, &Failure::Because("timed out after 1s".to_owned()), text);
        assert_eq!(late, Reason { message: "timed out after 1s".to_owned(), spot: None });
        assert_eq!(reason(&test, &Failure::Told, "Error: no\n").message, "Error: no");
        assert_eq!(reason(&test, &Failure::Told, "").message, "the test failed");
    }
}
