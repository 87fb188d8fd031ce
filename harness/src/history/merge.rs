//! Adds what a run has seen to what was known before.

use super::text::{HEAD, LONGEST, Line, parse_line, push_line};
use super::{Extent, FLAKY_FOR, History, Known, SHORT, Seen, SeenEnding};
use crate::sorted::{arrange, places_by_name, sort_by};
use crate::text::Text;
use std::cmp::Ordering;

/// All lines of a history, sorted by name.
pub(crate) struct Lines {
    text: String,
    lines: Vec<Line>,
    /// Whether the text is something else than these lines.
    damaged: bool,
}

impl Lines {
    /// Reads all of a history.
    pub(crate) fn of(history: History) -> Self {
        let History { text, damaged } = history;
        let (mut lines, mut last, mut sorted, mut damaged) = (Vec::new(), &[][..], true, damaged.get());
        let mut begin = HEAD.len();
        while begin < text.len() {
            if let Some(line) = parse_line(&text, begin) {
                begin = line.end + 1;
                let name = &text.as_bytes()[line.name..line.end];
                sorted = sorted && *last < *name;
                last = name;
                lines.push(line);
            } else {
                damaged = true;
                begin = next_line(&text, begin);
            }
        }
        if !sorted {
            // Of two lines for one test the later one counts.
            let name = |line: &Line| &text.as_bytes()[line.name..line.end];
            lines.reverse();
            sort_by(&mut lines, |a, b| name(a) < name(b));
            lines.dedup_by(|a, b| name(a) == name(b));
            damaged = true;
        }
        Lines { text, lines, damaged }
    }

    /// How many tests they are of.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Those of the tests of these names.
    pub(crate) fn only(mut self, mut names: Vec<&str>) -> Self {
        sort_by(&mut names, |a, b| a < b);
        let text = &self.text;
        self.lines.retain(|line| names.binary_search(&&text[line.name..line.end]).is_ok());
        self.damaged = true;
        self
    }

    /// The text of the history after a run, if the run has changed anything. What it has not changed is copied as it
    /// stands.
    pub(crate) fn merged(self, mut seen: Vec<Seen>, extent: Extent) -> Option<String> {
        let mut changed = self.damaged;
        let Lines { text: old, lines, .. } = if self.damaged { self.written_anew() } else { self };
        by_name(&mut seen);
        let mut text = Text::with_room(old.len() + seen.len() * 80);
        if old.is_empty() {
            text.push(HEAD.as_bytes());
        }
        // Bytes and slices: those of a `String` and a `Vec` are a call each here.
        let (bytes, lines, seen) = (old.as_bytes(), &lines[..], &seen[..]);
        let (mut copied, mut next, mut from) = (0, 0, 0);
        while from < seen.len() {
            let results = of_one_test(&seen[from..]);
            from += results.len();
            let name = results[0].name;
            // Most runs saw most tests, so the line is mostly the next one.
            let mut order = Ordering::Greater;
            while next < lines.len() {
                order = bytes[lines[next].name..lines[next].end].cmp(name.as_bytes());
                if order != Ordering::Less {
                    break;
                }
                next += 1;
            }
            let line = if next < lines.len() && order == Ordering::Equal { Some(&lines[next]) } else { None };
            let known = line.map(|line| line.known);
            let new = match known_after(known, results, extent) {
                Some(new) if known != Some(new) => new,
                _ => continue,
            };
            // What cannot be a line cannot be remembered.
            if line.is_none() && name.contains('\n') {
                continue;
            }
            let begin = if next < lines.len() { lines[next].begin } else { bytes.len() };
            if begin > copied {
                text.push(&bytes[copied..begin]);
            }
            push_line(&mut text, name, new);
            copied = line.map_or(begin, |line| line.end + 1);
            changed = true;
        }
        text.push(&bytes[copied..]);
        if changed { text.into_string() } else { None }
    }

    /// With a text of these lines and nothing else.
    fn written_anew(&self) -> Self {
        let mut text = Text::default();
        text.push(HEAD.as_bytes());
        for line in &self.lines {
            push_line(&mut text, &self.text[line.name..line.end], line.known);
        }
        Lines::of(History::parse(text.into_string().unwrap_or_default()))
    }
}

/// What the text of a history is after a run that saw few of its tests, without reading more of it than that takes.
///
/// Nothing comes of it where a test is new or where something cannot be read: then [`Lines`] are needed.
pub(crate) fn merged_few(history: &History, seen: &[Seen], extent: Extent) -> Option<String> {
    let mut seen = seen.to_vec();
    by_name(&mut seen);
    let old = history.text.as_bytes();
    let mut text = Text::with_room(old.len() + seen.len() * 80);
    let mut look_up = history.look_up();
    let (mut copied, mut from) = (0, 0);
    while from < seen.len() {
        let results = of_one_test(&seen[from..]);
        from += results.len();
        let line = look_up.find_line(results[0].name).filter(|line| line.begin >= copied)?;
        let new = known_after(Some(line.known), results, extent)?;
        text.push(&old[copied..line.begin]);
        push_line(&mut text, results[0].name, new);
        copied = line.end + 1;
    }
    text.push(&old[copied..]);
    text.into_string().filter(|_| !history.is_damaged())
}

/// A stable sort: the results of a test that ran several times stay together and in their order.
fn by_name(seen: &mut Vec<Seen>) {
    let mut names = Vec::with_capacity(seen.len());
    for one in seen.iter() {
        names.push(one.name);
    }
    arrange(seen, &places_by_name(&names));
}

/// The first results, as far as they are of one test.
fn of_one_test(seen: &[Seen]) -> &[Seen] {
    let mut end = 1;
    while end < seen.len() && seen[end].name == seen[0].name {
        end += 1;
    }
    &seen[..end]
}

/// Where the line after this place begins.
pub(super) fn next_line(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes().iter().skip(from);
    from + 1 + bytes.take_while(|byte| **byte != b'\n').count()
}

/// What is known of a test after a run that saw these results of it.
pub(super) fn known_after(known: Option<Known>, results: &[Seen], extent: Extent) -> Option<Known> {
    let (mut sum, mut ran, mut passed, mut failed, mut flaky) = (0_u64, 0, false, false, false);
    for result in results {
        match result.ending {
            SeenEnding::Passed(_) => passed = true,
            SeenEnding::Flaky(_) => flaky = true,
            SeenEnding::Failed(_) => failed = true,
            SeenEnding::Ignored => continue,
        }
        if let SeenEnding::Passed(duration) | SeenEnding::Flaky(duration) | SeenEnding::Failed(duration) =
            result.ending
        {
            sum += duration.min(LONGEST);
            ran += 1;
        }
    }
    // A test that is ignored is no failure to come back to.
    let Some(measured) = sum.checked_div(ran) else {
        return known.map(|known| Known { failed: false, ..known });
    };
    let whole = known.and_then(|known| known.whole);
    let flaky = match known.map_or(0, |known| known.flaky) {
        _ if flaky || passed && failed => FLAKY_FOR,
        // One that only fails shows nothing either way.
        before if failed => before,
        before => before.saturating_sub(1),
    };
    Some(Known {
        failed,
        flaky,
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
        Some(known) if known.abs_diff(measured) <= (known / 4).max(SHORT) => known,
        Some(known) => known.midpoint(measured),
        None => measured,
    }
}
