//! Measures what deciding costs: arranging steps, scheduling them, and remembering what became of them.
//!
//! ```text
//! cargo bench -p async-harness --bench schedule
//! cargo bench -p async-harness --bench schedule --profile dev
//! ```
//!
//! Times are per step, the median of several rounds in that run. The code is the harness's own, compiled into this
//! program, for none of it is public.
#![allow(clippy::print_stdout, reason = "a table on standard output is what this program is for")]
#![allow(dead_code, unused_imports, unreachable_pub, reason = "the harness uses all of it")]

#[path = "../src"]
mod harness {
    pub(crate) mod history;
    pub(crate) mod key;
    pub(crate) mod named;
    pub(crate) mod order;
    pub(crate) mod schedule;
    pub(crate) mod sorted;
    pub(crate) mod text;
}

use harness::history::{Expected, Extent, History, Lines, Seen, SeenEnding};
use harness::key::{Access, Key};
use harness::order::{Cost, longest_first};
use harness::schedule::{Next, Schedule, Wants};
use harness::{history, key, named, order, schedule, sorted, text};
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;
const WORKERS: usize = 8;
const SIZES: [usize; 3] = [2_000, 10_000, 100_000];

/// What the steps of a plan ask for.
#[derive(Clone, Copy)]
enum Kind {
    Free,
    Keys(usize),
    TwoKeys(usize),
    Units(usize),
    Heavy,
}

fn main() {
    println!("| steps | of them | arrange | schedule | next and finish |");
    println!("|---|---|---|---|---|");
    for (name, kind) in [
        ("free", Kind::Free),
        ("1,000 keys", Kind::Keys(1_000)),
        ("2 keys", Kind::Keys(2)),
        ("two each of 1,000 keys", Kind::TwoKeys(1_000)),
        ("1,000 units", Kind::Units(1_000)),
        ("each tenth counts for 2", Kind::Heavy),
    ] {
        for steps in SIZES {
            let plan = Plan::new(kind, steps);
            let rounds: Vec<_> = (0..ROUNDS).map(|_| plan.round()).collect();
            println!("| {name} | {steps} | {} |", cells(&rounds, steps));
        }
    }
    println!("\n| history of | tests | write the first | read and compare | write a tenth of it |");
    println!("|---|---|---|---|---|");
    for (name, duration) in [("short tests", 200), ("long tests", 20_000)] {
        for tests in SIZES {
            let names = names(tests);
            let rounds: Vec<_> = (0..ROUNDS).map(|_| remember(&names, duration)).collect();
            println!("| {name} | {tests} | {} |", cells(&rounds, tests));
        }
    }
}

fn cells(rounds: &[[Duration; 3]], steps: usize) -> String {
    let cells = (0..3).map(|part| median(rounds.iter().map(|round| round[part]).collect(), steps));
    cells.collect::<Vec<_>>().join(" | ")
}

fn median(mut times: Vec<Duration>, steps: usize) -> String {
    times.sort_unstable();
    format!("{:.0} ns", times[times.len() / 2].as_secs_f64() * 1e9 / steps as f64)
}

fn names(tests: usize) -> Vec<&'static str> {
    (0..tests).map(|test| &*format!("module_{:05}::test_number_{test:06}", test / 20).leak()).collect()
}

/// Writing down a first run, reading it and finding nothing new, and writing down where every tenth test takes twice as
/// long.
fn remember(names: &[&'static str], duration: u64) -> [Duration; 3] {
    let seen = |name: &&'static str| Seen { name, ending: SeenEnding::Passed(duration) };
    let all = names.iter().map(seen).collect();
    let begin = Instant::now();
    let text = Lines::of(History::default()).merged(all, Extent::Whole).unwrap_or_default();
    let first = begin.elapsed();

    let begin = Instant::now();
    let history = History::parse(text);
    let mut look_up = history.look_up();
    let known: Vec<_> = names.iter().enumerate().map(|(id, name)| (id, look_up.find(name))).collect();
    let expected = Expected::of(known, Extent::Whole);
    let new = (0..names.len()).filter(|id| !expected.says_all(*id, seen(&names[*id]))).count();
    let compared = begin.elapsed();
    assert_eq!(new, 0, "nothing has changed");

    let slower = |name| Seen { name, ending: SeenEnding::Passed(duration * 2 + 2_000) };
    let tenth = names.iter().step_by(10).map(|name| slower(*name)).collect();
    let begin = Instant::now();
    assert!(black_box(Lines::of(history).merged(tenth, Extent::Whole)).is_some(), "a tenth has changed");
    [first, compared, begin.elapsed()]
}

struct Plan {
    costs: Vec<Cost<'static>>,
}

impl Plan {
    fn new(kind: Kind, steps: usize) -> Self {
        let key = |nth: usize| Key { name: format!("key_{nth}").leak(), access: Access::Exclusive };
        let wants = |step: usize| {
            let keys: &'static [Key] = match kind {
                Kind::Keys(keys) => vec![key(step % keys)].leak(),
                Kind::TwoKeys(keys) => vec![key(step % keys), key((step * 7 + 1) % keys)].leak(),
                Kind::Free | Kind::Units(_) | Kind::Heavy => &[],
            };
            let unit = if let Kind::Units(units) = kind {
                Some(&*format!("unit_{}", step * units / steps).leak())
            } else {
                None
            };
            let threads = if matches!(kind, Kind::Heavy) && step.is_multiple_of(10) { 2 } else { 1 };
            Wants { keys, threads, unit }
        };
        let costs =
            (0..steps).map(|step| Cost { wants: wants(step), time: Some((step * 7_919 % 211) as u64) });
        Plan { costs: costs.collect() }
    }

    /// Arranging, scheduling and running.
    fn round(&self) -> [Duration; 3] {
        let begin = Instant::now();
        let order = longest_first(&self.costs, WORKERS);
        let arranged = begin.elapsed();
        black_box(&order);

        let begin = Instant::now();
        let mut schedule = Schedule::new(self.costs.iter().map(|cost| cost.wants), WORKERS);
        let scheduled = begin.elapsed();

        let begin = Instant::now();
        run(&mut schedule);
        [arranged, scheduled, begin.elapsed()]
    }
}

/// Each worker in its turn finishes what it has and asks again.
fn run(schedule: &mut Schedule) {
    let mut running = [None; WORKERS];
    while !(schedule.is_done() && running.iter().all(Option::is_none)) {
        for (worker, step) in running.iter_mut().enumerate() {
            if let Some(position) = step.take() {
                black_box(schedule.finish(position));
            }
            if let Next::Start(position) = schedule.next(worker) {
                *step = Some(position);
            }
        }
    }
}
