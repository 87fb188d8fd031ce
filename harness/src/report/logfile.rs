//! libtest's `--logfile`: a line per result, in a file.

use super::lasting::Lasting;
use super::{Opening, Reporter};
use crate::event::Event;
use crate::outcome::{Failure, Outcome};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A line per result.
#[derive(Debug)]
pub(super) struct Logfile {
    path: PathBuf,
    file: BufWriter<Lasting>,
    /// Whether it says how long each test took.
    times: bool,
}

impl Logfile {
    /// Makes the file, and the folders it stands in; or goes on with it.
    ///
    /// # Errors
    ///
    /// If that is impossible; the message names the path.
    pub(super) fn open(path: &Path, opening: Opening, times: bool) -> Result<Self, String> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| match opening {
                Opening::Anew => File::create(path),
                Opening::GoingOn => File::options().append(true).create(true).open(path),
            })
            .and_then(Lasting::new)
            .map(|file| Logfile { path: path.to_owned(), file: BufWriter::new(file), times })
            .map_err(|error| format!("could not make the log file {}: {error}", path.display()))
    }

    /// Writes the name of a test that was listed.
    pub(super) fn list(&mut self, name: &str) -> io::Result<()> {
        writeln!(self.file, "test {name}")
    }
}

impl Reporter for Logfile {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        let Event::TestFinished { test, finished } = event else { return Ok(()) };
        let result = match &finished.outcome {
            Outcome::Passed | Outcome::FailedAsExpected(_) => "ok".to_owned(),
            Outcome::Ignored(None) => "ignored".to_owned(),
            Outcome::Ignored(Some(reason)) => format!("ignored: {reason}"),
            Outcome::Failed(Failure::Told) => "failed".to_owned(),
            Outcome::Failed(Failure::Because(reason)) => format!("failed: {reason}"),
            Outcome::Failed(Failure::TimeLimit) => "failed (time limit exceeded)".to_owned(),
            Outcome::Failed(Failure::Interrupted) => "failed: interrupted".to_owned(),
        };
        write!(self.file, "{result} {}", test.name())?;
        if self.times && !matches!(finished.outcome, Outcome::Ignored(_)) {
            write!(self.file, " <{:.3}s>", finished.duration.as_secs_f64())?;
        }
        writeln!(self.file)
    }

    /// Its line is there already.
    fn catch_up(&mut self, _: &Event) -> io::Result<()> {
        Ok(())
    }

    fn wants_starts(&self) -> bool {
        false
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
