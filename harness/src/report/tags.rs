//! `--list-tags`: which tags there are, and how many tests have them.

use super::console::Console;
use super::fixtures::flushed;
use super::list::counted;
use crate::named::Named;
use crate::test::Test;

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
    let mut counts = Named::<usize>::default();
    for tag in declared {
        counts.entry(tag, || 0);
    }
    for tag in tests.iter().flat_map(|test| test.tags()) {
        *counts.entry(tag, || 0) += 1;
    }
    for (tag, count) in counts.by_name() {
        out.print(&format!("{tag}: {}\n", counted(*count, "test")));
    }
    let blank = if counts.all().is_empty() { "" } else { "\n" };
    out.print(&format!("{blank}{}\n", counted(counts.all().len(), "tag")));
    flushed(&mut out)
}
