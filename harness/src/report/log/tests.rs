//! The log of hand-written events, and logs that are none.

use super::read::What;
use super::*;
use crate::cli::settings;
use crate::event::{Cut, Detail, Event, FixturePhase, FixtureRan, Holder, NotRun, Phase, PlannedTest, Usage};
use crate::fixture::{FixtureDecl, FixtureKind, FixtureRuntime, Scope, Teardown};
use crate::key::{Access, Key};
use crate::outcome::{Course, FailedAttempt, Failure, Finished, Outcome, Output};
use crate::place::Place;
use crate::settings::Told;
use crate::target::Target;
use crate::test::{Options, Test};
use expect_test::{Expect, expect};
use std::time::{Duration, SystemTime};

pub(in crate::report) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(in crate::report) fn head() -> Head {
    let settings = &settings("--test-threads=2");
    let told = Told { name: "threads".into(), value: "2".to_owned(), source: "command line".to_owned() };
    Head {
        run_id: "r-1".to_owned(),
        arguments: vec!["--events".to_owned(), "a \"b\"".to_owned()],
        cores: 4,
        settings: vec![told],
        ..Head::new(Target { package: Some("shop"), root: "tests/orders.rs" }, settings)
    }
}

static SERVER: FixtureDecl = FixtureDecl {
    path: "orders::server",
    place: Place { file: "tests/orders.rs", line: 3, column: 1 },
    doc: "",
    scope: Scope::Session,
    kind: FixtureKind::Async,
    runtime: FixtureRuntime::Inferred,
    teardown: Teardown::Yes,
    timeout: None,
    keys: &[],
    needs: &[],
};

pub(in crate::report) fn test(path: &'static str, line: u32) -> &'static Test {
    let options = (line == 9).then(|| &*Box::leak(Box::new(Options { tags: &["slow"], ..Options::PLAIN })));
    let own_length = u32::try_from(path.rsplit("::").next().unwrap().len()).unwrap();
    let place = Place { file: "tests/orders.rs", line, column: 1 };
    Box::leak(Box::new(Test { path, own_length, place, options, ..Test::PLAIN }))
}

fn planned(test: &'static Test, keys: &[(&'static str, Access)]) -> PlannedTest {
    PlannedTest {
        test,
        phase: Phase::Parallel,
        ignored: false,
        keys: keys.iter().map(|(name, access)| Key { name, access: *access }).collect(),
        fixtures: vec![&SERVER],
        session: true,
        unit: None,
        expected: Some(ms(20)),
        failed_last: false,
    }
}

fn ran(outcome: Outcome, worker: usize, began: u64, took: u64) -> Finished {
    let course = Course { worker, began: ms(began), ..Course::default() };
    Finished { duration: ms(took), course, ..Finished::without_a_try(outcome) }
}

