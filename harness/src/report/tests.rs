//! Each report, told of hand-written events, against what a person would see.

use super::console::Screen;
use super::*;
use crate::cli::settings;
use crate::event::{Cut, Detail, NotRun};
use crate::outcome::{Course, FailedAttempt, Failure, Finished, Outcome};
use crate::place::Place;
use crate::test::{ShouldPanic, Test, Traits};
use expect_test::{Expect, expect};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// Where a console under test writes to.
#[derive(Clone, Default)]
pub(super) struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A place to write to that is gone.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn test(name: &str, should_panic: ShouldPanic) -> &'static Test {
    Box::leak(Box::new(Test {
        path: crate::test::TestPath::new(format!("api::{name}").leak()),
        place: Place { file: "tests/api.rs", line: 7, column: 10 },
        traits: Some(Box::leak(Box::new(Traits { should_panic, ..Traits::PLAIN }))),
        ..Test::PLAIN
    }))
}

pub(super) fn finished(outcome: Outcome, output: &str) -> Finished {
    let duration = Duration::from_millis(1_500);
    Finished { output: output.into(), duration, ..Finished::without_a_try(outcome) }
}

const TARGET: Target = Target { root: "tests/x.rs", ..Target::UNKNOWN };

/// A run in which one of everything happens.
fn events() -> Vec<Event> {
    let results = [
        ("ok", ShouldPanic::No, finished(Outcome::Passed, "hidden\n")),
        ("broken", ShouldPanic::No, finished(Outcome::Failed(Failure::Told), "one\n\"two\"\n")),
        ("later", ShouldPanic::No, finished(Outcome::Ignored(Some("no network".into())), "")),
        (
            "calm",
            ShouldPanic::Yes,
            finished(Outcome::Failed(Failure::Because("test did not panic as expected".into())), ""),
        ),
        ("lazy", ShouldPanic::No, finished(Outcome::Failed(Failure::TimeLimit), "")),
        (
            "messy",
            ShouldPanic::No,
            Finished { notes: vec!["a task was left".into()], ..finished(Outcome::Passed, "") },
        ),
    ];
    let mut events = vec![Event::RunStarted {
        tests: 7,
        filtered_out: 2,
        shuffle_seed: None,
        began: SystemTime::UNIX_EPOCH,
    }];
    for (name, should_panic, finished) in results {
        let test = test(name, should_panic);
        let ignored = matches!(finished.outcome, Outcome::Ignored(_));
        events.push(Event::TestStarted { test, ignored, worker: 0, began: Duration::ZERO });
        if name == "lazy" {
            events.push(Event::TestStillRunning { test, after: Duration::from_secs(60) });
        }
        events.push(Event::TestFinished { test, finished });
    }
    events.push(Event::RunFinished {
        elapsed: Duration::from_millis(61_230),
        not_run: NotRun { count: 1, cut: Some(Cut::Failures) },
        stray: b"whose?".to_vec(),
    });
    events
}

fn told(line: &str, color: bool) -> (String, String, Told) {
    told_of(&events(), line, color)
}

fn told_of(events: &[Event], line: &str, color: bool) -> (String, String, Told) {
    let (out, err) = (Paper::default(), Paper::default());
    let console = Console::to(Box::new(out.clone()), Box::new(err.clone()), color, Screen::Pipe);
    let mut reports = Reports::open(&settings(line), console, Opening::Anew, TARGET, None).unwrap();
    for event in events {
        reports.tell(event);
    }
    reports.pause();
    (out.text(), err.text(), reports.finish())
}

fn check(line: &str, expected: Expect) {
    expected.assert_eq(&told(line, false).0);
}

