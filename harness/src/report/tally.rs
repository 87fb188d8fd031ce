//! Counts results and keeps what is shown at the end: what the reports for people have in common.

use super::console::{Console, Hue};
use super::durations::Durations;
use super::stats::Stats;
use crate::event::{Cut, Event, FixturePhase, NotRun};
use crate::outcome::{FailedAttempt, Failure, Finished, Outcome};
use crate::settings::Settings;
use crate::sorted::sort_by;
use crate::test::Test;
use std::path::Path;
use std::time::Duration;

/// The results so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) ignored: usize,
    pub(super) filtered_out: usize,
    /// How many of those that passed failed as `#[xfail]` says.
    expected: usize,
    /// How many fixtures that outlive a test failed to be torn down.
    torn: usize,
    show_output: bool,
    /// What failed the run and no test.
    broken: Vec<(String, Vec<u8>)>,
    /// Fixtures that failed, each with its error and output.
    fixtures: Vec<(String, Vec<u8>)>,
    failures: Vec<(&'static str, Vec<u8>)>,
    too_slow: Vec<(&'static str, Vec<u8>)>,
    flaky: Vec<(&'static str, Vec<u8>)>,
    /// Whether the run itself came to a bad end.
    ended_badly: bool,
    successes: Vec<(&'static str, Vec<u8>)>,
    notes: Vec<String>,
    /// Where other reports of the run are.
    files: Vec<String>,
    durations: Option<Durations>,
    stats: Option<Stats>,
}

impl Tally {
    pub(super) fn new(settings: &Settings) -> Self {
        Tally {
            show_output: settings.show_output,
            durations: settings.reports.durations.map(Durations::new),
            stats: settings.reports.stats.then(|| Stats::new(settings)),
            ..Tally::default()
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
        match event {
            Event::RunStarted { filtered_out, .. } => self.filtered_out = *filtered_out,
            Event::TestFinished { test, finished } => self.count_test(test, finished),
            Event::FixtureFailed { fixture, phase, error, output } => {
                self.torn += usize::from(*phase == FixturePhase::TearDown);
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
        if finished.is_flaky() {
            self.flaky.push((name(), attempts(&finished.earlier)));
        }
        match &finished.outcome {
            Outcome::Ignored(_) => self.ignored += 1,
            Outcome::Passed | Outcome::FailedAsExpected(_) => {
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
                match failure {
                    Failure::TimeLimit => self.too_slow.push((name(), output)),
                    _ => self.failures.push((name(), output)),
                }
            }
        }
    }

    /// Another report of the run is in this file.
    pub(super) fn name_file(&mut self, file: &Path) {
        self.files.push(file.display().to_string());
    }

    /// Whether nothing has failed.
    pub(super) fn is_success(&self) -> bool {
        self.failed == 0 && self.torn == 0 && self.broken.is_empty() && !self.ended_badly
    }

    /// Prints everything from the sections to the last line.
    pub(super) fn print_end(&mut self, out: &mut Console, elapsed: Duration, not_run: &NotRun, stray: &[u8]) {
        if self.show_output {
            print_section(out, "successes", &[], &mut self.successes);
        }
        if !self.failures.is_empty() || self.torn > 0 {
            print_section(out, "failures", &self.fixtures, &mut self.failures);
        }
        if !self.too_slow.is_empty() {
            print_section(out, "failures (time limit exceeded)", &[], &mut self.too_slow);
        }
        if !self.flaky.is_empty() {
            print_section(out, "flaky", &[], &mut self.flaky);
        }
        out.print_output(&self.remarks(elapsed, not_run, stray));
        out.print("\ntest result: ");
        match self.is_success() {
            true => out.paint(Hue::Green, "ok"),
            false => out.paint(Hue::Red, "FAILED"),
        }
        out.print(&format!(
            ". {} passed; {} failed; {} ignored; 0 measured; {} filtered out; finished in {:.2}s\n\n",
            self.passed,
            self.failed,
            self.ignored,
            self.filtered_out,
            elapsed.as_secs_f64()
        ));
    }

    /// What the fixture that failed last printed, and its error.
    pub(super) fn last_fixture(&self) -> Vec<u8> {
        self.fixtures.last().map(|(_, text)| text.clone()).unwrap_or_default()
    }

    /// What the failed attempts of the test printed that was flaky last, under its name.
    pub(super) fn last_flaky(&self) -> Vec<u8> {
        let section = |(name, output): &(&str, Vec<u8>)| {
            [format!("---- {name} stdout ----\n").as_bytes(), output, b"\n"].concat()
        };
        self.flaky.last().map(section).unwrap_or_default()
    }

    /// What has no place in libtest's shapes: notes, output without an owner, what was slow, and tests that never started.
    pub(super) fn remarks(&mut self, elapsed: Duration, not_run: &NotRun, stray: &[u8]) -> Vec<u8> {
        let mut remarks = Vec::new();
        if !stray.is_empty() {
            remarks.extend_from_slice(b"\n---- output of no single test ----\n");
            remarks.extend_from_slice(stray);
            if !stray.ends_with(b"\n") {
                remarks.push(b'\n');
            }
        }
        for (reason, output) in &self.broken {
            remarks.extend_from_slice(format!("\n---- {reason} ----\n").as_bytes());
            remarks.extend_from_slice(output);
            if !output.is_empty() && !output.ends_with(b"\n") {
                remarks.push(b'\n');
            }
        }
        if !self.notes.is_empty() || self.expected > 0 || self.torn > 0 || !self.flaky.is_empty() {
            remarks.push(b'\n');
        }
        if self.torn > 0 {
            let fixtures = if self.torn == 1 { "fixture" } else { "fixtures" };
            remarks.extend_from_slice(format!("{} {fixtures} failed to tear down\n", self.torn).as_bytes());
        }
        if self.expected > 0 {
            let tests = if self.expected == 1 { "test" } else { "tests" };
            remarks.extend_from_slice(format!("{} {tests} failed as expected\n", self.expected).as_bytes());
        }
        if !self.flaky.is_empty() {
            remarks.extend_from_slice(
                format!("{} flaky: passed on a later attempt\n", self.flaky.len()).as_bytes(),
            );
        }
        for note in &self.notes {
            remarks.extend_from_slice(format!("note: {note}\n").as_bytes());
        }
        let slowest = self.durations.as_mut().map(Durations::text);
        let stats = self.stats.as_ref().map(|stats| stats.text(elapsed));
        for text in slowest.into_iter().chain(stats) {
            remarks.extend_from_slice(text.as_bytes());
        }
        remarks.extend_from_slice(cut_short(not_run, self.failed).as_bytes());
        if !self.files.is_empty() {
            remarks.push(b'\n');
        }
        for file in &self.files {
            remarks.extend_from_slice(format!("report written: {file}\n").as_bytes());
        }
        remarks
    }
}

/// What is said of tests that were never started.
fn cut_short(NotRun { count, cut }: &NotRun, failed: usize) -> String {
    let why = match cut {
        None => return String::new(),
        Some(Cut::Failures) if failed > 1 => format!("stopped after {failed} failures"),
        Some(Cut::Failures) => "stopped after a failure".to_owned(),
        Some(Cut::Crash) => "the process crashed".to_owned(),
        Some(Cut::Interrupt) => "interrupted".to_owned(),
        Some(Cut::MainThread(test)) => format!("`{}` did not give the main thread back", test.name()),
    };
    match count {
        0 => format!("\nthe run was ended early: {why}\n"),
        1 => format!("\n1 test was not run: {why}\n"),
        _ => format!("\n{count} tests were not run: {why}\n"),
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

/// libtest's section: the outputs under their names, then the names. What broke a test stands before it.
fn print_section(
    out: &mut Console,
    title: &str,
    fixtures: &[(String, Vec<u8>)],
    tests: &mut [(&'static str, Vec<u8>)],
) {
    let any_fixture = !fixtures.is_empty();
    sort_by(tests, |(a, _), (b, _)| a < b);
    out.print(&format!("\n{title}:\n"));
    let fixtures = fixtures.iter().map(|(name, output)| (name.as_str(), output));
    let tests_with_output =
        tests.iter().filter(|(_, output)| !output.is_empty()).map(|(name, output)| (*name, output));
    let mut outputs = fixtures.chain(tests_with_output).peekable();
    if outputs.peek().is_some() {
        out.print("\n");
    }
    for (name, output) in outputs {
        out.print(&format!("---- {name} stdout ----\n"));
        out.print_output(output);
        out.print("\n");
    }
    if tests.is_empty() && any_fixture {
        return;
    }
    out.print(&format!("\n{title}:\n"));
    for (name, _) in tests.iter() {
        out.print(&format!("    {name}\n"));
    }
}
