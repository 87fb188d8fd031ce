//! What GitHub Actions is told of hand-written events: beside the code, and in the summary.

use crate::cli::settings;
use crate::event::{Event, FixturePhase};
use crate::outcome::{Course, FailedAttempt, Failure, Finished, Outcome};
use crate::report::console::Screen;
use crate::report::terminal_tests::{SERVER, end_of, failed, panicked, some, test};
use crate::report::tests::finished;
use crate::settings::{GitHub, Settings};
use crate::test::Test;
use expect_test::{Expect, expect};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn github(repository: Option<&str>) -> Settings {
    let mut settings = settings("");
    settings.reports.github = Some(GitHub { repository: repository.map(Into::into), summary: None });
    settings
}

/// A run with failures of all kinds and a flaky test.
fn results() -> Vec<(Test, Finished)> {
    let attempt = FailedAttempt {
        parks: Vec::new(),
        failure: Failure::Told,
        output: panicked("flaky", 4, "not yet\nsecond line").as_bytes().to_vec().into(),
        notes: Vec::new(),
        duration: Duration::from_secs(1),
        course: Course::default(),
    };
    let flaky = Finished { earlier: vec![attempt], ..finished(Outcome::Passed, "") };
    let elsewhere = panicked("strange", 1, "100 %: a, b").replace("harness/src/report", "/elsewhere");
    let mut results = some();
    results.extend([(test("flaky"), flaky), (test("strange"), failed(&elsewhere))]);
    results
}

/// A fixture that fails in this, with this output.
fn fixture(phase: FixturePhase, error: &str, output: &str) -> Event {
    let output = output.as_bytes().to_vec();
    Event::FixtureFailed { fixture: &SERVER, phase, error: error.to_owned(), output }
}

/// What fails a run and is no test.
fn others() -> Vec<Event> {
    vec![
        fixture(FixturePhase::TearDown, "timed out after 5s", ""),
        fixture(FixturePhase::TearDown, "it panicked", &panicked("fixture server", 3, "no end\nof it")),
        fixture(FixturePhase::SetUp, "no port", ""),
        Event::RunBroken { reason: "a thread could not be started".to_owned(), output: Vec::new() },
    ]
}

fn annotations(settings: &Settings, results: Vec<(Test, Finished)>, others: Vec<Event>) -> String {
    let (text, _) = end_of(settings, Screen::Pipe, results, others);
    let block = text.lines().filter(|line| line.starts_with("::") || line.starts_with("test result"));
    block.map(|line| format!("{line}\n")).collect()
}

