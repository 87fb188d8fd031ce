//! Which tests run beside which, and where: read from traces that the suites write.

use async_harness_tests::{Line, Output, Trace, folder, suite};

/// Runs a suite that writes a trace.
fn traced(test: &str, target: &str, args: &str, beside: &str) -> (Output, Trace) {
    let folder = folder(test);
    let run = suite(target).line(args).env("SUITE_TRACE", Trace::path(&folder)).env("BESIDE", beside);
    let output = run.run().exits_with(0);
    (output, Trace::read(&folder))
}

fn is_serial(name: &str) -> bool {
    name.contains("_serial_")
}

/// The serial tests of the suite by name; one is ignored.
const SERIAL: [&str; 7] = [
    "a_serial_below",
    "b_serial_sync",
    "c_serial_by_path",
    "d_serial_by_cfg_attr",
    "e_serial_by_cfg_attr_above",
    "f_serial_with_threads",
    "g_serial_that_panics",
];

#[test]
fn serial_tests_run_last_one_at_a_time_by_name_on_the_main_thread() {
    for threads in ["1", "2", "8"] {
        let args = format!("--test-threads {threads}");
        let (output, trace) = traced(&format!("serial-{threads}"), "phases", &args, threads);
        let first = trace.lines().iter().position(|line| is_serial(&line.name)).unwrap();
        let (parallel, serial) = trace.lines().split_at(first);
        assert!(parallel.iter().all(|line| line.tid != line.pid), "a parallel test ran on the main thread");
        assert_eq!(parallel.iter().filter(|line| line.begins).count(), 17);
        assert!(serial.iter().all(|line| is_serial(&line.name)), "a parallel test ran after a serial one");
        assert!(serial.iter().all(|line| line.tid == line.pid), "a serial test ran on another thread");
        assert_eq!(trace.peak(is_serial), 1);
        let names: Vec<_> = trace.begun().into_iter().filter(|name| is_serial(name)).collect();
        let above = ["q_serial_above"];
        assert_eq!(names, [SERIAL.as_slice(), &above].concat());
        assert_eq!(output.results().results["h_serial_ignored"], "ignored, but serial");
    }
}

#[test]
fn as_many_tests_run_at_once_as_threads_were_asked_for() {
    for (args, beside) in [("--test-threads 1", 1), ("-n 2", 2), ("--test-threads=8", 8), ("-n 1 -n 16", 16)]
    {
        // Each test waits until so many run, so that fewer fail and more are seen.
        let (_, trace) = traced(&format!("peak-{beside}"), "phases", args, &beside.to_string());
        assert_eq!(trace.peak(|_| true), beside);
    }
}

#[test]
fn what_is_left_in_thread_locals_is_dropped_before_the_serial_phase() {
    for threads in ["1", "2", "4"] {
        for serial in ["", "--skip last"] {
            let args = format!("-n {threads} {serial}");
            let (output, trace) =
                traced(&format!("thread-locals-{threads}{}", serial.len()), "thread_locals", &args, "");
            let ends = trace.lines().iter().filter(|line| !line.begins).map(|line| line.name.as_str());
            assert_eq!(ends.clone().filter(|name| *name != "last").count(), 4, "{}", output.all());
            assert!(
                !serial.is_empty() || trace.lines()[8..].iter().all(|line| line.name == "last"),
                "{}",
                output.all()
            );
            assert_eq!(output.stdout.matches("dropped with its thread\n").count(), 4, "{}", output.all());
            assert!(!output.all().contains("left behind"), "{}", output.all());
        }
    }
    let late = suite("thread_locals").line("-n 1 one").env("MILLISECONDS", "5000").run().exits_with(0);
    let note =
        "note: a worker's thread was left behind: thread-locals were still being dropped after 200 ms\n";
    assert!(late.stdout.contains(note), "{}", late.all());
    assert!(late.took < std::time::Duration::from_secs(4), "it was not waited for: {:?}", late.took);
}

