use super::How;
use super::journal::{OwnerName, Record};
use super::story::{GoingOn, going_on};
use crate::event::{Event, NotRun};
use crate::filter::Filter;
use crate::history::{History, Past};
use crate::needs::OwnKind;
use crate::outcome::{Failure, Finished, Outcome};
use crate::plan::{Choice, Empty, Mode, Order, Plan, Planned, Recall};
use crate::settings::Stop;
use crate::test::Test;
use expect_test::{Expect, expect};
use std::num::NonZeroUsize;
use std::time::Duration;

impl Planned for &'static Test {
    fn test(&self) -> &'static Test {
        self
    }

    fn own_kind(&self) -> OwnKind {
        OwnKind::No
    }
}

/// A plan of `a`, `b`, `c` and `d`.
pub(super) fn plan() -> Plan<&'static Test> {
    static TESTS: [Test; 4] = [
        Test { path: crate::test::TestPath::new("suite::a"), ..Test::PLAIN },
        Test { path: crate::test::TestPath::new("suite::b"), ..Test::PLAIN },
        Test { path: crate::test::TestPath::new("suite::c"), ..Test::PLAIN },
        Test { path: crate::test::TestPath::new("suite::d"), ..Test::PLAIN },
    ];
    let past = Past::new(&History::default);
    let choice = Choice { recall: Recall::Nothing, partition: None, past: &past };
    Plan::new(&TESTS.each_ref(), &Filter::default(), &choice, Order::Name, Mode::Tests, Empty::Forbidden)
        .unwrap()
}

/// A journal in words: `+a` passed, `-a` failed, `~a` in flight, `!a` crashed on its thread, `!` on nobody's, `!(a)` before
/// what follows `(` in the journal had been told, `^a` an attempt had failed, `=a` the same of one whose result follows, `?f` a
/// fixture was up, `|` went on.
pub(super) fn journal(words: &str) -> Vec<(u64, Record)> {
    let finished =
        |outcome| Finished { duration: Duration::from_secs(1), ..Finished::without_a_try(outcome) };
    let told = words.find('(').map(|at| words[..at].split_whitespace().count() as u64);
    let record = |(at, word): (usize, &str)| {
        let (kind, name) = word.split_at(1);
        let name = name.to_owned();
        let record = match kind {
            "+" => Record::Finished(name, finished(Outcome::Passed)),
            "-" => Record::Finished(name, finished(Outcome::Failed(Failure::Told))),
            "~" => Record::InFlight {
                name,
                worker: 1,
                began: Duration::from_secs(5),
                ran_for: Duration::from_secs(2),
            },
            "|" => Record::WentOn,
            "^" => {
                let failed = finished(Outcome::Failed(Failure::Told)).into_attempts().unwrap();
                Record::Earlier(name, failed.into_iter().next().unwrap())
            }
            "=" => {
                let failed = finished(Outcome::Failed(Failure::Told)).into_attempts().unwrap();
                Record::Attempt(failed.into_iter().next().unwrap())
            }
            "?" => Record::Lost(name),
            "!" => {
                let owner = if name.is_empty() { OwnerName::Nobody } else { OwnerName::Test(name) };
                Record::Death { number: 0, how: How::Exit(Some(0)), owner, told: told.unwrap_or(at as u64) }
            }
            other => panic!("no record begins with `{other}`"),
        };
        (at as u64, record)
    };
    words.replace('(', "").split_whitespace().enumerate().map(record).collect()
}

fn shown(events: &[Event]) -> String {
    let word = |event: &Event| match event {
        Event::TestFinished { test, finished } => match &finished.outcome {
            Outcome::Failed(Failure::Because(reason)) => format!("{} ({reason})", test.name()),
            outcome if outcome.is_failure() => format!("{} FAILED", test.name()),
            _ => format!("{} ok", test.name()),
        },
        Event::RunBroken { reason, .. } => reason.clone(),
        Event::RunNoted { note } => note.clone(),
        _ => "another event".to_owned(),
    };
    events.iter().map(word).collect::<Vec<_>>().join(", ")
}

pub(super) fn names<'a>(steps: impl IntoIterator<Item = &'a &'static Test>) -> String {
    steps.into_iter().map(|test| test.name()).collect::<Vec<_>>().join(" ")
}

