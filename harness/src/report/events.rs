//! `--events PATH`: the log of the run in a file, line by line as it happens.

use super::file::{from_root, make_folder_of};
use super::lasting::Lasting;
use super::log::{Head, Lines};
use super::{Opening, Reporter};
use crate::event::Event;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The log of a run in a file.
#[derive(Debug)]
pub(super) struct Events {
    /// As it was given.
    path: PathBuf,
    /// An error is told at the end of the run, as that of any other report.
    file: io::Result<Lasting>,
    lines: Lines,
    /// What is not in the file yet.
    pending: String,
    /// Whether what was told before the process was executed again stands in the file.
    has_past: bool,
    finished: bool,
}

impl Events {
    /// Makes the file, and the folders it stands in; or goes on with it.
    pub(super) fn open(path: &Path, head: Head, opening: Opening) -> Self {
        let there = from_root(path);
        let opened = make_folder_of(&there).and_then(|()| match opening {
            Opening::Anew => Ok((File::create(&there)?, false)),
            Opening::GoingOn => go_on(&there),
        });
        let (file, has_past) = match opened {
            Ok((file, has_past)) => (Lasting::new(file), has_past),
            Err(error) => (Err(error), false),
        };
        let mut lines = Lines::new(head);
        if has_past {
            lines.go_on();
        }
        Events { path: path.to_owned(), file, lines, pending: String::new(), has_past, finished: false }
    }
}

/// Goes on where the process was executed again: behind the last whole line. A test may have removed the file meanwhile.
fn go_on(path: &Path) -> io::Result<(File, bool)> {
    let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
    if !file.metadata()?.is_file() {
        return Ok((file, true));
    }
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut byte = [0];
    while end > 0 {
        file.seek(SeekFrom::Start(end - 1))?;
        file.read_exact(&mut byte)?;
        if byte == *b"\n" {
            break;
        }
        end -= 1;
    }
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    Ok((file, end > 0))
}

impl Reporter for Events {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        self.lines.count(event);
        self.lines.add(event, &mut self.pending);
        if matches!(event, Event::RunFinished { .. }) {
            // It is named as written before the next flush.
            self.flush()?;
            self.finished = true;
        }
        Ok(())
    }

    /// Its lines are there already.
    fn catch_up(&mut self, event: &Event) -> io::Result<()> {
        if self.has_past {
            self.lines.count(event);
            return Ok(());
        }
        self.tell(event)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        match &mut self.file {
            Ok(file) => file.write_all(self.pending.as_bytes())?,
            Err(error) => return Err(std::mem::replace(error, io::ErrorKind::Other.into())),
        }
        self.pending.clear();
        Ok(())
    }

    fn file(&self) -> Option<&Path> {
        self.finished.then_some(&self.path)
    }
}