/// Two tests of one key, one of which fails before it passes.
pub(in crate::report) fn events() -> Vec<Event> {
    let (books, refunds) = (test("orders::books", 7), test("orders::refunds", 9));
    let exclusive = [("ledger", Access::Exclusive)];
    let started = |test, worker, at| Event::TestStarted { test, ignored: false, worker, began: ms(at) };
    let fixture = |phase, began, took| {
        let (began, duration) = (ms(began), ms(took));
        Event::FixtureRan(FixtureRan { fixture: &SERVER, phase, holder: Holder::Shared, began, duration })
    };
    let output = Output::new(b"out </script>\nerr\xff\n".to_vec(), vec![14..19]);
    let earlier = FailedAttempt {
        failure: Failure::Because("timed out after 5ms\nand more".to_owned()),
        output: Output::default(),
        notes: Vec::new(),
        duration: ms(5),
        course: Course { worker: 0, began: ms(40), ..Course::default() },
        parks: Vec::new(),
    };
    let course = Course { set_up: ms(2), parked: ms(3), ..ran(Outcome::Passed, 1, 10, 30).course };
    vec![
        Event::RunStarted {
            tests: 2,
            filtered_out: 1,
            shuffle_seed: Some(u64::MAX),
            began: SystemTime::UNIX_EPOCH,
        },
        Event::Detail(Detail::Planned(vec![planned(books, &exclusive), planned(refunds, &exclusive)])),
        Event::RunNoted { note: "a note".to_owned() },
        Event::Detail(Detail::PhaseStarted { phase: Phase::Parallel, at: ms(1) }),
        Event::Detail(Detail::Sampled { at: ms(1), cpu: ms(10), memory: 1 << 20 }),
        started(books, 1, 10),
        fixture(FixturePhase::SetUp, 10, 2),
        Event::TestStillRunning { test: books, after: ms(20) },
        Event::TestFinished {
            test: books,
            finished: Finished {
                output,
                course,
                parks: vec![ms(4)..ms(7)],
                ..ran(Outcome::Passed, 1, 10, 30)
            },
        },
        Event::Detail(Detail::LetThrough { test: refunds, behind: books, key: Some("ledger"), at: ms(40) }),
        started(refunds, 0, 40),
        Event::TestFinished {
            test: refunds,
            finished: Finished { earlier: vec![earlier], ..ran(Outcome::Passed, 0, 45, 5) },
        },
        Event::Detail(Detail::PhaseStarted { phase: Phase::Ending, at: ms(50) }),
        fixture(FixturePhase::TearDown, 50, 10),
        Event::Used(Usage { cpu: ms(30), peak_memory: 2 << 20 }),
        Event::RunFinished { elapsed: ms(61), not_run: NotRun::default(), stray: b"whose?".to_vec() },
    ]
}

pub(in crate::report) fn log(events: &[Event]) -> String {
    let (mut lines, mut text) = (Lines::new(head()), String::new());
    for event in events {
        lines.count(event);
        lines.add(event, &mut text);
    }
    text
}

fn lines(events: &[Event], expected: Expect) {
    expected.assert_eq(&log(events));
}

