//! Tests that use rayon: none hangs, none runs on top of another, none does what another has given to rayon.

use async_harness_tests::suite;

/// How often each way of running is repeated; `SUITE_ROUNDS=500` for a night.
fn rounds() -> usize {
    std::env::var("SUITE_ROUNDS").map_or(30, |rounds| rounds.parse().expect("SUITE_ROUNDS is a number"))
}

#[test]
fn tests_that_use_rayon_neither_hang_nor_disturb_each_other() {
    for round in 0..rounds() {
        for threads in ["1", "2"] {
            let output = suite("rayons").args(["--test-threads", threads]).limit(30).run();
            assert!(output.stdout.contains("90 passed; 0 failed"), "round {round}:\n{}", output.all());
        }
    }
}

#[test]
fn on_the_main_thread_and_on_many_threads_too() {
    for args in ["-n 0", "-n 16"] {
        let output = suite("rayons").line(args).limit(30).run();
        assert!(output.stdout.contains("90 passed; 0 failed"), "{}", output.all());
    }
}

#[test]
fn what_a_test_gives_to_rayon_runs_on_the_thread_of_no_other_test() {
    for round in 0..rounds() {
        for args in ["-n 1", "-n 2", "-n 4", "-n 2 --in-flight 8"] {
            let output = suite("neighbours").line(args).limit(30).run();
            assert!(output.stdout.contains("7 passed; 0 failed"), "round {round}:\n{}", output.all());
        }
    }
}

#[test]
fn the_global_pool_is_that_of_the_tests() {
    for args in ["-n 1", "-n 2", "-n 0"] {
        let name = "--ignored --exact has_a_global_pool_of_its_own";
        let _ = suite("neighbours").line(name).line(args).run().exits_with(0);
    }
}
