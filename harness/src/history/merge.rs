//! Adds what a run has seen to what was known before.

use super::text::{HEAD, LONGEST, Line, parse_line, push_line};
use super::{Extent, History, Known, SHORT, Seen, SeenEnding};

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
            let name = |line: &Line| text[line.name..line.end].to_owned();
            lines.reverse();
            lines.sort_by_cached_key(name);
            lines.dedup_by_key(|line| name(line));
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
        names.sort_unstable();
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
        // A stable sort: the results of a test that ran several times stay together.
        seen.sort_by_key(|seen| seen.name);
        let mut text = String::with_capacity(old.len() + seen.len() * 80);
        if old.is_empty() {
            text.push_str(HEAD);
        }
        let (mut copied, mut from) = (0, 0);
        for results in seen.chunk_by(|a, b| a.name == b.name) {
            let name = results[0].name;
            let place = lines[from..].binary_search_by(|line| old[line.name..line.end].cmp(name));
            from += place.unwrap_or_else(|place| place);
            let line = place.ok().map(|_| &lines[from]);
            let known = line.map(|line| line.known);
            let new = known_after(known, results, extent);
            // What cannot be a line cannot be remembered.
            let Some(new) = new.filter(|new| known != Some(*new) && !name.contains('\n')) else { continue };
            let begin = lines.get(from).map_or(old.len(), |line| line.begin);
            text.push_str(&old[copied..begin]);
            push_line(&mut text, name, new);
            copied = line.map_or(begin, |line| line.end + 1);
            changed = true;
        }
        text.push_str(&old[copied..]);
        changed.then_some(text)
    }

    /// With a text of these lines and nothing else.
    fn written_anew(&self) -> Self {
        let mut text = HEAD.to_owned();
        for line in &self.lines {
            push_line(&mut text, &self.text[line.name..line.end], line.known);
        }
        Lines::of(History::parse(text))
    }
}

/// Where the line after this place begins.
pub(super) fn next_line(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes().iter().skip(from);
    from + 1 + bytes.take_while(|byte| **byte != b'\n').count()
}

/// What is known of a test after a run that saw these results of it.
pub(super) fn known_after(known: Option<Known>, results: &[Seen], extent: Extent) -> Option<Known> {
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
        Some(known) if known.abs_diff(measured) <= (known / 4).max(SHORT) => known,
        Some(known) => known.midpoint(measured),
        None => measured,
    }
}
