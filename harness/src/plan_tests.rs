use super::*;
use crate::filter::{Names, RunIgnored};
use crate::history::{Extent, History, Lines, Seen, SeenEnding};
use crate::key::Access;
use crate::place::Place;
use crate::test::Traits;
use std::cell::Cell;

#[derive(Debug, Clone, Copy)]
struct Entry(&'static Test);

impl Planned for Entry {
    fn test(&self) -> &'static Test {
        self.0
    }

    fn own_kind(&self) -> OwnKind {
        OwnKind::No
    }
}

const DB: &[Key] = &[Key { name: "db", access: Access::Exclusive }];

thread_local! {
    static LINE: Cell<u32> = const { Cell::new(0) };
}

/// A word is a name; `!name` is serial, `db:name` holds a key, `-name` is ignored.
fn entries(words: &str) -> Vec<Entry> {
    LINE.set(0);
    words.split_whitespace().map(entry).collect()
}

fn entry(word: &str) -> Entry {
    LINE.set(LINE.get() + 1);
    let (ignore, word) = match word.strip_prefix('-') {
        Some(rest) => (Ignore::Because("later"), rest),
        None => (Ignore::No, word),
    };
    let (concurrency, name) = match (word.strip_prefix('!'), word.strip_prefix("db:")) {
        (Some(name), _) => (Concurrency::Exclusive, name),
        (_, Some(name)) => (Concurrency::Keyed(DB), name),
        _ => (Concurrency::Parallel, word),
    };
    Entry(Box::leak(Box::new(Test {
        path: crate::test::TestPath::new(Box::leak(format!("crate_name::{name}").into_boxed_str())),
        place: Place { file: "tests/api.rs", line: LINE.get(), column: 4 },
        traits: Some(Box::leak(Box::new(Traits { ignore, concurrency, ..Traits::PLAIN }))),
        ..Test::PLAIN
    })))
}

fn all<'a>(past: &'a Past<'a>) -> Choice<'a> {
    Choice { recall: Recall::Nothing, partition: None, past }
}

fn plan(words: &str, filter: &Filter, order: Order, mode: Mode) -> String {
    let past = Past::new(&History::default);
    let plan = Plan::new(&entries(words), filter, &all(&past), order, mode, Empty::Forbidden).unwrap();
    let phase = |steps: &[Step<Entry>]| {
        let step = |step: &Step<Entry>| match step.action {
            Action::Run => step.test.test().name().to_owned(),
            Action::Ignore(reason) => format!("-{}({})", step.test.test().name(), reason.unwrap_or("")),
        };
        steps.iter().map(step).collect::<Vec<_>>().join(" ")
    };
    format!("{} | {} | {} out", phase(&plan.parallel), phase(&plan.serial), plan.filtered_out)
}

/// What earlier runs have left: `a=5` passed after 5 ms, `a!5` failed.
fn history(words: &str) -> History {
    let seen = |word: &'static str| {
        let (name, time) = word.split_once(['=', '!']).unwrap();
        let time = time.parse::<u64>().unwrap() * 1_000;
        let passed = word.contains('=');
        let ending = if passed { SeenEnding::Passed(time) } else { SeenEnding::Failed(time) };
        Seen { name, ending }
    };
    let seen = words.to_owned().leak().split_whitespace().map(seen).collect();
    History::parse(Lines::of(History::default()).merged(seen, Extent::Whole).unwrap_or_default())
}

/// The plan of a run on two workers after such a history, and what is noted.
fn recalled(words: &str, before: &str, recall: Recall, partition: Option<&str>) -> String {
    let read = || history(before);
    let past = Past::new(&read);
    let partition = partition.map(|partition| Partition::parse(partition).unwrap());
    let choice = Choice { recall, partition, past: &past };
    let filter = Filter::default();
    let tests = entries(words);
    let mut plan = Plan::new(&tests, &filter, &choice, Order::Name, Mode::Tests, Empty::Forbidden).unwrap();
    let arrangement = Arrangement { workers: 2, dist: Dist::Load, recall, extent: Extent::Whole };
    let _ = plan.arrange(&arrangement, &past);
    let names = |steps: &[Step<Entry>]| {
        let names = steps.iter().map(|step| step.test.test().name());
        names.collect::<Vec<_>>().join(" ")
    };
    let notes = if plan.notes.is_empty() { "" } else { " | noted" };
    format!("{} | {} | {} out{notes}", names(&plan.parallel), names(&plan.serial), plan.filtered_out)
}

fn check(words: &str, filter: Filter, expected: &str) {
    assert_eq!(plan(words, &filter, Order::Name, Mode::Tests), expected);
}

#[test]
fn tests_are_sorted_and_serial_ones_come_last() {
    check("c !a db:b", Filter::default(), "b c | a | 0 out");
}

#[test]
fn a_filter_counts_what_it_leaves_out() {
    let filter = Filter { wanted: Names::parts(&["a"]), ..Filter::default() };
    check("a ab c !ca", filter, "a ab | ca | 1 out");
}

