//! Turns events into output. Reports know nothing else: not what runs, nor how.

mod again;
#[cfg(feature = "progress")]
mod bar;
mod bound;
mod cause;
mod closing;
mod console;
#[cfg(feature = "doctor")]
mod doctor;
mod durations;
#[cfg(feature = "timings")]
mod events;
#[cfg(any(feature = "junit", feature = "timings"))]
mod failure;
mod failures;
#[cfg(any(feature = "junit", feature = "timings"))]
mod file;
mod fixtures;
mod github;
mod json;
#[cfg(feature = "junit")]
mod junit;
mod lasting;
mod list;
#[cfg(feature = "timings")]
mod log;
mod logfile;
mod poison;
mod pretty;
#[cfg(feature = "progress")]
mod progress;
mod settings;
mod source;
mod stats;
mod summary;
mod tags;
mod tally;
#[cfg(test)]
mod terminal_tests;
mod terse;
#[cfg(test)]
mod tests;
#[cfg(feature = "timings")]
mod timings;

pub(crate) use console::Console;
#[cfg(feature = "doctor")]
pub(crate) use doctor::show_diagnosis;
pub(crate) use fixtures::{list_fixtures, show_set_ups};
pub(crate) use list::list;
#[cfg(feature = "timings")]
pub(crate) use log::Head;
pub(crate) use settings::show_settings;
pub(crate) use tags::list_tags;
#[cfg(feature = "timings")]
pub(crate) use timings::render;

use crate::event::{Event, FixturePhase, Listener};
use crate::forecast::Forecast;
#[cfg(feature = "timings")]
use crate::settings::Extras;
use crate::settings::{Capture, Format, GitHub, Progress, Settings};
use crate::target::Target;
use console::Screen;
use std::io;
use std::path::Path;
use std::time::Duration;

/// Something that tells of a run.
trait Reporter {
    /// What it writes to, for a message about it.
    fn name(&self) -> String;

    /// Tells of one event.
    fn tell(&mut self, event: &Event) -> io::Result<()>;

    /// Whether it makes anything of a test's start. Most tests end before anybody has heard of it.
    fn wants_starts(&self) -> bool {
        true
    }

    /// Counts an event that was told before the process was executed again. A report that writes nothing until the end
    /// takes it like any other.
    fn catch_up(&mut self, event: &Event) -> io::Result<()> {
        self.tell(event)
    }

    /// Brings out what was told so far.
    fn flush(&mut self) -> io::Result<()>;

    /// The process may be executed again: what is in memory only, and in no journal, is to be put away.
    fn put_away(&mut self) {}

    /// The file that it has written, for whoever looks for it.
    fn file(&self) -> Option<&Path> {
        None
    }

    /// Another report stands in this file now.
    fn written(&mut self, _: &Path) {}
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

/// Somebody watches the run on a terminal, which shows how far it has come.
#[derive(Debug)]
#[cfg_attr(not(feature = "progress"), expect(dead_code, reason = "nobody watches"))]
pub(crate) struct Watch {
    /// How long it will take, if that can be told.
    pub(crate) forecast: Option<Forecast>,
}

/// Whether a run shows how far it has come: where a line for each test goes to a terminal and nothing else does, for what tests
/// print is kept.
pub(crate) fn is_watched(console: &Console, settings: &Settings, keep: Capture) -> bool {
    cfg!(feature = "progress")
        && console.screen() == Screen::Terminal
        && settings.progress == Progress::OnTerminals
        && settings.format == Format::Pretty
        && keep == Capture::Yes
}

/// The reports that a run was asked for.
pub(crate) struct Reports {
    /// Those in files of their own.
    files: Vec<Box<dyn Reporter + Send>>,
    /// The one for people, which is told last: it says where the others are.
    console: Vec<Box<dyn Reporter + Send>>,
    errors: Vec<String>,
    failed: usize,
    /// Whether one of them makes anything of starts; asked once, before the first.
    wants_starts: Option<bool>,
    /// How often it is looked at the run while nothing happens.
    pace: Option<Duration>,
}

impl Reports {
    /// Opens the reports that the settings name.
    ///
    /// # Errors
    ///
    /// If a file cannot be made: that is better said before a run than after it.
    pub(crate) fn open(
        settings: &Settings,
        console: Console,
        opening: Opening,
        target: Target,
        watch: Option<Watch>,
    ) -> Result<Self, String> {
        let pace = watch.as_ref().and(PACE);
        let mut files: Vec<Box<dyn Reporter + Send>> = Vec::new();
        if let Some(path) = &settings.logfile {
            files.push(Box::new(logfile::Logfile::open(path, opening, settings.time.is_some())?));
        }
        if let Some(path) = &settings.reports.junit {
            files.push(junit(path, target)?);
        }
        if let Some(GitHub { repository, summary: Some(path) }) = &settings.reports.github {
            let repository = repository.as_deref();
            files.push(Box::new(github::StepSummary::new(path, repository, settings, target)));
        }
        let console: Box<dyn Reporter + Send> = match settings.format {
            Format::Pretty => Box::new(pretty(pretty::Pretty::new(console, settings, target), watch)),
            Format::Terse => Box::new(terse::Terse::new(console, settings, target)),
            Format::Json => Box::new(json::Json::new(console, settings, target)),
        };
        Ok(Reports { files, console: vec![console], errors: Vec::new(), failed: 0, wants_starts: None, pace })
    }

