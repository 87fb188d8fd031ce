//! What the suite noted while it ran, replayed: what ran beside what, and which fixtures were up.

use super::mode::Mode;
use super::plan::{DEADLINE, Test};
use std::collections::BTreeMap;
use std::path::Path;

/// A line of the notes.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) what: String,
    pub(super) name: String,
    pub(super) pid: u32,
    tid: u32,
    pub(super) nanoseconds: u128,
}

/// Reads the notes of a run.
pub(super) fn read(path: &Path) -> Vec<Note> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| note(line).unwrap_or_else(|| panic!("no note: {line}"))).collect()
}

/// Reads them while they are written: a line may be half there.
pub(super) fn read_so_far(path: &Path) -> Vec<Note> {
    std::fs::read_to_string(path).unwrap_or_default().lines().filter_map(note).collect()
}

fn note(line: &str) -> Option<Note> {
    let mut words = line.split(' ');
    let (what, name) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (pid, tid) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(Note { what, name, pid, tid, nanoseconds: words.next()?.parse().ok()? })
}

/// Tests as they begin and end.
pub(super) struct Replay<'a> {
    mode: &'a Mode,
    tests: &'a BTreeMap<String, Test>,
    running: Vec<(Note, Test)>,
    last_phase: bool,
    /// How often each test began.
    pub(super) begun: BTreeMap<String, usize>,
    /// How often each fixture came up in each image of each process, and went down.
    fixtures: BTreeMap<(u32, usize, String), (usize, usize)>,
    images: BTreeMap<u32, usize>,
    /// What should not be.
    pub(super) wrong: Vec<String>,
}

impl<'a> Replay<'a> {
    pub(super) fn of(notes: &[Note], mode: &'a Mode, tests: &'a BTreeMap<String, Test>) -> Self {
        let mut replay = Replay {
            mode,
            tests,
            running: Vec::new(),
            last_phase: false,
            begun: BTreeMap::new(),
            fixtures: BTreeMap::new(),
            images: BTreeMap::new(),
            wrong: Vec::new(),
        };
        notes.iter().for_each(|note| replay.take(note));
        replay
    }

    /// How many images the processes of the run had beyond their first.
    pub(super) fn restarts(&self) -> usize {
        self.images.values().map(|images| images - 1).sum()
    }

    /// How often this fixture came up and went down.
    pub(super) fn fixture(&self, name: &str) -> (usize, usize) {
        let of_name = self.fixtures.iter().filter(|((.., other), _)| other == name);
        of_name.fold((0, 0), |(ups, downs), (_, (up, down))| (ups + up, downs + down))
    }

    /// How often it came up at most in one image of one process.
    pub(super) fn most_at_once(&self, name: &str) -> usize {
        let of_name = self.fixtures.iter().filter(|((.., other), _)| other == name);
        of_name.map(|(_, (ups, _))| *ups).max().unwrap_or(0)
    }

    fn take(&mut self, note: &Note) {
        let image = self.images.get(&note.pid).copied().unwrap_or(0);
        let fixture = (note.pid, image, note.name.clone());
        match note.what.as_str() {
            // What ran in an image that a crash has ended runs no more, nor does what ran in its worker processes.
            "image" => {
                let images = self.images.entry(note.pid).or_default();
                *images += 1;
                if *images > 1 {
                    self.running.clear();
                }
            }
            "begin" => self.begin(note),
            "end" => self.running.retain(|(other, _)| other.name != note.name || other.pid != note.pid),
            "up" => self.fixtures.entry(fixture).or_default().0 += 1,
            "down" => {
                let (ups, downs) = self.fixtures.entry(fixture).or_default();
                *downs += 1;
                if downs > ups {
                    self.wrong.push(format!("{} went down more often than up", note.name));
                }
            }
            other => self.wrong.push(format!("what is {other}?")),
        }
    }

    fn begin(&mut self, note: &Note) {
        *self.begun.entry(note.name.clone()).or_default() += 1;
        let Some(test) = self.tests.get(&note.name).copied() else {
            self.wrong.push(format!("{} was not to run", note.name));
            return;
        };
        // What blocks is reported after its deadline, and left behind: it holds nothing any more. On a machine that is busy
        // enough so does what merely waits, and its process is killed before it can say that it ends.
        self.running.retain(|(other, test)| {
            !test.is_hurried()
                || note.nanoseconds - other.nanoseconds.min(note.nanoseconds) < DEADLINE.as_nanos()
        });
        let mut wrong = self.conflicts(&test);
        let is_main = note.tid == note.pid;
        if !is_main && (self.mode.isolate || self.mode.workers == 0 || test.is_serial()) {
            wrong.push("not on the main thread".to_owned());
        }
        if self.last_phase && !test.is_serial() {
            wrong.push("after the last phase had begun".to_owned());
        }
        self.last_phase |= test.is_serial();
        self.running.push((note.clone(), test));
        let weight = |test: &Test| if self.mode.alive == self.mode.workers { test.weight() } else { 1 };
        let weights = self.running.iter().map(|(_, test)| weight(test).min(self.mode.alive));
        if weights.sum::<usize>() > self.mode.alive {
            wrong.push("is one too many".to_owned());
        }
        if !wrong.is_empty() {
            let beside: Vec<_> = self.running.iter().map(|(note, _)| note.name.as_str()).collect();
            self.wrong.push(format!("{} began {wrong:?}; running are {beside:?}", note.name));
        }
    }

    /// What a test that begins has with those that run.
    fn conflicts(&self, test: &Test) -> Vec<String> {
        let mut conflicts = Vec::new();
        for (note, other) in &self.running {
            if other == test {
                conflicts.push("beside itself".to_owned());
            }
            if test.is_serial() || other.is_serial() {
                conflicts.push(format!("beside {}, although serial", note.name));
            }
            if self.mode.by_file || (self.mode.by_scope && test.family == other.family) {
                conflicts.push(format!("beside {} of its module or file", note.name));
            }
            let shared = |(key, exclusive): &(char, bool)| {
                other.keys().iter().any(|(other, also)| other == key && (*exclusive || *also))
            };
            if test.keys().iter().any(shared) {
                conflicts.push(format!("beside {} of its key", note.name));
            }
        }
        conflicts
    }
}
