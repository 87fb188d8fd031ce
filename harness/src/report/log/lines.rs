//! Turns events into lines.

use super::Head;
use super::line::{Line, base64};
use crate::event::{Cut, Detail, Event, FixturePhase, FixtureRan, Holder, NotRun, Phase, PlannedTest, Usage};
use crate::fixture::{BUILT_IN, FixtureDecl, FixtureKind, Scope};
use crate::key::{Access, Key};
use crate::named::Named;
use crate::outcome::{Course, FailedAttempt, Failure, Finished, Outcome, Output};
use crate::report::bound::{Cause, Work};
use crate::report::failure::{Brief, brief};
use crate::test::{Ignore, ShouldPanic, Test, Xfail};
use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

/// Turns one event after the other into lines.
#[derive(Debug)]
pub(in crate::report) struct Lines {
    head: Head,
    /// Whether it stands in the log what is planned.
    planned: bool,
    passed: u64,
    failed: u64,
    ignored: u64,
    flaky: u64,
    expected: u64,
    work: Work,
}

impl Lines {
    /// Of a run with this head.
    pub(in crate::report) fn new(head: Head) -> Self {
        let work = Work::new(head.workers, head.in_flight, head.dist);
        Lines { head, planned: false, passed: 0, failed: 0, ignored: 0, flaky: 0, expected: 0, work }
    }

    /// The log has been begun by the process before it was executed again.
    pub(in crate::report) fn go_on(&mut self) {
        self.planned = true;
    }

    /// Counts an event, whether or not its lines are wanted.
    pub(in crate::report) fn count(&mut self, event: &Event) {
        let Event::TestFinished { test, finished } = event else { return };
        self.work.add(test, finished);
        match finished.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed(_) => self.failed += 1,
            Outcome::FailedAsExpected(_) => self.expected += 1,
            Outcome::Ignored(_) => self.ignored += 1,
        }
        self.flaky += u64::from(finished.is_flaky());
    }

    /// Adds the lines of an event that was counted.
    pub(in crate::report) fn add(&mut self, event: &Event, to: &mut String) {
        match event {
            Event::RunStarted { tests, filtered_out, shuffle_seed, began } => {
                self.head.line(to);
                self.head.run_started(*tests, *filtered_out, *shuffle_seed, *began, to);
            }
            Event::Detail(Detail::Planned(tests)) => {
                if !std::mem::replace(&mut self.planned, true) {
                    plan(tests, to);
                }
            }
            Event::TestStarted { test, ignored, worker, began } => Line::new("test_started", to)
                .text("test", test.name())
                .time("at", *began)
                .number("worker", *worker as u64)
                .flag("ignored", *ignored)
                .end(),
            Event::TestStillRunning { test, after } => {
                Line::new("test_still_running", to).text("test", test.name()).time("after", *after).end();
            }
            Event::TestFinished { test, finished } => test_finished(test, finished, to),
            Event::FixtureFailed { fixture, phase, error, output } => {
                let of = Of { fixture: Some(fixture), ..Of::default() };
                output_lines(of, std::iter::once(("stdout", &output[..])), to);
                Line::new("fixture_failed", to)
                    .text("fixture", fixture.path)
                    .text("phase", phase_of_fixture(*phase))
                    .text("error", error)
                    .end();
            }
            // What is to be known of it is said at its end.
            Event::TearDownStarted { .. } | Event::TearDownStillRunning { .. } => {}
            Event::FixtureRan(ran) => fixture_ran(ran, to),
            Event::Used(Usage { cpu, peak_memory }) => {
                Line::new("used", to).time("cpu", *cpu).number("peak_memory", *peak_memory).end();
            }
            Event::RunBroken { reason, output } => {
                output_lines(Of::default(), std::iter::once(("stdout", &output[..])), to);
                Line::new("run_broken", to).text("reason", reason).end();
            }
            Event::RunNoted { note } => Line::new("run_noted", to).text("note", note).end(),
            Event::RunFinished { elapsed, not_run, stray } => {
                output_lines(Of::default(), std::iter::once(("stdout", &stray[..])), to);
                self.run_finished(*elapsed, not_run, to);
            }
            Event::Detail(Detail::PhaseStarted { phase, at }) => {
                Line::new("phase_started", to).text("phase", name_of(*phase)).time("at", *at).end();
            }
            Event::Detail(Detail::LetThrough { test, behind, key, at }) => Line::new("test_let_through", to)
                .text("test", test.name())
                .time("at", *at)
                .maybe("key", *key)
                .text("behind", behind.name())
                .end(),
            Event::Detail(Detail::Sampled { at, cpu, memory }) => {
                Line::new("sample", to).time("at", *at).time("cpu", *cpu).number("memory", *memory).end();
            }
            Event::Detail(Detail::WentOn { at }) => Line::new("went_on", to).time("at", *at).end(),
        }
    }

    fn run_finished(&self, elapsed: Duration, NotRun { count, cut }: &NotRun, to: &mut String) {
        let (cut, test) = match cut {
            None => (None, None),
            Some(Cut::Failures) => (Some("failures"), None),
            Some(Cut::Crash) => (Some("crash"), None),
            Some(Cut::Interrupt) => (Some("interrupt"), None),
            Some(Cut::MainThread(test)) => (Some("main_thread"), Some(test.name())),
        };
        let bound = self.work.bound();
        let (by, name) = match bound.cause {
            Cause::Sum => ("sum", None),
            Cause::Test(test) => ("test", Some(test.name())),
            Cause::Key(key, _) => ("key", Some(key)),
            Cause::Unit(unit, _) => ("unit", Some(unit)),
            Cause::Serial(_) => ("serial", None),
        };
        Line::new("run_finished", to)
            .time("elapsed", elapsed)
            .number("passed", self.passed)
            .number("failed", self.failed)
            .number("failed_as_expected", self.expected)
            .number("ignored", self.ignored)
            .number("flaky", self.flaky)
            .number("not_run", *count as u64)
            .maybe("cut", cut)
            .maybe("cut_by", test)
            .time("lower_bound", bound.time)
            .text("bound_by", by)
            .maybe("bound_name", name)
            .end();
    }
}

