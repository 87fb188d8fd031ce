use super::*;
use crate::filter::Filter;
use crate::history::{Extent, Lines, Past, Seen, SeenEnding};
use crate::key::{Access, Key};
use crate::needs::OwnKind;
use crate::place::Place;
use crate::plan::{Choice, Empty, Mode, Order, Recall};
use crate::test::{Concurrency, Ignore, Options, Traits};

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

/// `a=5` took 5 ms, `a!5` failed, `a?5` was flaky, `a` is new; `db:a` holds a key, `*a` is serial, `-a` ignored, `2a` takes
/// two threads.
fn check(words: &str, workers: usize, dist: Dist, expected: expect_test::Expect) {
    let (mut entries, mut seen) = (Vec::new(), Vec::new());
    for (word, line) in words.split_whitespace().zip(1..) {
        let word: &'static str = word.to_owned().leak();
        let (name, time) = word.split_once(['=', '!', '?']).unwrap_or((word, ""));
        let (concurrency, ignore, threads, bare) = match (name.split_at(1), name.strip_prefix("db:")) {
            (_, Some(bare)) => (Concurrency::Keyed(DB), Ignore::No, 1, bare),
            (("*", bare), _) => (Concurrency::Exclusive, Ignore::No, 1, bare),
            (("-", bare), _) => (Concurrency::Parallel, Ignore::Yes, 1, bare),
            (("2", bare), _) => (Concurrency::Parallel, Ignore::No, 2, bare),
            _ => (Concurrency::Parallel, Ignore::No, 1, name),
        };
        if let Ok(time) = time.parse::<u64>() {
            let ending = match word.as_bytes()[name.len()] {
                b'=' => SeenEnding::Passed(time * 1_000),
                b'!' => SeenEnding::Failed(time * 1_000),
                _ => SeenEnding::Flaky(time * 1_000),
            };
            seen.push(Seen { name: bare, ending });
        }
        let options = Options { threads_required: threads, ..Options::PLAIN };
        entries.push(Entry(Box::leak(Box::new(Test {
            path: crate::test::TestPath::new(Box::leak(format!("x::{bare}").into_boxed_str())),
            place: Place { file: "tests/x.rs", line, column: 4 },
            traits: Some(Box::leak(Box::new(Traits { ignore, concurrency, ..Traits::PLAIN }))),
            options: Some(Box::leak(Box::new(options))),
            ..Test::PLAIN
        }))));
    }
    let text = Lines::of(History::default()).merged(seen, Extent::Whole).unwrap_or_default();
    let history = History::parse(text);
    let past = Past::new(&History::default);
    let choice = Choice { recall: Recall::Nothing, partition: None, past: &past };
    let plan =
        Plan::new(&entries, &Filter::default(), &choice, Order::Name, Mode::Tests, Empty::Allowed).unwrap();
    let section = forecast(&plan, &history, dist, workers);
    let facts = section.facts.iter().map(|fact| format!("{}: {}\n", fact.name, fact.value));
    let findings = section.findings.iter().map(|finding| format!("- {}\n", finding.what));
    expected.assert_eq(&facts.chain(findings).collect::<String>());
}

