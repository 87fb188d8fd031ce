//! The end of a report for people, from the sections of those that failed to the last line. In a pipe libtest's sections
//! stay as they are, and what there is beside them stands between them and the last line.

use super::again::Commands;
use super::console::{Console, Hue};
use super::durations::Durations;
use super::failures::Failures;
use super::github::Annotations;
use super::poison::{Followers, followers};
use super::source::Sources;
use super::tally::{Failed, Flaky, Tally};
use crate::event::{Cut, NotRun};
use crate::sorted::sort_by;
use crate::test::Ignore;
use std::time::Duration;

/// After more failures than these there is a command that runs all of them again.
const MANY: usize = 10;

impl Tally {
    /// Prints everything from the sections to the last line.
    pub(super) fn print_end(&mut self, out: &mut Console, elapsed: Duration, not_run: &NotRun, stray: &[u8]) {
        for failed in [&mut self.failures, &mut self.too_slow] {
            sort_by(failed, |a, b| a.test.name() < b.test.name());
        }
        sort_by(&mut self.successes, |(a, _), (b, _)| a < b);
        sort_by(&mut self.flaky, |a, b| a.test.name() < b.test.name());

        if self.show_output {
            let mut successes = Vec::with_capacity(self.successes.len());
            for (name, output) in &self.successes {
                successes.push((*name, output.as_slice()));
            }
            print_section(out, "successes", &[], &successes);
        }
        let groups = followers(&self.failures, &self.panicked);
        match &self.summary {
            Some(_) => self.print_failures_whole(out, &groups),
            None => self.print_failures(out),
        }
        if !self.flaky.is_empty() {
            let mut flaky = Vec::with_capacity(self.flaky.len());
            for Flaky { test, output, .. } in &self.flaky {
                flaky.push((test.name(), output.as_slice()));
            }
            print_section(out, "flaky", &[], &flaky);
        }
        if self.summary.is_none() {
            out.print(&groups_told(&groups, &self.failures));
            out.print(&self.commands());
        }
        if let Some(summary) = &mut self.summary {
            out.print(&summary.text(elapsed));
        }
        let remarks = self.remarks(elapsed, not_run, stray);
        out.print_output(&remarks);
        out.print(&self.annotations());
        self.print_last_line(out, elapsed);
    }

    /// The sections of libtest's, as they are.
    fn print_failures(&self, out: &mut Console) {
        if !self.failures.is_empty() || !self.torn.is_empty() {
            print_section(out, FAILURES, &self.fixtures, &shown(&self.failures));
        }
        if !self.too_slow.is_empty() {
            print_section(out, TOO_SLOW, &[], &shown(&self.too_slow));
        }
    }

    /// The same for a person at a terminal: each failure with all that there is to know of it.
    fn print_failures_whole(&self, out: &mut Console, groups: &[Followers]) {
        if self.failures.is_empty() && self.torn.is_empty() && self.too_slow.is_empty() {
            return;
        }
        let sources = Sources::of(self.target);
        let commands = self.again.commands();
        let failures = Failures { sources: &sources, commands: commands.as_ref() };
        if !self.failures.is_empty() || !self.torn.is_empty() {
            failures.print(out, FAILURES, &self.fixtures, &self.failures, groups);
        }
        if !self.too_slow.is_empty() {
            failures.print(out, TOO_SLOW, &[], &self.too_slow, &[]);
        }
        if let Some(commands) = &commands {
            out.print(&self.command_for_all(commands));
        }
    }

    /// A command for each test that failed.
    fn commands(&self) -> String {
        let Some(commands) = self.again.commands().filter(|_| self.failed > 0) else { return String::new() };
        let mut text = String::from("\nrun again:\n");
        for failed in [&self.failures, &self.too_slow] {
            for (place, Failed { test, failure, .. }) in failed.iter().enumerate() {
                if is_last_of_test(failed, place) {
                    text.push_str(&commands.of(test, failure));
                    text.push('\n');
                }
            }
        }
        text + &self.command_for_all(&commands)
    }

