//! `--junit PATH`: the results as JUnit's XML, written at the end of the run.

mod document;
mod escape;
mod moment;
#[cfg(test)]
mod tests;
mod xml;

use super::Reporter;
use super::file::{from_root, put_by};
use crate::event::{Event, FixturePhase, NotRun};
use crate::outcome::Finished;
use crate::target::Target;
use crate::test::Test;
use document::Document;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The results as JUnit's XML.
#[derive(Debug)]
pub(super) struct Junit {
    /// As it was given, and from the root: a test may change the folder of the process.
    path: PathBuf,
    absolute: PathBuf,
    id: String,
    began: SystemTime,
    /// Made into cases at the end: that takes a while where there is much output, and nobody is to wait for it while tests run.
    results: Vec<Told>,
    notes: Vec<String>,
    /// Fixtures that could not be set up, each with its error and output.
    fixtures: Vec<(&'static str, String)>,
    written: bool,
}

/// What becomes a case.
#[derive(Debug)]
enum Told {
    Test(&'static Test, Finished),
    /// Something that failed the run and no test.
    Error {
        name: String,
        kind: &'static str,
        message: String,
        output: Vec<u8>,
    },
}

impl Junit {
    /// Results of this target, to be written there.
    pub(super) fn new(path: &Path, target: Target) -> Self {
        Junit {
            path: path.to_owned(),
            absolute: from_root(path),
            id: target.id(),
            began: SystemTime::UNIX_EPOCH,
            results: Vec::new(),
            notes: Vec::new(),
            fixtures: Vec::new(),
            written: false,
        }
    }

    fn write(&mut self, elapsed: Duration, not_run: &NotRun, stray: &[u8]) -> io::Result<()> {
        let document = Document {
            id: &self.id,
            began: self.began,
            elapsed,
            results: &self.results,
            notes: &self.notes,
            fixtures: &self.fixtures,
            not_run: not_run.count,
            stray,
        };
        put_by(&self.absolute, |out| document.write(out))?;
        self.written = true;
        Ok(())
    }
}

impl Reporter for Junit {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { began, .. } => self.began = *began,
            Event::TestFinished { test, finished } => {
                self.results.push(Told::Test(test, finished.clone()));
            }
            Event::FixtureFailed { fixture, phase: FixturePhase::SetUp, error, output } => {
                let output = [&String::from_utf8_lossy(output), error.as_str()].concat();
                self.fixtures.push((fixture.label(), output));
            }
            Event::FixtureFailed { fixture, phase: FixturePhase::TearDown, error, output } => {
                let message = format!("fixture `{}` failed to tear down: {error}", fixture.label());
                let (name, output) = (format!("fixture {}", fixture.label()), output.clone());
                self.results.push(Told::Error { name, kind: "fixture", message, output });
            }
            Event::RunBroken { reason, output } => self.results.push(Told::Error {
                name: "the run".to_owned(),
                kind: "run",
                message: reason.clone(),
                output: output.clone(),
            }),
            Event::RunNoted { note } => self.notes.push(note.clone()),
            Event::RunFinished { elapsed, not_run, stray } => self.write(*elapsed, not_run, stray)?,
            Event::TestStarted { .. }
            | Event::TestStillRunning { .. }
            | Event::TearDownStarted { .. }
            | Event::TearDownStillRunning { .. }
            | Event::FixtureRan(_)
            | Event::Used(_)
            | Event::Detail(_) => {}
        }
        Ok(())
    }

    fn wants_starts(&self) -> bool {
        false
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn file(&self) -> Option<&Path> {
        self.written.then_some(&self.path)
    }
}
