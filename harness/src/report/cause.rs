//! Finds in the output of a failed test what it failed of: std's own words for a panic and for an error that `main` returns.

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
}
