//! `--junit PATH`: the results as JUnit's XML, written at the end of the run.

use super::Reporter;
use super::failure::{Brief, brief};
use super::file::{from_root, put};
use crate::event::{Event, FixturePhase, NotRun};
use crate::outcome::{Course, FailedAttempt, Failure, Finished, Outcome, Output};
use crate::target::Target;
use crate::test::Test;
use chrono::{DateTime, FixedOffset, Utc};
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The results as JUnit's XML.
#[derive(Debug)]
pub(super) struct Junit {
    /// As it was given, and from the root: a test may change the folder of the process.
    path: PathBuf,
    absolute: PathBuf,
    id: String,
    began: SystemTime,
    /// Made into cases at the end: taking the colours out of a megabyte takes a second where nothing is optimised, and nobody
    /// is to wait for that while tests run.
    results: Vec<Told>,
    properties: Vec<Property>,
    /// Fixtures that could not be set up, each with its error and output.
    fixtures: Vec<(&'static str, String)>,
    written: bool,
}

/// What becomes a case.
#[derive(Debug)]
enum Told {
    Test(&'static Test, Finished),
    /// Something that failed the run and no test.
    Error {
        name: String,
        kind: &'static str,
        message: String,
        output: Vec<u8>,
    },
}

/// A failure in JUnit's words.
struct Words {
    message: String,
    /// What kind of failure it is.
    kind: &'static str,
    /// All that there is to say.
    description: String,
}

impl Junit {
    /// Results of this target, to be written there.
    pub(super) fn new(path: &Path, target: Target) -> Self {
        Junit {
            path: path.to_owned(),
            absolute: from_root(path),
            id: target.id(),
            began: SystemTime::UNIX_EPOCH,
            results: Vec::new(),
            properties: Vec::new(),
            fixtures: Vec::new(),
            written: false,
        }
    }

    fn test(&self, test: &'static Test, finished: &Finished) -> TestCase {
        let mut status = match &finished.outcome {
            Outcome::Passed => TestCaseStatus::success(),
            Outcome::FailedAsExpected(reason) => skipped("xfail", reason.unwrap_or("failed as expected")),
            Outcome::Ignored(reason) => skipped("ignored", reason.as_deref().unwrap_or_default()),
            Outcome::Failed(failure) => {
                let Words { message, kind, description } = self.words(test, failure, &finished.output);
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(message).set_type(kind).set_description(description);
                status
            }
        };
        status.add_reruns(finished.earlier.iter().map(|attempt| self.rerun(test, attempt)));
        let mut case = self.case(test.name(), status, finished.course, finished.duration);
        case.extra.insert("file".into(), text(test.place.file.as_bytes()).into());
        case.extra.insert("line".into(), test.place.line.to_string().into());
        for note in &finished.notes {
            case.add_property(("note", text(note.as_bytes()).as_str()));
        }
        let (out, err) = finished.output.apart();
        if !out.is_empty() {
            case.set_system_out(text(&out));
        }
        if !err.is_empty() {
            case.set_system_err(text(&err));
        }
        case
    }

    fn case(&self, name: &str, status: TestCaseStatus, course: Course, duration: Duration) -> TestCase {
        let mut case = TestCase::new(text(name.as_bytes()), status);
        case.set_classname(self.id.as_str()).set_time(duration).set_timestamp(self.moment(course.began));
        case
    }

    fn rerun(&self, test: &'static Test, attempt: &FailedAttempt) -> TestRerun {
        let FailedAttempt { failure, output, duration, course, .. } = attempt;
        let Words { message, kind, description } = self.words(test, failure, output);
        let mut rerun = TestRerun::new(NonSuccessKind::Failure);
        rerun.set_message(message).set_type(kind).set_description(description);
        rerun.set_time(*duration).set_timestamp(self.moment(course.began));
        let (out, err) = output.apart();
        if !out.is_empty() {
            rerun.set_system_out(text(&out));
        }
        if !err.is_empty() {
            rerun.set_system_err(text(&err));
        }
        rerun
    }

