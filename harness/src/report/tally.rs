//! Counts results and keeps what is shown at the end: what the reports for people have in common.

use super::again::Again;
use super::cause::{Reason, reason_of_fixture};
use super::console::{Console, Screen};
use super::durations::Durations;
use super::poison::Panicked;
use super::stats::Stats;
use super::summary::Summary;
use crate::event::{Event, FixturePhase};
use crate::fixture::FixtureDecl;
use crate::outcome::{FailedAttempt, Failure, Finished, Outcome};
use crate::settings::{GitHub, Isolation, Settings};
use crate::target::Target;
use crate::test::{ShouldPanic, Test};
use std::path::Path;

/// The results so far.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) ignored: usize,
    pub(super) filtered_out: usize,
    /// How many of those that passed failed as `#[xfail]` says.
    pub(super) expected: usize,
    /// Fixtures that outlive a test and failed to be torn down.
    pub(super) torn: Vec<Torn>,
    pub(super) show_output: bool,
    /// What failed the run and no test.
    pub(super) broken: Vec<(String, Vec<u8>)>,
    /// Fixtures that failed, each with its error and output.
    pub(super) fixtures: Vec<(String, Vec<u8>)>,
    pub(super) failures: Vec<Failed>,
    pub(super) too_slow: Vec<Failed>,
    pub(super) flaky: Vec<Flaky>,
    /// Tests that panicked and did not fail.
    pub(super) panicked: Vec<Panicked>,
    /// Whether the run itself came to a bad end.
    ended_badly: bool,
    pub(super) successes: Vec<(&'static str, Vec<u8>)>,
    pub(super) notes: Vec<String>,
    /// Where other reports of the run are.
    pub(super) files: Vec<String>,
    pub(super) durations: Option<Durations>,
    pub(super) stats: Option<Stats>,
    /// What is worth a word where a person reads.
    pub(super) summary: Option<Summary>,
    pub(super) target: Target,
    pub(super) again: Again,
    pub(super) github: Option<GitHub>,
    isolation: Isolation,
}

/// A test that failed.
#[derive(Debug)]
pub(super) struct Failed {
    /// The test.
    pub(super) test: &'static Test,
    /// Why.
    pub(super) failure: Failure,
    /// What there is to show of it: all attempts, and the reason where their output does not say it.
    pub(super) output: Vec<u8>,
    /// Where and when its last attempt ran.
    pub(super) panicked: Panicked,
}

/// A test that passed, though not at once.
#[derive(Debug)]
pub(super) struct Flaky {
    /// The test.
    pub(super) test: &'static Test,
    /// In which attempt it passed.
    pub(super) attempts: usize,
    /// Why the one before failed.
    pub(super) last_failure: Failure,
    /// What there is to show of those that failed.
    pub(super) output: Vec<u8>,
}

/// A fixture that outlives a test and failed to be torn down.
#[derive(Debug)]
pub(super) struct Torn {
    /// The fixture.
    pub(super) fixture: &'static FixtureDecl,
    /// Why.
    pub(super) reason: Reason,
}

impl Tally {
    /// Of a run of this target, to be shown there.
    pub(super) fn new(settings: &Settings, target: Target, out: &Console) -> Self {
        let durations = settings.reports.durations.map(Durations::new);
        Tally {
            passed: 0,
            failed: 0,
            ignored: 0,
            filtered_out: 0,
            expected: 0,
            torn: Vec::new(),
            show_output: settings.show_output,
            broken: Vec::new(),
            fixtures: Vec::new(),
            failures: Vec::new(),
            too_slow: Vec::new(),
            flaky: Vec::new(),
            panicked: Vec::new(),
            ended_badly: false,
            successes: Vec::new(),
            notes: Vec::new(),
            files: Vec::new(),
            stats: settings.reports.stats.then(|| Stats::new(settings)),
            summary: (out.screen() == Screen::Terminal).then(|| Summary::new(durations.is_some())),
            durations,
            target,
            again: Again::new(target, settings),
            github: settings.reports.github.clone(),
            isolation: settings.isolation,
        }
    }

    /// Counts an event.
    pub(super) fn count(&mut self, event: &Event) {
        if let Some(durations) = &mut self.durations {
            durations.count(event);
        }
        if let Some(stats) = &mut self.stats {
            stats.count(event);
        }
        if let Some(summary) = &mut self.summary {
            summary.count(event);
        }
        match event {
            Event::RunStarted { filtered_out, .. } => self.filtered_out = *filtered_out,
            Event::TestFinished { test, finished } => self.count_test(test, finished),
            Event::FixtureFailed { fixture, phase, error, output } => {
                if *phase == FixturePhase::TearDown {
                    let reason = reason_of_fixture(fixture, error, &String::from_utf8_lossy(output));
                    self.torn.push(Torn { fixture, reason });
                }
                let doing = match phase {
                    FixturePhase::SetUp => "set up",
                    FixturePhase::TearDown => "tear down",
                };
                let title = format!("fixture {}", fixture.label());
                let text = format!("fixture `{}` failed to {doing}: {error}\n", fixture.label());
                self.fixtures.push((title, [output.as_slice(), text.as_bytes()].concat()));
            }
            Event::RunBroken { reason, output } => self.broken.push((reason.clone(), output.clone())),
            Event::RunNoted { note } => self.notes.push(note.clone()),
            Event::RunFinished { not_run, .. } => self.ended_badly = not_run.is_failure(),
            _ => {}
        }
    }

