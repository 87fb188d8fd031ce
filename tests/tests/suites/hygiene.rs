//! What `--debug-async` names, and what it does not.

use async_harness_tests::{Output, suite};
use std::collections::BTreeMap;

/// What each test of the suite `manners` is named for, as far as it is the same each time.
const NAMED: [(&str, &str); 13] = [
    ("blocks", "its runtime was blocked for"),
    ("blocks_a_worker", "its runtime was blocked for"),
    ("blocks_in_a_task_twice", "its runtime was blocked 2 times, for"),
    ("blocks_its_future", "its future blocked its thread for"),
    ("blocks_on_the_session_runtime", "its future blocked its thread for"),
    ("blocks_with_a_paused_clock", "its runtime was blocked for"),
    ("fails_and_blocks", "its runtime was blocked for"),
    ("leaves_a_child", "it left a child process running:"),
    ("leaves_a_task", "it left a task behind"),
    ("leaves_a_thread", "it left a thread behind: `heartbeat`"),
    ("leaves_three_tasks", "it left 3 tasks behind"),
    ("loses_a_panic", "a task of it panicked at limits/tests/manners.rs:65:26: no stock"),
    ("loses_two_panics", "2 tasks of it panicked, the first at limits/tests/manners.rs:72:35: first"),
];

/// Each note by the test that it names; those of the run by no name.
fn notes(output: &Output) -> BTreeMap<&str, Vec<&str>> {
    let mut notes = BTreeMap::<_, Vec<_>>::new();
    let tests = output.results();
    let tests: Vec<_> = tests.with("ok").into_iter().chain(tests.with("FAILED")).collect();
    // The reasons of failures stand above.
    let end = output.stdout.rsplit("failures:\n").next().unwrap_or_default();
    // On a machine with much else to do, a runtime may take longer to end than it is given.
    let slow = |note: &&str| !note.contains("still running after");
    for note in end.lines().filter_map(|line| line.strip_prefix("note: ")).filter(slow) {
        let (name, text) =
            note.split_once(": ").filter(|(name, _)| tests.contains(name)).unwrap_or(("", note));
        notes.entry(name).or_default().push(text);
    }
    notes
}

fn check_named(output: &Output, named: impl IntoIterator<Item = (&'static str, &'static str)>) {
    let mut notes = notes(output);
    for (test, wanted) in named {
        let texts = notes.remove(test).unwrap_or_default();
        let one = matches!(*texts, [text] if text.starts_with(wanted));
        assert!(one, "{test} is named for {texts:?}: {}", output.all());
    }
    assert!(notes.is_empty(), "{notes:?}: {}", output.all());
}

#[test]
fn what_async_tests_should_not_do_is_named_and_nothing_else() {
    // What a thread has started that is gone falls to the main thread.
    let on_main = ("leaves_a_child_of_a_worker", "it left a child process running:");
    let elsewhere = ("", "tests left a child process running:");
    for (args, orphan) in [("-n 0", on_main), ("-n 3", elsewhere), ("-n 2 --isolate", on_main)] {
        let output = suite("manners").line("--debug-async").line(args).run().exits_with(101);
        assert_eq!(output.results().with("FAILED"), ["fails_and_blocks"], "{}", output.all());
        check_named(&output, NAMED.into_iter().chain([orphan]));
        assert!(output.stdout.contains("(`sleep 9.25`)"), "{}", output.all());
        assert!(output.stdout.contains("(`sleep 9.5`)"), "{}", output.all());
    }
}

#[test]
fn a_variable_asks_for_it_too() {
    let run = suite("manners").env("ASYNC_HARNESS_DEBUG_ASYNC", "1").line("leaves_a_task fine");
    check_named(&run.run().exits_with(0), [("leaves_a_task", "it left a task behind")]);
}

#[test]
fn nothing_is_said_unless_it_is_asked_for() {
    for args in ["", "--isolate"] {
        let output = suite("manners").line(args).line("--skip leaves_a_child").run().exits_with(101);
        check_named(&output, []);
    }
}

#[test]
fn child_processes_that_are_left_running_are_named_in_every_run() {
    for args in ["-n 0", "-n 2", "--isolate -n 1"] {
        let output = suite("manners").line(args).line("leaves_a_child").run().exits_with(0);
        check_named(&output, [("", "tests left 2 child processes running: ")]);
        assert!(output.stdout.contains("(`sleep 9.25`)"), "{}", output.all());
        assert!(output.stdout.contains("(`sleep 9.5`)"), "{}", output.all());
    }
    let before = r#"sleep 9.75 >/dev/null 2>&1 </dev/null & exec "$0" "$@""#;
    check_named(&suite("manners").line("fine::awaits").through_shell(before).run().exits_with(0), []);
}

#[test]
fn tests_that_wait_beside_others_are_named_for_nothing() {
    let run = suite("manners").line("--debug-async --in-flight 64 -n 2 fine::");
    check_named(&run.run().exits_with(0), []);
}
