//! Turns events into output. Reports know nothing else: not what runs, nor how.

mod console;
mod durations;
mod fixtures;
mod json;
mod list;
mod logfile;
mod pretty;
mod settings;
mod stats;
mod tags;
mod tally;
mod terse;
#[cfg(test)]
mod tests;

pub(crate) use console::Console;
pub(crate) use fixtures::{list_fixtures, show_set_ups};
pub(crate) use list::list;
pub(crate) use settings::show_settings;
pub(crate) use tags::list_tags;

use crate::event::{Event, FixturePhase, Listener};
use crate::settings::{Format, Settings};
use std::io;

/// Something that tells of a run.
trait Reporter {
    /// What it writes to, for a message about it.
    fn name(&self) -> String;

    /// Tells of one event.
    fn tell(&mut self, event: &Event) -> io::Result<()>;

    /// Counts an event that was told before the process was executed again. A report that writes nothing until the end
    /// takes it like any other.
    fn catch_up(&mut self, event: &Event) -> io::Result<()> {
        self.tell(event)
    }

    /// Brings out what was told so far.
    fn flush(&mut self) -> io::Result<()>;
}

/// How a run went, and how telling of it went.
#[derive(Debug)]
pub(crate) struct Told {
    /// Whether no test failed.
    pub(crate) success: bool,
    /// What went wrong in telling, a message each.
    pub(crate) errors: Vec<String>,
}

/// Whether this process is the first to tell of its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// It is.
    Anew,
    /// It goes on where it was before a crash, when it was executed again.
    GoingOn,
}

/// The reports that a run was asked for.
pub(crate) struct Reports {
    reporters: Vec<Box<dyn Reporter + Send>>,
    errors: Vec<String>,
    failed: usize,
}

impl Reports {
    /// Opens the reports that the settings name.
    ///
    /// # Errors
    ///
    /// If a file cannot be made: that is better said before a run than after it.
    pub(crate) fn open(settings: &Settings, console: Console, opening: Opening) -> Result<Self, String> {
        let mut reporters: Vec<Box<dyn Reporter + Send>> = Vec::new();
        if let Some(path) = &settings.logfile {
            reporters.push(Box::new(logfile::Logfile::open(path, opening)?));
        }
        reporters.push(match settings.format {
            Format::Pretty => Box::new(pretty::Pretty::new(console, settings)),
            Format::Terse => Box::new(terse::Terse::new(console, settings)),
            Format::Json => Box::new(json::Json::new(console, settings)),
        });
        Ok(Reports { reporters, errors: Vec::new(), failed: 0 })
    }

    /// How it all went.
    pub(crate) fn finish(self) -> Told {
        Told { success: self.failed == 0, errors: self.errors }
    }

    fn count(&mut self, event: &Event) {
        self.failed += usize::from(match event {
            Event::TestFinished { finished, .. } => finished.outcome.is_failure(),
            Event::FixtureFailed { phase, .. } => *phase == FixturePhase::TearDown,
            Event::RunBroken { .. } => true,
            Event::RunFinished { not_run, .. } => not_run.is_failure(),
            _ => false,
        });
    }

    /// A reporter that fails is heard of at the end and told nothing more; the others go on.
    fn each(&mut self, mut run: impl FnMut(&mut dyn Reporter) -> io::Result<()>) {
        self.reporters.retain_mut(|reporter| match run(&mut **reporter) {
            Ok(()) => true,
            Err(error) => {
                self.errors.push(format!("could not write to {}: {error}", reporter.name()));
                false
            }
        });
    }
}

impl Listener for Reports {
    fn tell(&mut self, event: &Event) {
        self.count(event);
        self.each(|reporter| reporter.tell(event));
    }

    fn catch_up(&mut self, event: &Event) {
        self.count(event);
        self.each(|reporter| reporter.catch_up(event));
    }

    fn pause(&mut self) {
        self.each(|reporter| reporter.flush());
    }
}
