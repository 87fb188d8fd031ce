//! `--list-tags`: which tags there are, and how many tests have them.

use super::console::Console;
use super::fixtures::flushed;
use super::list::counted;
use crate::test::Test;
use std::collections::BTreeMap;

/// Lists the tags of tests and those that `main!` declares, each with how many of the tests have it.
///
/// # Errors
///
/// A message, if standard output cannot be written to.
pub(crate) fn list_tags(
    tests: &[&'static Test],
    declared: &[&'static str],
    mut out: Console,
) -> Result<(), String> {
    let mut counts: BTreeMap<_, usize> = declared.iter().map(|tag| (*tag, 0)).collect();
    for tag in tests.iter().flat_map(|test| test.tags()) {
        *counts.entry(tag).or_default() += 1;
    }
    for (tag, count) in &counts {
        out.print(&format!("{tag}: {}\n", counted(*count, "test")));
    }
    let blank = if counts.is_empty() { "" } else { "\n" };
    out.print(&format!("{blank}{}\n", counted(counts.len(), "tag")));
    flushed(&mut out)
}