    fn count_test(&mut self, test: &'static Test, finished: &Finished) {
        let name = || test.name();
        if !finished.earlier.is_empty() || !finished.notes.is_empty() {
            let earlier = finished.earlier.iter().flat_map(|attempt| &attempt.notes);
            self.notes.extend(earlier.chain(&finished.notes).map(|note| format!("{}: {note}", name())));
        }
        if let Some(last) = finished.earlier.last().filter(|_| finished.is_flaky()) {
            self.flaky.push(Flaky {
                test,
                attempts: finished.earlier.len() + 1,
                last_failure: last.failure.clone(),
                output: attempts(&finished.earlier),
            });
        }
        match &finished.outcome {
            Outcome::Ignored(_) => self.ignored += 1,
            Outcome::Passed | Outcome::FailedAsExpected(_) => {
                let has_panicked = test.should_panic() != ShouldPanic::No || !finished.earlier.is_empty();
                if has_panicked || finished.outcome != Outcome::Passed {
                    self.panicked.push(self.panicked_in(test, finished));
                }
                self.passed += 1;
                self.expected += usize::from(finished.outcome != Outcome::Passed);
                if self.show_output {
                    self.successes.push((name(), finished.output.to_vec()));
                }
            }
            Outcome::Failed(failure) => {
                self.failed += 1;
                let mut output = before_the_last(finished);
                output.extend(with_reason(&finished.output, failure));
                let panicked = self.panicked_in(test, finished);
                let failed = Failed { test, failure: failure.clone(), output, panicked };
                match failure {
                    Failure::TimeLimit => self.too_slow.push(failed),
                    _ => self.failures.push(failed),
                }
            }
        }
    }

    /// Where and when a test ran, in case that it panicked.
    fn panicked_in(&self, test: &'static Test, finished: &Finished) -> Panicked {
        let process = if self.isolation == Isolation::Processes { finished.course.worker } else { 0 };
        let began = finished.course.began;
        Panicked { test, process, began, ended: began.saturating_add(finished.duration) }
    }

    /// Another report of the run is in this file.
    pub(super) fn name_file(&mut self, file: &Path) {
        self.files.push(file.display().to_string());
    }

    /// Whether nothing has failed.
    pub(super) fn is_success(&self) -> bool {
        self.failed == 0 && self.torn.is_empty() && self.broken.is_empty() && !self.ended_badly
    }

    /// What the fixture that failed last printed, and its error.
    pub(super) fn last_fixture(&self) -> Vec<u8> {
        self.fixtures.last().map(|(_, text)| text.clone()).unwrap_or_default()
    }

    /// What the failed attempts of the test printed that was flaky last, under its name.
    pub(super) fn last_flaky(&self) -> Vec<u8> {
        let section = |flaky: &Flaky| {
            [format!("---- {} stdout ----\n", flaky.test.name()).as_bytes(), &flaky.output, b"\n"].concat()
        };
        self.flaky.last().map(section).unwrap_or_default()
    }
}

/// What stands before the output of the last attempt, where there were others: those, and its number.
pub(super) fn before_the_last(finished: &Finished) -> Vec<u8> {
    let mut text = attempts(&finished.earlier);
    if !text.is_empty() {
        text.extend_from_slice(format!("attempt {}:\n", finished.earlier.len() + 1).as_bytes());
    }
    text
}

/// Attempts that failed, one after the other.
fn attempts(attempts: &[FailedAttempt]) -> Vec<u8> {
    let mut text = Vec::new();
    for (index, FailedAttempt { failure, output, duration, .. }) in attempts.iter().enumerate() {
        let seconds = duration.as_secs_f64();
        text.extend_from_slice(format!("attempt {} failed after {seconds:.2}s:\n", index + 1).as_bytes());
        text.extend(with_reason(output, failure));
        if !text.ends_with(b"\n") {
            text.push(b'\n');
        }
    }
    text
}

/// What a test printed, and why it failed where that does not say so.
fn with_reason(output: &[u8], failure: &Failure) -> Vec<u8> {
    let reason = match failure {
        Failure::Told | Failure::TimeLimit => return output.to_vec(),
        Failure::Because(reason) => reason,
        Failure::Interrupted => "interrupted",
    };
    [output, b"note: ", reason.as_bytes()].concat()
}