    fn words(&self, test: &'static Test, failure: &Failure, output: &Output) -> Words {
        let printed = text(output);
        let Brief { kind, message } = brief(test.name(), failure, &printed);
        let message = text(message.as_bytes());
        let parts = match failure {
            Failure::Because(reason) => {
                let reason = text(reason.as_bytes());
                let of_fixture =
                    self.fixtures.iter().filter(|(label, _)| reason.contains(&format!("`{label}`")));
                let of_fixture: Vec<_> = of_fixture.map(|(_, error)| error.clone()).collect();
                [vec![printed, reason], of_fixture].concat()
            }
            _ if printed.is_empty() => vec![message.clone()],
            _ => vec![printed],
        };
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Words { message, kind, description: parts.join("\n") }
    }

    fn error(&self, name: &str, kind: &str, message: &str, output: &[u8]) -> TestCase {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(text(message.as_bytes())).set_type(kind);
        let mut case = self.case(name, status, Course::default(), Duration::ZERO);
        if !output.is_empty() {
            case.set_system_out(text(output));
        }
        case
    }

    fn moment(&self, since: Duration) -> DateTime<FixedOffset> {
        let moment = self.began.checked_add(since).unwrap_or(self.began);
        DateTime::<Utc>::from(moment).fixed_offset()
    }

    fn write(&mut self, elapsed: Duration, not_run: &NotRun, stray: &[u8]) -> io::Result<()> {
        let mut suite = TestSuite::new(self.id.as_str());
        suite.set_time(elapsed).set_timestamp(self.moment(Duration::ZERO));
        suite.add_properties(std::mem::take(&mut self.properties));
        if not_run.count > 0 {
            suite.add_property(("not-run", not_run.count.to_string().as_str()));
        }
        if !stray.is_empty() {
            suite.set_system_out(text(stray));
        }
        for told in std::mem::take(&mut self.results) {
            suite.add_test_case(match &told {
                Told::Test(test, finished) => self.test(test, finished),
                Told::Error { name, kind, message, output } => self.error(name, kind, message, output),
            });
        }
        let mut report = Report::new(self.id.as_str());
        report.set_time(elapsed).set_timestamp(self.moment(Duration::ZERO)).add_test_suite(suite);
        let xml = report.to_string().map_err(io::Error::other)?;
        put(&self.absolute, xml.as_bytes())?;
        self.written = true;
        Ok(())
    }
}

impl Reporter for Junit {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { began, .. } => self.began = *began,
            Event::TestFinished { test, finished } => {
                self.results.push(Told::Test(test, finished.clone()));
            }
            Event::FixtureFailed { fixture, phase: FixturePhase::SetUp, error, output } => {
                let output = [text(output), text(error.as_bytes())].concat();
                self.fixtures.push((fixture.label(), output));
            }
            Event::FixtureFailed { fixture, phase: FixturePhase::TearDown, error, output } => {
                let message = format!("fixture `{}` failed to tear down: {error}", fixture.label());
                let (name, output) = (format!("fixture {}", fixture.label()), output.clone());
                self.results.push(Told::Error { name, kind: "fixture", message, output });
            }
            Event::RunBroken { reason, output } => self.results.push(Told::Error {
                name: "the run".to_owned(),
                kind: "run",
                message: reason.clone(),
                output: output.clone(),
            }),
            Event::RunNoted { note } => self.properties.push(Property::new("note", text(note.as_bytes()))),
            Event::RunFinished { elapsed, not_run, stray } => self.write(*elapsed, not_run, stray)?,
            Event::TestStarted { .. }
            | Event::TestStillRunning { .. }
            | Event::FixtureRan(_)
            | Event::Used(_)
            | Event::Detail(_) => {}
        }
        Ok(())
    }

    fn wants_starts(&self) -> bool {
        false
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn file(&self) -> Option<&Path> {
        self.written.then_some(&self.path)
    }
}

fn skipped(kind: &str, reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_type(kind);
    if !reason.is_empty() {
        status.set_message(text(reason.as_bytes()));
    }
    status
}

/// What may stand in XML; `quick_junit` takes out control characters and the colours of terminals.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
