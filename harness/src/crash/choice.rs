//! What was chosen when the run began, where the next image could not find it again: arguments that stood in files, and the tests
//! that were planned by what may change meanwhile.

use super::journal::Record;
use crate::encoding::{Fields, bytes};
use crate::event::Event;
use crate::named::Named;
use std::ffi::OsString;

/// What was chosen. Nothing of it where the command line says it all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// All arguments, those in files among them.
    pub(crate) arguments: Option<Vec<OsString>>,
    /// The names of the tests.
    pub(crate) tests: Option<Vec<String>>,
}

impl Chosen {
    pub(super) fn is_nothing(&self) -> bool {
        self.arguments.is_none() && self.tests.is_none()
    }

    /// Adds it to a record.
    pub(super) fn write(&self, to: &mut Vec<u8>) {
        let arguments = self.arguments.as_ref().map(|all| all.iter().map(|one| one.as_encoded_bytes()));
        list(to, arguments);
        list(to, self.tests.as_ref().map(|all| all.iter().map(String::as_bytes)));
    }

    /// Reads it; of arguments that are no text nothing, for they were read as text.
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Record> {
        let arguments = listed(fields)?.map(|all| all.into_iter().map(OsString::from).collect());
        let tests = listed(fields)?;
        Some(Record::Chosen(Chosen { arguments, tests }))
    }

    /// Says which of the planned tests are not there any more, where that may be. Those with a result count as there.
    pub(super) fn missing<'a>(&self, there: impl Iterator<Item = &'a str>) -> Option<Event> {
        let mut known = Named::default();
        for name in there {
            known.entry(name, || ());
        }
        let planned = self.tests.iter().flatten().map(String::as_str);
        let missing: Vec<_> = planned.filter(|name| known.get(name).is_none()).collect();
        let gone = "not run, as they were not made again when the process was executed again";
        let reason = format!("{gone}: {}", missing.join(", "));
        (!missing.is_empty()).then(|| Event::RunBroken { reason, output: Vec::new() })
    }
}

fn list<'a>(to: &mut Vec<u8>, all: Option<impl ExactSizeIterator<Item = &'a [u8]>>) {
    to.push(u8::from(all.is_some()));
    if let Some(all) = all {
        crate::encoding::number(to, all.len() as u64);
        all.for_each(|one| bytes(to, one));
    }
}

#[expect(clippy::option_option, reason = "a list that is not there is no mistake")]
fn listed(fields: &mut Fields<'_>) -> Option<Option<Vec<String>>> {
    if fields.byte()? == 0 {
        return Some(None);
    }
    let count = fields.number()?;
    (0..count).map(|_| fields.text()).collect::<Option<_>>().map(Some)
}
