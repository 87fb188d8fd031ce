//! Tests that panic, hang, crash, leak, print and exit at random, under every mode, held against what must be reported.
//!
//! What each test does is a pure function of a seed, and so is what has to be said of it: `plan` is compiled into the
//! suite and into this driver, `model` adds what the mode makes of it. A seed that failed fails again:
//!
//! `SOAK_SEED=17 cargo test -p async-harness-tests soak::` for that seed alone, under the modes that it chooses, and
//! `SOAK_SEED=1 SOAK_ROUNDS=1000 ...` for that many seeds from it on.

mod files;
mod mode;
mod model;
mod notes;
#[allow(dead_code, unreachable_pub, reason = "the suite is told the same, and more of it")]
#[path = "../../suites/soak/tests/soak/plan.rs"]
mod plan;
mod reported;
mod sections;
mod trial;

use mode::Mode;
use std::time::Instant;
use trial::Trial;

/// Seeds that every run of the tests tries under each of these modes.
const SEEDS: [u64; 2] = [1, 20];

/// The first of those that choose a mode each.
const FIRST: u64 = 20_000;

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Each mode by itself, and those that belong together.
fn each_mode(lines: &[&str]) {
    if variable("SOAK_SEED").is_some() {
        return;
    }
    for seed in SEEDS {
        for line in lines {
            Trial::new(seed, Mode::read(line)).check();
        }
    }
}

#[test]
fn every_test_is_reported_once_in_one_process() {
    each_mode(&["-n 1", "-n 2 --show-output", "-n 4 --format json", "-n 0 --retries 1"]);
}

#[test]
fn every_test_is_reported_once_in_worker_processes() {
    each_mode(&[
        "-n 1 --isolate",
        "-n 4 --isolate --format json",
        "-n 2 --isolate --retries 1 --show-output",
    ]);
}

#[test]
fn every_test_is_reported_once_under_other_orders() {
    each_mode(&[
        "-n 2 --in-flight auto",
        "-n 4 --shuffle-seed 7 --dist scope",
        "-n 4 --repeat 2 -q",
        "-n 2 --retries 1 --retries-isolated",
        "-n 2 --partition slice:1/2",
        "-n 2 --partition slice:2/2",
        "-n 4 --dist file --debug-async --stats --durations 3",
    ]);
}

#[test]
fn a_run_that_is_stopped_counts_what_it_leaves_out() {
    each_mode(&[
        "-n 4 --maxfail 9",
        "-n 2 --fail-fast --isolate",
        "-n 4 --interrupt 150",
        "-n 2 --interrupt 60 --isolate",
    ]);
}

/// Every run of the tests tries the same ones: a new one is looked for by who has the time.
#[test]
fn other_seeds_under_modes_of_their_own() {
    let first = variable("SOAK_SEED").unwrap_or(FIRST);
    let rounds = variable("SOAK_ROUNDS").unwrap_or(if variable("SOAK_SEED").is_some() { 1 } else { 6 });
    println!("seeds {first} to {}", first + rounds.max(1) - 1);
    let mut failed = Vec::new();
    for seed in first..first + rounds {
        let (mode, begin) = (Mode::random(seed), Instant::now());
        let line = mode.args.join(" ");
        let trial = Trial::new(seed, mode);
        // A long run is worth more than its first difference.
        if std::panic::catch_unwind(|| trial.check()).is_err() {
            failed.push(seed);
        }
        println!("seed {seed}: {line}: {:.1} s", begin.elapsed().as_secs_f64());
    }
    assert!(failed.is_empty(), "seeds that failed: {failed:?}");
}
