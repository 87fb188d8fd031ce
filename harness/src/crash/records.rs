//! Reads a journal, as [`journal`](super::journal) has written it.

use super::How;
use super::choice::Chosen;
use super::journal::{FolderRecord, Header, HolderName, OwnerName, RanRecord, Record, kind};
use crate::encoding::Fields;
use crate::event::FixturePhase;
use crate::outcome::{Course, Finished, Outcome};
use std::fs::File;
use std::io::{self, Read, Seek};

/// Reads a journal: its records, each with the place where it begins, and where the last one ends.
pub(super) fn read(file: &mut File) -> io::Result<(Vec<(u64, Record)>, u64)> {
    let mut text = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut text)?;
    let mut rest = Fields(&text);
    let mut records = Vec::new();
    loop {
        let at = (text.len() - rest.0.len()) as u64;
        match rest.bytes().and_then(|record| record_of(&mut Fields(record))) {
            Some(record) => records.push((at, record)),
            None => return Ok(without_what_lacks_its_end(records, at)),
        }
    }
}

/// Takes out the attempts at the end: their result was cut off, and another test's must not have them.
fn without_what_lacks_its_end(mut records: Vec<(u64, Record)>, mut len: u64) -> (Vec<(u64, Record)>, u64) {
    while let Some((at, _)) = records.pop_if(|(_, record)| matches!(record, Record::Attempt(_))) {
        len = at;
    }
    (records, len)
}

fn record_of(fields: &mut Fields<'_>) -> Option<Record> {
    Some(match fields.byte()? {
        kind::HEADER => Record::Header(Header {
            process: u32::try_from(fields.number()?).ok()?,
            begin: fields.duration()?,
            seed: fields.number()?,
            had_children: fields.byte()? != 0,
        }),
        kind::CHOSEN => Chosen::read(fields)?,
        kind::ATTEMPT => Record::Attempt(fields.attempt()?),
        kind::PASSED => {
            let [low, middle, high] = fields.take()?;
            let worker = u32::from_le_bytes([low, middle, high, 0]) as usize;
            let (duration, began) = (fields.duration()?, fields.duration()?);
            let course = Course { worker, began, ..Course::default() };
            let name = String::from_utf8_lossy(fields.0).into_owned();
            Record::Finished(name, Finished { duration, course, ..Finished::without_a_try(Outcome::Passed) })
        }
        kind::FINISHED => Record::Finished(fields.text()?, fields.finished()?),
        kind::FIXTURE_RAN => Record::FixtureRan(ran_of(fields)?),
        kind::FIXTURE_FAILED => Record::FixtureFailed {
            path: fields.text()?,
            phase: fields.phase()?,
            error: fields.text()?,
            output: fields.bytes()?.to_vec(),
        },
        kind::BROKEN => Record::Broken { reason: fields.text()?, output: fields.bytes()?.to_vec() },
        kind::NOTED => Record::Noted(fields.text()?),
        kind::IN_FLIGHT => Record::InFlight {
            name: fields.text()?,
            worker: fields.count()?,
            began: fields.duration()?,
            ran_for: fields.duration()?,
        },
        kind::LOST => Record::Lost(fields.text()?),
        kind::OUTPUT => Record::Output(fields.byte()?, fields.output()?),
        kind::FOLDER => Record::Folder(FolderRecord {
            named: fields.byte()? != 0,
            test: fields.text()?,
            path: fields.text()?.into(),
        }),
        kind::STRAY => Record::Stray(fields.bytes()?.to_vec()),
        kind::DEATH => death_of(fields)?,
        kind::WENT_ON => Record::WentOn,
        kind::ASKED => Record::Asked,
        kind::EARLIER => Record::Earlier(fields.text()?, fields.attempt()?),
        _ => return None,
    })
}

fn ran_of(fields: &mut Fields<'_>) -> Option<RanRecord> {
    Some(RanRecord {
        path: fields.text()?,
        phase: fields.phase()?,
        holder: match fields.byte()? {
            0 => HolderName::Shared,
            1 => HolderName::Worker(fields.count()?),
            2 => HolderName::Test(fields.text()?),
            _ => return None,
        },
        began: fields.duration()?,
        duration: fields.duration()?,
    })
}

fn death_of(fields: &mut Fields<'_>) -> Option<Record> {
    let number = fields.byte()?;
    let (word, code) = (fields.byte()?, i32::from_le_bytes(fields.take()?));
    let how = match word {
        0 => How::Signal(code),
        1 => How::StackOverflow(code),
        2 => How::Exit(Some(code)),
        3 => How::Exit(None),
        4 => How::Blocked,
        _ => return None,
    };
    let told = fields.number()?;
    let (owner, name) = (fields.byte()?, fields.text()?);
    let owner = match owner {
        0 => OwnerName::Nobody,
        1 => OwnerName::Test(name),
        2 => OwnerName::Fixture(name, FixturePhase::SetUp),
        3 => OwnerName::Fixture(name, FixturePhase::TearDown),
        _ => return None,
    };
    Some(Record::Death { number, how, owner, told })
}