#[test]
fn a_run_is_a_line_for_each_event() {
    let all = log(&events());
    let (first, rest) = all.split_once('\n').unwrap();
    let process = format!("\"process\":{},", std::process::id());
    let here =
        format!("\"system\":\"{}\",\"architecture\":\"{}\",", std::env::consts::OS, std::env::consts::ARCH);
    let first = first.replace(&process, "").replace(&here, "");
    expect![[r#"{"event":"log","format":"async-harness events","version":1,"harness":"0.1.0","target":{"name":"orders","id":"shop::orders","package":"shop","root":"tests/orders.rs"},"run_id":"r-1","arguments":["--events","a \"b\""],"cores":4,"settings":[{"name":"threads","value":"2","source":"command line"}]}"#]].assert_eq(&first);
    expect![[r#"
        {"event":"run_started","unix_time":0.000000,"tests":2,"filtered_out":1,"shuffle_seed":"18446744073709551615","threads":2,"dist":"load","repeat":1}
        {"event":"fixture_planned","fixture":"orders::server","name":"server","scope":"session","async":true,"teardown":true,"file":"tests/orders.rs","line":3}
        {"event":"test_planned","test":"books","module":"orders","file":"tests/orders.rs","line":7,"phase":"parallel","keys":[{"name":"ledger"}],"fixtures":["orders::server"],"session_runtime":true,"expected":0.020000}
        {"event":"test_planned","test":"refunds","module":"orders","file":"tests/orders.rs","line":9,"phase":"parallel","tags":["slow"],"keys":[{"name":"ledger"}],"fixtures":["orders::server"],"session_runtime":true,"expected":0.020000}
        {"event":"run_noted","note":"a note"}
        {"event":"phase_started","phase":"parallel","at":0.001000}
        {"event":"sample","at":0.001000,"cpu":0.010000,"memory":1048576}
        {"event":"test_started","test":"books","at":0.010000,"worker":1}
        {"event":"fixture_ran","fixture":"orders::server","phase":"set_up","began":0.010000,"duration":0.002000}
        {"event":"test_still_running","test":"books","after":0.020000}
        {"event":"output","test":"books","stream":"stdout","text":"out </script>\n"}
        {"event":"output","test":"books","stream":"stderr","text":"err�\n","base64":"ZXJy/wo="}
        {"event":"test_finished","test":"books","outcome":"passed","worker":1,"began":0.010000,"duration":0.030000,"set_up":0.002000,"parked":0.003000,"parks":[[0.004000,0.007000]]}
        {"event":"test_let_through","test":"refunds","at":0.040000,"key":"ledger","behind":"books"}
        {"event":"test_started","test":"refunds","at":0.040000,"worker":0}
        {"event":"attempt_failed","test":"refunds","attempt":1,"kind":"timeout","message":"timed out after 5ms","reason":"timed out after 5ms\nand more","worker":0,"began":0.040000,"duration":0.005000}
        {"event":"test_finished","test":"refunds","outcome":"passed","flaky":true,"attempts":2,"worker":0,"began":0.045000,"duration":0.005000}
        {"event":"phase_started","phase":"ending","at":0.050000}
        {"event":"fixture_ran","fixture":"orders::server","phase":"teardown","began":0.050000,"duration":0.010000}
        {"event":"used","cpu":0.030000,"peak_memory":2097152}
        {"event":"output","stream":"stdout","text":"whose?"}
        {"event":"run_finished","elapsed":0.061000,"passed":2,"failed":0,"failed_as_expected":0,"ignored":0,"flaky":1,"not_run":0}
    "#]].assert_eq(rest);
}

#[test]
fn what_ends_a_run_early_is_told() {
    let test = test("orders::hangs", 7);
    let finished = |cut, count| Event::RunFinished {
        elapsed: ms(5),
        not_run: NotRun { count, cut: Some(cut) },
        stray: Vec::new(),
    };
    let events = [
        Event::TestFinished { test, finished: ran(Outcome::Failed(Failure::Interrupted), 0, 1, 2) },
        Event::TestFinished { test, finished: ran(Outcome::FailedAsExpected(Some("known")), 0, 1, 2) },
        Event::TestFinished { test, finished: ran(Outcome::Ignored(Some("no network".into())), 0, 1, 0) },
        Event::FixtureFailed {
            fixture: &SERVER,
            phase: FixturePhase::TearDown,
            error: "gone".to_owned(),
            output: b"last words".to_vec(),
        },
        Event::RunBroken { reason: "a thread died".to_owned(), output: Vec::new() },
        Event::Detail(Detail::WentOn { at: ms(4) }),
        finished(Cut::Interrupt, 3),
        finished(Cut::MainThread(test), 0),
    ];
    lines(
        &events,
        expect![[r#"
        {"event":"test_finished","test":"hangs","outcome":"failed","kind":"interrupted","message":"interrupted","worker":0,"began":0.001000,"duration":0.002000}
        {"event":"test_finished","test":"hangs","outcome":"failed_as_expected","message":"known","worker":0,"began":0.001000,"duration":0.002000}
        {"event":"test_finished","test":"hangs","outcome":"ignored","message":"no network","worker":0,"began":0.001000,"duration":0.000000}
        {"event":"output","fixture":"orders::server","stream":"stdout","text":"last words"}
        {"event":"fixture_failed","fixture":"orders::server","phase":"teardown","error":"gone"}
        {"event":"run_broken","reason":"a thread died"}
        {"event":"went_on","at":0.004000}
        {"event":"run_finished","elapsed":0.005000,"passed":0,"failed":1,"failed_as_expected":1,"ignored":1,"flaky":0,"not_run":3,"cut":"interrupt"}
        {"event":"run_finished","elapsed":0.005000,"passed":0,"failed":1,"failed_as_expected":1,"ignored":1,"flaky":0,"not_run":0,"cut":"main_thread","cut_by":"hangs"}
    "#]],
    );
}

#[test]
fn each_line_is_an_object_of_json() {
    for line in log(&events()).lines() {
        assert!(fields(line).is_ok_and(|fields| fields.word("event").is_some()), "{line}");
    }
    assert!(check(log(&events()).as_bytes()).is_ok());
}

#[test]
fn json_is_read_as_its_standard_has_it() {
    for (line, good) in [
        ("{}", true),
        (r#" { "a" : [ 1 , -2.5e+3 , true , null , { "b" : "\u00e9\\\"" } ] } "#, true),
        (r#"{"a":0.1,"b":1E5,"c":[],"d":{}}"#, true),
        ("", false),
        ("{", false),
        ("[]", false),
        ("7", false),
        (r#"{"a":1,}"#, false),
        (r#"{"a":01}"#, false),
        (r#"{"a":.5}"#, false),
        (r#"{"a":"\x"}"#, false),
        (r#"{"a":"\u12"}"#, false),
        (r#"{"a":tru}"#, false),
        (r#"{"a":1} x"#, false),
        (r#"{"a":1}{"b":2}"#, false),
        ("{\"a\":\"\t\"}", false),
        (r#"{a:1}"#, false),
    ] {
        assert_eq!(fields(line).is_ok(), good, "{line}");
        if good {
            (0..line.trim_end().len())
                .for_each(|len| assert!(fields(&line[..len]).is_err(), "{}", &line[..len]));
        }
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert!(fields(&deep).is_err());
}

#[test]
fn a_log_that_is_none_is_told_by_its_line() {
    let whole = log(&events());
    let line = |place: usize| whole.lines().nth(place).unwrap();
    let count = whole.lines().count();
    let but = |place: usize, other: &str| {
        let mut lines: Vec<_> = whole.lines().collect();
        lines[place] = other;
        lines.join("\n") + "\n"
    };
    let cut = line(5).len() / 2;
    for (log, line, what) in [
        (String::new(), 1, What::Foreign),
        ("hello\n".to_owned(), 1, What::Foreign),
        ("{\"type\":\"suite\"}\n".to_owned(), 1, What::Foreign),
        ("\u{7f}ELF".to_owned(), 1, What::Foreign),
        (but(0, line(1)), 1, What::Foreign),
        (but(0, &line(0).replace("\"version\":1", "\"version\":2")), 1, What::Version(2)),
        (but(0, &line(0).replace("\"version\":1", "\"version\":\"1\"")), 1, What::Foreign),
        (but(5, &line(5)[..cut]), 6, What::NoEvent(cut + 1)),
        (but(5, "[1]"), 6, What::NoEvent(1)),
        (but(5, ""), 6, What::NoEvent(1)),
        (but(5, "{\"text\":\"x\"}"), 6, What::NoEvent(1)),
        (but(5, line(0)), 6, What::GoesOn),
        (whole.repeat(2), count + 1, What::GoesOn),
        (whole.clone() + line(5), count + 1, What::GoesOn),
        (whole[..whole.len() - 10].to_owned(), count, What::CutOff),
        (but(count - 1, line(5)), count, What::CutOff),
    ] {
        assert_eq!(check(log.as_bytes()), Err(Fault { line, what }), "{log}");
    }
    let mut bytes = whole.clone().into_bytes();
    let at = whole.find("books").unwrap();
    bytes[at] = 0xff;
    let line = whole[..at].lines().count();
    let column = at - whole[..at].rfind('\n').unwrap();
    assert_eq!(check(&bytes), Err(Fault { line, what: What::NoEvent(column) }));
}

#[test]
fn what_later_versions_add_is_no_mistake() {
    let whole = log(&events());
    let more = whole.replacen(
        "{\"event\":\"run_noted\"",
        "{\"event\":\"something_new\",\"x\":[]}\n{\"event\":\"run_noted\"",
        1,
    );
    let more = more.replacen("\"version\":1", "\"version\":1,\"more\":{}", 1);
    assert!(check(more.as_bytes()).is_ok());
    assert!(check(more.replace('\n', "\r\n").as_bytes()).is_ok());
    assert!(check(more.trim_end().as_bytes()).is_ok());
}
