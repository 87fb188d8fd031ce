//! The document that is made of hand-written events.

use super::*;
use crate::outcome::{Course, FailedAttempt, Failure, Outcome, Output};
use crate::report::terminal_tests::{SERVER, test};
use crate::report::tests::finished;
use expect_test::{Expect, expect};
use std::fs;

/// Where and when an attempt began.
fn at(millis: u64) -> Course {
    Course { began: Duration::from_millis(millis), ..Course::default() }
}

fn told(name: &str, finished: Finished) -> Event {
    Event::TestFinished { test: Box::leak(Box::new(test(name))), finished }
}

fn because(reason: &str) -> Outcome {
    Outcome::Failed(Failure::Because(reason.to_owned()))
}

/// Output of which this stands on standard output and that on standard error.
fn apart(out: &str, err: &str) -> Output {
    let errors = out.len()..out.len() + err.len();
    Output::new(format!("{out}{err}").into_bytes(), vec![errors])
}

fn attempt(printed: Output, millis: u64) -> FailedAttempt {
    FailedAttempt {
        failure: Failure::TimeLimit,
        output: printed,
        notes: Vec::new(),
        duration: Duration::from_millis(20),
        course: at(millis),
        parks: Vec::new(),
    }
}

/// The end of a run in which so many tests were not run and this was printed by none.
fn end(count: usize, stray: &[u8]) -> Event {
    let not_run = NotRun { count, ..NotRun::default() };
    Event::RunFinished { elapsed: Duration::from_secs(20), not_run, stray: stray.to_vec() }
}

/// The file that is written of a run of these events.
fn document(name: &str, events: Vec<Event>) -> String {
    let path = std::env::temp_dir().join(format!("async-harness-junit-{name}-{}.xml", std::process::id()));
    let target = Target { root: "tests/shop.rs", package: Some("shop"), ..Target::UNKNOWN };
    let mut junit = Junit::new(&path, target);
    let began = SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_366_400);
    let start = Event::RunStarted { tests: 0, filtered_out: 0, shuffle_seed: None, began };
    for event in [start].iter().chain(&events) {
        junit.tell(event).unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(junit.file(), Some(&*path));
    text
}

fn check(name: &str, mut events: Vec<Event>, last: Event, expected: Expect) {
    events.push(last);
    expected.assert_eq(&document(name, events));
}

#[test]
fn a_run_without_a_test_is_two_elements() {
    check(
        "none",
        Vec::new(),
        end(0, b""),
        expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="shop::shop" tests="0" skipped="0" failures="0" errors="0" timestamp="2026-03-01T12:00:00.000+00:00" time="20.000">
            <testsuite name="shop::shop" tests="0" skipped="0" errors="0" failures="0" timestamp="2026-03-01T12:00:00.000+00:00" time="20.000"/>
        </testsuites>
    "#]],
    );
}

#[test]
fn a_case_is_as_long_as_what_there_is_to_tell() {
    let mut noted = finished(Outcome::Passed, "");
    noted.notes = vec!["left <2> tasks".to_owned()];
    let events = vec![
        told("silent", Finished { course: at(61_001), ..finished(Outcome::Passed, "") }),
        told("loud", Finished { output: apart("out\n", "err\n"), ..finished(Outcome::Passed, "") }),
        told("noted", noted),
        told("ignored", finished(Outcome::Ignored(None), "")),
        told("skips", finished(Outcome::Ignored(Some("no \"network\"".into())), "why\n")),
        told("known", finished(Outcome::FailedAsExpected(None), "")),
        told("known_why", finished(Outcome::FailedAsExpected(Some("since May")), "")),
    ];
    check(
        "cases",
        events,
        end(0, b""),
        expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="shop::shop" tests="7" skipped="4" failures="0" errors="0" timestamp="2026-03-01T12:00:00.000+00:00" time="20.000">
            <testsuite name="shop::shop" tests="7" skipped="4" errors="0" failures="0" timestamp="2026-03-01T12:00:00.000+00:00" time="20.000">
                <testcase name="silent" classname="shop::shop" timestamp="2026-03-01T12:01:01.001+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2"/>
                <testcase name="loud" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <system-out>out
        </system-out>
                    <system-err>err
        </system-err>
                </testcase>
                <testcase name="noted" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <properties>
                        <property name="note" value="left &lt;2&gt; tasks"/>
                    </properties>
                </testcase>
                <testcase name="ignored" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <skipped type="ignored"/>
                </testcase>
                <testcase name="skips" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <skipped message="no &quot;network&quot;" type="ignored"/>
                    <system-out>why
        </system-out>
                </testcase>
                <testcase name="known" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <skipped message="failed as expected" type="xfail"/>
                </testcase>
                <testcase name="known_why" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <skipped message="since May" type="xfail"/>
                </testcase>
            </testsuite>
        </testsuites>
    "#]],
    );
}

