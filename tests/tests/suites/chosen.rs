//! After a crash the run goes on with the tests that it began with, whatever has become of what they were chosen by.

use async_harness_tests::{Output, Run, folder, suite};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder with these tests for the factory to make, and a run that knows of it.
fn chosen(name: &str, made: &[&str]) -> (PathBuf, Run) {
    let folder = folder(name);
    fs::create_dir(folder.join("made")).expect("the folder of a test is its own");
    made.iter().for_each(|test| {
        fs::write(folder.join("made").join(test), "").expect("the folder of a test is its own");
    });
    let run = again(&folder);
    (folder, run)
}

fn again(folder: &Path) -> Run {
    let history = folder.join("history");
    suite("chosen").env("SUITE_FOLDER", folder).env("ASYNC_HARNESS_HISTORY", history).line("-n 1")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .expect("the folder of a test is its own")
        .map(|entry| entry.expect("the folder of a test is its own").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn ran(output: &Output) -> Vec<String> {
    let results = output.results();
    let mut ran: Vec<_> = results.results.keys().map(ToString::to_string).collect();
    ran.sort();
    ran
}

#[test]
fn arguments_from_a_file_that_is_gone_still_hold() {
    let (folder, run) = chosen("chosen-file", &[]);
    let arguments = folder.join("arguments");
    fs::write(&arguments, "--exact\nchanges_all\nx\n").unwrap();
    let output = run.args([format!("@{}", arguments.display())]).run().exits_with(0);
    assert!(!arguments.exists());
    assert_eq!(ran(&output), ["changes_all", "x"], "{}", output.all());
    assert!(
        output.stdout.contains("2 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out"),
        "{}",
        output.all()
    );
}

#[test]
fn a_file_that_can_be_read_once_is_read_once() {
    let (_, run) = chosen("chosen-once", &[]);
    let run = run.line("@/dev/stdin").through_shell("printf 'changes_all\ny\n' | \"$0\" \"$@\"");
    let output = run.run().exits_with(0);
    assert_eq!(ran(&output), ["changes_all", "y"], "{}", output.all());
}

#[test]
fn what_failed_last_is_what_had_failed_when_the_run_began() {
    let (folder, run) = chosen("chosen-failed", &[]);
    let both = "fails_once changes_all";
    let _ = run.env("SUITE_FOLDER", "").line(both).run().exits_with(101);
    let history = files(&folder.join("history")).into_iter().find(|path| path.extension().is_none());
    let history = history.expect("a run leaves a history");
    let failed = fs::read(&history).unwrap();
    for file in ["was-here", "passes"] {
        fs::write(folder.join(file), "").unwrap();
    }
    let _ = again(&folder).line(both).run().exits_with(0);
    // By now nothing has failed, which the run that follows is told while it goes on.
    fs::rename(&history, folder.join("history.new")).unwrap();
    fs::write(&history, failed).unwrap();
    fs::remove_file(folder.join("was-here")).unwrap();
    let output = again(&folder).env("SUITE_HISTORY", history).line("--last-failed").run().exits_with(0);
    assert!(output.stdout.contains("1 flaky"), "{}", output.all());
    assert_eq!(ran(&output), ["changes_all", "fails_once"], "{}", output.all());
}

#[test]
fn tests_that_a_factory_does_not_make_again_are_named_and_fail_the_run() {
    let (_, run) = chosen("chosen-made", &["a", "b", "c"]);
    let output = run.line("made changes_all").run().exits_with(101);
    let gone = "not run, as they were not made again when the process was executed again: made::b, made::c";
    assert!(output.stdout.contains(gone), "{}", output.all());
    assert_eq!(ran(&output), ["changes_all", "made::a"], "{}", output.all());
}
