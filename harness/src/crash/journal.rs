//! The journal: what has finished, in a file in memory that the next image of this process reads ([`records`](super::records)).
//!
//! It only grows. A record is its length, its kind and its fields; one that a crash cut off is no record. The handler adds
//! its own by itself, so that has a fixed shape ([`death`]).

use super::How;
use super::choice::Chosen;
use super::lost::LastFolder;
use crate::encoding::{self, bytes, cut, duration, nanos, number};
use crate::event::{Event, FixturePhase, FixtureRan, Holder, InFlight};
use crate::interrupt::Note;
use crate::outcome::{Course, FailedAttempt, Finished, Outcome, Output};
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

/// Which outputs are needed again after the process was executed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outputs {
    /// Those of tests that failed.
    OfFailures,
    /// Those of all tests.
    OfAll,
}

/// The journal of this process, and what is to be added to it.
#[derive(Debug)]
pub(super) struct Journal {
    /// Never closed: a test may have done that, and std ends a process that closes a descriptor again.
    file: &'static File,
    outputs: Outputs,
    /// What is not in the file yet.
    pending: Vec<u8>,
    /// How long the file is.
    len: u64,
}

/// What stays the same from image to image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// The process: one that inherits the journal by accident is another.
    pub(super) process: u32,
    /// When the run began, by the clock that no one sets.
    pub(super) begin: Duration,
    /// What a random order is made with.
    pub(super) seed: u64,
    /// Whether the process had children before it began.
    pub(super) had_children: bool,
}

/// Something that the journal says.
#[derive(Debug, PartialEq)]
pub(super) enum Record {
    Header(Header),
    /// What the next image could not find again.
    Chosen(Chosen),
    /// An attempt at a test has failed, and another has followed; comes before the test's result.
    Attempt(FailedAttempt),
    /// A test has finished.
    Finished(String, Finished),
    FixtureFailed {
        path: String,
        phase: FixturePhase,
        error: String,
        output: Vec<u8>,
    },
    Broken {
        reason: String,
        output: Vec<u8>,
    },
    Noted(String),
    /// A fixture was set up or torn down.
    FixtureRan(RanRecord),
    /// A test was running when the process crashed: since when, on which worker, and for so long.
    InFlight {
        name: String,
        worker: usize,
        began: Duration,
        ran_for: Duration,
    },
    /// A fixture was up that its teardown will not be run for.
    Lost(String),
    /// A test that was running had this folder of its own.
    Folder(FolderRecord),
    /// An attempt at a test that was running had failed.
    Earlier(String, FailedAttempt),
    /// What the thread of the crash with this number had printed.
    Output(u8, Output),
    /// What had been printed by no one in particular.
    Stray(Vec<u8>),
    /// A crash; the file had been told of up to `told`.
    Death {
        number: u8,
        how: How,
        owner: OwnerName,
        told: u64,
    },
    /// All that is said before this was told of.
    WentOn,
    /// The process was asked to end.
    Asked,
}

/// A folder of a test that was running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FolderRecord {
    pub(super) test: String,
    pub(super) path: PathBuf,
    /// Whether what an attempt has printed names it.
    pub(super) named: bool,
}

/// A set-up or a teardown that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RanRecord {
    pub(super) path: String,
    pub(super) phase: FixturePhase,
    pub(super) holder: HolderName,
    pub(super) began: Duration,
    pub(super) duration: Duration,
}

/// Whose instance of a fixture it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HolderName {
    Shared,
    Worker(usize),
    Test(String),
}

/// Whose thread crashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OwnerName {
    Nobody,
    Test(String),
    Fixture(String, FixturePhase),
}

pub(super) mod kind {
    pub(in crate::crash) const HEADER: u8 = 1;
    pub(in crate::crash) const FINISHED: u8 = 2;
    pub(in crate::crash) const FIXTURE_FAILED: u8 = 3;
    pub(in crate::crash) const BROKEN: u8 = 4;
    pub(in crate::crash) const NOTED: u8 = 5;
    pub(in crate::crash) const IN_FLIGHT: u8 = 6;
    pub(in crate::crash) const LOST: u8 = 7;
    pub(in crate::crash) const OUTPUT: u8 = 8;
    pub(in crate::crash) const DEATH: u8 = 9;
    pub(in crate::crash) const WENT_ON: u8 = 10;
    pub(in crate::crash) const STRAY: u8 = 11;
    pub(in crate::crash) const FOLDER: u8 = 12;
    pub(in crate::crash) const ATTEMPT: u8 = 13;
    pub(in crate::crash) const FIXTURE_RAN: u8 = 14;
    pub(in crate::crash) const ASKED: u8 = 15;
    pub(in crate::crash) const EARLIER: u8 = 16;
    pub(in crate::crash) const PASSED: u8 = 17;
    pub(in crate::crash) const CHOSEN: u8 = 18;
}

