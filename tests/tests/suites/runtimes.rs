//! The runtime of each test, judged by tests that look around; here is only what one sees from outside.

use async_harness_tests::suite;
use std::time::Duration;

#[test]
fn each_test_has_a_fresh_runtime_and_takes_its_tasks_with_it() {
    for threads in ["1", "2", "8"] {
        let output = suite("runtimes").args(["--test-threads", threads]).run().exits_with(0);
        assert!(output.stdout.contains("23 passed; 0 failed"), "{}", output.all());
    }
    let output = suite("runtimes").args(["-n", "0"]).run().exits_with(0);
    assert!(output.stdout.contains("23 passed; 0 failed"), "{}", output.all());
}

#[test]
fn a_blocking_task_left_behind_holds_nothing_up_and_is_noted() {
    for args in ["blocking_left_behind", "blocking -n 0", "blocking --test-threads 1"] {
        let output = suite("runtimes").line(args).run().exits_with(0);
        assert!(output.took < Duration::from_millis(2_500), "took {:?}", output.took);
        let note = "\nnote: blocking_left_behind: a blocking task was still running after its test and was left behind\n";
        assert_eq!(output.stdout.matches(note).count(), 1, "{}", output.all());
        assert!(output.results().results.values().all(|result| *result == "ok"));
    }
}

#[test]
fn a_blocking_task_that_ends_soon_is_waited_for() {
    let output = suite("runtimes").args(["blocking_that_ends_soon"]).run().exits_with(0);
    assert!(!output.stdout.contains("note:"), "{}", output.all());
}

#[test]
fn a_note_stays_out_of_json() {
    let output = suite("runtimes").args(["--format", "json", "blocking_left_behind"]).run().exits_with(0);
    for line in output.stdout.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    assert!(output.stderr.contains("note: blocking_left_behind: "), "{}", output.all());
}
