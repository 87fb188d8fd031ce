//! What runs when, and where: by the history of earlier runs, by shard, by unit, by weight, and several times.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

use async_harness_tests::{Line, Output, Run, Trace, folder, suite};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Runs of one target which share a history of their own.
struct Runs {
    target: &'static str,
    folder: PathBuf,
}

impl Runs {
    fn new(test: &str, target: &'static str) -> Self {
        Runs { target, folder: folder(test) }
    }

    fn history(&self) -> PathBuf {
        self.folder.join("history")
    }

    fn run(&self, args: &str) -> Run {
        suite(self.target).line(args).env("ASYNC_HARNESS_HISTORY", self.history())
    }

    /// The same with a trace.
    fn traced(&self, args: &str) -> (Output, Trace) {
        let _ = fs::remove_file(Trace::path(&self.folder));
        let output = self.run(args).env("SUITE_TRACE", Trace::path(&self.folder)).run().exits_with(0);
        (output, Trace::read(&self.folder))
    }

    /// The names that a run with these arguments is for.
    fn listed(&self, args: &str) -> Vec<String> {
        let output = self.run(&format!("--list --format terse {args}")).run().exits_with(0);
        output.stdout.lines().filter_map(|line| Some(line.strip_suffix(": test")?.to_owned())).collect()
    }
}

fn begun(trace: &Trace) -> Vec<&str> {
    trace.begun()
}

#[test]
fn from_the_second_run_on_the_longest_tests_come_first() {
    let runs = Runs::new("longest-first", "scheduling");
    let (_, first) = runs.traced("-n 2 _short z_long f_middle");
    assert!(["a_short", "b_short"].contains(&begun(&first)[0]), "{:?}", begun(&first));
    assert_eq!(begun(&first).last(), Some(&"z_long"));
    let (output, second) = runs.traced("-n 2 _short z_long f_middle");
    // Two workers begin with one each, whoever is first.
    let mut heads = begun(&second)[..2].to_vec();
    heads.sort_unstable();
    assert_eq!(heads, ["f_middle", "z_long"]);
    assert!(output.stdout.contains("8 passed"), "{}", output.all());
}

#[test]
fn without_a_history_the_chain_of_a_key_comes_before_what_is_free() {
    let runs = Runs::new("chain-first", "scheduling");
    let (_, trace) = runs.traced("-n 2 keyed _short");
    assert!(begun(&trace)[..2].contains(&"keyed_1"), "{:?}", begun(&trace));
}

#[test]
fn what_runs_one_by_one_and_the_serial_phase_stay_in_the_order_of_names() {
    let runs = Runs::new("by-name", "scheduling");
    for args in ["-n 2", "-n 1", "-n 0", "-n 2"] {
        let (_, trace) = runs.traced(args);
        let names = begun(&trace);
        assert_eq!(names[names.len() - 2..], ["s_serial_1", "s_serial_2"], "with {args}");
        if args != "-n 2" {
            let mut sorted: Vec<_> = names[..11].to_vec();
            sorted.sort_unstable_by_key(|name| match name.strip_prefix("keyed") {
                Some(_) => format!("chain::{name}"),
                None => (*name).to_owned(),
            });
            assert_eq!(names[..11], sorted, "with {args}");
        }
    }
}

#[test]
fn a_history_that_is_off_or_no_history_changes_nothing_and_stops_nothing() {
    let runs = Runs::new("off", "scheduling");
    let in_the_way = runs.folder.join("in-the-way");
    fs::write(&in_the_way, "a file").unwrap();
    for (value, notes) in [("off", 0), (in_the_way.to_str().unwrap(), 1), ("/proc/none", 1)] {
        let output = runs.run("-n 2").env("ASYNC_HARNESS_HISTORY", value).run().exits_with(0);
        assert_eq!(output.stdout.matches("note: there is no history").count(), notes, "{}", output.all());
    }
    assert!(!runs.history().exists());
}

