//! What a run reported, read as its consumers read it.

use super::mode::{Format, Mode};
use super::model::Word;
use super::sections::{Section, sections};
use async_harness_tests::Output;
use serde_json::Value;
use std::collections::BTreeMap;

/// What was reported.
#[derive(Debug, Default)]
pub(super) struct Reported {
    /// How many tests were to run.
    pub(super) planned: usize,
    /// Each result of each test; none where only marks were printed.
    pub(super) results: BTreeMap<String, Vec<Word>>,
    /// How often each test was started, where that is told.
    pub(super) started: BTreeMap<String, usize>,
    /// How many attempts were told of, where it was more than one.
    pub(super) attempts: BTreeMap<String, u64>,
    pub(super) sections: Vec<Section>,
    /// Passed, failed, ignored and filtered out, as counted in the last line.
    pub(super) counts: [usize; 4],
    /// Whether the last line says that all is well.
    pub(super) is_ok: bool,
    /// How many tests were counted as not run; nothing where the run is not said to have been ended.
    pub(super) not_run: Option<usize>,
    pub(super) as_expected: usize,
    pub(super) flaky: usize,
    /// What makes no sense.
    pub(super) odd: Vec<String>,
}

impl Reported {
    pub(super) fn read(output: &Output, mode: &Mode) -> Self {
        let mut reported = Reported::default();
        match mode.format {
            Format::Json => {
                output.stdout.lines().for_each(|line| reported.read_event(line));
                reported.sections.extend(sections(&output.stderr));
                reported.read_remarks(&output.stderr);
            }
            Format::Pretty | Format::Terse => {
                reported.sections = sections(&output.stdout);
                reported.read_lines(&output.stdout);
                reported.read_remarks(&output.stdout);
                if !output.stderr.is_empty() {
                    reported.odd.push(format!("on standard error: {}", output.stderr));
                }
            }
        }
        reported
    }

    fn read_lines(&mut self, text: &str) {
        let mut lines = text.lines();
        for line in lines.by_ref() {
            if matches!(line, "failures:" | "successes:" | "flaky:") {
                break;
            }
            if let Some(rest) = line.strip_prefix("running ") {
                self.planned = rest.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
            }
            let Some((name, word)) = line.strip_prefix("test ").and_then(|line| line.split_once(" ... "))
            else {
                continue;
            };
            let word = match word {
                "ok" => Word::Ok,
                "FAILED" => Word::Failed,
                _ if word.starts_with("ignored") => Word::Ignored,
                _ => {
                    self.odd.push(format!("no result: {line}"));
                    continue;
                }
            };
            self.results.entry(name.trim_end_matches(" - should panic").to_owned()).or_default().push(word);
        }
        let last: Vec<_> = text.lines().filter(|line| line.starts_with("test result: ")).collect();
        let [last] = last.as_slice() else {
            self.odd.push(format!("not one last line, but {last:?}"));
            return;
        };
        self.is_ok = last.starts_with("test result: ok. ");
        self.counts = ["passed", "failed", "ignored", "filtered out"].map(|what| {
            let before = last.split(&format!(" {what}")).next().unwrap_or_default();
            before.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or(usize::MAX)
        });
    }

    fn read_event(&mut self, line: &str) {
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            self.odd.push(format!("no JSON: {line}"));
            return;
        };
        let count = |field: &str| event[field].as_u64().and_then(|count| usize::try_from(count).ok());
        let name = event["name"].as_str().unwrap_or_default().to_owned();
        let word = match (event["type"].as_str(), event["event"].as_str()) {
            (Some("suite"), Some("started")) => {
                self.planned = count("test_count").unwrap_or(0);
                return;
            }
            (Some("suite"), Some(word @ ("ok" | "failed"))) => {
                self.is_ok = word == "ok";
                self.counts = ["passed", "failed", "ignored", "filtered_out"]
                    .map(|field| count(field).unwrap_or(usize::MAX));
                return;
            }
            (Some("test"), Some("started")) => {
                *self.started.entry(name).or_default() += 1;
                return;
            }
            (Some("test"), Some("ok")) => Word::Ok,
            (Some("test"), Some("failed")) => Word::Failed,
            (Some("test"), Some("ignored")) => Word::Ignored,
            _ => {
                self.odd.push(format!("no event of libtest's: {line}"));
                return;
            }
        };
        if let Some(attempts) = event["attempts"].as_u64() {
            self.attempts.insert(name.clone(), attempts);
        }
        let field = |field: &str| event[field].as_str().unwrap_or_default();
        if word != Word::Ignored && (event["stdout"].is_string() || event["message"].is_string()) {
            let text = format!("{}note: {}", field("stdout"), field("message"));
            self.sections.push(Section { heading: name.clone(), is_tests: true, text });
        }
        self.results.entry(name).or_default().push(word);
    }

    /// What the harness says of a run beyond libtest's shapes.
    fn read_remarks(&mut self, text: &str) {
        let first = |line: &str| line.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
        for line in text.lines() {
            if line.ends_with(" failed as expected") {
                self.as_expected += first(line);
            } else if line.ends_with(" flaky: passed on a later attempt") {
                self.flaky += first(line);
            } else if line.contains(" not run: ") || line.starts_with("the run was ended early: ") {
                self.not_run = Some(first(line));
            }
        }
    }
}
