use super::*;
use crate::filter::RunIgnored;
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
        path: Box::leak(format!("crate_name::{name}").into_boxed_str()),
        place: Place { file: "tests/api.rs", line: LINE.get(), column: 4 },
        traits: Some(Box::leak(Box::new(Traits { ignore, concurrency, ..Traits::PLAIN }))),
        ..Test::PLAIN
    })))
}

fn plan(words: &str, filter: &Filter, order: Order, mode: Mode) -> String {
    let plan = Plan::new(entries(words).into_iter(), filter, order, mode, Empty::Forbidden).unwrap();
    let phase = |steps: &[Step<Entry>]| {
        let step = |step: &Step<Entry>| match step.action {
            Action::Run => step.test.test().name().to_owned(),
            Action::Ignore(reason) => format!("-{}({})", step.test.test().name(), reason.unwrap_or("")),
        };
        steps.iter().map(step).collect::<Vec<_>>().join(" ")
    };
    format!("{} | {} | {} out", phase(&plan.parallel), phase(&plan.serial), plan.filtered_out)
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
    let filter = Filter { wanted: vec!["a".into()], ..Filter::default() };
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
fn two_tests_of_one_name_are_an_error_that_shows_both_places() {
    let error = error("b a b", &Filter::default(), Empty::Forbidden).unwrap();
    assert_eq!(
        error,
        "two tests are named `b`: at tests/api.rs:1:4 and at tests/api.rs:3:4; rename one, or put it into a module"
    );
}

#[test]
fn a_name_that_is_not_selected_disturbs_nobody() {
    let filter = Filter { wanted: vec!["a".into()], ..Filter::default() };
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
    let none = Filter { wanted: vec!["zzz".into()], ..Filter::default() };
    assert_eq!(error("a", &none, Empty::Forbidden), None);
}

fn error(words: &str, filter: &Filter, empty: Empty) -> Option<String> {
    let plan = Plan::new(entries(words).into_iter(), filter, Order::Name, Mode::Tests, empty);
    plan.err().map(|error| error.to_string())
}
