//! A history as text: its first line, and one line for each test.

use super::Known;

pub(super) const HEAD: &str = "async-harness history 1\n";

/// The longest duration that is believed, in microseconds: a day.
pub(super) const LONGEST: u64 = 86_400_000_000;

/// A line of the text.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Where it begins.
    pub(super) begin: usize,
    /// Where the name begins.
    pub(super) name: usize,
    /// Where the name ends; one more is where the line does.
    pub(super) end: usize,
    pub(super) known: Known,
}

/// Reads the line that begins there.
pub(super) fn parse_line(text: &str, begin: usize) -> Option<Line> {
    let bytes = text.as_bytes();
    let mut at = begin;
    let failed = match *bytes.get(at)? {
        b'o' => skip(bytes, &mut at, b"ok ").then_some(false)?,
        b'f' => skip(bytes, &mut at, b"failed ").then_some(true)?,
        _ => return None,
    };
    let duration = number(bytes, &mut at)?;
    let whole = match *bytes.get(at)? {
        b'-' => skip(bytes, &mut at, b"- ").then_some(None)?,
        _ => Some(number(bytes, &mut at)?),
    };
    let length = usize::try_from(number(bytes, &mut at)?).ok()?;
    let end = at.checked_add(length)?;
    let is_line = length > 0 && *bytes.get(end)? == b'\n' && text.is_char_boundary(at);
    is_line.then_some(Line { begin, name: at, end, known: Known { failed, duration, whole } })
}

fn skip(bytes: &[u8], at: &mut usize, word: &[u8]) -> bool {
    let begin = *at;
    *at += word.len();
    bytes.get(begin..*at) == Some(word)
}

/// A number and the space after it.
fn number(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let begin = *at;
    let (mut place, mut value) = (begin, 0);
    while place < bytes.len() && bytes[place] >= b'0' && bytes[place] <= b'9' {
        // More digits than the longest has are refused below.
        if value <= LONGEST {
            value = value * 10 + (bytes[place] - b'0') as u64;
        }
        place += 1;
    }
    *at = place + 1;
    (place > begin && value <= LONGEST && *bytes.get(place)? == b' ').then_some(value)
}

/// Writes a line.
pub(super) fn push_line(text: &mut String, name: &str, Known { failed, duration, whole }: Known) {
    text.push_str(if failed { "failed " } else { "ok " });
    text.push_str(&duration.to_string());
    text.push(' ');
    text.push_str(&whole.map_or("-".to_owned(), |whole| whole.to_string()));
    text.push(' ');
    text.push_str(&name.len().to_string());
    text.push(' ');
    text.push_str(name);
    text.push('\n');
}
