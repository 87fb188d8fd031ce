//! The words for how tests ended as bytes: for the journal of a run, and for what a run and its worker processes say to each
//! other.
//!
//! Whoever reads them is the same executable, so there is no version to agree on. Numbers are little-endian; texts and
//! bytes come after their length. Bytes that are none of it are read as nothing.

use crate::event::FixturePhase;
use crate::outcome::{Course, FailedAttempt, Failure, Finished, Outcome, Output};
use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

/// A longer text or output is cut: what is captured is shorter by far.
pub(crate) const LONGEST: usize = 8 * 1024 * 1024;

/// In seconds.
const CENTURIES: u64 = 10_000_000_000;

/// Adds a number.
pub(crate) fn number(to: &mut Vec<u8>, number: u64) {
    to.extend_from_slice(&number.to_le_bytes());
}

/// Adds a duration.
pub(crate) fn duration(to: &mut Vec<u8>, duration: Duration) {
    number(to, nanos(duration));
}

/// Adds bytes, or a text's.
pub(crate) fn bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    let bytes = cut(bytes);
    to.extend_from_slice(&length(bytes));
    to.extend_from_slice(bytes);
}

/// Adds what a fixture did.
pub(crate) fn phase(to: &mut Vec<u8>, phase: FixturePhase) {
    to.push(match phase {
        FixturePhase::SetUp => 0,
        FixturePhase::TearDown => 1,
    });
}

/// Adds how a test ended but for the attempts before, with this of its output.
pub(crate) fn finished(to: &mut Vec<u8>, finished: &Finished, output: &[u8]) {
    let (word, reason) = outcome_word(&finished.outcome);
    let Course { worker, began, .. } = finished.course;
    let (reason, output) = (cut(reason.as_bytes()), cut(output));
    // Every test pays for this, unoptimised: hence one piece for what has a fixed length, and no more than a byte for what
    // few of them have.
    let details = details_of(finished);
    let mut head = [0; HEAD];
    head[0] = word;
    head[1] = u8::from(details);
    head[2..10].copy_from_slice(&nanos(finished.duration).to_le_bytes());
    head[10..18].copy_from_slice(&nanos(began).to_le_bytes());
    head[18..22].copy_from_slice(&u32::try_from(worker).unwrap_or(u32::MAX).to_le_bytes());
    head[22..26].copy_from_slice(&length(reason));
    head[26..].copy_from_slice(&length(output));
    to.extend_from_slice(&head);
    if !reason.is_empty() {
        to.extend_from_slice(reason);
    }
    if !output.is_empty() {
        to.extend_from_slice(output);
    }
    if details {
        let Course { set_up, tear_down, parked, .. } = finished.course;
        [set_up, tear_down, parked].into_iter().for_each(|part| duration(to, part));
        errors(to, finished.output.errors(), output.len());
        texts(to, &finished.notes);
        to.extend_from_slice(&u32::try_from(finished.parks.len()).unwrap_or(0).to_le_bytes());
        for park in &finished.parks {
            duration(to, park.start);
            duration(to, park.end);
        }
    }
}

/// A word, whether there are details, two times, the worker and two lengths.
const HEAD: usize = 1 + 1 + 2 * 8 + 4 + 2 * 4;

/// Whether there is anything to say of it that most tests have nothing of.
pub(crate) fn details_of(Finished { course, output, notes, parks, .. }: &Finished) -> bool {
    let Course { set_up, tear_down, parked, .. } = course;
    !notes.is_empty()
        || !parks.is_empty()
        || !output.errors().is_empty()
        || !set_up.is_zero()
        || !tear_down.is_zero()
        || !parked.is_zero()
}

/// Adds output.
pub(crate) fn output(to: &mut Vec<u8>, output: &Output) {
    bytes(to, output);
    errors(to, output.errors(), output.len());
}

