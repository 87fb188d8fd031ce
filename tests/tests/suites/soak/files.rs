//! The reports that a run writes to files, held against what it told.

use super::mode::{Format, Mode};
use super::model::Word;
use super::reported::Reported;
use roxmltree::Document;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where a run in this folder writes its JUnit XML.
pub(super) fn junit(folder: &Path) -> PathBuf {
    folder.join("junit.xml")
}

/// Where it writes libtest's log.
pub(super) fn log(folder: &Path) -> PathBuf {
    folder.join("log")
}

/// What in these files is not what was told.
pub(super) fn check(folder: &Path, reported: &Reported, mode: &Mode) -> Vec<String> {
    let mut wrong = Vec::new();
    let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    check_log(&read(&log(folder)), reported, mode, &mut wrong);
    match Document::parse(&read(&junit(folder))) {
        Ok(document) => check_junit(&document, reported, mode, &mut wrong),
        Err(error) => wrong.push(format!("no XML: {error}")),
    }
    wrong
}

/// A line for each result; a reason may have lines of its own.
fn check_log(log: &str, reported: &Reported, mode: &Mode, wrong: &mut Vec<String>) {
    let begins = |word: &str| log.lines().filter(|line| line.starts_with(word)).count();
    let counted = [begins("ok "), begins("failed"), begins("ignored")];
    if counted[..] != reported.counts[..3] {
        wrong.push(format!("the log has {counted:?}, and {:?} were counted", reported.counts));
    }
    for (name, words) in reported.results.iter().filter(|_| mode.format != Format::Terse) {
        let lines = log.lines().filter(|line| line.ends_with(&format!(" {name}"))).count();
        if lines != words.len() {
            wrong.push(format!("the log has {lines} lines of {name}, which has {} results", words.len()));
        }
    }
}

/// A case for each result, with an element that says what came of it; fixtures that failed are cases too.
fn check_junit(document: &Document<'_>, reported: &Reported, mode: &Mode, wrong: &mut Vec<String>) {
    let mut cases = BTreeMap::<&str, Vec<Word>>::new();
    let mut flaky = 0;
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let has = |element: &str| case.children().any(|node| node.has_tag_name(element));
        let as_expected = case
            .children()
            .any(|node| node.has_tag_name("skipped") && node.attribute("type") == Some("xfail"));
        let word = match () {
            () if has("failure") => Word::Failed,
            () if has("error") => continue,
            () if as_expected => Word::Ok,
            () if has("skipped") => Word::Ignored,
            () => Word::Ok,
        };
        flaky += usize::from(has("flakyFailure"));
        cases.entry(case.attribute("name").unwrap_or_default()).or_default().push(word);
    }
    if flaky != reported.flaky {
        wrong.push(format!("{flaky} flaky cases, and {} told of", reported.flaky));
    }
    let count = |of: Word| cases.values().flatten().filter(|word| **word == of).count();
    let counted = [Word::Ok, Word::Failed, Word::Ignored].map(count);
    if counted[..] != reported.counts[..3] {
        wrong.push(format!("cases of {counted:?}, and {:?} were counted", reported.counts));
    }
    for (name, words) in reported.results.iter().filter(|_| mode.format != Format::Terse) {
        let (mut told, mut written) = (words.clone(), cases.get(name.as_str()).cloned().unwrap_or_default());
        told.sort();
        written.sort();
        if told != written {
            wrong.push(format!("cases of {name} are {written:?}, and {told:?} was told"));
        }
    }
}