/// The files of a history.
fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("scheduling")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_damaged_history_is_told_of_in_one_line_and_written_anew() {
    let runs = Runs::new("damaged", "scheduling");
    let _ = runs.run("-n 2").run().exits_with(0);
    let names = files(&runs.history());
    assert!(
        names.len() == 2 && names[0].starts_with("scheduling-") && names[1].ends_with(".lock"),
        "{names:?}"
    );
    let path = runs.history().join("scheduling").join(&names[0]);
    let whole = fs::read(&path).unwrap();
    for garbage in [&whole[..whole.len() / 2], b"\xff\0\xff", b"{}\n"] {
        fs::write(&path, garbage).unwrap();
        let damaged = |output: &Output| output.stdout.matches(" is damaged; what can be read of it").count();
        let output = runs.run("-n 2").run().exits_with(0);
        assert_eq!(damaged(&output), 1, "{}", output.all());
        let output = runs.run("-n 2").run().exits_with(0);
        assert_eq!(damaged(&output), 0, "{}", output.all());
    }
}

#[test]
fn the_history_is_beside_the_build_unless_told_otherwise() {
    let output = suite("units").line("one::a").env("ASYNC_HARNESS_HISTORY", "").run().exits_with(0);
    let executable = std::env::current_exe().unwrap();
    let target = executable.ancestors().nth(3).unwrap();
    let names = files(&target.join("suites/debug/async-harness-history"));
    assert!(names.iter().any(|name| name.starts_with("units-")), "{names:?} {}", output.all());
}

#[test]
fn a_process_for_each_test_writes_no_history() {
    let runs = Runs::new("nextest-history", "scheduling");
    let mode = "process-per-test";
    let output = runs.run("--exact a_short --nocapture").env("NEXTEST_EXECUTION_MODE", mode).run();
    let _ = output.exits_with(0);
    assert!(!runs.history().exists());
}

#[test]
fn runs_beside_each_other_keep_what_the_others_saw() {
    let runs = Runs::new("beside", "units");
    let names = runs.listed("");
    for some in names.chunks(8) {
        std::thread::scope(|scope| {
            for name in some {
                let run = runs.run(&format!("--exact {name}"));
                scope.spawn(|| run.run().exits_with(0));
            }
        });
    }
    let folder = runs.history().join("scheduling");
    let path = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = path.into_iter().find(|path| path.extension().is_none()).unwrap();
    let text = fs::read_to_string(file).unwrap();
    let kept: Vec<_> = text.lines().skip(1).filter_map(|line| line.rsplit(' ').next()).collect();
    assert_eq!(kept, names);
}

#[test]
fn tests_that_failed_run_alone_or_first_until_they_pass() {
    let runs = Runs::new("last-failed", "scheduling");
    let names = |output: &Output| -> Vec<String> {
        output.results().results.keys().map(|name| (*name).to_owned()).collect()
    };
    let said = "note: none of these tests failed when it ran last, so all of them run";
    let output = runs.run("-n 2 --last-failed").run().exits_with(0);
    assert!(output.stdout.contains(said) && names(&output).len() == 17, "{}", output.all());

    let _ = runs.run("-n 2").env("FAIL", "g_short,s_serial_2").run().exits_with(101);
    let output = runs.run("-n 2 --last-failed").env("FAIL", "g_short").run().exits_with(101);
    assert_eq!(names(&output), ["g_short", "s_serial_2"]);
    assert!(output.stdout.contains("1 passed; 1 failed; 0 ignored; 0 measured; 15 filtered out"));
    assert!(!output.stdout.contains("note: none"), "{}", output.all());
    assert_eq!(runs.listed("--last-failed"), ["g_short"]);

    let (_, trace) = runs.traced("-n 1 --failed-first");
    assert_eq!(begun(&trace)[..2], ["g_short", "a_short"]);
    let output = runs.run("-n 2 --last-failed short").run().exits_with(0);
    assert!(output.stdout.contains(said) && names(&output).len() == 6, "{}", output.all());
    // A list is nothing but a list.
    let output = runs.run("--last-failed --list --format terse").run().exits_with(0);
    assert_eq!((output.stdout.lines().count(), output.stderr.trim_end()), (17, said), "{}", output.all());
}