/// Adds an attempt.
pub(crate) fn attempt(to: &mut Vec<u8>, attempt: &FailedAttempt) {
    let FailedAttempt { failure, output, notes, duration, course, parks } = attempt.clone();
    let outcome = Outcome::Failed(failure);
    let whole = Finished { outcome, output, notes, duration, course, parks, earlier: Vec::new() };
    finished(to, &whole, &whole.output);
}

fn errors(to: &mut Vec<u8>, parts: &[Range<usize>], len: usize) {
    let parts = if len == 0 { &[] } else { parts };
    to.extend_from_slice(&u32::try_from(parts.len()).unwrap_or(0).to_le_bytes());
    for part in parts {
        number(to, part.start as u64);
        number(to, part.end as u64);
    }
}

fn texts(to: &mut Vec<u8>, texts: &[String]) {
    to.extend_from_slice(&u32::try_from(texts.len()).unwrap_or(0).to_le_bytes());
    texts.iter().for_each(|text| bytes(to, text.as_bytes()));
}

/// A duration as a number; one of centuries is cut.
pub(crate) fn nanos(duration: Duration) -> u64 {
    // A method that saturates is several calls here.
    let seconds = duration.as_secs();
    let seconds = if seconds < CENTURIES { seconds } else { CENTURIES };
    seconds * 1_000_000_000 + duration.subsec_nanos() as u64
}

/// What of it is kept.
pub(crate) fn cut(bytes: &[u8]) -> &[u8] {
    if bytes.len() > LONGEST { &bytes[..LONGEST] } else { bytes }
}

fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes()
}

fn outcome_word(outcome: &Outcome) -> (u8, &str) {
    match outcome {
        Outcome::Passed => (0, ""),
        Outcome::Failed(Failure::Told) => (1, ""),
        Outcome::Failed(Failure::Because(reason)) => (2, reason),
        Outcome::Failed(Failure::TimeLimit) => (3, ""),
        Outcome::Failed(Failure::Interrupted) => (4, ""),
        Outcome::FailedAsExpected(reason) => (5, reason.unwrap_or("")),
        Outcome::Ignored(None) => (6, ""),
        Outcome::Ignored(Some(reason)) => (7, reason),
    }
}

fn outcome_of(word: u8, reason: String) -> Option<Outcome> {
    Some(match word {
        0 => Outcome::Passed,
        1 => Outcome::Failed(Failure::Told),
        2 => Outcome::Failed(Failure::Because(reason)),
        3 => Outcome::Failed(Failure::TimeLimit),
        4 => Outcome::Failed(Failure::Interrupted),
        5 if reason.is_empty() => Outcome::FailedAsExpected(None),
        // It comes from the source; there are as many as tests.
        5 => Outcome::FailedAsExpected(Some(reason.leak())),
        6 => Outcome::Ignored(None),
        7 => Outcome::Ignored(Some(Cow::Owned(reason))),
        _ => return None,
    })
}