impl Journal {
    /// A journal in an empty file.
    pub(super) fn begin(file: File, header: Header, outputs: Outputs) -> Self {
        let mut journal = Self::new(file, outputs, 0);
        journal.record(kind::HEADER, |to| {
            number(to, u64::from(header.process));
            duration(to, header.begin);
            number(to, header.seed);
            to.push(u8::from(header.had_children));
        });
        journal
    }

    /// Adds what the next image could not find again, if there is such a thing.
    pub(super) fn chosen(&mut self, chosen: &Chosen) {
        if !chosen.is_nothing() {
            self.record(kind::CHOSEN, |to| chosen.write(to));
        }
    }

    /// A journal that goes on after its first `len` bytes.
    pub(super) fn go_on(file: File, len: u64, outputs: Outputs) -> io::Result<Self> {
        file.set_len(len)?;
        Ok(Self::new(file, outputs, len))
    }

    fn new(file: File, outputs: Outputs, len: u64) -> Self {
        Journal { file: Box::leak(Box::new(file)), outputs, pending: Vec::new(), len }
    }

    /// The file, for whoever has to know its descriptor.
    pub(super) fn file(&self) -> &File {
        self.file
    }

    /// Adds what an event says that the next image has to know.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::TestFinished { test, finished } if self.is_plain(finished) => {
                self.passed(test.name(), finished);
            }
            Event::TestFinished { test, finished } => {
                for attempt in &finished.earlier {
                    self.record(kind::ATTEMPT, |to| encoding::attempt(to, attempt));
                }
                self.finished(test.name(), finished);
            }
            Event::FixtureFailed { fixture, phase, error, output } => {
                self.record(kind::FIXTURE_FAILED, |to| {
                    bytes(to, fixture.path.as_bytes());
                    encoding::phase(to, *phase);
                    bytes(to, error.as_bytes());
                    bytes(to, output);
                });
            }
            Event::RunBroken { reason, output } => self.record(kind::BROKEN, |to| {
                bytes(to, reason.as_bytes());
                bytes(to, output);
            }),
            Event::RunNoted { note } => self.record(kind::NOTED, |to| bytes(to, note.as_bytes())),
            Event::FixtureRan(ran) => self.fixture_ran(ran),
            Event::RunStarted { .. }
            | Event::Used(_)
            | Event::Detail(_)
            | Event::TestStarted { .. }
            | Event::TestStillRunning { .. }
            | Event::TearDownStarted { .. }
            | Event::TearDownStillRunning { .. }
            | Event::RunFinished { .. } => {}
        }
    }

    fn fixture_ran(&mut self, FixtureRan { fixture, phase, holder, began, duration }: &FixtureRan) {
        self.record(kind::FIXTURE_RAN, |to| {
            bytes(to, fixture.path.as_bytes());
            encoding::phase(to, *phase);
            match holder {
                Holder::Shared => to.push(0),
                Holder::Worker(id) => {
                    to.push(1);
                    number(to, *id as u64);
                }
                Holder::Test(test) => {
                    to.push(2);
                    bytes(to, test.name().as_bytes());
                }
            }
            encoding::duration(to, *began);
            encoding::duration(to, *duration);
        });
    }

    /// Whether that it passed, where, when and for how long is all that is to be said.
    fn is_plain(&self, finished: &Finished) -> bool {
        matches!(finished.outcome, Outcome::Passed)
            && finished.earlier.is_empty()
            && !encoding::details_of(finished)
            && (self.outputs == Outputs::OfFailures || finished.output.is_empty())
            && finished.course.worker < MANY
    }

    /// As most tests end: hence few pieces, for unoptimised code pays for each.
    fn passed(&mut self, name: &str, finished: &Finished) {
        let Course { worker, began, .. } = finished.course;
        let name = cut(name.as_bytes());
        let len = (PASSED - 4 + name.len()) as u64;
        let head = [
            len | u64::from(kind::PASSED) << 32 | (worker as u64) << 40,
            nanos(finished.duration),
            nanos(began),
        ];
        let head = [head[0].to_le_bytes(), head[1].to_le_bytes(), head[2].to_le_bytes()];
        self.pending.extend_from_slice(head.as_flattened());
        self.pending.extend_from_slice(name);
    }

    fn finished(&mut self, name: &str, finished: &Finished) {
        let wanted = self.outputs == Outputs::OfAll || finished.outcome.is_failure();
        let output = if wanted { &finished.output[..] } else { &[] };
        self.record(kind::FINISHED, |to| {
            bytes(to, name.as_bytes());
            encoding::finished(to, finished, output);
        });
    }

    pub(super) fn in_flight(&mut self, InFlight { test, worker, began, ran_for }: &InFlight) {
        self.record(kind::IN_FLIGHT, |to| {
            bytes(to, test.name().as_bytes());
            number(to, *worker as u64);
            duration(to, *began);
            duration(to, *ran_for);
        });
    }

    pub(super) fn lost(&mut self, label: &str) {
        self.record(kind::LOST, |to| bytes(to, label.as_bytes()));
    }

    /// A path that is no text is not found again; the folder then stays.
    pub(super) fn folder(&mut self, LastFolder { test, path, named }: &LastFolder) {
        self.record(kind::FOLDER, |to| {
            to.push(u8::from(*named));
            bytes(to, test.name().as_bytes());
            bytes(to, path.to_string_lossy().as_bytes());
        });
    }

    pub(super) fn earlier(&mut self, name: &str, attempt: &FailedAttempt) {
        self.record(kind::EARLIER, |to| {
            bytes(to, name.as_bytes());
            encoding::attempt(to, attempt);
        });
    }

    pub(super) fn output(&mut self, number: u8, output: &Output) {
        self.record(kind::OUTPUT, |to| {
            to.push(number);
            encoding::output(to, output);
        });
    }

    pub(super) fn stray(&mut self, output: &[u8]) {
        self.record(kind::STRAY, |to| bytes(to, output));
    }

    pub(super) fn went_on(&mut self) {
        self.record(kind::WENT_ON, |_| ());
    }

    fn record(&mut self, kind: u8, fields: impl FnOnce(&mut Vec<u8>)) {
        let begin = self.pending.len();
        self.pending.extend_from_slice(&[0, 0, 0, 0, kind]);
        fields(&mut self.pending);
        self.end(begin);
    }

    /// Says at the beginning of a record how long it is. A length fits, as everything in a record was cut.
    fn end(&mut self, begin: usize) {
        let len = u32::try_from(self.pending.len() - begin - 4).unwrap_or(u32::MAX);
        self.pending[begin..begin + 4].copy_from_slice(&len.to_le_bytes());
    }

    /// Writes what has been added; says how long the file is now.
    ///
    /// # Errors
    ///
    /// If it cannot be written, or a test has closed the descriptor, by which another file may be known now.
    pub(super) fn write(&mut self) -> io::Result<u64> {
        if !self.pending.is_empty() {
            if self.file.metadata()?.len() != self.len {
                return Err(io::Error::other("the descriptor is another file's"));
            }
            self.file.write_all(&self.pending)?;
            self.len += self.pending.len() as u64;
            self.pending.clear();
            // A single test with much output must not hold on to as much memory for the rest of the run.
            self.pending.shrink_to(LARGE);
        }
        Ok(self.len)
    }
}

