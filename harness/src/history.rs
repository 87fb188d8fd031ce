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
//! name and the name; the lines are sorted by name. Whatever cannot be read is left out.
//!
//! A run reads all of it before its first test, mostly in unoptimised code: hence the length, which spares looking for the
//! line's end, and loops where there are words for the same. A run in which nothing has changed writes nothing.

use std::cell::OnceCell;

const HEAD: &str = "async-harness history 1\n";

/// The longest duration that is believed, in microseconds: a day.
const LONGEST: u64 = 86_400_000_000;

/// What is shorter, in microseconds, is as short as anything.
const SHORT: u64 = 1_000;

/// What is known of tests.
#[derive(Debug, Default)]
pub(crate) struct History {
    text: String,
    /// Sorted by name, as the lines of the text are unless that is damaged.
    entries: Vec<Entry>,
    damaged: bool,
}

/// A line of the text.
#[derive(Debug, Clone)]
struct Entry {
    begin: usize,
    name: usize,
    /// Where the name ends; one more is where the line does.
    end: usize,
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
    fn is_usual(self, extent: Extent) -> bool {
        let whole = extent == Extent::Shard || self.whole.is_some_and(|whole| whole < SHORT);
        !self.failed && self.duration < SHORT && whole
    }
}

impl History {
    /// Reads what [`History::merged`] wrote.
    pub(crate) fn parse(text: String) -> Self {
        let mut history = History { text, entries: Vec::new(), damaged: false };
        if history.text.is_empty() {
            return history;
        }
        if !history.text.starts_with(HEAD) {
            return History { damaged: true, ..History::default() };
        }
        let mut begin = HEAD.len();
        let mut sorted = true;
        while begin < history.text.len() {
            match parse_line(&history.text, begin) {
                Some(entry) => {
                    begin = entry.end + 1;
                    sorted &=
                        history.entries.last().is_none_or(|last| history.name(last) < history.name(&entry));
                    history.entries.push(entry);
                }
                None => {
                    history.damaged = true;
                    let bytes = history.text.as_bytes().iter().skip(begin);
                    begin += 1 + bytes.take_while(|byte| **byte != b'\n').count();
                }
            }
        }
        if sorted { history } else { history.sorted() }
    }

    /// Of two lines for one test the later one counts.
    fn sorted(mut self) -> Self {
        let text = &self.text;
        let name = |entry: &Entry| text[entry.name..entry.end].to_owned();
        self.entries.reverse();
        self.entries.sort_by_cached_key(name);
        self.entries.dedup_by_key(|entry| name(entry));
        self.damaged = true;
        self
    }

    fn name(&self, entry: &Entry) -> &str {
        &self.text[entry.name..entry.end]
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
        let place = self.place(name, 0).ok()?;
        Some(self.entries[place].known)
    }

    /// Whether a test failed when it ran last.
    pub(crate) fn has_failed(&self, name: &str) -> bool {
        self.of(name).is_some_and(|known| known.failed)
    }

    /// Looks up one test after the other.
    pub(crate) fn look_up(&self) -> LookUp<'_> {
        LookUp { history: self, next: 0 }
    }

    /// Where a test is, or would be, from a place on.
    fn place(&self, name: &str, from: usize) -> Result<usize, usize> {
        let found = self.entries[from..].binary_search_by(|entry| self.name(entry).cmp(name));
        found.map(|place| from + place).map_err(|place| from + place)
    }

    /// The text of the history after a run, if the run has changed anything. What it has not changed is copied as it
    /// stands.
    pub(crate) fn merged(self, mut seen: Vec<Seen>, extent: Extent) -> Option<String> {
        let mut changed = self.damaged;
        let history = if self.damaged { self.written_anew() } else { self };
        // A stable sort: the results of a test that ran several times stay together.
        seen.sort_by_key(|seen| seen.name);
        let mut text = String::with_capacity(history.text.len() + seen.len() * 80);
        if history.text.is_empty() {
            text.push_str(HEAD);
        }
        let (mut copied, mut from) = (0, 0);
        for results in seen.chunk_by(|a, b| a.name == b.name) {
            let name = results[0].name;
            let place = history.place(name, from);
            from = place.unwrap_or_else(|place| place);
            let old = place.ok().map(|place| &history.entries[place]);
            let known = old.map(|entry| entry.known);
            let new = known_after(known, results, extent);
            // What cannot be a line cannot be remembered.
            let Some(new) = new.filter(|new| known != Some(*new) && !name.contains('\n')) else { continue };
            let begin = history.entries.get(from).map_or(history.text.len(), |entry| entry.begin);
            text.push_str(&history.text[copied..begin]);
            push_line(&mut text, name, new);
            copied = old.map_or(begin, |entry| entry.end + 1);
            changed = true;
        }
        text.push_str(&history.text[copied..]);
        changed.then_some(text)
    }

    /// The same without the tests that are not among these names.
    pub(crate) fn only(mut self, mut names: Vec<&str>) -> Self {
        names.sort_unstable();
        let text = &self.text;
        self.entries.retain(|entry| names.binary_search(&&text[entry.name..entry.end]).is_ok());
        self.damaged = true;
        self
    }

    /// With a text of its entries and nothing else.
    fn written_anew(&self) -> Self {
        let mut text = HEAD.to_owned();
        for entry in &self.entries {
            push_line(&mut text, self.name(entry), entry.known);
        }
        History::parse(text)
    }
}

