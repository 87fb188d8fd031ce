//! What a run and its worker processes say to each other, as bytes.
//!
//! Both are the same executable, so there is no version to agree on. A message is its length, its kind and its fields;
//! numbers are little-endian, texts come after their length. Bytes that are no message are read as none.

use crate::encoding::{self, Fields, bytes, number};
use crate::event::FixturePhase;
use crate::outcome::Finished;
use std::io::{self, Read};
use std::time::Duration;

/// What a run says to a worker process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// The first of all: which worker it is.
    Begin(Begin),
    /// Try this test, for the so-and-so-many-th time from 1.
    Run { name: String, attempt: u32 },
    /// The run is to end: what waits ends now.
    Interrupt,
    /// It has noted which folder a test is about to have.
    Noted,
    /// There are no more tests.
    End,
}

/// Which worker a process is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Begin {
    /// Its place among the workers, from 0.
    pub(crate) id: usize,
    /// How many workers there are.
    pub(crate) count: usize,
    /// The name that the run shares with no other.
    pub(crate) run_id: String,
    /// Whether the run wants to know when a test waits.
    pub(crate) waits: Waits,
}

/// Whether a run wants to know when a test waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    /// It does: then another may start.
    AreTold,
    /// It does not.
    AreNot,
}

/// What a worker process says to its run.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// It takes requests from now on.
    Ready,
    /// It has taken a test; whatever happens from here on is the test's.
    Begun,
    /// The test waits.
    Waits,
    /// The test goes on.
    GoesOn,
    /// The attempt is over, without what it printed.
    Done(Box<Finished>),
    /// The attempt is over, although its thread did not answer; the process is of no further use.
    Stuck(Box<Finished>),
    /// A fixture that outlives a test failed.
    FixtureFailed { fixture: FixtureName, phase: FixturePhase, error: String },
    /// A fixture was set up or torn down, the test's own or one that outlives it. It began so long ago.
    FixtureRan { fixture: FixtureName, phase: FixturePhase, of_test: bool, ago: Duration, duration: Duration },
    /// Something about the run as a whole.
    Noted(String),
    /// The test is about to have this folder of its own.
    Folder(String),
    /// Everything is torn down, and the process is about to end.
    Ended,
}

/// What tells a fixture from all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FixtureName {
    pub(crate) path: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl FixtureName {
    fn write(&self, to: &mut Vec<u8>) {
        text(to, &self.path);
        text(to, &self.file);
        number(to, u64::from(self.line));
        number(to, u64::from(self.column));
    }

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(FixtureName {
            path: fields.text()?,
            file: fields.text()?,
            line: u32::try_from(fields.number()?).ok()?,
            column: u32::try_from(fields.number()?).ok()?,
        })
    }
}

/// No message is longer. What prints goes another way, so this is what a destroyed channel would ask to be read.
const LONGEST: u32 = 64 * 1024 * 1024;

impl Request {
    /// The message as it is sent.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Request::Begin(Begin { id, count, run_id, waits }) => message(0, |to| {
                number(to, *id as u64);
                number(to, *count as u64);
                text(to, run_id);
                to.push(u8::from(*waits == Waits::AreTold));
            }),
            Request::Run { name, attempt } => message(1, |to| {
                text(to, name);
                number(to, u64::from(*attempt));
            }),
            Request::Interrupt => message(2, |_| ()),
            Request::End => message(3, |_| ()),
            Request::Noted => message(4, |_| ()),
        }
    }

    /// Reads the next request; nothing once there can be no more.
    pub(crate) fn read(from: &mut impl Read) -> Option<Self> {
        let message = next(from).ok()?;
        let mut fields = Fields(&message);
        Some(match fields.byte()? {
            0 => Request::Begin(Begin {
                id: fields.count()?,
                count: fields.count()?,
                run_id: fields.text()?,
                waits: if fields.byte()? == 1 { Waits::AreTold } else { Waits::AreNot },
            }),
            1 => Request::Run { name: fields.text()?, attempt: u32::try_from(fields.number()?).ok()? },
            2 => Request::Interrupt,
            3 => Request::End,
            4 => Request::Noted,
            _ => return None,
        })
    }
}