/// What has been written, piece by piece.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    /// So many bytes.
    pub(crate) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    /// A byte.
    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    /// A number.
    pub(crate) fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// A number that counts something.
    pub(crate) fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// A duration.
    pub(crate) fn duration(&mut self) -> Option<Duration> {
        self.number().map(Duration::from_nanos)
    }

    /// The length of what follows.
    pub(crate) fn length(&mut self) -> Option<usize> {
        self.take().map(|len| u32::from_le_bytes(len) as usize)
    }

    fn some(&mut self, len: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    /// Bytes.
    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = self.length()?;
        self.some(len)
    }

    /// A text; what was cut off may have been cut within a character.
    pub(crate) fn text(&mut self) -> Option<String> {
        self.bytes().map(text)
    }

    /// What a fixture did.
    pub(crate) fn phase(&mut self) -> Option<FixturePhase> {
        self.byte().map(|byte| if byte == 0 { FixturePhase::SetUp } else { FixturePhase::TearDown })
    }

    /// How a test ended, without the attempts before.
    pub(crate) fn finished(&mut self) -> Option<Finished> {
        let (word, details) = (self.byte()?, self.byte()? != 0);
        let (duration, began) = (self.duration()?, self.duration()?);
        let worker = self.length()?;
        let (reason, output) = (self.length()?, self.length()?);
        let outcome = outcome_of(word, text(self.some(reason)?))?;
        let output = self.some(output)?.to_vec();
        let mut course = Course { worker, began, ..Course::default() };
        let (mut errors, mut notes, mut parks) = (Vec::new(), Vec::new(), Vec::new());
        if details {
            course.set_up = self.duration()?;
            course.tear_down = self.duration()?;
            course.parked = self.duration()?;
            errors = self.errors()?;
            notes = (0..self.length()?).map(|_| self.text()).collect::<Option<_>>()?;
            for _ in 0..self.length()? {
                parks.push(self.duration()?..self.duration()?);
            }
        }
        let output = Output::new(output, errors);
        Some(Finished { outcome, output, notes, duration, course, parks, earlier: Vec::new() })
    }

    /// Output.
    pub(crate) fn output(&mut self) -> Option<Output> {
        Some(Output::new(self.bytes()?.to_vec(), self.errors()?))
    }

    fn errors(&mut self) -> Option<Vec<Range<usize>>> {
        (0..self.length()?).map(|_| Some(self.count()?..self.count()?)).collect()
    }

    /// An attempt.
    pub(crate) fn attempt(&mut self) -> Option<FailedAttempt> {
        let Finished { outcome, output, notes, duration, course, parks, .. } = self.finished()?;
        let Outcome::Failed(failure) = outcome else { return None };
        Some(FailedAttempt { failure, output, notes, duration, course, parks })
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Finished> {
        let outcomes = [
            Outcome::Passed,
            Outcome::Failed(Failure::Told),
            Outcome::Failed(Failure::Because("é\n".to_owned())),
            Outcome::Failed(Failure::TimeLimit),
            Outcome::Failed(Failure::Interrupted),
            Outcome::FailedAsExpected(None),
            Outcome::FailedAsExpected(Some("#7")),
            Outcome::Ignored(None),
            Outcome::Ignored(Some("why".into())),
        ];
        let course = Course {
            worker: 3,
            began: Duration::from_secs(7),
            set_up: Duration::from_nanos(1),
            tear_down: Duration::from_millis(2),
            parked: Duration::from_micros(3),
        };
        let finished = |outcome| Finished {
            outcome,
            output: Output::new(b"note: \xff\n".to_vec(), vec![0..2, 5..6]),
            notes: vec!["left behind".to_owned(), String::new()],
            duration: Duration::from_nanos(12_345),
            course,
            parks: vec![Duration::from_millis(1)..Duration::from_secs(2)],
            earlier: Vec::new(),
        };
        outcomes.map(finished).to_vec()
    }

    #[test]
    fn endings_are_read_as_they_were_written() {
        let mut text = Vec::new();
        all().iter().for_each(|one| finished(&mut text, one, &one.output));
        let mut fields = Fields(&text);
        for one in all() {
            assert_eq!(fields.finished(), Some(one));
        }
        assert_eq!(fields.finished(), None);
    }

    #[test]
    fn output_that_is_not_wanted_is_left_out_with_its_parts() {
        let one = all().remove(0);
        let mut text = Vec::new();
        finished(&mut text, &one, &[]);
        assert_eq!(Fields(&text).finished(), Some(Finished { output: Output::default(), ..one }));
    }

    #[test]
    fn an_ending_that_was_cut_off_is_none() {
        for one in all() {
            let mut text = Vec::new();
            finished(&mut text, &one, &one.output);
            (0..text.len()).for_each(|len| assert_eq!(Fields(&text[..len]).finished(), None));
        }
    }

    #[test]
    fn a_text_without_end_is_cut_and_not_lost() {
        let mut to = Vec::new();
        bytes(&mut to, &vec![b'x'; LONGEST + 1]);
        assert_eq!(Fields(&to).bytes().map(<[u8]>::len), Some(LONGEST));
    }
}