#[test]
fn an_ignored_test_is_reported_in_its_place_and_holds_nothing_up() {
    check("c -!a -db:b", Filter::default(), "-a(later) -b(later) c |  | 0 out");
}

#[test]
fn ignored_tests_run_when_asked_for() {
    let too = Filter { ignored: RunIgnored::Too, ..Filter::default() };
    check("c -!a", too, "c | a | 0 out");
    let only = Filter { ignored: RunIgnored::Only, ..Filter::default() };
    check("c -!a -b", only, "b | a | 1 out");
}

#[test]
fn a_run_for_benchmarks_ignores_every_test() {
    let planned = plan("b !a", &Filter::default(), Order::Name, Mode::Benchmarks);
    assert_eq!(planned, "-a() -b() |  | 0 out");
}

#[test]
fn a_shuffled_order_is_kept_within_each_phase() {
    let words = "a b c d !e !f !g";
    let orders: Vec<_> =
        (0..10).map(|seed| plan(words, &Filter::default(), Order::Shuffled(seed), Mode::Tests)).collect();
    for order in &orders {
        let (parallel, serial) = order.split_once('|').unwrap();
        assert!(parallel.contains('a') && parallel.contains('d') && serial.contains('e'), "{order}");
    }
    assert!(orders.iter().any(|order| *order != orders[0]));
}

#[test]
fn the_history_puts_the_longest_first_in_the_parallel_phase_alone() {
    let check = |words: &str, before: &str, expected: &str| {
        assert_eq!(recalled(words, before, Recall::Nothing, None), expected, "`{words}` after `{before}`");
    };
    check("a b c -d !e !f", "a=1 b=9 c=5 e=1 f=9", "b c a d | e f | 0 out");
    check("a b c -d !e !f", "", "a b c d | e f | 0 out");
    check("a b db:c db:d", "", "c a b d |  | 0 out");
    check("a b db:c db:d", "a=10 b=20 c=6 d=5", "b c a d |  | 0 out");
}

#[test]
fn what_failed_runs_alone_or_first() {
    for (words, before, recall, expected) in [
        ("a b c !d !e", "a=9 b!1 e!1", Recall::FailedFirst, "b a c | e d | 0 out"),
        ("a b c !d !e", "a=9 b!1 e!1", Recall::LastFailed, "b | e | 3 out"),
        ("a b c", "a=9 gone!1", Recall::LastFailed, "a b c |  | 0 out | noted"),
        ("a b c", "", Recall::LastFailed, "a b c |  | 0 out | noted"),
        ("a b c", "", Recall::FailedFirst, "a b c |  | 0 out"),
    ] {
        assert_eq!(recalled(words, before, recall, None), expected, "`{words}` after `{before}`");
    }
}

#[test]
fn a_test_is_in_one_shard_whatever_failed_and_the_rest_is_filtered_out() {
    let check = |before: &str, recall, partition, expected: &str| {
        assert_eq!(recalled("a b c d !e", before, recall, Some(partition)), expected, "{partition}");
    };
    check("", Recall::Nothing, "count:1/2", "a c | e | 2 out");
    check("", Recall::Nothing, "count:2/2", "b d |  | 3 out");
    check("a!1 b!1 c=1 d!1", Recall::LastFailed, "slice:2/2", "b d |  | 3 out");
    check("a!1 b=1", Recall::LastFailed, "slice:1/2", "a |  | 4 out");
    check("a!1 b=1", Recall::LastFailed, "slice:2/2", " |  | 5 out");
    check("a=9 b=4 c=2 d=1 e=1", Recall::Nothing, "time:1/2", "a |  | 4 out");
}

#[test]
fn a_plan_is_plain_as_long_as_none_of_its_tests_asks_for_anything() {
    let past = Past::new(&History::default);
    let bare = |word| match entry(word) {
        Entry(test) => Entry(Box::leak(Box::new(Test { traits: None, ..*test }))),
    };
    let plan = |tests: &[Entry], mode| {
        let filter = Filter::default();
        Plan::new(tests, &filter, &all(&past), Order::Name, mode, Empty::Forbidden).unwrap()
    };
    let mut of_bare = plan(&[bare("b"), bare("a")], Mode::Tests);
    assert!(of_bare.plain);
    let names: Vec<_> = of_bare.parallel.iter().map(|step| step.test.test().name()).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(!plan(&[bare("b"), bare("a")], Mode::Benchmarks).plain);
    for other in ["c", "db:c", "-c", "!c"] {
        assert!(!plan(&[bare("b"), entry(other), bare("a")], Mode::Tests).plain, "with {other}");
    }
    of_bare.repeat(NonZeroUsize::MIN).unwrap();
    assert!(of_bare.plain);
    of_bare.repeat(NonZeroUsize::new(2).unwrap()).unwrap();
    assert!(!of_bare.plain && of_bare.parallel.iter().all(|step| !step.keys.is_empty()));
}

