//! What a run says of its own times: `--durations` and `--stats`.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

use async_harness_tests::{Output, suite};

/// The lines below the one that begins with `head`, up to an empty one.
fn section<'a>(text: &'a str, head: &str) -> Vec<&'a str> {
    let lines = text.lines().skip_while(|line| !line.starts_with(head)).skip(1);
    lines.take_while(|line| !line.is_empty()).collect()
}

fn run(args: &str) -> Output {
    suite("scheduling").line(args).env("ASYNC_HARNESS_HISTORY", "off").run()
}

#[test]
fn the_slowest_are_listed_after_the_results_and_before_the_last_line() {
    for args in ["-n 2", "-n 0", "-n 2 -q", "-n 2 --isolate"] {
        let output = run(&format!("{args} --durations 3")).exits_with(0);
        let slowest = section(&output.stdout, "slowest 3");
        assert_eq!(slowest.len(), 3, "{args}: {}", output.all());
        for (line, name) in slowest.iter().zip(["z_long", "f_middle", "s_serial_2"]) {
            assert!(line.contains(name), "{args}: {}", output.all());
        }
        let seconds: f64 = slowest[0].trim().split('s').next().unwrap().parse().unwrap();
        assert!((0.2..10.0).contains(&seconds), "{args}: {}", slowest[0]);
        let end = output.stdout.trim_end().lines().last().unwrap();
        assert!(end.starts_with("test result: ok"), "{args}: {}", output.all());
    }
}

#[test]
fn no_number_of_them_is_as_many_as_there_are_and_without_the_flag_there_are_none() {
    let output = run("--durations 0").exits_with(0);
    // All but the ignored one.
    assert_eq!(section(&output.stdout, "slowest 16").len(), 16, "{}", output.all());
    assert!(!run("").exits_with(0).stdout.contains("slowest"));
}

#[test]
fn what_a_test_waits_for_is_told_from_what_it_works() {
    let output = run("-n 2 --durations 1").exits_with(0);
    let slowest = section(&output.stdout, "slowest 1");
    assert!(slowest[0].contains("z_long (waiting 0.2"), "{}", output.all());
}

#[test]
fn fixtures_are_listed_with_what_they_did() {
    let output = suite("scopes").line("-n 2 --durations 0").run();
    let slowest = section(&output.stdout, "slowest");
    let any = |part: &str| slowest.iter().any(|line| line.contains("fixture ") && line.contains(part));
    for part in ["(set-up)", "(teardown)", "(set-up, worker ", "(teardown, worker "] {
        assert!(any(part), "{part} in {}", output.all());
    }
}

#[test]
fn a_run_says_how_it_used_its_workers() {
    for args in ["-n 2", "-n 2 -q", "-n 2 --isolate"] {
        let output = run(&format!("{args} --stats")).exits_with(0);
        let stats = section(&output.stdout, "stats:");
        let line = |name: &str| {
            let line = stats.iter().find_map(|line| line.trim().strip_prefix(name));
            line.unwrap_or_else(|| panic!("{name} in {}", output.all())).trim()
        };
        assert!(line("workers").starts_with("2, "), "{args}: {}", output.all());
        assert!(line("end set by").starts_with("the longest test: `z_long`"), "{args}: {}", output.all());
        assert!(line("last to end").starts_with("`s_serial_"), "{args}: {}", output.all());
        assert!(line("lower bound").contains("efficiency"), "{args}: {}", output.all());
        if cfg!(target_os = "linux") {
            assert!(line("peak memory").contains("MiB"), "{args}: {}", output.all());
            assert!(line("cpu").contains("at once on average"), "{args}: {}", output.all());
        }
    }
}

#[test]
fn with_json_they_stand_on_standard_error() {
    let output = run("--format json --stats --durations 2").exits_with(0);
    assert!(output.stdout.lines().all(|line| line.starts_with('{')), "{}", output.all());
    assert_eq!(section(&output.stderr, "slowest 2").len(), 2, "{}", output.all());
    assert!(output.stderr.contains("stats:"), "{}", output.all());
}

#[test]
fn a_crash_leaves_them_whole() {
    let output = suite("crashes").line("-n 2 --durations 0 --stats").run();
    let ended = output.stdout.lines().filter(|line| line.starts_with("test ") && !line.contains("ignored"));
    let listed = section(&output.stdout, "slowest").into_iter().filter(|line| !line.contains("fixture "));
    let results = ended.filter(|line| line.ends_with("ok") || line.ends_with("FAILED")).count();
    assert_eq!(listed.count(), results, "{}", output.all());
}

#[test]
fn a_number_that_is_none_is_refused() {
    let output = run("--durations few").exits_with(101);
    assert!(
        output.stderr.contains("--durations must be a whole number from 0 (was few)"),
        "{}",
        output.all()
    );
}
