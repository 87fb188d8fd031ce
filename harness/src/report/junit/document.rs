//! What stands where in JUnit's XML.

use super::Told;
use super::moment::{moment, span};
use super::xml::{Tag, Xml};
use crate::outcome::{Course, FailedAttempt, Failure, Finished, Outcome, Output};
use crate::report::failure::{Brief, brief};
use crate::test::Test;
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

/// All that the document is made of.
pub(super) struct Document<'a> {
    pub(super) id: &'a str,
    pub(super) began: SystemTime,
    pub(super) elapsed: Duration,
    pub(super) results: &'a [Told],
    pub(super) notes: &'a [String],
    /// Fixtures that could not be set up, each with its error and output.
    pub(super) fixtures: &'a [(&'static str, String)],
    pub(super) not_run: usize,
    /// What was printed by none of the tests.
    pub(super) stray: &'a [u8],
}

/// A failure in JUnit's words.
struct Words {
    message: String,
    /// What kind of failure it is.
    kind: &'static str,
    /// All that there is to say.
    description: String,
}

impl Document<'_> {
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut xml = Xml::begin(out)?;
        xml.open(self.counted("testsuites", ["tests", "skipped", "failures", "errors"]))?;
        let suite = self.counted("testsuite", ["tests", "skipped", "errors", "failures"]);
        if self.results.is_empty() && self.notes.is_empty() && self.not_run == 0 && self.stray.is_empty() {
            xml.empty(suite)?;
        } else {
            xml.open(suite)?;
            let not_run = (self.not_run > 0).then(|| ("not-run", self.not_run.to_string()));
            properties(&mut xml, self.notes, not_run)?;
            for told in self.results {
                match told {
                    Told::Test(test, finished) => self.test(&mut xml, test, finished)?,
                    Told::Error { name, kind, message, output } => {
                        self.error(&mut xml, name, kind, message, output)?;
                    }
                }
            }
            output(&mut xml, "system-out", self.stray)?;
            xml.close("testsuite")?;
        }
        xml.close("testsuites")?;
        xml.end()
    }

    /// An element with these numbers of cases, in this order.
    fn counted(&self, element: &'static str, numbers: [&'static str; 4]) -> Tag {
        let mut tag = Tag::new(element).with("name", self.id);
        for number in numbers {
            let counts = |told: &&Told| match told {
                _ if number == "tests" => true,
                Told::Error { .. } => number == "errors",
                Told::Test(_, finished) => match finished.outcome {
                    Outcome::Passed => false,
                    Outcome::Failed(_) => number == "failures",
                    Outcome::FailedAsExpected(_) | Outcome::Ignored(_) => number == "skipped",
                },
            };
            tag = tag.with(number, &self.results.iter().filter(counts).count().to_string());
        }
        self.timed(tag, Duration::ZERO, self.elapsed)
    }

    /// With when it began, counted from the beginning of the run, and how long it took.
    fn timed(&self, tag: Tag, began: Duration, took: Duration) -> Tag {
        let began = self.began.checked_add(began).unwrap_or(self.began);
        tag.with("timestamp", &moment(began)).with("time", &span(took))
    }

    fn case(&self, name: &str, course: Course, took: Duration) -> Tag {
        self.timed(Tag::new("testcase").with("name", name).with("classname", self.id), course.began, took)
    }

    fn test(&self, xml: &mut Xml<'_>, test: &'static Test, finished: &Finished) -> io::Result<()> {
        let Finished { outcome, output: printed, notes, duration, course, earlier, .. } = finished;
        let case = self.case(test.name(), *course, *duration);
        let case = case.with("file", test.place.file).with("line", &test.place.line.to_string());
        let passed_at_once = *outcome == Outcome::Passed && earlier.is_empty();
        if passed_at_once && notes.is_empty() && printed.is_empty() {
            return xml.empty(case);
        }
        xml.open(case)?;
        properties(xml, notes, None)?;
        let attempts = match outcome {
            Outcome::Passed => Some("flakyFailure"),
            Outcome::FailedAsExpected(reason) => {
                skipped(xml, "xfail", reason.unwrap_or("failed as expected"))?;
                None
            }
            Outcome::Ignored(reason) => {
                skipped(xml, "ignored", reason.as_deref().unwrap_or_default())?;
                None
            }
            Outcome::Failed(failure) => {
                let Words { message, kind, description } = self.words(test, failure, printed);
                xml.open(Tag::new("failure").with("message", &message).with("type", kind))?;
                xml.text(&description)?;
                xml.close("failure")?;
                Some("rerunFailure")
            }
        };
        if let Some(element) = attempts {
            for attempt in earlier {
                self.attempt(xml, element, test, attempt)?;
            }
        }
        outputs(xml, printed)?;
        xml.close("testcase")
    }

    fn attempt(
        &self,
        xml: &mut Xml<'_>,
        element: &'static str,
        test: &'static Test,
        attempt: &FailedAttempt,
    ) -> io::Result<()> {
        let FailedAttempt { failure, output, duration, course, .. } = attempt;
        let Words { message, kind, description } = self.words(test, failure, output);
        let tag = self.timed(Tag::new(element), course.began, *duration);
        xml.open(tag.with("message", &message).with("type", kind))?;
        xml.text(&description)?;
        if !output.is_empty() {
            xml.end_line()?;
        }
        outputs(xml, output)?;
        xml.close(element)
    }

    fn error(
        &self,
        xml: &mut Xml<'_>,
        name: &str,
        kind: &str,
        message: &str,
        printed: &[u8],
    ) -> io::Result<()> {
        xml.open(self.case(name, Course::default(), Duration::ZERO))?;
        xml.empty(Tag::new("error").with("message", message).with("type", kind))?;
        output(xml, "system-out", printed)?;
        xml.close("testcase")
    }

    fn words(&self, test: &'static Test, failure: &Failure, output: &Output) -> Words {
        let printed = String::from_utf8_lossy(output);
        let Brief { kind, message } = brief(test.name(), failure, &printed);
        let mut parts = vec![&*printed];
        match failure {
            Failure::Because(reason) => {
                parts.push(reason);
                let of_fixture = self.fixtures.iter();
                let of_fixture = of_fixture.filter(|(label, _)| reason.contains(&format!("`{label}`")));
                parts.extend(of_fixture.map(|(_, error)| error.as_str()));
            }
            _ if printed.is_empty() => parts.push(&message),
            _ => {}
        }
        parts.retain(|part| !part.is_empty());
        let description = parts.join("\n");
        Words { message, kind, description }
    }
}

