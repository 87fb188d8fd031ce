//! The suites in which time matters, over and over, on a machine that is busy with something else.
//!
//! `SUITE_ROUNDS=200 cargo test -p async-harness-tests busy` for a long run.

use async_harness_tests::suite;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

fn rounds() -> usize {
    std::env::var("SUITE_ROUNDS").map_or(3, |rounds| rounds.parse().expect("SUITE_ROUNDS is a number"))
}

/// Results by name, with the output of each failed test.
fn results(target: &str, threads: &str) -> BTreeMap<String, (String, Option<String>)> {
    let run = suite(target).args(["--test-threads", threads, "--skip", "pairs"]).env("LOUD", "1");
    let output = run.run();
    let results = output.results();
    let result = |name: &str, word: &str| (word.to_owned(), results.section(name).map(str::to_owned));
    results.results.iter().map(|(name, word)| ((*name).to_owned(), result(name, word))).collect()
}

#[test]
fn results_stay_the_same_on_a_busy_machine() {
    static DONE: AtomicBool = AtomicBool::new(false);
    struct Stop;
    impl Drop for Stop {
        fn drop(&mut self) {
            DONE.store(true, Ordering::Relaxed);
        }
    }
    std::thread::scope(|scope| {
        let _stop = Stop;
        for _ in 0..2 {
            scope.spawn(|| {
                while !DONE.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        for target in ["phases", "keys", "sources", "loud", "rayons", "runtimes"] {
            let first = results(target, "1");
            assert!(!first.is_empty());
            for round in 0..rounds() {
                for threads in ["1", "2", "8"] {
                    assert_eq!(
                        results(target, threads),
                        first,
                        "{target}, round {round} on {threads} threads"
                    );
                }
            }
        }
    });
}