fn name_of(phase: Phase) -> &'static str {
    match phase {
        Phase::Suspects => "suspects",
        Phase::Parallel => "parallel",
        Phase::Serial => "serial",
        Phase::Ending => "ending",
    }
}

fn phase_of_fixture(phase: FixturePhase) -> &'static str {
    match phase {
        FixturePhase::SetUp => "set_up",
        FixturePhase::TearDown => "teardown",
    }
}

/// Each fixture that a test comes to, once, and each test.
fn plan(tests: &[PlannedTest], to: &mut String) {
    let mut met = Named::default();
    for fixture in tests.iter().flat_map(|test| &test.fixtures) {
        if !std::mem::replace(met.entry(fixture.path, || false), true) {
            fixture_planned(fixture, to);
        }
    }
    for test in tests {
        test_planned(test, to);
    }
}

fn fixture_planned(fixture: &FixtureDecl, to: &mut String) {
    let scope = match fixture.scope {
        Scope::Test => "test",
        Scope::Worker => "worker",
        Scope::Module => "module",
        Scope::Session => "session",
    };
    let line = Line::new("fixture_planned", to)
        .text("fixture", fixture.path)
        .text("name", fixture.label())
        .text("scope", scope)
        .flag("async", fixture.kind == FixtureKind::Async)
        .flag("teardown", fixture.has_teardown());
    let line = match fixture.place.file {
        BUILT_IN => line.flag("built_in", true),
        file => line.text("file", file).number("line", fixture.place.line.into()),
    };
    let needs = fixture.needs.iter().map(|need| (need.fixture)().path);
    keys(line, fixture.keys).texts("needs", needs).maybe_time("timeout", fixture.timeout).end();
}

fn test_planned(planned: &PlannedTest, to: &mut String) {
    let PlannedTest { test, phase, ignored, fixtures, session, unit, expected, failed_last, .. } = planned;
    let options = test.options();
    let line = Line::new("test_planned", to)
        .text("test", test.name())
        .text("module", test.module())
        .text("file", test.place.file)
        .number("line", test.place.line.into())
        .text("phase", name_of(*phase))
        .flag("ignored", *ignored)
        .texts("tags", test.tags().into_iter());
    let line = keys(line, &planned.keys)
        .texts("fixtures", fixtures.iter().map(|fixture| fixture.path))
        .flag("session_runtime", *session)
        .maybe("group", options.group)
        .maybe("unit", *unit);
    let line = match options.threads_required {
        1 => line,
        threads => line.number("threads_required", threads as u64),
    };
    let line = match test.ignore() {
        Ignore::Because(reason) => line.text("ignore", reason),
        Ignore::Yes => line.text("ignore", ""),
        Ignore::No => line,
    };
    let line = match test.xfail() {
        Xfail::Because(reason) => line.text("xfail", reason),
        Xfail::Yes => line.text("xfail", ""),
        Xfail::No => line,
    };
    line.flag("should_panic", test.should_panic() != ShouldPanic::No)
        .maybe_time("timeout", options.timeout)
        .maybe_number("retries", options.retries.map(u64::from))
        .maybe_time("expected", *expected)
        .flag("failed_last", *failed_last)
        .end();
}

