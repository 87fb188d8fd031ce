//! Looks up one test after the other in a history, without reading more of it than that takes.

use super::merge::next_line;
use super::text::{HEAD, Line, parse_line};
use super::{History, Known};
use std::cmp::Ordering;

/// How many lines are looked at for a name before it is searched for.
const NEAR: usize = 8;

/// How many digits a number has that is less than [`SHORT`](super::SHORT).
const SHORT_DIGITS: usize = 3;

/// Looks up one test after the other, quickly where they come by name.
#[derive(Debug)]
pub(crate) struct LookUp<'a> {
    history: &'a History,
    /// Where a line begins.
    at: usize,
    /// The line before that.
    before: Option<Line>,
}

impl History {
    /// Looks up one test after the other.
    pub(crate) fn look_up(&self) -> LookUp<'_> {
        LookUp { history: self, at: HEAD.len(), before: None }
    }
}

impl LookUp<'_> {
    /// Whether the next line is that of this test, and says of it what is said of most: that it is well and short, whatever
    /// saw it. Then the line is done with, in half the instructions that [`find`](Self::find) takes.
    pub(crate) fn pass_usual(&mut self, name: &str) -> bool {
        let (bytes, name) = (self.history.text.as_bytes(), name.as_bytes());
        let mut at = self.at;
        if at + 3 > bytes.len() || bytes[at] != b'o' || bytes[at + 1] != b'k' || bytes[at + 2] != b' ' {
            return false;
        }
        at += 3;
        // Two durations, and the length of the name.
        let (mut length, mut numbers) = (0, 0);
        while numbers < 3 {
            numbers += 1;
            let begin = at;
            length = 0;
            while at < bytes.len() && at < begin + SHORT_DIGITS && bytes[at] >= b'0' && bytes[at] <= b'9' {
                length = length * 10 + (bytes[at] - b'0') as usize;
                at += 1;
            }
            if at == begin || at >= bytes.len() || bytes[at] != b' ' {
                return false;
            }
            at += 1;
        }
        let end = at + name.len();
        if length != name.len() || end >= bytes.len() || bytes[at..end] != *name || bytes[end] != b'\n' {
            return false;
        }
        self.at = end + 1;
        if self.before.is_some() {
            self.before = None;
        }
        true
    }

    /// What is known of a test.
    pub(crate) fn find(&mut self, name: &str) -> Option<Known> {
        self.find_line(name).map(|line| line.known)
    }

    /// Its line.
    pub(super) fn find_line(&mut self, name: &str) -> Option<Line> {
        for _ in 0..NEAR {
            let Some(line) = self.line(self.at) else { break };
            match self.compare(&line, name) {
                Ordering::Greater => {
                    let before = self.before.as_ref().map(|before| self.compare(before, name));
                    match before {
                        Some(Ordering::Less) => return None,
                        _ => break,
                    }
                }
                found => {
                    self.pass(line);
                    if found == Ordering::Equal {
                        return Some(line);
                    }
                }
            }
        }
        self.search(name)
    }

    fn pass(&mut self, line: Line) {
        self.at = line.end + 1;
        self.before = Some(line);
    }

    /// The line there, or the next one that can be read.
    fn line(&self, mut begin: usize) -> Option<Line> {
        let text = self.history.text.as_str();
        while begin < text.len() {
            let line = parse_line(text, begin);
            if line.is_some() {
                return line;
            }
            self.history.damaged.set(true);
            begin = next_line(text, begin);
        }
        None
    }

    fn compare(&self, line: &Line, name: &str) -> Ordering {
        self.history.text.as_bytes()[line.name..line.end].cmp(name.as_bytes())
    }

    fn search(&mut self, name: &str) -> Option<Line> {
        let bytes = self.history.text.as_bytes();
        let (mut low, mut high) = (HEAD.len(), bytes.len());
        // Both are beginnings of lines; those before `low` are less than the name, those from `high` on are greater.
        while low < high {
            let middle = low + (high - low) / 2;
            let before = bytes[low..middle].iter().rev().take_while(|byte| **byte != b'\n').count();
            let Some(line) = self.line(middle - before) else { break };
            match self.compare(&line, name) {
                Ordering::Equal => {
                    self.pass(line);
                    return Some(line);
                }
                Ordering::Less => low = line.end + 1,
                // Not the line's own beginning: there may have been some before it that cannot be read.
                Ordering::Greater => high = middle - before,
            }
        }
        None
    }
}