#[test]
fn a_failure_has_all_that_is_known_of_it() {
    let set_up = Event::FixtureFailed {
        fixture: &SERVER,
        phase: FixturePhase::SetUp,
        error: "no port".to_owned(),
        output: b"\x1b[1mlooking\x1b[0m\n".to_vec(),
    };
    let because_of = format!("fixture `{}` failed", SERVER.label());
    let events = vec![
        set_up,
        told("errs", finished(Outcome::Failed(Failure::Told), "Error: \"a\" < b & ]]>\n")),
        told("silent", finished(Outcome::Failed(Failure::Interrupted), "")),
        told("late", finished(because("timed out after 5s"), "so far\n")),
        told("needs", finished(because(&because_of), "")),
    ];
    check(
        "failures",
        events,
        end(0, b""),
        expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="shop::shop" tests="4" skipped="0" failures="4" errors="0" timestamp="2026-03-01T12:00:00.000+00:00" time="20.000">
            <testsuite name="shop::shop" tests="4" skipped="0" errors="0" failures="4" timestamp="2026-03-01T12:00:00.000+00:00" time="20.000">
                <testcase name="errs" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <failure message="Error: &quot;a&quot; &lt; b &amp; ]]&gt;" type="error">Error: &quot;a&quot; &lt; b &amp; ]]&gt;
        </failure>
                    <system-out>Error: &quot;a&quot; &lt; b &amp; ]]&gt;
        </system-out>
                </testcase>
                <testcase name="silent" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <failure message="interrupted" type="interrupted">interrupted</failure>
                </testcase>
                <testcase name="late" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <failure message="timed out after 5s" type="timeout">so far

        timed out after 5s</failure>
                    <system-out>so far
        </system-out>
                </testcase>
                <testcase name="needs" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <failure message="fixture `server` failed" type="fixture">fixture `server` failed
        looking
        no port</failure>
                </testcase>
            </testsuite>
        </testsuites>
    "#]],
    );
}

#[test]
fn attempts_that_failed_are_told_by_what_came_of_them() {
    let attempts = || vec![attempt(Output::default(), 100), attempt(apart("out\n", "err\n"), 200)];
    let told = |name, outcome| {
        let finished = finished(outcome, "");
        told(name, Finished { course: at(300), earlier: attempts(), ..finished })
    };
    let events = vec![
        told("flaky", Outcome::Passed),
        told("never", because("timed out after 5s")),
        told("gave_up", Outcome::Ignored(None)),
    ];
    check(
        "attempts",
        events,
        end(0, b""),
        expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="shop::shop" tests="3" skipped="1" failures="1" errors="0" timestamp="2026-03-01T12:00:00.000+00:00" time="20.000">
            <testsuite name="shop::shop" tests="3" skipped="1" errors="0" failures="1" timestamp="2026-03-01T12:00:00.000+00:00" time="20.000">
                <testcase name="flaky" classname="shop::shop" timestamp="2026-03-01T12:00:00.300+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <flakyFailure timestamp="2026-03-01T12:00:00.100+00:00" time="0.020" message="time limit exceeded" type="time limit">time limit exceeded</flakyFailure>
                    <flakyFailure timestamp="2026-03-01T12:00:00.200+00:00" time="0.020" message="time limit exceeded" type="time limit">out
        err

                        <system-out>out
        </system-out>
                        <system-err>err
        </system-err>
                    </flakyFailure>
                </testcase>
                <testcase name="never" classname="shop::shop" timestamp="2026-03-01T12:00:00.300+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <failure message="timed out after 5s" type="timeout">timed out after 5s</failure>
                    <rerunFailure timestamp="2026-03-01T12:00:00.100+00:00" time="0.020" message="time limit exceeded" type="time limit">time limit exceeded</rerunFailure>
                    <rerunFailure timestamp="2026-03-01T12:00:00.200+00:00" time="0.020" message="time limit exceeded" type="time limit">out
        err

                        <system-out>out
        </system-out>
                        <system-err>err
        </system-err>
                    </rerunFailure>
                </testcase>
                <testcase name="gave_up" classname="shop::shop" timestamp="2026-03-01T12:00:00.300+00:00" time="1.500" file="harness/src/report/terminal_tests.rs" line="2">
                    <skipped type="ignored"/>
                </testcase>
            </testsuite>
        </testsuites>
    "#]],
    );
}