    /// How often they have something to do while nothing happens; never, where nobody watches.
    pub(crate) fn pace(&self) -> Option<Duration> {
        self.pace
    }

    /// Adds the reports of the course of the run that the settings name. `build` is the folder that cargo builds in.
    ///
    /// # Errors
    ///
    /// As [`Reports::open`].
    #[cfg(feature = "timings")]
    pub(crate) fn tell_course(
        &mut self,
        asked: &Extras,
        head: &Head,
        build: Option<&Path>,
        opening: Opening,
    ) -> Result<(), String> {
        let target = head.target;
        let events = asked.events.as_ref().map(|path| file::named(path, target));
        let page = asked.timings.as_ref().map(|page| timings::page_path(page, target, build));
        if events.is_some() && events == page {
            return Err("--events and --timings cannot write to the same file".to_owned());
        }
        if let Some(path) = events {
            self.files.push(Box::new(events::Events::open(&path, head.clone(), opening)));
        }
        if let Some(path) = page {
            self.files.push(Box::new(timings::Timings::new(&path, head.clone(), opening)));
        }
        Ok(())
    }

    /// How it all went.
    pub(crate) fn finish(self) -> Told {
        Told { success: self.failed == 0, errors: self.errors }
    }

    fn want_starts(&mut self) -> bool {
        let (files, console) = (&self.files, &self.console);
        *self
            .wants_starts
            .get_or_insert_with(|| files.iter().chain(console).any(|report| report.wants_starts()))
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

    fn each(&mut self, mut run: impl FnMut(&mut dyn Reporter) -> io::Result<()>) {
        in_turn(&mut self.files, &mut self.errors, &mut run);
        in_turn(&mut self.console, &mut self.errors, &mut run);
    }

    /// Has the report for people say where the others are.
    fn name_files(&mut self) {
        for file in self.files.iter().filter_map(|report| report.file()) {
            self.console.iter_mut().for_each(|console| console.written(file));
        }
    }
}

#[cfg(feature = "progress")]
const PACE: Option<Duration> = Some(bar::PACE);

#[cfg(not(feature = "progress"))]
const PACE: Option<Duration> = None;

#[cfg(feature = "progress")]
fn pretty(plain: pretty::Pretty, watch: Option<Watch>) -> pretty::Pretty {
    match watch {
        Some(Watch { forecast }) => plain.with(bar::Bar::new(forecast)),
        None => plain,
    }
}

#[cfg(not(feature = "progress"))]
fn pretty(plain: pretty::Pretty, _: Option<Watch>) -> pretty::Pretty {
    plain
}

/// A reporter that fails is heard of at the end and told nothing more; the others go on.
fn in_turn(
    reporters: &mut Vec<Box<dyn Reporter + Send>>,
    errors: &mut Vec<String>,
    run: &mut dyn FnMut(&mut dyn Reporter) -> io::Result<()>,
) {
    reporters.retain_mut(|reporter| match run(&mut **reporter) {
        Ok(()) => true,
        Err(error) => {
            errors.push(format!("could not write to {}: {error}", reporter.name()));
            false
        }
    });
}

#[cfg(feature = "junit")]
fn junit(path: &Path, target: Target) -> Result<Box<dyn Reporter + Send>, String> {
    Ok(Box::new(junit::Junit::new(&file::named(path, target), target)))
}

#[cfg(not(feature = "junit"))]
fn junit(_: &Path, _: Target) -> Result<Box<dyn Reporter + Send>, String> {
    Err("--junit needs the feature `junit` of async-harness, which is on by default".to_owned())
}

impl Listener for Reports {
    fn tell(&mut self, event: &Event) {
        if matches!(event, Event::TestStarted { .. }) && !self.want_starts() {
            return;
        }
        self.count(event);
        let mut tell = |reporter: &mut dyn Reporter| reporter.tell(event);
        in_turn(&mut self.files, &mut self.errors, &mut tell);
        if matches!(event, Event::RunFinished { .. }) {
            self.name_files();
        }
        in_turn(&mut self.console, &mut self.errors, &mut tell);
    }

    fn catch_up(&mut self, event: &Event) {
        self.count(event);
        self.each(|reporter| reporter.catch_up(event));
    }

    fn put_away(&mut self) {
        self.each(|reporter| {
            reporter.put_away();
            Ok(())
        });
    }

    fn pause(&mut self) {
        self.each(|reporter| reporter.flush());
    }
}
