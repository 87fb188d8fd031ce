//! `--durations N`: what took longest, of tests and fixtures.

use crate::event::{Event, FixturePhase, FixtureRan, Holder};
use crate::outcome::{Course, Finished, Outcome};
use crate::settings::Slowest;
use crate::sorted::sort_by;
use crate::test::Test;
use std::fmt;
use std::time::Duration;

/// Everything that took its time.
#[derive(Debug)]
pub(super) struct Durations {
    shown: Slowest,
    all: Vec<(Duration, What)>,
}

/// Something that took its time.
#[derive(Debug, Clone, Copy)]
enum What {
    Test { test: &'static Test, attempts: usize, course: Course },
    Fixture(FixtureRan),
}

impl Durations {
    /// Of which so many are to be shown.
    pub(super) fn new(shown: Slowest) -> Self {
        Durations { shown, all: Vec::new() }
    }

    /// Keeps what an event says.
    pub(super) fn count(&mut self, event: &Event) {
        match event {
            Event::TestFinished { test, finished } if !was_ignored(finished) => {
                let before = finished.earlier.iter().map(|attempt| attempt.duration);
                let duration = before.fold(finished.duration, Duration::saturating_add);
                let (attempts, course) = (finished.earlier.len() + 1, finished.course);
                self.all.push((duration, What::Test { test, attempts, course }));
            }
            Event::FixtureRan(ran) => self.all.push((ran.duration, What::Fixture(*ran))),
            _ => {}
        }
    }

    /// The list; nothing where nothing ran.
    pub(super) fn text(&mut self) -> String {
        if self.all.is_empty() {
            return String::new();
        }
        sort_by(&mut self.all, |(a, _), (b, _)| a > b);
        let most = match self.shown {
            Slowest::All => self.all.len(),
            Slowest::First(count) => count.get(),
        };
        let mut text = format!("\nslowest {most}:\n");
        for (duration, what) in self.all.iter().take(most) {
            text.push_str(&format!("{:>9.3}s  {what}\n", duration.as_secs_f64()));
        }
        text
    }
}

/// A shorter part of a test is not worth a word.
const NOTABLE: Duration = Duration::from_millis(1);

/// One that ended itself by `skip!` took its time all the same.
fn was_ignored(finished: &Finished) -> bool {
    matches!(finished.outcome, Outcome::Ignored(_)) && finished.duration.is_zero()
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Test { test, attempts, course } => {
                let tried = (*attempts > 1).then(|| format!("{attempts} attempts"));
                let parts =
                    [("set-up", course.set_up), ("waiting", course.parked), ("teardown", course.tear_down)];
                let notable = parts.into_iter().filter(|(_, duration)| *duration >= NOTABLE);
                let notable =
                    notable.map(|(part, duration)| format!("{part} {:.3}s", duration.as_secs_f64()));
                let more: Vec<_> = tried.into_iter().chain(notable).collect();
                f.write_str(test.name())?;
                if more.is_empty() { Ok(()) } else { write!(f, " ({})", more.join(", ")) }
            }
            What::Fixture(FixtureRan { fixture, phase, holder, .. }) => {
                let phase = match phase {
                    FixturePhase::SetUp => "set-up",
                    FixturePhase::TearDown => "teardown",
                };
                write!(f, "fixture {} ({phase}", fixture.label())?;
                match holder {
                    Holder::Shared => f.write_str(")"),
                    Holder::Worker(id) => write!(f, ", worker {id})"),
                    Holder::Test(test) => write!(f, ", {})", test.name()),
                }
            }
        }
    }
}
