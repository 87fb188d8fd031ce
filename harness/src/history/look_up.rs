//! Looks up one test after the other in a history, without reading more of it than that takes.

use super::merge::next_line;
use super::text::{HEAD, Line, parse_line};
use super::{History, Known};
use std::cmp::Ordering;

/// How many lines are looked at for a name before it is searched for.
const NEAR: usize = 8;

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