#[test]
fn a_repeated_test_is_a_step_for_each_time_and_never_beside_itself() {
    let past = Past::new(&History::default);
    let tests = entries("b db:a -c !d");
    let filter = Filter::default();
    let mut plan =
        Plan::new(&tests, &filter, &all(&past), Order::Name, Mode::Tests, Empty::Forbidden).unwrap();
    plan.repeat(NonZeroUsize::new(2).unwrap()).unwrap();
    let names = |steps: &[Step<Entry>]| {
        let step = |step: &Step<Entry>| {
            let keys: Vec<_> = step.keys.iter().map(|key| key.name).collect();
            format!("{}({})", step.test.test().name(), keys.join("+"))
        };
        steps.iter().map(step).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        names(&plan.parallel),
        "a(db+crate_name::a) b(crate_name::b) c() a(db+crate_name::a) b(crate_name::b)"
    );
    assert_eq!(names(&plan.serial), "d() d()");
    let refused = plan.repeat(NonZeroUsize::MAX).unwrap_err().to_string();
    assert!(
        refused.ends_with("results are more than a run may have (10000000): `--repeat` can be 1428571 here"),
        "{refused}"
    );
}

#[test]
fn what_was_chosen_before_is_kept_and_the_rest_is_filtered_out() {
    let past = Past::new(&History::default);
    let tests = entries("a -b !c d");
    let filter = Filter::default();
    let mut plan =
        Plan::new(&tests, &filter, &all(&past), Order::Name, Mode::Tests, Empty::Forbidden).unwrap();
    plan.keep_only(&["b", "c", "gone"].map(ToOwned::to_owned));
    let names: Vec<_> = plan.steps().iter().map(|step| step.test.test().name()).collect();
    assert_eq!((names, plan.filtered_out), (vec!["b", "c"], 2));
}

#[test]
fn two_tests_of_one_name_are_an_error_that_shows_both_places() {
    let error = error("b a b", &Filter::default(), Empty::Forbidden).unwrap();
    assert_eq!(
        error,
        "two tests are named `b`: at tests/api.rs:1:4 and at tests/api.rs:3:4; rename one, or put it into a module"
    );
}

#[test]
fn a_name_that_is_not_selected_disturbs_nobody() {
    let filter = Filter { wanted: Names::parts(&["a"]), ..Filter::default() };
    assert_eq!(error("b a b", &filter, Empty::Forbidden), None);
}

#[test]
fn a_target_without_tests_is_an_error_unless_it_may_be_empty() {
    let message = error("", &Filter::default(), Empty::Forbidden).unwrap();
    assert!(
        message.starts_with("no tests are registered: is the module with the tests compiled"),
        "{message}"
    );
    assert_eq!(error("", &Filter::default(), Empty::Allowed), None);
    let none = Filter { wanted: Names::parts(&["zzz"]), ..Filter::default() };
    assert_eq!(error("a", &none, Empty::Forbidden), None);
}

fn error(words: &str, filter: &Filter, empty: Empty) -> Option<String> {
    let past = Past::new(&History::default);
    let plan = Plan::new(&entries(words), filter, &all(&past), Order::Name, Mode::Tests, empty);
    plan.err().map(|error| error.to_string())
}

#[test]
fn a_test_goes_on_first_of_its_phase_after_the_attempts_that_it_has_had() {
    let past = Past::new(&History::default);
    let tests = entries("a b c !d !e");
    let filter = Filter::default();
    let mut plan =
        Plan::new(&tests, &filter, &all(&past), Order::Name, Mode::Tests, Empty::Forbidden).unwrap();
    for name in ["c", "e"] {
        let test = tests.iter().map(|entry| entry.0).find(|test| test.name() == name).unwrap();
        plan.go_on_after(test, Vec::new());
    }
    let names: Vec<_> = plan.steps().iter().map(|step| step.test.test().name()).collect();
    assert_eq!(names.join(" "), "c a b e d");
    let owed: Vec<_> = plan.owed.iter().map(|(test, _)| test.name()).collect();
    assert_eq!(owed, ["c", "e"]);
}

#[test]
fn one_worker_keeps_the_order_of_names() {
    for (workers, expected) in [(1, "a b c"), (2, "c a b")] {
        let read = || history("a=5 b=5 c=90");
        let past = Past::new(&read);
        let filter = Filter::default();
        let tests = entries("a b c");
        let mut plan =
            Plan::new(&tests, &filter, &all(&past), Order::Name, Mode::Tests, Empty::Forbidden).unwrap();
        let (dist, recall, extent) = (Dist::Load, Recall::Nothing, Extent::Whole);
        let _ = plan.arrange(&Arrangement { workers, dist, recall, extent }, &past);
        let names: Vec<_> = plan.parallel.iter().map(|step| step.test.test().name()).collect();
        assert_eq!(names.join(" "), expected, "on {workers}");
    }
}
