use super::*;
use crate::key::Key;
use crate::schedule::Schedule;
use crate::schedule::simulation::makespan;

/// Steps as words: `a=30` takes 30 ms and `a` an unknown time; `a:x+-y` writes the key x and reads y, `a*2` counts for two,
/// `a@u` is of the unit u.
fn cost(word: &str) -> (String, Cost<'static>) {
    let (word, time) = word.split_once('=').map_or((word, None), |(word, time)| (word, Some(time)));
    let (word, unit) = word.split_once('@').map_or((word, None), |(word, unit)| (word, Some(unit)));
    let (word, threads) = word.split_once('*').unwrap_or((word, "1"));
    let (name, keys) = word.split_once(':').unwrap_or((word, ""));
    let key = |word: &str| match word.strip_prefix('-') {
        Some(name) => Key { name: name.to_owned().leak(), access: Access::Shared },
        None => Key { name: word.to_owned().leak(), access: Access::Exclusive },
    };
    let keys: Vec<_> = keys.split('+').filter(|key| !key.is_empty()).map(key).collect();
    let unit = unit.map(|unit| &*unit.to_owned().leak());
    let wants = Wants { keys: keys.leak(), threads: threads.parse().unwrap(), unit };
    (name.to_owned(), Cost { wants, time: time.map(|time| time.parse().unwrap()) })
}

fn check(words: &str, expected: &str) {
    let (names, costs): (Vec<_>, Vec<_>) = words.split_whitespace().map(cost).unzip();
    let order = longest_first(&costs, 4).unwrap_or_else(|| (0..costs.len()).collect());
    let ordered: Vec<_> = order.into_iter().map(|place| names[place].as_str()).collect();
    assert_eq!(ordered.join(" "), expected, "for `{words}`");
}

#[test]
fn the_longest_comes_first_and_the_alike_stay_in_their_order() {
    check("a=10 b=30 c=20 d=30", "b d c a");
    check("a b c", "a b c");
    check("a=0 b=1 c=0", "a b c");
    check("", "");
}

#[test]
fn what_is_not_known_counts_as_the_longest_that_is() {
    check("a=10 b c=20 d=5", "b c a d");
}

#[test]
fn a_key_counts_with_all_that_is_behind() {
    check("a=30 b:x=10 c:x=10 d:x=20", "d a b c");
    check("a b:x c:x d", "b a c d");
    check("a=25 b:x+y=10 c:x=10 d:y=5 e:y=1", "a b c d e");
    check("a=15 b:x+y=10 c:x=10 d:y=5 e:y=1", "b a c d e");
}

#[test]
fn those_that_read_a_key_come_after_those_that_write_it() {
    check("a:-x=10 b:-x=20 c:x=5 d:x=4 e=28", "c e d b a");
}

#[test]
fn what_counts_for_several_comes_first() {
    check("a=30 b*2=10 c*9=5 d*4=7", "d c b a");
}

#[test]
fn a_unit_counts_with_all_that_is_behind_and_keeps_its_order() {
    check("a@u=1 b@u=20 c=15 d@v=10 e@v=9", "a b d c e");
    check("a@u=1 b*3@u=1 c=9", "a b c");
    check("a@u=1 b:x@u=20 c:x=5 d:x=9", "a b d c");
}

/// How long a plan takes in its order and in the best one, by simulation.
fn lengths(costs: &[Cost<'_>], workers: usize) -> (u64, u64) {
    let length = |costs: &[Cost<'_>]| {
        let durations: Vec<_> = costs.iter().map(|cost| cost.time.unwrap_or(20)).collect();
        makespan(Schedule::new(costs.iter().map(|cost| cost.wants), workers), workers, &durations)
    };
    let order = longest_first(costs, workers).unwrap_or_else(|| (0..costs.len()).collect());
    (length(costs), length(&order.into_iter().map(|place| costs[place]).collect::<Vec<_>>()))
}

fn costs(words: impl Iterator<Item = String>) -> Vec<Cost<'static>> {
    words.map(|word| cost(&word).1).collect()
}

/// By name: what is free, then two keys.
#[test]
fn two_chains_among_free_steps_reach_their_bound_even_without_a_history() {
    for time in ["", "=20"] {
        let words = (0..160).map(|n| match n {
            0..80 => format!("free{n}{time}"),
            80..120 => format!("x{n}:x{time}"),
            _ => format!("y{n}:y{time}"),
        });
        // Keys 800 ms each, and all steps on four workers 800 ms.
        assert_eq!(lengths(&costs(words), 4), (1_200, 800));
    }
}

#[test]
fn one_long_step_that_is_last_by_name_reaches_its_bound() {
    let words = (0..61).map(|n| format!("s{n}={}", if n == 60 { 600 } else { 20 }));
    assert_eq!(lengths(&costs(words), 2), (1_200, 900));
}

/// As many, and as uneven, as a real suite of requests to a slow service.
#[test]
fn many_uneven_steps_on_many_workers_come_close_to_their_bound() {
    let mut seed = 3_u64;
    let times: Vec<u64> = (0..220)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            20 + (seed >> 33) % 190
        })
        .collect();
    let (by_name, best) = lengths(&costs(times.iter().map(|time| format!("s={time}"))), 16);
    let bound = times.iter().sum::<u64>() / 16;
    assert!(best * 100 <= bound * 102, "{best} of {bound}");
    assert!(by_name * 100 > bound * 102, "by name it is {by_name} of {bound}: this test shows nothing");
}

#[test]
fn units_and_heavy_steps_come_close_to_their_bounds() {
    // Four modules of 10 x 20 ms, two of 40 x 20 ms that come last by name, on four workers.
    let modules = [10, 10, 10, 10, 40, 40].into_iter().enumerate();
    let words = modules.flat_map(|(unit, steps)| (0..steps).map(move |n| format!("s{n}@m{unit}=20")));
    assert_eq!(lengths(&costs(words), 4), (1_000, 800));
    // Room for one that needs all four workers is there at the beginning only.
    let words = (0..41).map(|n| if n == 21 { "h*4=100".to_owned() } else { format!("s{n}={}", 20 + n % 7) });
    let (by_name, best) = lengths(&costs(words), 4);
    assert!(best < by_name, "{best}, by name {by_name}");
}
