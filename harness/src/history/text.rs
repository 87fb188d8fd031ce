//! A history as text: its first line, and one line for each test.

use super::Known;
use crate::text::Text;

pub(super) const HEAD: &str = "async-harness history 1\n";

/// The longest duration that is believed, in microseconds: a day.
pub(super) const LONGEST: u64 = 86_400_000_000;

/// A line of the text.
#[derive(Debug, Clone, Copy)]
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
    let left = bytes.len().checked_sub(begin)?;
    let (failed, flaky, at) = match bytes {
        _ if left > 3 && bytes[begin] == b'o' && bytes[begin + 1] == b'k' && bytes[begin + 2] == b' ' => {
            (false, 0, begin + 3)
        }
        _ if bytes[begin..].starts_with(b"failed ") => (true, 0, begin + 7),
        _ => flaky(&bytes[begin..]).map(|(failed, flaky, length)| (failed, flaky, begin + length))?,
    };
    let (duration, at) = number(bytes, at)?;
    let (whole, at) = if at < bytes.len() && bytes[at] == b'-' {
        if at + 1 >= bytes.len() || bytes[at + 1] != b' ' {
            return None;
        }
        (None, at + 2)
    } else {
        let (whole, at) = number(bytes, at)?;
        (Some(whole), at)
    };
    let (length, at) = number(bytes, at)?;
    let end = at.checked_add(usize::try_from(length).ok()?)?;
    if end > at && end < bytes.len() && bytes[end] == b'\n' && text.is_char_boundary(at) {
        return Some(Line { begin, name: at, end, known: Known { failed, flaky, duration, whole } });
    }
    None
}

/// The outcome of a test that was flaky: `ok~9`, how long that is to be remembered, and where its space ends.
fn flaky(line: &[u8]) -> Option<(bool, u8, usize)> {
    let (failed, rest) = match line.strip_prefix(b"ok~") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix(b"failed~")?),
    };
    match rest {
        [digit @ b'1'..=b'9', b' ', ..] => Some((failed, digit - b'0', line.len() - rest.len() + 2)),
        _ => None,
    }
}

/// A number and where its space ends.
fn number(bytes: &[u8], begin: usize) -> Option<(u64, usize)> {
    let (mut at, mut value) = (begin, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == b' ' {
            let is_number = at > begin && value <= LONGEST;
            return if is_number { Some((value, at + 1)) } else { None };
        }
        #[allow(clippy::manual_range_contains, reason = "a call, in code that is mostly not optimised")]
        if byte < b'0' || byte > b'9' {
            return None;
        }
        // More digits than the longest has are refused above.
        if value <= LONGEST {
            value = value * 10 + (byte - b'0') as u64;
        }
        at += 1;
    }
    None
}

/// Writes a line.
pub(super) fn push_line(text: &mut Text, name: &str, Known { failed, flaky, duration, whole }: Known) {
    // What stands before the name takes at most `failed`, three numbers and their spaces. It is written from behind.
    let mut head = [b' '; 72];
    let mut at = push_number(&mut head, 71, name.len() as u64) - 1;
    match whole {
        Some(whole) => at = push_number(&mut head, at, whole) - 1,
        None => {
            head[at - 1] = b'-';
            at -= 2;
        }
    }
    at = push_number(&mut head, at, duration) - 1;
    if flaky > 0 {
        at = push_number(&mut head, at, u64::from(flaky.min(9))) - 1;
        head[at] = b'~';
    }
    let outcome: &[u8] = if failed { b"failed" } else { b"ok" };
    at -= outcome.len();
    head[at..at + outcome.len()].copy_from_slice(outcome);
    text.push(&head[at..]);
    text.push(name.as_bytes());
    text.push(b"\n");
}

/// Writes a number that ends there; answers where it begins.
fn push_number(text: &mut [u8], end: usize, mut number: u64) -> usize {
    let mut at = end;
    loop {
        at -= 1;
        text[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return at;
        }
    }
}