#[test]
fn there_is_an_error_for_each_failure_and_a_warning_for_each_flaky_test() {
    expect![[r#"
        ::error file=harness/src/report/terminal_tests.rs,line=1,title=books::left and right
        ::error file=harness/src/report/terminal_tests.rs,line=3,title=follows::called `Result::unwrap()` on an `Err` value: PoisonError { .. }
        ::error file=harness/src/report/terminal_tests.rs,line=3,title=follows_too::called `Result::unwrap()` on an `Err` value: PoisonError { .. }
        ::error file=harness/src/report/terminal_tests.rs,line=2,title=late::timed out after 5s
        ::error file=harness/src/report/terminal_tests.rs,line=2,title=refuses::Error: "no"
        ::error file=harness/src/report/terminal_tests.rs,line=2,title=strange::100 %25: a, b
        ::warning file=harness/src/report/terminal_tests.rs,line=4,title=flaky::flaky: passed on attempt 2, after: not yet
        test result: FAILED. 1 passed; 6 failed; 1 ignored; 0 measured; 0 filtered out; finished in 20.00s
    "#]].assert_eq(&annotations(&github(None), results(), Vec::new()));
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let text = annotations(&github(above.to_str()), some(), Vec::new());
    assert!(text.contains("/harness/src/report/terminal_tests.rs,line=1,"), "{text}");
}

#[test]
fn there_is_an_error_for_whatever_fails_the_run_and_is_no_test() {
    expect![[r#"
        ::error file=harness/src/report/terminal_tests.rs,line=5,title=fixture server::failed to tear down: timed out after 5s
        ::error file=harness/src/report/terminal_tests.rs,line=3,title=fixture server::failed to tear down: no end%0Aof it
        ::error title=the run::a thread could not be started
        test result: FAILED. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 20.00s
    "#]].assert_eq(&annotations(&github(None), Vec::new(), others()));
}

/// The summary of a run, in a file that ends with a line of another target's.
fn check_summary(name: &str, results: Vec<(Test, Finished)>, others: Vec<Event>, expected: Expect) {
    let path = std::env::temp_dir().join(format!("async-harness-{name}-{}", std::process::id()));
    fs::write(&path, "- of another\n").unwrap();
    let mut settings = github(None);
    settings.reports.github = Some(GitHub { repository: None, summary: Some(path.clone()) });
    let (text, told) = end_of(&settings, Screen::Pipe, results, others);
    let written = fs::read_to_string(&path);
    fs::remove_file(&path).unwrap();
    assert_eq!(told.errors, [""; 0]);
    assert!(!text.contains("report written"), "{text}");
    expected.assert_eq(&written.unwrap());
}

#[test]
fn a_summary_is_a_line_where_all_is_well() {
    let skipped = finished(Outcome::Ignored(Some("no network".into())), "");
    let results = vec![(test("books"), finished(Outcome::Passed, "")), (test("skips"), skipped)];
    check_summary(
        "step-well",
        results,
        Vec::new(),
        expect![[r#"
        - of another
        - ✅ <code>async-harness</code>: 1 passed, 1 ignored, in 20.00s
    "#]],
    );
}

#[test]
fn a_summary_has_a_row_for_each_failure_and_each_flaky_test() {
    check_summary(
        "step-failed",
        results(),
        others(),
        expect![[r#"
        - of another

        ### ❌ <code>async-harness</code>: 6 failed, 1 passed, 1 of them flaky, 1 ignored, in 20.00s

        | failed | why | where | again |
        | --- | --- | --- | --- |
        | <code>books</code> | <code>left and right</code> | <code>harness/src/report/terminal&#95;tests.rs:1</code> | <code>cargo test -p async-harness --lib -- --exact books</code> |
        | <code>follows</code> | <code>called &#96;Result::unwrap()&#96; on an &#96;Err&#96; value: PoisonError &#123; .. &#125;</code> | <code>harness/src/report/terminal&#95;tests.rs:3</code> | <code>cargo test -p async-harness --lib -- --exact follows</code> |
        | <code>follows&#95;too</code> | <code>called &#96;Result::unwrap()&#96; on an &#96;Err&#96; value: PoisonError &#123; .. &#125;</code> | <code>harness/src/report/terminal&#95;tests.rs:3</code> | <code>cargo test -p async-harness --lib -- --exact follows&#95;too</code> |
        | <code>late</code> | <code>timed out after 5s</code> | <code>harness/src/report/terminal&#95;tests.rs:2</code> | <code>cargo test -p async-harness --lib -- --exact late</code> |
        | <code>refuses</code> | <code>Error: &#34;no&#34;</code> | <code>harness/src/report/terminal&#95;tests.rs:2</code> | <code>cargo test -p async-harness --lib -- --exact refuses</code> |
        | <code>strange</code> | <code>100 %: a, b</code> | <code>harness/src/report/terminal&#95;tests.rs:2</code> | <code>cargo test -p async-harness --lib -- --exact strange</code> |

        | flaky | why at first | where | passed |
        | --- | --- | --- | --- |
        | <code>flaky</code> | <code>not yet</code> | <code>harness/src/report/terminal&#95;tests.rs:4</code> | on attempt 2 |

        - <code>fixture &#96;server&#96; failed to tear down: timed out after 5s</code>
        - <code>fixture &#96;server&#96; failed to tear down: no end</code>
        - <code>fixture &#96;server&#96; failed to set up: no port</code>
        - <code>a thread could not be started</code>

    "#]],
    );
}

#[test]
fn a_summary_of_many_failures_is_cut() {
    let results = (0..60).map(|n| (test(&format!("t{n:02}")), failed("Error: no\n"))).collect();
    let path = std::env::temp_dir().join(format!("async-harness-step-many-{}", std::process::id()));
    let mut settings = github(None);
    settings.reports.github = Some(GitHub { repository: None, summary: Some(path.clone()) });
    let _ = end_of(&settings, Screen::Pipe, results, Vec::new());
    let written = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert!(written.contains(">t49<") && !written.contains(">t50<"), "{written}");
    assert!(written.ends_with("\n\nand 10 more that failed\n\n"), "{written}");
}

#[test]
fn a_summary_that_cannot_be_written_is_said_at_the_end() {
    let told = |path: PathBuf| {
        let mut settings = github(None);
        settings.reports.github = Some(GitHub { repository: None, summary: Some(path) });
        end_of(&settings, Screen::Pipe, Vec::new(), Vec::new()).1.errors
    };
    let folder = std::env::temp_dir();
    let errors = told(folder.clone());
    assert!(errors.concat().starts_with(&format!("could not write to {}: ", folder.display())), "{errors:?}");
    // Where there is no folder, GitHub has made none: nobody would read it.
    assert_eq!(told(folder.join("async-harness-no-such-folder/summary")), [""; 0]);
}