#[test]
fn a_test_that_skips_itself_is_no_failure_to_come_back_to_however_often_it_runs() {
    for repeat in ["", "--repeat 2"] {
        let runs = Runs::new("skipped-again", "scheduling");
        let _ = runs.run("-n 2 _short").env("FAIL", "a_short,b_short").run().exits_with(101);
        assert_eq!(runs.listed("--last-failed"), ["a_short", "b_short"]);
        let _ = runs.run("-n 2 a_short").line(repeat).env("SKIP", "a_short").run().exits_with(0);
        assert_eq!(runs.listed("--last-failed"), ["b_short"], "{repeat}");
    }
}

#[test]
fn shards_of_every_kind_are_disjoint_and_whole() {
    let runs = Runs::new("shards", "scheduling");
    let all = runs.listed("");
    let _ = runs.run("-n 2").run().exits_with(0);
    for kind in ["slice", "count", "hash", "time"] {
        for count in [1, 2, 3, 20] {
            let shard = |index| runs.listed(&format!("--partition {kind}:{index}/{count}"));
            let mut together: Vec<_> = (1..=count).flat_map(shard).collect();
            together.sort();
            assert_eq!(together, all, "{kind} of {count}");
        }
    }
}

#[test]
fn a_sharded_run_changes_no_shard() {
    let runs = Runs::new("equal-shards", "scheduling");
    let by_hash = runs.listed("--partition hash:1/2");
    assert_eq!(runs.listed("--partition time:1/2"), by_hash, "without a history");
    let _ = runs.run("-n 2").run().exits_with(0);
    let first = runs.listed("--partition time:1/2");
    let second = runs.listed("--partition time:2/2");
    // One of the two has the longest test and hardly anything else.
    let (long, short) =
        if first.contains(&"z_long".to_owned()) { (&first, &second) } else { (&second, &first) };
    assert!(long.len() < short.len() && short.contains(&"f_middle".to_owned()), "{first:?} {second:?}");
    for index in [1, 2, 1] {
        let output = runs.run(&format!("-n 2 --partition time:{index}/2")).run().exits_with(0);
        let filtered_out = if index == 1 { second.len() } else { first.len() };
        assert!(output.stdout.contains(&format!("{filtered_out} filtered out")), "{}", output.all());
        assert_eq!(runs.listed("--partition time:1/2"), first);
    }
}

/// The threads that the tests of each unit ran on, where `unit` says which one a test is of.
fn threads(trace: &Trace, unit: impl Fn(&str) -> Option<String>) -> BTreeMap<String, BTreeSet<u32>> {
    let mut threads = BTreeMap::<_, BTreeSet<_>>::new();
    for line in trace.lines() {
        if let Some(unit) = unit(&line.name) {
            threads.entry(unit).or_default().insert(line.tid);
        }
    }
    threads
}

fn module(name: &str) -> String {
    name.rsplit_once("::").map_or("", |(module, _)| module).to_owned()
}

#[test]
fn a_unit_runs_on_one_worker_in_the_order_of_names() {
    let in_file = |name: &str| if name.contains("elsewhere") { "elsewhere" } else { "units" }.to_owned();
    let colour = |name: &str| {
        ["red", "blue"].into_iter().find(|colour| name.contains(&format!("::{colour}_"))).map(str::to_owned)
    };
    let runs = Runs::new("units", "units");
    // Heavy ones come first, and in a unit bring forward what stands before them.
    for round in 0..3 {
        let (_, trace) = runs.traced("-n 4 --dist scope");
        let scopes = threads(&trace, |name| Some(module(name)));
        assert_eq!(scopes.len(), 6);
        assert!(scopes.values().all(|threads| threads.len() == 1), "round {round}: {scopes:?}");
        let (_, trace) = runs.traced("-n 4 --dist file");
        let files = threads(&trace, |name| Some(in_file(name)));
        assert_eq!(files.len(), 2);
        assert!(files.values().all(|threads| threads.len() == 1), "round {round}: {files:?}");
        let (_, trace) = runs.traced("-n 4 --dist group --skip heavy");
        let groups = threads(&trace, colour);
        assert_eq!(groups.len(), 2);
        assert!(groups.values().all(|threads| threads.len() == 1), "round {round}: {groups:?}");
        for (group, _) in groups {
            let names: Vec<_> =
                begun(&trace).into_iter().filter(|name| colour(name).as_ref() == Some(&group)).collect();
            assert!(names.is_sorted() && names.len() == 4, "{names:?}");
        }
        let all = threads(&trace, |_| Some(String::new()));
        assert!(all.values().all(|threads| threads.len() > 1), "round {round}: everything on one worker");
    }
}

