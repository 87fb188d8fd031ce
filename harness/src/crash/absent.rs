//! Stands in where a process cannot be executed again with its journal: a crash ends the run, as it does without a harness. Where
//! there are signals, whoever crashes is named.

use super::journal::{ASKED, DEATH, OwnerKind, death};
use super::{Death, How};
use crate::interrupt::{Before, Note};
use crate::panics::{self, Owner};
use crate::settings::Crashes;
use crate::test::Test;
use std::fs::File;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

#[cfg(all(unix, not(miri)))]
use super::culprit;

/// Has whoever crashes be named until it is dropped.
#[derive(Debug)]
pub(crate) struct Guard(());

impl Drop for Guard {
    fn drop(&mut self) {
        #[cfg(all(unix, not(miri)))]
        culprit::disarm();
    }
}

pub(crate) fn arm(_: Crashes, _: Option<&File>) -> Guard {
    #[cfg(all(unix, not(miri)))]
    culprit::arm();
    Guard(())
}

pub(crate) fn begun() -> bool {
    false
}

pub(crate) fn looked_for() -> bool {
    false
}

/// There is no way of going on.
pub(crate) fn execute_again() {}

/// Nobody comes here.
pub(crate) fn end() -> ! {
    std::process::abort()
}

pub(super) fn disarm() -> bool {
    true
}

pub(super) fn deaths() -> Vec<(u8, Death)> {
    Vec::new()
}

/// What becomes of a process that has crashed.
#[expect(dead_code, reason = "no process comes to know here")]
pub(super) enum Next {
    Another,
    End(Option<String>),
}

pub(super) fn wait_for_the_next_image() -> Next {
    Next::End(None)
}

pub(super) fn forbid_resuming(_: &std::io::Error) {}

pub(crate) fn reports_here() {}

pub(crate) fn ends_with(_: u8) {}

pub(crate) fn making(_: Option<&'static Test>) {}

pub(super) fn telling() {}

pub(super) fn told(_: u64) {}

pub(super) fn now() -> Duration {
    static BEGIN: OnceLock<Instant> = OnceLock::new();
    BEGIN.get_or_init(Instant::now).elapsed()
}

pub(super) fn memory() -> Option<File> {
    None
}

pub(super) fn inherited() -> Option<File> {
    None
}

/// There is no image before this one.
pub(crate) fn before() -> Before {
    Before::Nothing
}

pub(super) fn note_asked() {}

/// Nothing waits.
pub(crate) fn listen() {}

pub(crate) fn had_children() -> bool {
    true
}

pub(super) fn end_children() -> usize {
    0
}

/// What the other half of this pair uses is alive here too.
const _: fn(u8, How, OwnerKind, u64, usize) -> [u8; DEATH] = death;
const _: [OwnerKind; 4] = [OwnerKind::Nobody, OwnerKind::Test, OwnerKind::SettingUp, OwnerKind::TearingDown];
const _: fn() -> Option<Owner> = panics::owner;
const _: Before = Before::Asked;
const _: &Note = &ASKED;
#[cfg(unix)]
const _: fn(i32, &'static Note) = crate::interrupt::note_in;
#[cfg(unix)]
const _: fn() = crate::interrupt::note_nowhere;
#[cfg(unix)]
const _: [i32; 3] = crate::interrupt::SIGNALS;
