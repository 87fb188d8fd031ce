//! What the page of a step shows of the run, in Markdown: a line where all went well, else what did not. It is put behind what
//! other targets of the same step have written.

use super::places::Places;
use super::plain::plain;
use crate::event::{Event, FixturePhase, NotRun};
use crate::outcome::{Failure, Finished, Outcome};
use crate::report::Reporter;
use crate::report::again::Again;
use crate::report::cause::{Reason, reason, reason_of_fixture};
use crate::report::closing::cut_short;
use crate::report::source::Sources;
use crate::settings::Settings;
use crate::sorted::sort_by;
use crate::target::Target;
use crate::test::Test;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// GitHub shows nothing of a file that is larger, in bytes; all targets of a step write to the same.
const LARGEST: u64 = 1 << 20;

/// How many failures, flaky tests, and other troubles are shown, and how much of a name or a message, in characters.
const MOST_FAILED: usize = 50;
const MOST_OTHERS: usize = 20;
const LONGEST: usize = 300;

/// The summary of a run.
#[derive(Debug)]
pub(in crate::report) struct StepSummary {
    /// As it was given, and from the root: a test may change the folder of the process.
    path: PathBuf,
    absolute: PathBuf,
    repository: Option<PathBuf>,
    target: Target,
    again: Again,
    passed: usize,
    ignored: usize,
    failed: Vec<Failed>,
    flaky: Vec<Flaky>,
    /// What failed the run and no test, or explains why tests did.
    troubles: Vec<String>,
}

/// A test that failed.
#[derive(Debug)]
struct Failed {
    test: &'static Test,
    failure: Failure,
    reason: Reason,
}

/// A test that passed, though not at once.
#[derive(Debug)]
struct Flaky {
    test: &'static Test,
    attempts: usize,
    reason: Reason,
}

impl StepSummary {
    /// Of a run of this target, to be written there.
    pub(in crate::report) fn new(
        path: &Path,
        repository: Option<&Path>,
        settings: &Settings,
        target: Target,
    ) -> Self {
        StepSummary {
            path: path.to_owned(),
            absolute: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            repository: repository.map(Path::to_owned),
            target,
            again: Again::new(target, settings),
            passed: 0,
            ignored: 0,
            failed: Vec::new(),
            flaky: Vec::new(),
            troubles: Vec::new(),
        }
    }

    fn count(&mut self, test: &'static Test, finished: &Finished) {
        if let Some(last) = finished.earlier.last().filter(|_| finished.is_flaky()) {
            let reason = reason(test, &last.failure, &String::from_utf8_lossy(&last.output));
            self.flaky.push(Flaky { test, attempts: finished.earlier.len() + 1, reason });
        }
        match &finished.outcome {
            Outcome::Passed | Outcome::FailedAsExpected(_) => self.passed += 1,
            Outcome::Ignored(_) => self.ignored += 1,
            Outcome::Failed(failure) => {
                let reason = reason(test, failure, &String::from_utf8_lossy(&finished.output));
                self.failed.push(Failed { test, failure: failure.clone(), reason });
            }
        }
    }

    fn write(&mut self, elapsed: Duration, not_run: &NotRun) -> io::Result<()> {
        // GitHub makes the folder. In a container that has its variables and not its folders nobody would read it.
        if !self.absolute.parent().is_some_and(Path::is_dir) {
            return Ok(());
        }
        sort_by(&mut self.failed, |a, b| a.test.name() < b.test.name());
        sort_by(&mut self.flaky, |a, b| a.test.name() < b.test.name());
        let cut = cut_short(not_run, self.failed.len());
        let is_success = self.failed.is_empty() && self.troubles.is_empty() && !not_run.is_failure();
        let line = self.line(is_success, elapsed);
        let whole = match is_success && self.flaky.is_empty() && cut.is_empty() {
            true => format!("- {line}\n"),
            false => format!("\n### {line}\n{}\n", self.tables(cut.trim())),
        };
        append(&self.absolute, [&whole, &format!("- {line}\n")])
    }

    /// The counts, without those of nothing.
    fn line(&self, is_success: bool, elapsed: Duration) -> String {
        let mark = if is_success { '✅' } else { '❌' };
        let mut line = format!("{mark} {}: ", code(&self.target.id()));
        for (count, word) in [
            (self.failed.len(), "failed"),
            (self.passed, "passed"),
            (self.flaky.len(), "of them flaky"),
            (self.ignored, "ignored"),
        ] {
            if count > 0 || word == "passed" {
                line.push_str(&format!("{count} {word}, "));
            }
        }
        line + &format!("in {:.2}s", elapsed.as_secs_f64())
    }