fn check_with(stop: Stop, words: &str, expected: Expect) {
    let mut plan = plan();
    let GoingOn { told, untold, mut new, not_run, done, .. } = going_on(journal(words), &mut plan, stop, 0);
    new.splice(..0, untold);
    let suspects = names(plan.suspects.iter().map(|step| &step.test));
    let left = names(plan.parallel.iter().map(|step| &step.test));
    let mut text = format!("told: {}\nnew: {}\nleft: {left}\n", shown(&told), shown(&new));
    if !suspects.is_empty() {
        text += &format!("first, alone: {suspects}\n");
    }
    let NotRun { count: not_run, cut } = not_run;
    assert_eq!(not_run > 0, cut.is_some());
    if not_run > 0 {
        text += &format!("not run: {not_run} ({cut:?})\n");
    }
    assert_eq!(done + not_run + plan.len(), 4 + usize::from(words.contains('x')), "each test is somewhere");
    expected.assert_eq(&text);
}

fn check(words: &str, expected: Expect) {
    check_with(Stop::AtEnd, words, expected);
}

#[test]
fn the_one_on_whose_thread_it_was_fails_and_its_neighbours_run_again() {
    check(
        "+a ~b ~c !b",
        expect![[r#"
        told: a ok
        new: b (the test called exit(0))
        left: c d
    "#]],
    );
}

#[test]
fn a_result_that_was_not_told_is_told_now() {
    check(
        "+a (+b ~c !c",
        expect![[r#"
        told: a ok
        new: b ok, c (the test called exit(0))
        left: d
    "#]],
    );
}

/// What was told of as started, and not as finished.
fn started(words: &str) -> String {
    names(&going_on(journal(words), &mut plan(), Stop::AtEnd, 0).started)
}

#[test]
fn a_test_that_ends_in_none_of_several_images_was_started_in_the_first() {
    assert_eq!(started("~a ~b !b"), "a b");
    assert_eq!(started("~a ~b !b | -b ~c !c"), "a c");
    assert_eq!(started("~a ~b !b | -b +a ~c !c"), "c");
}

/// Who is tried again, and after how many attempts, where each may have so many more.
fn again(words: &str, stop: Stop, retries: u32) -> String {
    let going_on = going_on(journal(words), &mut plan(), stop, retries);
    let tests = going_on.again.iter().map(|(test, attempts)| format!("{} {}", test.name(), attempts.len()));
    tests.collect::<Vec<_>>().join(", ")
}

#[test]
fn whoever_has_tries_left_goes_on_after_those_that_failed() {
    for (words, retries, expected) in [
        ("+a ~b ~c !b", 0, ""),
        ("+a ~b ~c !b", 1, "b 1"),
        ("~b ^b !b", 1, ""),
        ("~b ^b !b", 2, "b 2"),
        ("~b ~c !b !c", 1, "b 1, c 1"),
        // Its neighbour has failed before, and one that waits to be tried again has crashed.
        ("~b ~c ^c !b", 1, "b 1, c 1"),
        ("~b !b | ~c ^b !c", 1, "c 1, b 1"),
        ("~b !b | ~b ^b -b ~c !c", 1, "c 1"),
        // Of nobody, while one ran: that has failed.
        ("~b !", 1, "b 1"),
        ("~b ^b !", 1, ""),
        // How often it was tried is not known.
        ("!b", 1, ""),
        ("!b !b", 9, ""),
    ] {
        assert_eq!(again(words, Stop::AtEnd, retries), expected, "{words}, {retries}");
    }
    let stop = Stop::AfterFailures(NonZeroUsize::MIN);
    assert_eq!((again("~b !b", stop, 1).as_str(), again("-a ~b !b", stop, 1).as_str()), ("b 1", ""));
}

#[test]
fn a_fixture_that_was_not_torn_down_is_named_once() {
    check(
        "~a ?pool ?pool !a",
        expect![[r#"
            told: 
            new: a (the test called exit(0)), after a crash these fixtures are set up anew where they are needed, and were not torn down: pool
            left: b c d
        "#]],
    );
    check(
        "~a ?pool !a -a | ~b ?pool ?queue !b",
        expect![[r#"
            told: a FAILED
            new: b (the test called exit(0)), after a crash these fixtures are set up anew where they are needed, and were not torn down: queue
            left: c d
        "#]],
    );
}

#[test]
fn whoever_is_not_tried_again_after_all_has_failed() {
    let stop = Stop::AfterFailures(NonZeroUsize::MIN);
    for (words, again, new, not_run) in [
        ("+a ~b ^b ~c !c", 2, "", 0),
        // The run ends with a failure: there is one attempt of `b`, and it counts.
        ("-a ~b ^b ~c !c", 0, "c (the test called exit(0)), b FAILED", 1),
    ] {
        let going_on = going_on(journal(words), &mut plan(), stop, 1);
        assert_eq!((going_on.again.len(), going_on.not_run.count), (again, not_run), "{words}");
        assert_eq!(shown(&going_on.new), new, "{words}");
    }
}

#[test]
fn failures_of_all_images_count() {
    let failures = |words: &str| going_on(journal(words), &mut plan(), Stop::AtEnd, 0).failures;
    assert_eq!((failures("+a -b ~c !c"), failures("~a !a | -a -b ~c !c")), (2, 3));
}

#[test]
fn two_that_crash_at_once_both_fail_and_each_once() {
    check(
        "~a ~b !a !b !a",
        expect![[r#"
        told: 
        new: a (the test called exit(0)), b (the test called exit(0))
        left: c d
    "#]],
    );
}

#[test]
fn the_one_to_blame_is_known_even_where_it_is_not_known_who_ran() {
    check(
        "+a !b",
        expect![[r#"
        told: a ok
        new: b (the test called exit(0))
        left: c d
    "#]],
    );
}

#[test]
fn a_crash_of_nobody_is_that_of_the_one_test_that_ran() {
    check(
        "~a !",
        expect![[r#"
        told: 
        new: a (the test called exit(0))
        left: b c d
    "#]],
    );
}

#[test]
fn where_several_ran_they_run_one_at_a_time() {
    check(
        "~a ~b !",
        expect![[r#"
        told: 
        new: the process called exit(0) outside any test, while `a`, `b` ran
        left: c d
        first, alone: a b
    "#]],
    );
}

#[test]
fn a_thread_that_outlives_its_test_fails_the_run_and_not_the_test() {
    check(
        "+a ~b !a",
        expect![[r#"
        told: a ok
        new: the process called exit(0), on a thread that `a` had left behind
        left: b c d
    "#]],
    );
}

#[test]
fn earlier_crashes_have_been_told() {
    check(
        "+a ~b !b -b | +c ~d !d",
        expect![[r#"
        told: a ok, b FAILED, c ok
        new: d (the test called exit(0))
        left: 
    "#]],
    );
}

#[test]
fn nothing_more_runs_after_a_failure_under_fail_fast() {
    check_with(
        Stop::AfterFailures(NonZeroUsize::MIN),
        "+a ~b !b",
        expect![[r#"
            told: a ok
            new: b (the test called exit(0))
            left: 
            not run: 2 (Some(Failures))
        "#]],
    );
}

#[test]
fn a_failure_after_which_nothing_is_left_cuts_nothing_short() {
    check_with(
        Stop::AfterFailures(NonZeroUsize::MIN),
        "+a +b +c ~d !d",
        expect![[r#"
            told: a ok, b ok, c ok
            new: d (the test called exit(0))
            left: 
        "#]],
    );
}

#[test]
fn a_run_that_only_crashes_is_given_up() {
    check(
        "~a ~b ! | ~a ~b ! |  ~a ~b !",
        expect![[r#"
        told: 
        new: the process called exit(0) outside any test, while `a`, `b` ran
        left: c d
        first, alone: a b
    "#]],
    );
    check(
        "~a ~b ! | ~a ~b ! |  ~a ~b ! | ~a ~b !",
        expect![[r#"
            told: 
            new: the process called exit(0) outside any test, while `a`, `b` ran, the run was given up: it crashed again and again before any test had finished
            left: 
            not run: 4 (Some(Crash))
        "#]],
    );
}

#[test]
fn a_test_that_is_not_made_again_keeps_its_result() {
    check(
        "+x ~a !a",
        expect![[r#"
        told: x ok
        new: a (the test called exit(0))
        left: b c d
    "#]],
    );
}
