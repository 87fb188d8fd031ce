//! The log of hand-written events, and logs that are none.

use super::read::What;
use super::*;
use crate::cli::settings;
use crate::event::{Cut, Detail, Event, FixturePhase, FixtureRan, Holder, NotRun, Phase, PlannedTest, Usage};
use crate::fixture::{BUILT_IN, FixtureDecl, FixtureKind, FixtureRuntime, Need, NeedAccess, Scope, Teardown};
use crate::key::{Access, Key};
use crate::outcome::{Course, FailedAttempt, Failure, Finished, Outcome, Output};
use crate::place::Place;
use crate::settings::Told;
use crate::target::Target;
use crate::test::{Concurrency, Ignore, Options, ShouldPanic, Test, Traits, Xfail};
use expect_test::{Expect, expect, expect_file};
use std::collections::{BTreeMap, BTreeSet};
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
        ..Head::new(Target { package: Some("shop"), root: "tests/orders.rs", ..Target::UNKNOWN }, settings)
    }
}

static SERVER: FixtureDecl = fixture("orders::server", "tests/orders.rs");

pub(in crate::report) fn test(path: &'static str, line: u32) -> &'static Test {
    let options = (line == 9).then(|| &*Box::leak(Box::new(Options { tags: &["slow"], ..Options::PLAIN })));
    let own_length = u32::try_from(path.rsplit("::").next().unwrap().len()).unwrap();
    let place = Place { file: "tests/orders.rs", line, column: 1 };
    Box::leak(Box::new(Test {
        path: crate::test::TestPath::new(path),
        own_length,
        place,
        options,
        ..Test::PLAIN
    }))
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
    let errors = std::iter::once(14..19).collect();
    let output = Output::new(b"out </script>\nerr\xff\n".to_vec(), errors);
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

/// What ends a run early, and whatever else is rare.
fn ended_early() -> Vec<Event> {
    let test = test("orders::hangs", 7);
    let finished = |cut, count| Event::RunFinished {
        elapsed: ms(5),
        not_run: NotRun { count, cut: Some(cut) },
        stray: Vec::new(),
    };
    vec![
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
    ]
}

/// Every event with every field.
fn everything() -> Vec<Event> {
    static ALL: FixtureDecl = FixtureDecl {
        timeout: Some(Duration::from_secs(1)),
        keys: &[Key { name: "ledger", access: Access::Shared }],
        needs: &[Need { fixture: || &SERVER, access: NeedAccess::Borrow }],
        ..fixture("orders::client", "tests/orders.rs")
    };
    static BUILT_IN_ONE: FixtureDecl = fixture("async_harness::fixtures::tmp_dir", BUILT_IN);
    let options = Options {
        tags: &["slow"],
        group: Some("g"),
        threads_required: 2,
        timeout: Some(Duration::from_secs(1)),
        retries: Some(1),
        task_panics: None,
    };
    let traits = Traits {
        ignore: Ignore::Yes,
        should_panic: ShouldPanic::Yes,
        xfail: Xfail::Because("why"),
        concurrency: Concurrency::Parallel,
    };
    let all: &'static Test = Box::leak(Box::new(Test {
        path: crate::test::TestPath::new("orders::all"),
        own_length: 3,
        options: Some(Box::leak(Box::new(options))),
        traits: Some(Box::leak(Box::new(traits))),
        ..Test::PLAIN
    }));
    let fixture_of = |holder| {
        let (phase, duration) = (FixturePhase::SetUp, ms(1));
        Event::FixtureRan(FixtureRan { fixture: &ALL, phase, holder, began: ms(1), duration })
    };
    let course = Course { set_up: ms(1), tear_down: ms(1), parked: ms(1), ..Course::default() };
    let failed = || Failure::Because("two\nlines".to_owned());
    let attempt = FailedAttempt {
        failure: failed(),
        output: "text".into(),
        notes: vec!["n".to_owned()],
        duration: ms(3),
        course,
        parks: vec![ms(1)..ms(2)],
    };
    let finished = Finished {
        course,
        parks: vec![ms(1)..ms(2)],
        notes: vec!["n".to_owned()],
        earlier: vec![attempt],
        ..ran(Outcome::Failed(failed()), 0, 1, 2)
    };
    let planned = PlannedTest {
        ignored: true,
        failed_last: true,
        unit: Some("g"),
        fixtures: vec![&SERVER, &ALL, &BUILT_IN_ONE],
        ..planned(all, &[("ledger", Access::Shared)])
    };
    let more = vec![
        Event::Detail(Detail::Planned(vec![planned])),
        Event::TestStarted { test: all, ignored: true, worker: 0, began: ms(1) },
        fixture_of(Holder::Worker(1)),
        fixture_of(Holder::Test(all)),
        Event::TestFinished { test: all, finished },
    ];
    let mut lines: Vec<_> = events().into_iter().chain(ended_early()).collect();
    // What is planned is told once.
    lines.splice(1..2, more);
    lines
}