    fn tables(&self, cut: &str) -> String {
        let sources = Sources::of(self.target);
        let places = Places::new(&sources, self.repository.as_deref());
        let commands = self.again.commands();
        let mut text = String::new();
        if !self.failed.is_empty() {
            text.push_str("\n| failed | why | where | again |\n| --- | --- | --- | --- |\n");
        }
        for Failed { test, failure, reason } in self.failed.iter().take(MOST_FAILED) {
            let command = commands.as_ref().map(|commands| commands.of(test, failure));
            // Half a command would be another one.
            let again = command.filter(|command| command.chars().count() <= LONGEST).unwrap_or_default();
            text.push_str(&row(&places, test, reason, &code(&again)));
        }
        text.push_str(&left_out(self.failed.len(), MOST_FAILED, "failed"));
        if !self.flaky.is_empty() {
            text.push_str("\n| flaky | why at first | where | passed |\n| --- | --- | --- | --- |\n");
        }
        for Flaky { test, attempts, reason } in self.flaky.iter().take(MOST_OTHERS) {
            text.push_str(&row(&places, test, reason, &format!("on attempt {attempts}")));
        }
        text.push_str(&left_out(self.flaky.len(), MOST_OTHERS, "were flaky"));
        let cut = Some(cut.to_owned()).filter(|cut| !cut.is_empty());
        let troubles: Vec<_> = self.troubles.iter().take(MOST_OTHERS).chain(&cut).collect();
        if !troubles.is_empty() {
            text.push('\n');
        }
        troubles.iter().for_each(|trouble| text.push_str(&format!("- {}\n", code(first_words(trouble)))));
        text
    }
}

impl Reporter for StepSummary {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::TestFinished { test, finished } => self.count(test, finished),
            Event::FixtureFailed { fixture, phase, error, output } => {
                let doing = match phase {
                    FixturePhase::SetUp => "set up",
                    FixturePhase::TearDown => "tear down",
                };
                let Reason { message, .. } =
                    reason_of_fixture(fixture, error, &String::from_utf8_lossy(output));
                let label = fixture.label();
                self.troubles.push(format!("fixture `{label}` failed to {doing}: {}", first_words(&message)));
            }
            Event::RunBroken { reason, .. } => self.troubles.push(reason.clone()),
            Event::RunFinished { elapsed, not_run, .. } => self.write(*elapsed, not_run)?,
            _ => {}
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is said of a test, in cells.
fn row(places: &Places<'_>, test: &Test, Reason { message, spot }: &Reason, last: &str) -> String {
    let place = places.of_test(test, spot.as_ref());
    let place = place.map(|(file, line)| format!("{file}:{line}")).unwrap_or_default();
    format!("| {} | {} | {} | {last} |\n", code(test.name()), code(first_words(message)), code(&place))
}

fn left_out(all: usize, most: usize, what: &str) -> String {
    if all > most { format!("\nand {} more that {what}\n", all - most) } else { String::new() }
}

/// The first line that says anything.
fn first_words(message: &str) -> &str {
    message.lines().find(|line| !line.trim().is_empty()).unwrap_or_default()
}

/// The beginning of a text, as code, in which nothing has a meaning: neither for tables nor for Markdown nor for HTML, nor is
/// `:books:` a picture of some.
fn code(text: &str) -> String {
    let mut code = String::new();
    for (place, c) in plain(text).chars().enumerate() {
        if place == LONGEST {
            code.push_str("..");
            break;
        }
        match c {
            c if c.is_alphanumeric() || " .,:;/-+=%?()'".contains(c) => code.push(c),
            c if c.is_control() => code.push(' '),
            c => code.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    if code.is_empty() { code } else { format!("<code>{code}</code>") }
}

/// Puts the first of these texts that there is room for behind what stands in a file.
fn append(path: &Path, texts: [&str; 2]) -> io::Result<()> {
    let mut file = File::options().append(true).create(true).open(path)?;
    let there = file.metadata()?.len();
    let fits = |text: &&&str| there.saturating_add(text.len() as u64) <= LARGEST;
    texts.iter().find(fits).map_or(Ok(()), |text| file.write_all(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_has_a_meaning_is_escaped() {
        assert_eq!(code(""), "");
        assert_eq!(code("a::b c-2.5"), "<code>a::b c-2.5</code>");
        let odd = "<b>|`x`\n\\ \x1b[31m*[_]#@~$&\"\x1b[m";
        let escaped =
            "&#60;b&#62;&#124;&#96;x&#96; &#92; &#42;&#91;&#95;&#93;&#35;&#64;&#126;&#36;&#38;&#34;";
        assert_eq!(code(odd), format!("<code>{escaped}</code>"));
        assert_eq!(code(&"x".repeat(301)), format!("<code>{}..</code>", "x".repeat(300)));
        assert_eq!(first_words("\n \nfirst\nsecond"), "first");
    }

    #[test]
    fn a_file_never_grows_larger_than_is_shown() {
        let path = std::env::temp_dir().join(format!("async-harness-step-{}", std::process::id()));
        let lines = |text: &str| text.repeat(1 << 19);
        append(&path, ["a\n", "b\n"]).unwrap();
        append(&path, [&lines("cc"), "d\n"]).unwrap();
        append(&path, [&lines("cc"), &lines("dd")]).unwrap();
        let written = fs::read_to_string(&path);
        fs::remove_file(&path).unwrap();
        assert_eq!(written.unwrap(), "a\nd\n");
    }
}
