//! What earlier runs have left of each test, by name: how it ended last, and how long it takes. Here is what that means and
//! how it is written; reading and writing the file is for `history_file`.
//!
//! ```text
//! async-harness history 1
//! ok 20481 20377 rates::picks_the_cheapest
//! failed 1204 - rates::refuses_a_zip_code
//! ```
//!
//! A line is the outcome, the duration in microseconds, the same as runs that were not sharded saw it, and the name; the
//! lines are sorted by name. Whatever cannot be read is left out.

use std::cell::OnceCell;
use std::ops::Range;

const HEAD: &str = "async-harness history 1";

/// The longest duration that is believed, in microseconds: a day.
const LONGEST: u64 = 86_400_000_000;

/// What is known of tests.
#[derive(Debug, Default)]
pub(crate) struct History {
    text: String,
    /// Sorted by name.
    entries: Vec<Entry>,
    damaged: bool,
}

#[derive(Debug, Clone)]
struct Entry {
    /// Where the name stands in the text.
    name: Range<usize>,
    known: Known,
}

/// What is known of one test; durations are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// Whether it failed when it ran last.
    pub(crate) failed: bool,
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
    /// Badly, after so many microseconds.
    Failed(u64),
    /// It did not run, or ended itself.
    Ignored,
}

/// How much of the tests a run was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All that its filters select.
    Whole,
    /// One shard of them.
    Shard,
}

impl History {
    /// Reads what [`History::merged`] wrote.
    pub(crate) fn parse(text: String) -> Self {
        let mut history = History { text, entries: Vec::new(), damaged: false };
        let text = history.text.as_str();
        if text.is_empty() {
            return history;
        }
        let mut start = 0;
        let mut sorted = true;
        let mut last = "";
        while start < text.len() {
            let end = text[start..].find('\n').map(|length| start + length);
            let line = &text[start..end.unwrap_or(text.len())];
            if start == 0 {
                if line != HEAD {
                    return History { damaged: true, ..History::default() };
                }
            } else if let (Some((known, name)), Some(end)) = (parse_line(line), end) {
                sorted &= last < name;
                last = name;
                history.entries.push(Entry { name: end - name.len()..end, known });
            } else {
                history.damaged = true;
            }
            start += line.len() + 1;
        }
        if !sorted {
            // Of two lines for one test the later one counts.
            history.entries.reverse();
            history.entries.sort_by_key(|entry| &text[entry.name.clone()]);
            history.entries.dedup_by_key(|entry| &text[entry.name.clone()]);
        }
        history
    }

    /// Whether something in it could not be read.
    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// How many tests it knows.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// What is known of a test.
    pub(crate) fn of(&self, name: &str) -> Option<Known> {
        let place = self.entries.binary_search_by(|entry| self.text[entry.name.clone()].cmp(name)).ok()?;
        Some(self.entries[place].known)
    }

    /// Whether a test failed when it ran last.
    pub(crate) fn has_failed(&self, name: &str) -> bool {
        self.of(name).is_some_and(|known| known.failed)
    }

    /// How long a test takes, in whole milliseconds.
    pub(crate) fn milliseconds(&self, name: &str) -> Option<u64> {
        self.of(name).map(|known| known.duration / 1_000)
    }

    /// The text of the history after a run, if the run has changed anything.
    pub(crate) fn merged(&self, mut seen: Vec<Seen>, extent: Extent) -> Option<String> {
        // A stable sort: the results of a test that ran several times stay together.
        seen.sort_by_key(|seen| seen.name);
        let mut writer =
            Writer { text: String::with_capacity(self.text.len() + seen.len() * 8), changed: false };
        writer.text.push_str(HEAD);
        writer.text.push('\n');
        let mut old =
            self.entries.iter().map(|entry| (&self.text[entry.name.clone()], entry.known)).peekable();
        for results in seen.chunk_by(|a, b| a.name == b.name) {
            let name = results[0].name;
            while let Some((other, known)) = old.next_if(|(other, _)| *other < name) {
                writer.keep(other, known);
            }
            let known = old.next_if(|(other, _)| *other == name).map(|(_, known)| known);
            match after(known, results, extent) {
                Some(new) if known == Some(new) => writer.keep(name, new),
                // What cannot be a line cannot be remembered.
                Some(new) if !name.contains('\n') => writer.write(name, new),
                _ => {}
            }
        }
        old.for_each(|(name, known)| writer.keep(name, known));
        (writer.changed || self.damaged).then_some(writer.text)
    }

    /// The same without the tests that are not among these names.
    pub(crate) fn only(mut self, mut names: Vec<&str>) -> Self {
        names.sort_unstable();
        let text = &self.text;
        self.entries.retain(|entry| names.binary_search(&&text[entry.name.clone()]).is_ok());
        // So that it is written anew.
        self.damaged = true;
        self
    }
}

fn parse_line(line: &str) -> Option<(Known, &str)> {
    let (outcome, rest) = line.split_once(' ')?;
    let (duration, rest) = rest.split_once(' ')?;
    let (whole, name) = rest.split_once(' ')?;
    let failed = match outcome {
        "ok" => false,
        "failed" => true,
        _ => return None,
    };
    let whole = match whole {
        "-" => None,
        whole => Some(whole.parse().ok().filter(|whole| *whole <= LONGEST)?),
    };
    let duration = duration.parse().ok().filter(|duration| *duration <= LONGEST)?;
    (!name.is_empty()).then_some((Known { failed, duration, whole }, name))
}

struct Writer {
    text: String,
    changed: bool,
}

impl Writer {
    fn write(&mut self, name: &str, known: Known) {
        self.changed = true;
        self.keep(name, known);
    }

    fn keep(&mut self, name: &str, Known { failed, duration, whole }: Known) {
        self.text.push_str(if failed { "failed " } else { "ok " });
        self.text.push_str(&duration.to_string());
        match whole {
            Some(whole) => {
                self.text.push(' ');
                self.text.push_str(&whole.to_string());
                self.text.push(' ');
            }
            None => self.text.push_str(" - "),
        }
        self.text.push_str(name);
        self.text.push('\n');
    }
}

/// What is known of a test after a run that saw these results of it.
fn after(known: Option<Known>, results: &[Seen], extent: Extent) -> Option<Known> {
    let (mut sum, mut ran, mut failed) = (0_u64, 0, false);
    for result in results {
        if let SeenEnding::Passed(duration) | SeenEnding::Failed(duration) = result.ending {
            sum += duration.min(LONGEST);
            ran += 1;
        }
        failed |= matches!(result.ending, SeenEnding::Failed(_));
    }
    // A test that is ignored is no failure to come back to.
    let Some(measured) = sum.checked_div(ran) else {
        return known.map(|known| Known { failed: false, ..known });
    };
    let whole = known.and_then(|known| known.whole);
    Some(Known {
        failed,
        duration: recent(known.map(|known| known.duration), measured),
        whole: match extent {
            Extent::Whole => Some(recent(whole, measured)),
            Extent::Shard => whole,
        },
    })
}

/// Half what was known and half what was measured: one run on a busy machine moves it half the way, and the next ones bring
/// it back. What has changed by less than a quarter, or by less than a millisecond, has not changed: then there is mostly
/// nothing to write.
fn recent(known: Option<u64>, measured: u64) -> u64 {
    match known {
        Some(known) if known.abs_diff(measured) <= (known / 4).max(1_000) => known,
        Some(known) => known.midpoint(measured),
        None => measured,
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
#[path = "history_tests.rs"]
mod tests;
