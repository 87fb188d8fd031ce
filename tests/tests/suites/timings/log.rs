//! Reads an event log as another tool would, and holds it to what `docs/events.md` promises.

use async_harness_tests::Output;
use serde_json::Value;
use std::collections::BTreeMap;

/// The lines of a log.
pub(crate) struct Log {
    lines: Vec<Value>,
}

/// A field that is text.
pub(crate) fn of<'a>(line: &'a Value, field: &str) -> &'a str {
    line[field].as_str().unwrap_or_else(|| panic!("no {field} in {line}"))
}

fn time(line: &Value, field: &str) -> f64 {
    line[field].as_f64().unwrap_or_else(|| panic!("no {field} in {line}"))
}

impl Log {
    pub(crate) fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line is not whole: {text}");
        let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Log { lines: text.lines().map(line).collect() }
    }

    /// The lines of one kind.
    pub(crate) fn all<'a>(&'a self, event: &'a str) -> impl Iterator<Item = &'a Value> {
        self.lines.iter().filter(move |line| line["event"] == event)
    }

    pub(crate) fn finished(&self) -> &Value {
        self.lines.last().unwrap()
    }

    pub(crate) fn output_of(&self, test: &str) -> Vec<&Value> {
        self.all("output").filter(|line| line["test"] == test).collect()
    }

    /// What must hold of the log of every run that came to its end.
    pub(crate) fn check(&self, output: &Output) {
        let (first, second) = (&self.lines[0], &self.lines[1]);
        assert_eq!((of(first, "event"), of(first, "format")), ("log", "async-harness events"));
        assert_eq!(first["version"], 1);
        assert_eq!(of(second, "event"), "run_started");
        let finished = self.finished();
        assert_eq!(of(finished, "event"), "run_finished");
        let kinds = ["log", "run_started", "run_finished", "used"];
        kinds.iter().for_each(|kind| assert_eq!(self.all(kind).count(), 1, "{kind}"));

        let repeat = usize::try_from(second["repeat"].as_u64().unwrap()).unwrap();
        let mut results = BTreeMap::<&str, usize>::new();
        self.all("test_finished").for_each(|line| *results.entry(of(line, "test")).or_default() += 1);
        let mut planned = 0;
        for line in self.all("test_planned") {
            let times = if line["ignored"] == true { 1 } else { repeat };
            planned += times;
            let ran = results.remove(of(line, "test")).unwrap_or(0);
            assert!(ran == times || finished["not_run"].as_u64() > Some(0), "{ran} of {times}: {line}");
            assert!(of(line, "file").ends_with(".rs") && line["line"].as_u64() > Some(0), "{line}");
        }
        assert!(results.is_empty(), "not planned: {results:?}");
        assert_eq!(second["tests"].as_u64().unwrap(), planned as u64);
        self.check_counts(output);
        self.check_times();
    }

    /// The last line counts what the lines before it say, and what is printed.
    fn check_counts(&self, output: &Output) {
        let finished = self.finished();
        let count = |field: &str| finished[field].as_u64().unwrap();
        for outcome in ["passed", "failed", "failed_as_expected", "ignored"] {
            let lines = self.all("test_finished").filter(|line| line["outcome"] == outcome).count();
            assert_eq!(count(outcome), lines as u64, "{outcome}");
        }
        if let Some(printed) = output.stdout.lines().find_map(|line| line.strip_prefix("test result: ")) {
            let passed = count("passed") + count("failed_as_expected");
            let counts =
                format!("{passed} passed; {} failed; {} ignored;", count("failed"), count("ignored"));
            assert!(printed.contains(&counts), "{counts} is not in {printed}");
        }
    }

    /// Nothing ends before it begins, nor after the run; what has a start has one before its end.
    fn check_times(&self) {
        let elapsed = time(self.finished(), "elapsed");
        let mut started = BTreeMap::<&str, f64>::new();
        let mut last_sample = (-1.0, -1.0);
        for line in &self.lines {
            match of(line, "event") {
                "test_started" => {
                    started.insert(of(line, "test"), time(line, "at"));
                }
                "attempt_failed" | "test_finished" => {
                    let began = time(line, "began");
                    let end = began + time(line, "duration");
                    assert!(end <= elapsed + 0.001, "{line} after {elapsed}");
                    let start = started.get(of(line, "test")).unwrap_or_else(|| panic!("no start of {line}"));
                    // What had no try of its own, as its fixture crashed, has no time.
                    assert!(began + 1e-6 >= *start || began == 0.0, "{start}: {line}");
                    let parts =
                        ["set_up", "teardown", "parked"].map(|part| line[part].as_f64().unwrap_or(0.0));
                    assert!(parts.iter().all(|part| *part <= time(line, "duration") + 0.001), "{line}");
                    for park in line["parks"].as_array().into_iter().flatten() {
                        let (from, to) = (park[0].as_f64().unwrap(), park[1].as_f64().unwrap());
                        assert!(0.0 <= from && from <= to && to <= time(line, "duration") + 0.001, "{line}");
                    }
                }
                "fixture_ran" => {
                    assert!(time(line, "began") + time(line, "duration") <= elapsed + 0.001, "{line}");
                }
                "sample" => {
                    let sample = (time(line, "at"), time(line, "cpu"));
                    assert!(sample.0 >= last_sample.0, "{line}");
                    last_sample = sample;
                }
                _ => {}
            }
        }
        assert!(self.all("sample").count() < 700, "too many samples");
    }
}
