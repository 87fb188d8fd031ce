//! libtest's default: a line per test.

use super::Reporter;
#[cfg(feature = "progress")]
use super::bar::Bar;
use super::console::{Console, Hue};
use super::tally::Tally;
use crate::event::Event;
use crate::outcome::{Failure, Finished, Outcome};
use crate::settings::Settings;
use crate::target::Target;
use crate::test::{Ignore, ShouldPanic, Test};
use crate::time_limits::TimeLimits;
use std::io;
use std::path::Path;

/// A line per test.
pub(super) struct Pretty {
    out: Console,
    tally: Tally,
    time: Option<TimeLimits>,
    /// Whether a name is printed before its test has run, so that one sees which one hangs. With several tests at once
    /// the lines would be torn.
    name_first: bool,
    /// Whose name stands on a line that waits for its result.
    open: Option<&'static Test>,
    /// Whether what was told before the process was executed again, if it was, is behind.
    live: bool,
    #[cfg(feature = "progress")]
    bar: Option<Bar>,
}

impl Pretty {
    pub(super) fn new(out: Console, settings: &Settings, target: Target) -> Self {
        Pretty {
            tally: Tally::new(settings, target, &out),
            out,
            time: settings.time,
            name_first: settings.most_at_once() == 1,
            open: None,
            live: false,
            #[cfg(feature = "progress")]
            bar: None,
        }
    }

    /// The same with a progress bar, which says what is running.
    #[cfg(feature = "progress")]
    pub(super) fn with(self, bar: Bar) -> Self {
        Pretty { name_first: false, bar: Some(bar), ..self }
    }

    /// Begins the line of a test, if it is not there already.
    fn begin_line(&mut self, test: &'static Test, ignored: bool) {
        self.close_other(test);
        if self.open.is_none() {
            self.print_name(test, ignored);
            self.open = Some(test);
        }
    }

    /// Ends the line that waits for the result of another test: one that crashed and is tried again has none yet.
    fn close_other(&mut self, test: &Test) {
        if self.open.is_some_and(|open| !std::ptr::eq(open, test)) {
            self.out.print("\n");
            self.open = None;
        }
    }

    fn print_name(&mut self, test: &Test, ignored: bool) {
        self.out.print("test ");
        self.out.print(test.name());
        // As libtest has it: a test that is marked as ignored, and stays so, has no mode; one that a run for benchmarks
        // leaves out keeps it.
        if test.should_panic() != ShouldPanic::No && !(ignored && test.ignore() != Ignore::No) {
            self.out.print(" - should panic");
        }
        self.out.print(" ... ");
    }

    fn print_result(&mut self, finished: &Finished) {
        match &finished.outcome {
            Outcome::Passed | Outcome::FailedAsExpected(_) => self.out.paint(Hue::Green, "ok"),
            Outcome::Failed(Failure::TimeLimit) => self.out.paint(Hue::Red, "FAILED (time limit exceeded)"),
            Outcome::Failed(_) => self.out.paint(Hue::Red, "FAILED"),
            Outcome::Ignored(None) => self.out.paint(Hue::Yellow, "ignored"),
            Outcome::Ignored(Some(reason)) => self.out.paint(Hue::Yellow, &format!("ignored, {reason}")),
        }
        if let Some(limits) = self.time.filter(|_| !matches!(finished.outcome, Outcome::Ignored(_))) {
            let text = format!(" <{:.3}s>", finished.duration.as_secs_f64());
            if finished.duration >= limits.critical {
                self.out.paint(Hue::Red, &text);
            } else if finished.duration >= limits.warn {
                self.out.paint(Hue::Yellow, &text);
            } else {
                self.out.print(&text);
            }
        }
        self.out.print("\n");
    }
}

impl Reporter for Pretty {
    fn name(&self) -> String {
        "standard output".to_owned()
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        self.live = self.live || !matches!(event, Event::RunStarted { .. });
        self.tally.count(event);
        #[cfg(feature = "progress")]
        self.bar.iter_mut().for_each(|bar| bar.count(event));
        match event {
            Event::RunStarted { tests, shuffle_seed, .. } => {
                self.out.print(&super::list::running(*tests, *shuffle_seed));
            }
            Event::TestStarted { test, ignored, .. } if self.name_first => self.begin_line(test, *ignored),
            Event::TestStarted { .. } => {}
            Event::TestStillRunning { test, after } => {
                if self.open.take().is_some() {
                    // The result gets a line of its own, with the name again.
                    self.out.print("\n");
                }
                self.out.print(&super::list::still_running(test, *after));
            }
            Event::TearDownStillRunning { fixture, after } => {
                if self.open.take().is_some() {
                    self.out.print("\n");
                }
                self.out.print(&super::list::still_torn_down(fixture, *after));
            }
            Event::TestFinished { test, finished } => {
                self.begin_line(test, matches!(finished.outcome, Outcome::Ignored(_)));
                self.print_result(finished);
                self.open = None;
            }
            Event::FixtureFailed { .. } => {}
            Event::TearDownStarted { .. } | Event::FixtureRan(_) | Event::Used(_) | Event::Detail(_) => {}
            Event::RunBroken { .. } | Event::RunNoted { .. } => {}
            Event::RunFinished { elapsed, not_run, stray } => {
                if self.open.take().is_some() {
                    self.out.print("\n");
                }
                self.tally.print_end(&mut self.out, *elapsed, not_run, stray);
            }
        }
        Ok(())
    }

    fn wants_starts(&self) -> bool {
        #[cfg(feature = "progress")]
        let is_watched = self.bar.is_some();
        #[cfg(not(feature = "progress"))]
        let is_watched = false;
        self.name_first || is_watched
    }

    fn catch_up(&mut self, event: &Event) -> io::Result<()> {
        self.tally.count(event);
        match event {
            Event::TestStarted { test, ignored, .. } if self.name_first && self.live => {
                self.begin_line(test, *ignored);
            }
            Event::TestStarted { test, .. } if self.name_first => self.open = Some(test),
            Event::TestFinished { .. } => self.open = None,
            _ => {}
        }
        #[cfg(feature = "progress")]
        self.bar.iter_mut().for_each(|bar| bar.catch_up(event));
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        #[cfg(feature = "progress")]
        if let Some(bar) = &mut self.bar {
            return bar.flush(&mut self.out);
        }
        self.out.flush()
    }

    fn written(&mut self, file: &Path) {
        self.tally.name_file(file);
    }
}