#[test]
fn what_fails_the_run_and_no_test_is_a_case_of_its_own() {
    let tear_down = Event::FixtureFailed {
        fixture: &SERVER,
        phase: FixturePhase::TearDown,
        error: "it <panicked>".to_owned(),
        output: b"on the way\n".to_vec(),
    };
    let broken = Event::RunBroken { reason: "no thread".to_owned(), output: Vec::new() };
    let noted = Event::RunNoted { note: "a child & its pipe were left".to_owned() };
    check(
        "others",
        vec![tear_down, broken, noted],
        end(3, b"from \xff nowhere\n"),
        expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="shop::shop" tests="2" skipped="0" failures="0" errors="2" timestamp="2026-03-01T12:00:00.000+00:00" time="20.000">
            <testsuite name="shop::shop" tests="2" skipped="0" errors="2" failures="0" timestamp="2026-03-01T12:00:00.000+00:00" time="20.000">
                <properties>
                    <property name="note" value="a child &amp; its pipe were left"/>
                    <property name="not-run" value="3"/>
                </properties>
                <testcase name="fixture server" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="0.000">
                    <error message="fixture `server` failed to tear down: it &lt;panicked&gt;" type="fixture"/>
                    <system-out>on the way
        </system-out>
                </testcase>
                <testcase name="the run" classname="shop::shop" timestamp="2026-03-01T12:00:00.000+00:00" time="0.000">
                    <error message="no thread" type="run"/>
                </testcase>
                <system-out>from � nowhere
        </system-out>
            </testsuite>
        </testsuites>
    "#]],
    );
}

#[test]
fn what_no_document_may_hold_stands_nowhere_in_it() {
    let odd = "<\x1b[31m\0\u{85}\u{ffff}\x1b]0;title\x07&]]>\"'";
    let mut finished = finished(because(odd), odd);
    finished.notes = vec![odd.to_owned()];
    let text = document(
        "odd",
        vec![told(odd, finished), Event::RunNoted { note: odd.to_owned() }, end(0, odd.as_bytes())],
    );
    let expected = "&lt;\u{fffd}&amp;]]&gt;&quot;&apos;";
    // A name, two notes, a message, a description of output and reason, and the output of the test and of none.
    assert_eq!(text.matches(expected).count(), 8, "{text}");
    assert!(!text.contains("title") && !text.contains(['\0', '\x1b', '\u{85}', '\u{ffff}']), "{text}");
}

#[test]
fn much_output_is_written_whole() {
    let line = "\x1b[2m12:00:01\x1b[0m \x1b[32mINFO\x1b[0m sold <3> books & a pen\n";
    let printed = line.repeat(40_000);
    let events = vec![told("loud", finished(because("too loud"), &printed)), end(0, printed.as_bytes())];
    let text = document("loud", events);
    let expected = "12:00:01 INFO sold &lt;3&gt; books &amp; a pen\n".repeat(40_000);
    assert_eq!(text.matches(&expected).count(), 3);
    assert!(text.len() < 3 * expected.len() + 2_000, "{}", text.len());
}

#[test]
fn a_file_that_cannot_be_written_is_none() {
    let folder = std::env::temp_dir().join(format!("async-harness-junit-folder-{}", std::process::id()));
    fs::create_dir_all(folder.join("there")).unwrap();
    let mut junit = Junit::new(&folder, Target::UNKNOWN);
    junit.tell(&end(0, b"")).unwrap_err();
    assert_eq!(junit.file(), None);
    fs::remove_dir_all(&folder).unwrap();
}
