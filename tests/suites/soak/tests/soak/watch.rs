//! Looks at the run from its last test: there is no other process, dead or alive, and few descriptors are open.

use super::behave::seed;
use super::plan;
use std::fs;

/// How often one test is tried at the most, in all modes: a retry, and a repetition.
const MOST_TRIES: usize = 4;

/// How many descriptors a runtime has, and one more.
const OF_A_RUNTIME: usize = 4;

pub fn nothing_is_left() {
    let isolated =
        std::env::args().any(|arg| arg == "--isolate") || std::env::var_os("SOAK_ISOLATED").is_some();
    let run = if isolated { std::os::unix::process::parent_id() } else { std::process::id() };
    let processes = fs::read_dir("/proc").expect("there is /proc").filter_map(|entry| {
        let entry = entry.ok()?;
        entry.file_name().to_str()?.parse::<u32>().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let (_, fields) = stat.rsplit_once(") ")?;
        (fields.split(' ').nth(1)? == run.to_string()).then_some(stat)
    });
    let children: Vec<_> = processes.collect();
    assert_eq!(children.len(), usize::from(isolated), "children of the run: {children:?}");
    let descriptors = fs::read_dir(format!("/proc/{run}/fd")).expect("the run is there").count();
    // A test that blocks keeps its runtime for ever, once for each attempt and each repetition.
    let blocking = plan::tests(seed()).iter().filter(|test| test.blocks()).count();
    assert!(descriptors < 40 + blocking * MOST_TRIES * OF_A_RUNTIME, "{descriptors} descriptors are open");
}