#[test]
fn the_environment_says_how_many_threads_there_are() {
    let folder = folder("threads-variable");
    let run = suite("phases").env("RUST_TEST_THREADS", "3").env("BESIDE", "3");
    let _ = run.env("SUITE_TRACE", Trace::path(&folder)).run().exits_with(0);
    assert_eq!(Trace::read(&folder).peak(|_| true), 3);
}

#[test]
fn no_threads_means_everything_on_the_main_thread() {
    for target in ["phases", "keys"] {
        let (_, trace) = traced(&format!("main-{target}"), target, "-n 0 --skip pairs", "1");
        assert!(trace.lines().iter().all(|line| line.tid == line.pid), "a test ran on another thread");
        assert_eq!(trace.peak(|_| true), 1);
    }
}

/// How a test of the suite `keys` holds a key, by its name: `a_1`, `rab_1` (reads `a`, writes `b`).
fn access(name: &str, key: char) -> Option<&'static str> {
    let keys = name.split('_').next().unwrap_or_default();
    if matches!(keys, "free" | "pairs" | "z") {
        return None;
    }
    let at = keys.find(key)?;
    Some(if keys[..at].ends_with('r') { "reads" } else { "writes" })
}

#[test]
fn the_suite_is_read_as_it_is_written() {
    let all = [("a_1", 'a', Some("writes")), ("rab_1", 'a', Some("reads")), ("rab_1", 'b', Some("writes"))];
    let more = [("rarb_1", 'b', Some("reads")), ("arb_above", 'a', Some("writes")), ("free_1", 'e', None)];
    for (name, key, wanted) in all.into_iter().chain(more) {
        assert_eq!(access(name, key), wanted, "{name} {key}");
    }
}

/// Goes through a trace and finds two tests that should not have run at once.
fn conflict(trace: &Trace) -> Option<(String, String)> {
    let mut running: Vec<&Line> = Vec::new();
    for line in trace.lines() {
        if !line.begins {
            running.retain(|other| other.name != line.name);
            continue;
        }
        let conflicts = |other: &&&Line| {
            ['a', 'b'].into_iter().any(|key| match (access(&line.name, key), access(&other.name, key)) {
                (Some(one), Some(another)) => one == "writes" || another == "writes",
                _ => false,
            })
        };
        if let Some(other) = running.iter().find(conflicts) {
            return Some((line.name.clone(), other.name.clone()));
        }
        running.push(line);
    }
    None
}

#[test]
fn tests_with_a_common_key_never_run_at_once() {
    for threads in ["1", "2", "8", "32"] {
        for round in 0..3 {
            let name = format!("keys-{threads}-{round}");
            let args = format!("--test-threads {threads} --skip pairs");
            let (_, trace) = traced(&name, "keys", &args, "1");
            assert_eq!(conflict(&trace), None, "{:#?}", trace.lines());
            assert_eq!(trace.begun().len(), 23);
            assert_eq!(trace.begun()[21..], ["z_1", "z_2"]);
        }
    }
}

#[test]
fn readers_and_different_keys_run_beside_each_other() {
    for (pair, one, two) in [
        ("readers", "readers_one", "readers_two"),
        ("different", "different_one", "different_two"),
        ("keyed_and_free", "keyed_and_free_one", "keyed_and_free_two"),
    ] {
        // The suite itself fails unless they do.
        let (_, trace) =
            traced(&format!("pair-{pair}"), "keys", &format!("--test-threads 2 pairs::{pair}"), "1");
        assert!(trace.overlap(one, two));
    }
}

#[test]
fn filters_leave_the_phases_as_they_are() {
    let (output, trace) =
        traced("filtered", "phases", "--test-threads 4 serial parallel_01 --skip g_serial", "1");
    assert_eq!(trace.begun().first(), Some(&"parallel_01"));
    assert_eq!(trace.begun().len(), 8);
    assert!(
        output.stdout.contains("8 passed; 0 failed; 1 ignored; 0 measured; 17 filtered out"),
        "{}",
        output.all()
    );
}
