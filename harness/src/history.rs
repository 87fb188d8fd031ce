//! What earlier runs have left of each test, by name: how it ended last, and how long it takes. Here is what that means and
//! how it is written; reading and writing the file is for `history_file`.
//!
//! ```text
//! async-harness history 1
//! ok 20481 20377 25 rates::picks_the_cheapest
//! failed 1204 - 26 rates::refuses_a_zip_code_
//! ```
//!
//! A line is the outcome, the duration in microseconds, the same as runs that were not sharded saw it, the length of the
//! name and the name; the lines are sorted by name. `ok~9` is the outcome of a test that was flaky, which is forgotten after
//! nine runs that were not. Whatever cannot be read is left out.
//!
//! A run reads all of it before its first test, mostly in unoptimised code: hence the length, which spares looking for the
//! line's end, and loops where there are words for the same. A run in which nothing has changed writes nothing.

mod expected;
mod look_up;
mod merge;
mod text;

pub(crate) use expected::Expected;
pub(crate) use merge::{Lines, merged_few};

use std::cell::{Cell, OnceCell};
use text::HEAD;

/// What is shorter, in microseconds, is as short as anything.
const SHORT: u64 = 1_000;

/// After how many runs in which it was not it is forgotten that a test was flaky; one digit.
const FLAKY_FOR: u8 = 9;

/// What is known of tests.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// Empty, or a head and lines that should be sorted by name.
    text: String,
    /// Whether something was met that cannot be read.
    damaged: Cell<bool>,
}

impl History {
    /// Takes what [`Lines::merged`] wrote.
    pub(crate) fn parse(text: String) -> Self {
        if text.is_empty() || text.starts_with(HEAD) {
            return History { text, damaged: Cell::new(false) };
        }
        History { text: String::new(), damaged: Cell::new(true) }
    }

    /// Whether nothing is known of any test.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.len() <= HEAD.len()
    }

    /// Whether few tests are so many of those that it knows.
    pub(crate) fn is_much_to(&self, tests: usize) -> bool {
        self.text.len() / 1_000 > tests
    }

    /// Whether something was met that cannot be read.
    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged.get()
    }

    /// What is known of a test.
    pub(crate) fn of(&self, name: &str) -> Option<Known> {
        self.look_up().find(name)
    }

    /// Whether a test failed when it ran last.
    pub(crate) fn has_failed(&self, name: &str) -> bool {
        self.of(name).is_some_and(|known| known.failed)
    }
}

/// What is known of one test; durations are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// Whether it failed when it ran last.
    pub(crate) failed: bool,
    /// For how many runs it is to be remembered that it both failed and passed in one; 0 if it did not.
    pub(crate) flaky: u8,
    /// How long it takes.
    pub(crate) duration: u64,
    /// How long it takes as far as runs know that were not one shard of several.
    pub(crate) whole: Option<u64>,
}

/// What one run saw of a test.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    /// The test.
    pub(crate) name: &'static str,
    /// How it ended.
    pub(crate) ending: SeenEnding,
}

/// How a test ended, as far as later runs care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeenEnding {
    /// Well, after so many microseconds.
    Passed(u64),
    /// Well on a later attempt, after so many microseconds.
    Flaky(u64),
    /// Badly, after so many microseconds.
    Failed(u64),
    /// It did not run, or ended itself.
    Ignored,
}

/// How much of the tests a run was for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All that its filters select.
    #[default]
    Whole,
    /// One shard of them.
    Shard,
}

impl Known {
    /// How long it takes; no test less than one millisecond.
    pub(crate) fn milliseconds(self) -> u64 {
        (self.duration / 1_000).max(1)
    }

    /// Whether it is what is known of any short test that is well.
    pub(crate) fn is_usual(self, extent: Extent) -> bool {
        let whole = extent == Extent::Shard || self.whole.is_some_and(|whole| whole < SHORT);
        !self.failed && self.flaky == 0 && self.duration < SHORT && whole
    }
}

/// A history that is read once somebody asks for it.
pub(crate) struct Past<'a> {
    read: OnceCell<History>,
    reader: &'a dyn Fn() -> History,
}

impl<'a> Past<'a> {
    /// The history that this reads.
    pub(crate) fn new(reader: &'a dyn Fn() -> History) -> Self {
        Past { read: OnceCell::new(), reader }
    }

    /// The history.
    pub(crate) fn get(&self) -> &History {
        self.read.get_or_init(self.reader)
    }

    /// The history, if somebody has asked for it.
    pub(crate) fn asked(&self) -> Option<&History> {
        self.read.get()
    }
}

#[cfg(test)]
mod tests;