impl Answer {
    /// The message as it is sent.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Answer::Ready => message(0, |_| ()),
            Answer::Begun => message(1, |_| ()),
            Answer::Waits => message(2, |_| ()),
            Answer::GoesOn => message(3, |_| ()),
            Answer::Done(finished) => message(4, |to| encoding::finished(to, finished, &finished.output)),
            Answer::Stuck(finished) => message(5, |to| encoding::finished(to, finished, &finished.output)),
            Answer::FixtureFailed { fixture, phase, error } => message(6, |to| {
                fixture.write(to);
                encoding::phase(to, *phase);
                text(to, error);
            }),
            Answer::Noted(note) => message(7, |to| text(to, note)),
            Answer::Ended => message(8, |_| ()),
            Answer::Folder(path) => message(10, |to| text(to, path)),
            Answer::FixtureRan { fixture, phase, of_test, ago, duration } => message(9, |to| {
                fixture.write(to);
                encoding::phase(to, *phase);
                to.push(u8::from(*of_test));
                encoding::duration(to, *ago);
                encoding::duration(to, *duration);
            }),
        }
    }

    /// Reads the next answer; nothing once there can be no more.
    pub(crate) fn read(from: &mut impl Read) -> Option<Self> {
        let message = next(from).ok()?;
        let mut fields = Fields(&message);
        Some(match fields.byte()? {
            0 => Answer::Ready,
            1 => Answer::Begun,
            2 => Answer::Waits,
            3 => Answer::GoesOn,
            4 => Answer::Done(Box::new(fields.finished()?)),
            5 => Answer::Stuck(Box::new(fields.finished()?)),
            6 => Answer::FixtureFailed {
                fixture: FixtureName::read(&mut fields)?,
                phase: fields.phase()?,
                error: fields.text()?,
            },
            7 => Answer::Noted(fields.text()?),
            8 => Answer::Ended,
            10 => Answer::Folder(fields.text()?),
            9 => Answer::FixtureRan {
                fixture: FixtureName::read(&mut fields)?,
                phase: fields.phase()?,
                of_test: fields.byte()? != 0,
                ago: fields.duration()?,
                duration: fields.duration()?,
            },
            _ => return None,
        })
    }
}

fn message(kind: u8, fields: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0, 0, kind];
    fields(&mut bytes);
    // No text is longer than would fit.
    let len = u32::try_from(bytes.len() - 4).unwrap_or(0);
    bytes[..4].copy_from_slice(&len.to_le_bytes());
    bytes
}

fn next(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut len = [0; 4];
    from.read_exact(&mut len)?;
    let len = u32::from_le_bytes(len);
    if len > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; len as usize];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn text(to: &mut Vec<u8>, text: &str) {
    bytes(to, text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcome;

    fn answers() -> Vec<Answer> {
        let finished = || Box::new(Finished::without_a_try(Outcome::Ignored(Some("why".into()))));
        let fixture =
            FixtureName { path: "a::b".to_owned(), file: "tests/a.rs".to_owned(), line: 7, column: 1 };
        let phases = [FixturePhase::SetUp, FixturePhase::TearDown];
        let failed = |phase| Answer::FixtureFailed { fixture: fixture.clone(), phase, error: "x".to_owned() };
        let ran = |phase| Answer::FixtureRan {
            fixture: fixture.clone(),
            phase,
            of_test: phase == FixturePhase::SetUp,
            ago: Duration::from_secs(2),
            duration: Duration::from_millis(7),
        };
        let mut answers = vec![Answer::Ready, Answer::Begun, Answer::Waits, Answer::GoesOn, Answer::Ended];
        answers.extend([Answer::Done(finished()), Answer::Stuck(finished())]);
        answers.extend(phases.map(failed));
        answers.extend(phases.map(ran));
        answers.extend([Answer::Noted("n".to_owned()), Answer::Folder("/tmp/a".to_owned())]);
        answers
    }

    #[test]
    fn answers_are_read_as_they_were_written() {
        let sent: Vec<u8> = answers().iter().flat_map(Answer::to_bytes).collect();
        let mut rest = &sent[..];
        for answer in answers() {
            assert_eq!(Answer::read(&mut rest), Some(answer));
        }
        assert_eq!(Answer::read(&mut rest), None);
    }

    #[test]
    fn requests_are_read_as_they_were_written() {
        let begin = |waits| Begin { id: 3, count: 4, run_id: "r-1".to_owned(), waits };
        let requests = [
            Request::Begin(begin(Waits::AreTold)),
            Request::Begin(begin(Waits::AreNot)),
            Request::Run { name: "a::b".to_owned(), attempt: 2 },
            Request::Interrupt,
            Request::Noted,
            Request::End,
        ];
        let sent: Vec<u8> = requests.iter().flat_map(Request::to_bytes).collect();
        let mut rest = &sent[..];
        for request in requests {
            assert_eq!(Request::read(&mut rest), Some(request));
        }
        assert_eq!(Request::read(&mut rest), None);
    }

    #[test]
    fn a_message_that_was_cut_off_is_none() {
        for answer in answers() {
            let bytes = answer.to_bytes();
            for len in 0..bytes.len() {
                assert_eq!(Answer::read(&mut &bytes[..len]), None, "{len} bytes of {answer:?}");
            }
        }
    }

    #[test]
    fn bytes_of_others_are_no_message() {
        for bytes in [&[0xff; 64][..], &[1, 0, 0, 0, 99], &[0, 0, 0, 0], b"hello, world\n"] {
            assert_eq!(Answer::read(&mut &*bytes), None);
            assert_eq!(Request::read(&mut &*bytes), None);
        }
    }
}