/// Notes, and what else is to be told of a suite.
fn properties(xml: &mut Xml<'_>, notes: &[String], other: Option<(&'static str, String)>) -> io::Result<()> {
    if notes.is_empty() && other.is_none() {
        return Ok(());
    }
    let property = |name: &str, value: &str| Tag::new("property").with("name", name).with("value", value);
    xml.open(Tag::new("properties"))?;
    for note in notes {
        xml.empty(property("note", note))?;
    }
    if let Some((name, value)) = other {
        xml.empty(property(name, &value))?;
    }
    xml.close("properties")
}

fn skipped(xml: &mut Xml<'_>, kind: &str, reason: &str) -> io::Result<()> {
    let tag = Tag::new("skipped");
    let tag = if reason.is_empty() { tag } else { tag.with("message", reason) };
    xml.empty(tag.with("type", kind))
}

fn outputs(xml: &mut Xml<'_>, printed: &Output) -> io::Result<()> {
    let (out, err) = printed.apart();
    output(xml, "system-out", &out)?;
    output(xml, "system-err", &err)
}

/// An element with what was printed, if that is anything.
fn output(xml: &mut Xml<'_>, element: &'static str, printed: &[u8]) -> io::Result<()> {
    if printed.is_empty() {
        return Ok(());
    }
    xml.open(Tag::new(element))?;
    xml.text(&String::from_utf8_lossy(printed))?;
    xml.close(element)
}