/// How long the fixed part of what is said of a test that simply passed is: a length, a word, the worker and two times.
const PASSED: usize = 4 + 1 + 3 + 8 + 8;

/// More workers than three bytes can count.
pub(super) const MANY: usize = 1 << 24;

/// How much is kept for further records.
const LARGE: usize = 64 * 1024;

/// How long the fixed part of a death is.
pub(super) const DEATH: usize = 4 + 1 + 1 + 1 + 4 + 8 + 1 + 4;

/// The fixed part of the record of a death, to be followed by a name of that length. Allocates nothing: it is made in the
/// handler of a signal.
pub(super) fn death(number: u8, how: How, owner: OwnerKind, told: u64, name: usize) -> [u8; DEATH] {
    let (word, code) = match how {
        How::Signal(signal) => (0, signal),
        How::StackOverflow(signal) => (1, signal),
        How::Exit(Some(code)) => (2, code),
        How::Exit(None) => (3, 0),
        How::Blocked => (4, 0),
    };
    let name = u32::try_from(name).unwrap_or(0);
    let len = u32::try_from(DEATH).unwrap_or(0) - 4 + name;
    let mut head = [0; DEATH];
    head[..4].copy_from_slice(&len.to_le_bytes());
    head[4] = kind::DEATH;
    head[5] = number;
    head[6] = word;
    head[7..11].copy_from_slice(&code.to_le_bytes());
    head[11..19].copy_from_slice(&told.to_le_bytes());
    head[19] = owner as u8;
    head[20..].copy_from_slice(&name.to_le_bytes());
    head
}

/// The record of [`Record::Asked`]. The handler of a signal writes it, while another image is about to take over.
pub(super) const ASKED: Note = [1, 0, 0, 0, kind::ASKED];

/// Whose the name in a death is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnerKind {
    Nobody = 0,
    Test = 1,
    SettingUp = 2,
    TearingDown = 3,
}