fn keys<'l>(line: Line<'l>, keys: &[Key]) -> Line<'l> {
    line.objects("keys", keys.iter(), |line, Key { name, access }| {
        line.text("name", name).flag("shared", *access == Access::Shared)
    })
}

fn fixture_ran(FixtureRan { fixture, phase, holder, began, duration }: &FixtureRan, to: &mut String) {
    let line =
        Line::new("fixture_ran", to).text("fixture", fixture.path).text("phase", phase_of_fixture(*phase));
    let line = match holder {
        Holder::Shared => line,
        Holder::Worker(id) => line.number("worker", *id as u64),
        Holder::Test(test) => line.text("test", test.name()),
    };
    line.time("began", *began).time("duration", *duration).end();
}

fn test_finished(test: &'static Test, finished: &Finished, to: &mut String) {
    for (attempt, number) in finished.earlier.iter().zip(1..) {
        let FailedAttempt { failure, output, notes, duration, course, parks } = attempt;
        output_lines(Of { test: Some(test), attempt: Some(number), ..Of::default() }, apart(output), to);
        let line = Line::new("attempt_failed", to).text("test", test.name()).number("attempt", number);
        let line = failed(line, test, failure, output);
        tail(line, course, *duration, parks, notes).end();
    }
    let attempts = finished.earlier.len() as u64 + 1;
    let attempt = (attempts > 1).then_some(attempts);
    output_lines(Of { test: Some(test), attempt, ..Of::default() }, apart(&finished.output), to);
    let line = Line::new("test_finished", to).text("test", test.name());
    let line = match &finished.outcome {
        Outcome::Passed => line.text("outcome", "passed"),
        Outcome::Failed(failure) => failed(line.text("outcome", "failed"), test, failure, &finished.output),
        Outcome::FailedAsExpected(reason) => {
            line.text("outcome", "failed_as_expected").maybe("message", *reason)
        }
        Outcome::Ignored(reason) => line.text("outcome", "ignored").maybe("message", reason.as_deref()),
    };
    let line = line.flag("flaky", finished.is_flaky()).maybe_number("attempts", attempt);
    tail(line, &finished.course, finished.duration, &finished.parks, &finished.notes).end();
}

fn failed<'l>(line: Line<'l>, test: &Test, failure: &Failure, output: &Output) -> Line<'l> {
    let Brief { kind, message } = brief(test.name(), failure, &String::from_utf8_lossy(output));
    let line = line.text("kind", kind).text("message", &message);
    match failure {
        Failure::Because(reason) if *reason != message => line.text("reason", reason),
        _ => line,
    }
}

fn tail<'l>(
    line: Line<'l>,
    course: &Course,
    duration: Duration,
    parks: &[Range<Duration>],
    notes: &[String],
) -> Line<'l> {
    let Course { worker, began, set_up, tear_down, parked } = *course;
    line.number("worker", worker as u64)
        .time("began", began)
        .time("duration", duration)
        .span("set_up", set_up)
        .span("teardown", tear_down)
        .span("parked", parked)
        .stretches("parks", parks)
        .texts("notes", notes.iter().map(String::as_str))
}

/// Whose an output is.
#[derive(Default, Clone, Copy)]
struct Of {
    test: Option<&'static Test>,
    attempt: Option<u64>,
    fixture: Option<&'static FixtureDecl>,
}

/// A line for each stretch of one stream, in the order of printing.
fn output_lines<'a>(of: Of, chunks: impl Iterator<Item = (&'static str, &'a [u8])>, to: &mut String) {
    for (stream, bytes) in chunks.filter(|(_, bytes)| !bytes.is_empty()) {
        let text = String::from_utf8_lossy(bytes);
        // What is no text is there twice: to be read, and as it was.
        let exact = matches!(text, Cow::Owned(_)).then(|| base64(bytes));
        Line::new("output", to)
            .maybe("test", of.test.map(Test::name))
            .maybe_number("attempt", of.attempt)
            .maybe("fixture", of.fixture.map(|fixture| fixture.path))
            .text("stream", stream)
            .text("text", &text)
            .maybe("base64", exact.as_deref())
            .end();
    }
}

/// The stretches of each stream, as far as these are known apart.
fn apart(output: &Output) -> impl Iterator<Item = (&'static str, &[u8])> {
    let (mut at, bytes) = (0, &output[..]);
    let mut ends = Vec::new();
    for part in output.errors() {
        let (begin, end) = (part.start.clamp(at, bytes.len().max(at)), part.end.min(bytes.len()));
        ends.extend([("stdout", at..begin), ("stderr", begin..end.max(begin))]);
        at = end.max(begin);
    }
    ends.push(("stdout", at..bytes.len()));
    ends.into_iter().map(move |(stream, range)| (stream, bytes.get(range).unwrap_or_default()))
}
