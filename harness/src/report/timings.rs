//! `--timings[=PATH]`: a page that shows the run over time. It is the log of the run in a page that reads it: so the page of
//! a log that was kept is the page that the run would have made.

mod page;
mod shorten;
#[cfg(test)]
mod tests;

use super::file::{from_root, make_folder_of, named, part_of, put};
use super::log::{Fault, Head, Lines, check};
use super::{Console, Opening, Reporter};
use crate::event::Event;
use crate::settings::{Extras, PageAt};
use crate::target::Target;
use shorten::Shortener;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The page of a run.
#[derive(Debug)]
pub(super) struct Timings {
    /// As it was given, and from the root.
    path: PathBuf,
    absolute: PathBuf,
    lines: Lines,
    /// The log so far, with the longest outputs shortened.
    log: String,
    shortener: Shortener,
    /// Whether what was told before the process was executed again stands in it.
    has_past: bool,
    written: bool,
}

impl Timings {
    /// Of a run with this head, to be written there.
    pub(super) fn new(path: &Path, head: Head, opening: Opening) -> Self {
        let mut timings = Timings {
            path: path.to_owned(),
            absolute: from_root(path),
            lines: Lines::new(head),
            log: String::new(),
            shortener: Shortener::default(),
            has_past: false,
            written: false,
        };
        if opening == Opening::GoingOn {
            timings.take_up();
        }
        timings
    }

    /// Takes up what [`Reporter::put_away`] left. Where there is nothing, as a thread was in its way, the results are made
    /// of what the journal has of them.
    fn take_up(&mut self) {
        let part = part_of(&self.absolute);
        let past = fs::read_to_string(&part).ok().filter(|past| past.ends_with('\n'));
        // If it is not there, nobody misses it.
        let _ = fs::remove_file(&part);
        if let Some(past) = past {
            self.shortener.go_on(&past);
            self.log = past;
            self.lines.go_on();
            self.has_past = true;
        }
    }
}

impl Reporter for Timings {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        self.lines.count(event);
        let mut lines = String::new();
        self.lines.add(event, &mut lines);
        self.shortener.add(&lines, &mut self.log);
        if matches!(event, Event::RunFinished { .. }) {
            put(&self.absolute, page::of(&self.log).as_bytes())?;
            self.written = true;
        }
        Ok(())
    }

    fn catch_up(&mut self, event: &Event) -> io::Result<()> {
        if self.has_past {
            self.lines.count(event);
            return Ok(());
        }
        self.tell(event)
    }

    fn put_away(&mut self) {
        // Where that cannot be, the journal has the results.
        let _ = make_folder_of(&self.absolute)
            .and_then(|()| fs::write(part_of(&self.absolute), self.log.as_bytes()));
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn file(&self) -> Option<&Path> {
        self.written.then_some(&self.path)
    }
}

impl Drop for Timings {
    /// What was put away for a process that never came.
    fn drop(&mut self) {
        let _ = fs::remove_file(part_of(&self.absolute));
    }
}

/// Makes the page of a log that an earlier run has left, and says where it is.
///
/// # Errors
///
/// A message that names the file, and the line where the log is none.
pub(crate) fn render(
    asked: &Extras,
    target: Target,
    build: Option<&Path>,
    mut console: Console,
) -> Result<(), String> {
    let Some(log) = &asked.from_events else { return Ok(()) };
    let log = named(log, target);
    let page = page_path(asked.timings.as_ref().unwrap_or(&PageAt::BesideBuild), target, build);
    let bytes =
        fs::read(&log).map_err(|error| format!("could not read the event log {}: {error}", log.display()))?;
    let text = check(&bytes)
        .map_err(|Fault { line, what }| format!("could not use {}:{line}: {what}", log.display()))?;
    if fs::canonicalize(&page).is_ok_and(|page| fs::canonicalize(&log).is_ok_and(|log| page == log)) {
        return Err(format!("the page cannot take the place of the event log {}", log.display()));
    }
    let mut shortened = String::with_capacity(text.len());
    Shortener::default().add(text, &mut shortened);
    put(&page, page::of(&shortened).as_bytes())
        .map_err(|error| format!("could not write to {}: {error}", page.display()))?;
    console.print(&format!("report written: {}\n", page.display()));
    console.flush().map_err(|error| format!("could not write to standard output: {error}"))
}

/// Where the page of a target is put. `build` is the folder that cargo builds in.
pub(super) fn page_path(at: &PageAt, target: Target, build: Option<&Path>) -> PathBuf {
    match at {
        PageAt::Path(path) => named(path, target),
        PageAt::BesideBuild => {
            let folder = build.unwrap_or(Path::new("")).join("async-harness-timings");
            folder.join(target.package.unwrap_or_default()).join(format!("{}.html", target.file_name()))
        }
    }
}