const fn fixture(path: &'static str, file: &'static str) -> FixtureDecl {
    FixtureDecl {
        path,
        place: Place { file, line: 3, column: 1 },
        doc: "",
        scope: Scope::Session,
        kind: FixtureKind::Async,
        runtime: FixtureRuntime::Inferred,
        teardown: Teardown::Yes,
        timeout: None,
        keys: &[],
        needs: &[],
    }
}

pub(in crate::report) fn log(events: &[Event]) -> String {
    log_of(head(), events)
}

fn log_of(head: Head, events: &[Event]) -> String {
    let (mut lines, mut text) = (Lines::new(head), String::new());
    for event in events {
        lines.count(event);
        lines.add(event, &mut text);
    }
    text
}

fn lines(events: &[Event], expected: Expect) {
    expected.assert_eq(&log(events));
}

/// What surrounds the example in `docs/events.md`.
const BEGIN: &str = "cargo test -p async-harness --lib -- log::tests -->\n```json\n";
const END: &str = "```\n";

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/events.md");

#[test]
fn a_run_is_a_line_for_each_event_as_the_page_shows_it() {
    let process = format!("\"process\":{},", std::process::id());
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let here = format!("\"system\":\"{os}\",\"architecture\":\"{arch}\"");
    let example = log(&events()).replace(&process, "\"process\":4711,");
    let example = example.replace(&here, "\"system\":\"linux\",\"architecture\":\"x86_64\"");
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page says where the example begins");
    let (_, after) = rest.split_once(END).expect("and where it ends");
    expect_file![PAGE].assert_eq(&format!("{before}{BEGIN}{example}{END}{after}"));
}

#[test]
fn the_page_names_every_event_and_its_fields_and_no_others() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let mut documented = BTreeMap::new();
    for section in page.split("\n### `").skip(1) {
        let (event, text) = section.split_once('`').unwrap();
        let fields: BTreeSet<_> = text
            .lines()
            .filter(|line| line.starts_with("| `"))
            .flat_map(|line| line.split('|').nth(1).unwrap().split('`').skip(1).step_by(2))
            .collect();
        documented.insert(event.to_owned(), fields);
    }
    let (executable, folder) = (Some("orders".into()), Some("shop".into()));
    let settings = settings("--in-flight=4 --isolate");
    let head = Head { executable, folder, ..Head::new(head().target, &settings) };
    let settings = self::head().settings;
    let head = Head { arguments: vec!["a".to_owned()], settings, ..head };
    let log = log_of(head, &everything());
    let mut written = BTreeMap::<String, BTreeSet<&str>>::new();
    for line in log.lines() {
        let fields = fields(line).ok().unwrap();
        let event = fields.word("event").unwrap().to_owned();
        written.entry(event).or_default().extend(fields.names().filter(|name| *name != "event"));
    }
    assert_eq!(documented, written);
}

#[test]
fn what_ends_a_run_early_is_told() {
    lines(
        &ended_early(),
        expect![[r#"
            {"event":"test_finished","test":"hangs","outcome":"failed","kind":"interrupted","message":"interrupted","worker":0,"began":0.001000,"duration":0.002000}
            {"event":"test_finished","test":"hangs","outcome":"failed_as_expected","message":"known","worker":0,"began":0.001000,"duration":0.002000}
            {"event":"test_finished","test":"hangs","outcome":"ignored","message":"no network","worker":0,"began":0.001000,"duration":0.000000}
            {"event":"output","fixture":"orders::server","stream":"stdout","text":"last words"}
            {"event":"fixture_failed","fixture":"orders::server","phase":"teardown","error":"gone"}
            {"event":"run_broken","reason":"a thread died"}
            {"event":"went_on","at":0.004000}
            {"event":"run_finished","elapsed":0.005000,"passed":0,"failed":1,"failed_as_expected":1,"ignored":1,"flaky":0,"not_run":3,"cut":"interrupt","lower_bound":0.002000,"bound_by":"test","bound_name":"hangs"}
            {"event":"run_finished","elapsed":0.005000,"passed":0,"failed":1,"failed_as_expected":1,"ignored":1,"flaky":0,"not_run":0,"cut":"main_thread","cut_by":"hangs","lower_bound":0.002000,"bound_by":"test","bound_name":"hangs"}
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
