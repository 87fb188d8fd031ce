//! libtest's `--quiet`: a character per test, and a line of its own for a failure.

use super::Reporter;
use super::console::{Console, Hue};
use super::tally::Tally;
use crate::event::Event;
use crate::outcome::Outcome;
use crate::settings::Settings;
use crate::target::Target;
use std::io;
use std::path::Path;

/// How many characters go into a line before it is ended with a count.
const COLUMNS: usize = 87;

/// A character per test.
pub(super) struct Terse {
    out: Console,
    tally: Tally,
    tests: usize,
    told: usize,
    column: usize,
}

impl Terse {
    pub(super) fn new(out: Console, settings: &Settings, target: Target) -> Self {
        let tally = Tally::new(settings, target, &out);
        Terse { out, tally, tests: 0, told: 0, column: 0 }
    }

    fn print_mark(&mut self, hue: Hue, mark: &str) {
        self.out.paint(hue, mark);
        self.told += 1;
        self.column += 1;
        if self.column == COLUMNS {
            self.end_line();
        }
    }

    fn print_failure(&mut self, name: &str) {
        if self.column > 0 {
            self.end_line();
        }
        self.told += 1;
        self.out.print(name);
        self.out.print(" --- ");
        self.out.paint(Hue::Red, "FAILED");
        self.out.print("\n");
    }

    fn end_line(&mut self) {
        self.column = 0;
        self.out.print(&format!(" {}/{}\n", self.told, self.tests));
    }
}

impl Reporter for Terse {
    fn name(&self) -> String {
        "standard output".to_owned()
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        self.tally.count(event);
        match event {
            Event::RunStarted { tests, shuffle_seed, .. } => {
                self.tests = *tests;
                self.out.print(&super::list::running(*tests, *shuffle_seed));
            }
            Event::TestStarted { .. } => {}
            Event::TestStillRunning { test, after } => {
                if self.column > 0 {
                    self.end_line();
                }
                self.out.print(&super::list::still_running(test, *after));
            }
            Event::TearDownStillRunning { fixture, after } => {
                if self.column > 0 {
                    self.end_line();
                }
                self.out.print(&super::list::still_torn_down(fixture, *after));
            }
            Event::TestFinished { test, finished } => match finished.outcome {
                Outcome::Passed | Outcome::FailedAsExpected(_) => self.print_mark(Hue::Green, "."),
                Outcome::Ignored(_) => self.print_mark(Hue::Yellow, "i"),
                Outcome::Failed(_) => self.print_failure(test.name()),
            },
            Event::FixtureFailed { .. } => {}
            Event::TearDownStarted { .. } | Event::FixtureRan(_) | Event::Used(_) | Event::Detail(_) => {}
            Event::RunBroken { .. } | Event::RunNoted { .. } => {}
            Event::RunFinished { elapsed, not_run, stray } => {
                self.tally.print_end(&mut self.out, *elapsed, not_run, stray);
            }
        }
        Ok(())
    }

    /// The line of characters goes on where it was.
    fn catch_up(&mut self, event: &Event) -> io::Result<()> {
        self.tell(event)?;
        self.out.discard();
        Ok(())
    }

    fn wants_starts(&self) -> bool {
        false
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn written(&mut self, file: &Path) {
        self.tally.name_file(file);
    }
}