    /// One for all of them, where they are many.
    fn command_for_all(&self, commands: &Commands<'_>) -> String {
        let mut any_ignored = false;
        for failed in [&self.failures, &self.too_slow] {
            for Failed { test, .. } in failed {
                any_ignored |= test.ignore() != Ignore::No;
            }
        }
        match commands.of_all(any_ignored) {
            Some(command) if self.failed > MANY => format!("\nrun all of them again:\n{command}\n"),
            _ => String::new(),
        }
    }

    fn annotations(&self) -> String {
        let Some(github) = &self.github else { return String::new() };
        let any = [self.failed, self.flaky.len(), self.torn.len(), self.broken.len()];
        if any == [0; 4] {
            return String::new();
        }
        let sources = Sources::of(self.target);
        let mut annotations = Annotations::new(&sources, github.repository.as_deref());
        annotations.add_failures(&self.failures);
        annotations.add_failures(&self.too_slow);
        annotations.add_torn(&self.torn);
        self.broken.iter().for_each(|(reason, _)| annotations.add_broken(reason));
        annotations.add_flaky(&self.flaky);
        format!("\n{}", annotations.text)
    }

    fn print_last_line(&self, out: &mut Console, elapsed: Duration) {
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
        if !self.notes.is_empty() || self.expected > 0 || !self.torn.is_empty() || !self.flaky.is_empty() {
            remarks.push(b'\n');
        }
        if !self.torn.is_empty() {
            let torn = self.torn.len();
            let fixtures = if torn == 1 { "fixture" } else { "fixtures" };
            remarks.extend_from_slice(format!("{torn} {fixtures} failed to tear down\n").as_bytes());
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
pub(super) fn cut_short(NotRun { count, cut }: &NotRun, failed: usize) -> String {
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

/// What the sections of failures are headed with.
const FAILURES: &str = "failures";
const TOO_SLOW: &str = "failures (time limit exceeded)";

fn shown(failed: &[Failed]) -> Vec<(&'static str, &[u8])> {
    let mut shown = Vec::with_capacity(failed.len());
    for Failed { test, output, .. } in failed {
        shown.push((test.name(), output.as_slice()));
    }
    shown
}

/// Which tests failed on a poisoned lock, and whom they follow.
fn groups_told(groups: &[Followers], failed: &[Failed]) -> String {
    let mut text = String::new();
    for group in groups {
        text.push_str(&format!("\n{}:\n", group.told()));
        for place in &group.places {
            text.push_str(&format!("    {}\n", failed[*place].test.name()));
        }
    }
    text
}

/// libtest's section: the outputs under their names, then the names. What broke a test stands before it.
fn print_section(
    out: &mut Console,
    title: &str,
    fixtures: &[(String, Vec<u8>)],
    tests: &[(&'static str, &[u8])],
) {
    out.print(&format!("\n{title}:\n"));
    let mut names = Vec::with_capacity(tests.len());
    let mut any_output = !fixtures.is_empty();
    for (name, output) in tests {
        names.push(*name);
        any_output |= !output.is_empty();
    }
    if any_output {
        out.print("\n");
    }
    for (name, output) in fixtures {
        print_output(out, name, output);
    }
    for (name, output) in tests {
        if !output.is_empty() {
            print_output(out, name, output);
        }
    }
    print_names(out, title, !fixtures.is_empty(), &names);
}

fn print_output(out: &mut Console, name: &str, output: &[u8]) {
    out.print(&format!("---- {name} stdout ----\n"));
    out.print_output(output);
    out.print("\n");
}

/// Whether no failure of the same test comes behind this one, among failures by name: under `--repeat` there may be many.
pub(super) fn is_last_of_test(failed: &[Failed], place: usize) -> bool {
    failed.get(place + 1).is_none_or(|next| !std::ptr::eq(next.test, failed[place].test))
}

/// The names of tests, each once, as libtest ends a section with; none at all, where only fixtures failed.
pub(super) fn print_names(out: &mut Console, title: &str, any_fixture: bool, names: &[&str]) {
    if names.is_empty() && any_fixture {
        return;
    }
    out.print(&format!("\n{title}:\n"));
    let mut last = None;
    for name in names {
        if last.replace(name) != Some(name) {
            out.print(&format!("    {name}\n"));
        }
    }
}