/// The most that ran at once, a test counted for the threads that its name says.
fn most(trace: &Trace, workers: usize) -> usize {
    let threads = |line: &Line| {
        let after = line.name.split_once("heavy_").map_or("1", |(_, after)| after);
        after.split('_').next().unwrap().parse::<usize>().unwrap().min(workers)
    };
    let (mut now, mut most) = (0, 0);
    for line in trace.lines() {
        now = if line.begins { now + threads(line) } else { now - threads(line) };
        most = most.max(now);
    }
    most
}

#[test]
fn heavy_tests_never_run_beside_more_than_there_is_room_for() {
    let runs = Runs::new("heavy", "units");
    for workers in [1, 2, 4, 8] {
        let (output, trace) = runs.traced(&format!("-n {workers}"));
        assert_eq!(most(&trace, workers), workers, "{:#?}", trace.lines());
        assert!(output.stdout.contains("43 passed"), "{}", output.all());
    }
}

#[test]
fn a_repeated_test_has_a_result_for_each_time_and_never_runs_beside_itself() {
    let runs = Runs::new("repeat", "scheduling");
    let (output, trace) = runs.traced("-n 4 --repeat 3 short serial");
    assert_eq!(trace.begun().len(), 24);
    for name in ["a_short", "h_short", "s_serial_1"] {
        assert_eq!(output.stdout.matches(&format!("test {name} ... ok\n")).count(), 3, "{}", output.all());
    }
    assert!(trace.peak(|_| true) > 1);
    assert!(output.stdout.contains("24 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out"));
    let (_, trace) = runs.traced("-n 4 --repeat 4 a_short");
    assert_eq!((trace.begun().len(), trace.peak(|_| true)), (4, 1));
    // One after the other they come in rounds, as with `go test -count`.
    let (_, trace) = runs.traced("-n 1 --repeat 2 a_short b_short s_serial");
    let rounds = ["a_short", "b_short", "a_short", "b_short"];
    assert_eq!(begun(&trace)[..4], rounds);
    assert_eq!(begun(&trace)[4..], ["s_serial_1", "s_serial_2", "s_serial_1", "s_serial_2"]);
    assert_eq!(runs.listed("--repeat 5 a_short"), ["a_short"]);
    let output = runs.run("-n 2 --repeat 4 a_short").env("FAIL", "a_short").run().exits_with(101);
    assert!(output.stdout.contains("0 passed; 4 failed"), "{}", output.all());
}

#[test]
fn a_worker_that_waits_for_a_core_with_tests_of_its_own_is_woken() {
    let run = suite("pinned").line("-n 1 --in-flight 2 --dist group").limit(20);
    let output = run.run().exits_with(0);
    assert_eq!(output.results().with("ok").len(), 6, "{}", output.all());
}

/// Workers are moved where there is one for each core, and as many processes as here give them reason to.
#[cfg(target_os = "linux")]
#[test]
fn a_test_may_run_on_every_core_wherever_its_worker_was_moved() {
    let cores = std::thread::available_parallelism().unwrap().get();
    for threads in [1, cores, cores + 2] {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let output = suite("cores").args(["-n", &threads.to_string()]).run().exits_with(0);
                    assert_eq!(output.results().with("ok").len(), 400, "{}", output.all());
                });
            }
        });
    }
}