#[test]
fn the_longest_test_is_what_no_worker_shortens() {
    check(
        "a=600 b=20 c=20 d=20 e=20 f=20 g=20 h=20 i=20 j=20",
        2,
        Dist::Load,
        expect_test::expect![[r#"
        known: 10 of 10 tests
        long: 0.600s `a`
        long: 0.020s `b`
        long: 0.020s `c`
        long: 0.020s `d`
        long: 0.020s `e`
        1 worker predicted: 0.780s
        2 workers predicted: 0.600s (as many as there are here)
        4 workers predicted: 0.600s
        8 workers predicted: 0.600s
        16 workers predicted: 0.600s
        - however many workers there are, it takes 0.600s: `a`
        - more workers than there are here would bring next to nothing
    "#]],
    );
}

#[test]
fn serial_tests_alone_are_said_to_set_the_end() {
    check(
        "*a=300 *b=35",
        2,
        Dist::Load,
        expect_test::expect![[r#"
            known: 2 of 2 tests
            1 worker predicted: 0.335s
            2 workers predicted: 0.335s (as many as there are here)
            4 workers predicted: 0.335s
            8 workers predicted: 0.335s
            16 workers predicted: 0.335s
            serial phase: 0.335s, of 2 tests one after the other
            - however many workers there are, it takes 0.335s: the serial phase
            - more workers than there are here would bring next to nothing
        "#]],
    );
}

#[test]
fn a_chain_of_a_key_is_named() {
    check(
        "db:a=300 db:b=200 db:c=100 d=250 e=250",
        3,
        Dist::Load,
        expect_test::expect![[r#"
        known: 5 of 5 tests
        long: 0.300s `a`
        long: 0.250s `d`
        long: 0.250s `e`
        long: 0.200s `b`
        long: 0.100s `c`
        1 worker predicted: 1.100s
        2 workers predicted: 0.600s
        3 workers predicted: 0.600s (as many as there are here)
        4 workers predicted: 0.600s
        8 workers predicted: 0.600s
        16 workers predicted: 0.600s
        - however many workers there are, it takes 0.600s: `a`, `b`, `c`, one after the other with key `db`
        - more workers than there are here would bring next to nothing
    "#]],
    );
}

#[test]
fn the_serial_phase_comes_on_top_and_what_is_new_is_taken_for_average() {
    check(
        "a=100 b=300 c 2d=100 -e=900 *f=400 *g",
        1,
        Dist::Load,
        expect_test::expect![[r#"
        known: 4 of 6 tests, the others taken for average
        long: 0.300s `b`
        long: 0.225s `c`
        long: 0.100s `a`
        long: 0.100s `d`
        1 worker predicted: 1.350s (as many as there are here)
        2 workers predicted: 1.050s
        4 workers predicted: 0.925s
        8 workers predicted: 0.925s
        16 workers predicted: 0.925s
        serial phase: 0.625s, of 2 tests one after the other
        - however many workers there are, it takes 0.925s: `b`, and the serial phase
    "#]],
    );
}

#[test]
fn tests_that_failed_or_were_flaky_are_named() {
    check(
        "a!100 b?100 c=100 d?100 e?100 f?100 g?100 h?100",
        64,
        Dist::File,
        expect_test::expect![[r#"
            known: 8 of 8 tests
            long: 0.100s `a`
            long: 0.100s `b`
            long: 0.100s `c`
            long: 0.100s `d`
            long: 0.100s `e`
            1 worker predicted: 0.800s
            2 workers predicted: 0.800s
            4 workers predicted: 0.800s
            8 workers predicted: 0.800s
            16 workers predicted: 0.800s
            64 workers predicted: 0.800s (as many as there are here)
            - failed when last run: `a`
            - failed and passed within one run, not long ago: `b`, `d`, `e`, `f`, `g` and 1 more
            - however many workers there are, it takes 0.800s: `a`, `b`, `c`, `d`, `e` and 3 more, one after the other in `tests/x.rs`
            - more workers than there are here would bring next to nothing
        "#]],
    );
}

#[test]
fn without_a_history_there_is_nothing_to_say() {
    check("a b", 2, Dist::Load, expect_test::expect![""]);
}

#[test]
fn a_large_plan_is_played_in_time() {
    let words = |word: &str| (0..5_000).map(|n| format!("{word}{n}={} ", n % 7)).collect::<String>();
    for dist in [Dist::Load, Dist::Scope] {
        let begin = std::time::Instant::now();
        let all = format!("{} {}", words("db:a"), words("b"));
        let entries = all.split_whitespace().count();
        check_quietly(&all, dist);
        assert!(begin.elapsed().as_secs() < 60, "{entries} took {:?}", begin.elapsed());
    }
}

fn check_quietly(words: &str, dist: Dist) {
    let entries: Vec<_> = words
        .split_whitespace()
        .map(|word| {
            let (name, time) = word.split_once('=').unwrap();
            let (concurrency, bare) = match name.strip_prefix("db:") {
                Some(bare) => (Concurrency::Keyed(DB), bare),
                None => (Concurrency::Parallel, name),
            };
            let path: &'static str = format!("x::m{}::{bare}", bare.len() % 3).leak();
            let traits: &'static Traits = Box::leak(Box::new(Traits { concurrency, ..Traits::PLAIN }));
            let own_length = u32::try_from(bare.len()).unwrap();
            let test = Test {
                path: crate::test::TestPath::new(path),
                own_length,
                traits: Some(traits),
                ..Test::PLAIN
            };
            (Entry(Box::leak(Box::new(test))), time.parse::<u64>().unwrap())
        })
        .collect();
    let seen = entries
        .iter()
        .map(|(entry, time)| Seen { name: entry.0.name(), ending: SeenEnding::Passed(time * 1_000) });
    let history =
        History::parse(Lines::of(History::default()).merged(seen.collect(), Extent::Whole).unwrap());
    let past = Past::new(&History::default);
    let choice = Choice { recall: Recall::Nothing, partition: None, past: &past };
    let entries: Vec<_> = entries.into_iter().map(|(entry, _)| entry).collect();
    let plan =
        Plan::new(&entries, &Filter::default(), &choice, Order::Name, Mode::Tests, Empty::Allowed).unwrap();
    assert!(forecast(&plan, &history, dist, 4).facts.len() > 8);
}

#[test]
fn of_a_short_run_nothing_is_told_of_what_keeps_it_from_being_shorter() {
    check(
        "a=98 b=2",
        2,
        Dist::Load,
        expect_test::expect![[r#"
        known: 2 of 2 tests
        long: 0.098s `a`
        long: 0.002s `b`
        1 worker predicted: 0.100s
        2 workers predicted: 0.098s (as many as there are here)
        4 workers predicted: 0.098s
        8 workers predicted: 0.098s
        16 workers predicted: 0.098s
    "#]],
    );
}