/// Looks up one test after the other, quickly where they come by name.
#[derive(Debug)]
pub(crate) struct LookUp<'a> {
    history: &'a History,
    /// The one after that which was found last.
    next: usize,
}

impl LookUp<'_> {
    /// What is known of a test.
    pub(crate) fn find(&mut self, name: &str) -> Option<Known> {
        let history = self.history;
        let entry = match history.entries.get(self.next) {
            Some(entry) if history.text.as_bytes()[entry.name..entry.end] == *name.as_bytes() => entry,
            _ => {
                self.next = history.place(name, 0).ok()?;
                &history.entries[self.next]
            }
        };
        self.next += 1;
        Some(entry.known)
    }
}

/// Reads the line that begins there.
fn parse_line(text: &str, begin: usize) -> Option<Entry> {
    let bytes = text.as_bytes();
    let mut at = begin;
    let failed = match bytes.get(at)? {
        b'o' => false,
        b'f' => true,
        _ => return None,
    };
    at += if failed { "failed ".len() } else { "ok ".len() };
    let duration = number(bytes, &mut at)?;
    let whole = match bytes.get(at)? {
        b'-' => {
            at += "- ".len();
            None
        }
        _ => Some(number(bytes, &mut at)?),
    };
    let length = usize::try_from(number(bytes, &mut at)?).ok()?;
    let end = at.checked_add(length)?;
    let whole_line = bytes.get(end) == Some(&b'\n') && length > 0;
    // Whether it is cut out of text, and whether what was skipped is what it should be.
    let is_line = whole_line
        && text.is_char_boundary(at)
        && text[begin..at].starts_with(if failed { "failed " } else { "ok " });
    is_line.then_some(Entry { begin, name: at, end, known: Known { failed, duration, whole } })
}

/// A number and the space after it.
fn number(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let (begin, mut value) = (*at, 0);
    loop {
        match *bytes.get(*at)? {
            digit @ b'0'..=b'9' if value <= LONGEST => value = value * 10 + u64::from(digit - b'0'),
            b' ' if *at > begin && value <= LONGEST => break,
            _ => return None,
        }
        *at += 1;
    }
    *at += 1;
    Some(value)
}

fn push_line(text: &mut String, name: &str, Known { failed, duration, whole }: Known) {
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

/// What is known of a test after a run that saw these results of it.
fn known_after(known: Option<Known>, results: &[Seen], extent: Extent) -> Option<Known> {
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

/// What a run expected of its tests, by which it tells what has changed.
#[derive(Debug, Default)]
pub(crate) struct Expected<Id> {
    /// Sorted; what is not among them is known to be short and well.
    unusual: Vec<(Id, Option<Known>)>,
    extent: Extent,
}

impl<Id: Ord + Copy> Expected<Id> {
    /// Of these tests.
    pub(crate) fn new(
        tests: impl Iterator<Item = (Id, &'static str)>,
        history: &History,
        extent: Extent,
    ) -> Self {
        // One that is damaged is to be written anew, whatever can be read of it.
        let nothing = History::default();
        let mut look_up = if history.damaged { nothing.look_up() } else { history.look_up() };
        let mut unusual = Vec::new();
        for (id, name) in tests {
            let known = look_up.find(name);
            if !known.is_some_and(|known| known.is_usual(extent)) {
                unusual.push((id, known));
            }
        }
        unusual.sort_unstable_by_key(|(id, _)| *id);
        Expected { unusual, extent }
    }

    /// Whether there is nothing to remember of a test that ended like this.
    pub(crate) fn says_all(&self, id: Id, seen: Seen) -> bool {
        let known = match self.unusual.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(place) => self.unusual[place].1,
            Err(_) => return matches!(seen.ending, SeenEnding::Ignored | SeenEnding::Passed(..SHORT)),
        };
        // Of a test that runs several times one failure counts more than what it does else.
        !matches!(seen.ending, SeenEnding::Failed(_)) && known_after(known, &[seen], self.extent) == known
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
