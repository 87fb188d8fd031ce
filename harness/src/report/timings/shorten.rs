//! Keeps a page small: of long output it has the beginning and the end. The log has all of it.

use crate::report::log::fields;
use std::ops::Range;

/// How much of one stretch of output is kept, in bytes; most of it from the end, where failures are told.
const LONGEST: usize = 16 * 1024;

/// How much output all tests together may have in a page.
const ALL: usize = 24 * 1024 * 1024;

/// Shortens the lines of a log.
#[derive(Debug, Default)]
pub(super) struct Shortener {
    /// How much output there is so far.
    kept: usize,
}

/// How each line begins that has output.
const OUTPUT: &str = "{\"event\":\"output\"";

/// What follows the text of one that is no text.
const EXACT: &str = "\",\"base64\":\"";

impl Shortener {
    /// Counts lines that were shortened before.
    pub(super) fn go_on(&mut self, lines: &str) {
        self.kept += lines.lines().filter(|line| line.starts_with(OUTPUT)).map(str::len).sum::<usize>();
    }

    /// Adds lines.
    pub(super) fn add(&mut self, lines: &str, to: &mut String) {
        for line in lines.lines().filter(|line| !line.is_empty()) {
            let begin = to.len();
            let is_output = line.starts_with(OUTPUT);
            // Most lines are short, and need not be read.
            let is_short = line.len() <= self.room() && !line.contains(EXACT);
            if !is_output || is_short || self.add_output(line, to).is_none() {
                to.push_str(line);
            }
            if is_output {
                self.kept += to.len() - begin;
            }
            to.push('\n');
        }
    }

    /// How long the next output may be.
    fn room(&self) -> usize {
        LONGEST.min(ALL.saturating_sub(self.kept))
    }

    /// Adds a line with output; nothing if it is not as it should be.
    fn add_output(&self, line: &str, to: &mut String) -> Option<()> {
        let fields = fields(line).ok()?;
        let value = fields.place("text")?;
        // Within the quotes.
        let text = line.get(value.start + 1..value.end - 1)?;
        let (head, tail) = ends(text, self.room());
        to.push_str(&line[..=value.start]);
        to.push_str(&text[head.clone()]);
        if head.end < tail.start {
            to.push_str(&format!("\\n[{} bytes are not shown here]\\n", tail.start - head.end));
        }
        to.push_str(&text[tail]);
        to.push('"');
        // The page shows no bytes.
        let exact = fields.place("base64").filter(|exact| exact.start > value.end);
        to.push_str(&line[exact.map_or(value.end, |exact| exact.end)..]);
        Some(())
    }
}

/// The beginning and the end of the inside of a JSON string, together no more than that, cut between characters.
fn ends(text: &str, room: usize) -> (Range<usize>, Range<usize>) {
    if text.len() <= room {
        return (0..text.len(), text.len()..text.len());
    }
    let (bytes, beginning) = (text.as_bytes(), room / 4);
    let (mut head, mut at) = (0, 0);
    loop {
        if at <= beginning {
            head = at;
        }
        if bytes.len() - at <= room - beginning {
            return (0..head, at..bytes.len());
        }
        at += match (bytes[at], bytes.get(at + 1)) {
            (b'\\', Some(b'u')) => 6,
            (b'\\', _) => 2,
            _ => text[at..].chars().next().map_or(1, char::len_utf8),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortened(line: &str) -> String {
        let mut to = String::new();
        Shortener::default().add(line, &mut to);
        to
    }

    #[test]
    fn what_is_short_stays_as_it_is() {
        for line in [
            "{\"event\":\"output\",\"stream\":\"stdout\",\"text\":\"a\\n\\u0000\"}\n",
            "{\"event\":\"run_noted\",\"text\":\"a\"}\n{\"event\":\"output\",\"text\":\"\"}\n",
        ] {
            assert_eq!(shortened(line), line);
        }
    }

    #[test]
    fn of_what_is_long_the_beginning_and_the_end_are_kept_whole_characters() {
        for unit in ["x", "é", "\\n", "\\u001b", "日", "a\\\\"] {
            for offset in 0..8 {
                let text = format!("{}{}THE END", "y".repeat(offset), unit.repeat(20_000));
                let line = format!("{{\"event\":\"output\",\"text\":\"{text}\"}}\n");
                let short = shortened(&line);
                let fields = fields(short.trim_end()).expect("it is an object still");
                let text = &short[fields.place("text").unwrap()];
                assert!(text.len() <= LONGEST + 64 && text.len() > LONGEST - 64, "{}", text.len());
                assert!(text.ends_with("THE END\""));
                assert!(text.contains(" bytes are not shown here]"));
            }
        }
    }

    #[test]
    fn bytes_are_left_to_the_log() {
        let line = "{\"event\":\"output\",\"text\":\"a\\ufffd\",\"base64\":\"Yf8=\"}\n";
        assert_eq!(shortened(line), "{\"event\":\"output\",\"text\":\"a\\ufffd\"}\n");
    }

    #[test]
    fn all_output_together_has_a_limit() {
        let line = format!("{{\"event\":\"output\",\"text\":\"{}\"}}\n", "x".repeat(LONGEST - 64));
        let (mut shortener, mut page) = (Shortener::default(), String::new());
        let lines = ALL / LONGEST + 100;
        (0..lines).for_each(|_| shortener.add(&line, &mut page));
        assert_eq!(page.lines().count(), lines);
        assert!(page.len() < ALL + lines * 128, "{}", page.len());
        let mut again = Shortener::default();
        again.go_on(&page);
        assert_eq!(again.kept, shortener.kept);
    }
}