#[test]
fn pretty_is_a_line_per_test_and_the_failures_once() {
    check(
        "",
        expect![[r#"

            running 7 tests
            test ok ... ok
            test broken ... FAILED
            test later ... ignored, no network
            test calm - should panic ... FAILED
            test lazy has been running for over 60 seconds
            test lazy ... FAILED (time limit exceeded)
            test messy ... ok

            failures:

            ---- broken stdout ----
            one
            "two"

            ---- calm stdout ----
            note: test did not panic as expected

            failures:
                broken
                calm

            failures (time limit exceeded):

            failures (time limit exceeded):
                lazy

            ---- output of no single test ----
            whose?

            note: messy: a task was left

            1 test was not run: stopped after 3 failures

            test result: FAILED. 2 passed; 3 failed; 1 ignored; 0 measured; 2 filtered out; finished in 61.23s

        "#]],
    );
}

#[test]
fn one_thread_shows_the_name_before_the_test_has_run() {
    let one = told("--test-threads 1", false).0;
    let lines = "test lazy ... \ntest lazy has been running for over 60 seconds\ntest lazy ... FAILED";
    assert!(one.contains(lines), "{one}");
}

#[test]
fn times_and_outputs_are_shown_when_asked_for() {
    let text = told("--report-time --show-output", true).0;
    assert!(text.contains("test ok ... \x1b[32mok\x1b[0m\x1b[31m <1.500s>\x1b[0m\n"), "{text}");
    assert!(text.contains("test later ... \x1b[33mignored, no network\x1b[0m\n"), "{text}");
    assert!(
        text.contains("\nsuccesses:\n\n---- ok stdout ----\nhidden\n\n\nsuccesses:\n    messy\n    ok\n"),
        "{text}"
    );
}

#[test]
fn terse_is_a_character_per_test_and_a_line_per_failure() {
    let text = told("-q", false).0;
    let head = text.split("\nfailures:").next().unwrap();
    expect![[r#"

        running 7 tests
        . 1/7
        broken --- FAILED
        i 3/7
        calm --- FAILED
        test lazy has been running for over 60 seconds
        lazy --- FAILED
        ."#]]
    .assert_eq(head);
}

#[test]
fn json_is_an_object_per_event_and_the_rest_goes_aside() {
    let (out, err, told) = told("--format json --report-time", false);
    expect![[r#"
        { "type": "suite", "event": "started", "test_count": 7 }
        { "type": "test", "event": "started", "name": "ok" }
        { "type": "test", "name": "ok", "event": "ok", "exec_time": 1.5 }
        { "type": "test", "event": "started", "name": "broken" }
        { "type": "test", "name": "broken", "event": "failed", "exec_time": 1.5, "stdout": "one\n\"two\"\n" }
        { "type": "test", "event": "started", "name": "later" }
        { "type": "test", "name": "later", "event": "ignored", "message": "no network" }
        { "type": "test", "event": "started", "name": "calm" }
        { "type": "test", "name": "calm", "event": "failed", "exec_time": 1.5, "message": "test did not panic as expected" }
        { "type": "test", "event": "started", "name": "lazy" }
        { "type": "test", "event": "timeout", "name": "lazy" }
        { "type": "test", "name": "lazy", "event": "failed", "exec_time": 1.5, "reason": "time limit exceeded" }
        { "type": "test", "event": "started", "name": "messy" }
        { "type": "test", "name": "messy", "event": "ok", "exec_time": 1.5 }
        { "type": "suite", "event": "failed", "passed": 2, "failed": 3, "ignored": 1, "measured": 0, "filtered_out": 2, "exec_time": 61.23 }
    "#]]
    .assert_eq(&out);
    assert!(err.contains("whose?") && err.contains("note: messy: a task was left"), "{err}");
    assert!(!told.success && told.errors.is_empty());
}

/// A test that passes at its second attempt, and one that fails twice.
fn tried_again() -> Vec<Event> {
    let earlier = |output: &str| {
        let failure = Failure::Because("the first".into());
        let duration = Duration::from_millis(250);
        vec![FailedAttempt {
            parks: Vec::new(),
            failure,
            output: output.into(),
            notes: Vec::new(),
            duration,
            course: Course::default(),
        }]
    };
    let flaky = Finished { earlier: earlier("a\n"), ..finished(Outcome::Passed, "hidden\n") };
    let failed = finished(Outcome::Failed(Failure::Because("the second".into())), "c\n");
    let failed = Finished { earlier: earlier("b\n"), ..failed };
    let finish = |name, finished| Event::TestFinished { test: test(name, ShouldPanic::No), finished };
    let elapsed = Duration::from_secs(2);
    vec![
        Event::RunStarted { tests: 2, filtered_out: 0, shuffle_seed: None, began: SystemTime::UNIX_EPOCH },
        finish("flaky", flaky),
        finish("hopeless", failed),
        Event::RunFinished { elapsed, not_run: NotRun { count: 0, cut: None }, stray: Vec::new() },
    ]
}

#[test]
fn no_attempt_is_lost_in_json() {
    let (out, err, _) = told_of(&tried_again(), "--format json", false);
    expect![[r#"
        { "type": "suite", "event": "started", "test_count": 2 }
        { "type": "test", "name": "flaky", "event": "ok", "attempts": 2 }
        { "type": "test", "name": "hopeless", "event": "failed", "stdout": "attempt 1 failed after 0.25s:\nb\nnote: the first\nattempt 2:\nc\n", "message": "the second", "attempts": 2 }
        { "type": "suite", "event": "failed", "passed": 1, "failed": 1, "ignored": 0, "measured": 0, "filtered_out": 0, "exec_time": 2 }
    "#]]
    .assert_eq(&out);
    expect![[r#"
        ---- flaky stdout ----
        attempt 1 failed after 0.25s:
        a
        note: the first


        1 flaky: passed on a later attempt
    "#]]
    .assert_eq(&err);
}

#[test]
fn a_report_that_fails_stops_no_other_and_is_said_once() {
    let log = std::env::temp_dir().join(format!("async-harness-report-{}.log", std::process::id()));
    let console = Console::to(Box::new(Gone), Box::new(Gone), false, Screen::Pipe);
    let mut reports = Reports::open(
        &settings(&format!("--logfile {}", log.display())),
        console,
        Opening::Anew,
        TARGET,
        None,
    )
    .unwrap();
    for event in &events() {
        reports.tell(event);
        reports.pause();
    }
    let told = reports.finish();
    let lines = std::fs::read_to_string(&log).unwrap();
    std::fs::remove_file(&log).unwrap();
    assert_eq!(told.errors, ["could not write to standard output: broken pipe"]);
    assert_eq!(
        lines,
        "ok ok\nfailed broken\nignored: no network later\nfailed: test did not panic as expected calm\n\
         failed (time limit exceeded) lazy\nok messy\n"
    );
}

/// A console, and what was printed there.
#[cfg(feature = "timings")]
pub(super) fn console() -> (impl Fn() -> String, Console) {
    let out = Paper::default();
    let console = Console::to(Box::new(out.clone()), Box::new(Paper::default()), false, Screen::Pipe);
    (move || out.text(), console)
}

/// Reports of a run with these arguments, which nobody reads.
#[cfg(feature = "timings")]
pub(super) fn silent(line: &str) -> Reports {
    Reports::open(&settings(line), console().1, Opening::Anew, TARGET, None).unwrap()
}

#[test]
fn a_name_that_waits_for_its_result_has_a_line_of_its_own_also_after_a_crash() {
    let [first, second] = ["first", "second"].map(|name| test(name, ShouldPanic::No));
    let start = |test| Event::TestStarted { test, ignored: false, worker: 0, began: Duration::ZERO };
    let end = |test| Event::TestFinished { test, finished: finished(Outcome::Passed, "") };
    let went_on = || Event::Detail(Detail::WentOn { at: Duration::ZERO });
    // What is caught up with stands before `went_on`, or is the start of a test that had started before.
    for (events, again, expected) in [
        (vec![start(first), end(first)], None, "test api::first ... ok\n"),
        (vec![start(first), went_on(), end(first)], Some(first), "ok\n"),
        (
            vec![start(first), went_on(), start(second), end(second), start(first), end(first)],
            Some(first),
            "\ntest second ... ok\ntest first ... ok\n",
        ),
        (vec![start(first), went_on(), start(second), end(second)], None, "\ntest second ... ok\n"),
        (vec![start(first), end(first), went_on(), start(second), end(second)], None, "test second ... ok\n"),
    ] {
        let (out, err) = (Paper::default(), Paper::default());
        let console = Console::to(Box::new(out.clone()), Box::new(err), false, Screen::Pipe);
        let settings = settings("--test-threads 1");
        let mut reports = Reports::open(&settings, console, Opening::Anew, TARGET, None).unwrap();
        let mut live = !events.iter().any(|event| matches!(event, Event::Detail(_)));
        for event in &events {
            live = live || matches!(event, Event::Detail(_));
            let is_again = |event: &Event| matches!((event, again), (Event::TestStarted { test, .. }, Some(again)) if std::ptr::eq(*test, again));
            if live && !is_again(event) {
                reports.tell(event);
            } else {
                reports.catch_up(event);
            }
        }
        reports.pause();
        assert_eq!(out.text(), expected.replace("api::", ""));
    }
}
