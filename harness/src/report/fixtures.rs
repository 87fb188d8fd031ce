//! `--fixtures` and `--setup-plan`: what there is to set up, and what would be.

use super::console::Console;
use crate::fixture::{FixtureDecl, Scope};
use crate::plan::SetUps;
use crate::sorted::sort_by;

/// Lists fixtures: name, scope and place, and the documentation below.
///
/// # Errors
///
/// A message, if standard output cannot be written to.
pub(crate) fn list_fixtures(mut fixtures: Vec<&'static FixtureDecl>, mut out: Console) -> Result<(), String> {
    sort_by(&mut fixtures, |a, b| a.path < b.path);
    for fixture in &fixtures {
        let place = match fixture.place.file {
            crate::fixture::BUILT_IN => "comes with the harness".to_owned(),
            _ => fixture.place.to_string(),
        };
        out.print(&format!("{}: {} fixture, {place}\n", listed(fixture), word(fixture.scope)));
        for line in fixture.doc.lines() {
            out.print(&format!("    {line}\n"));
        }
    }
    let noun = if fixtures.len() == 1 { "fixture" } else { "fixtures" };
    out.print(&format!("\n{} {noun}\n", fixtures.len()));
    flushed(&mut out)
}

/// Shows what each test would set up, in that order, and where it would run.
///
/// # Errors
///
/// A message, if standard output cannot be written to.
pub(crate) fn show_set_ups(tests: &[SetUps<'_>], mut out: Console) -> Result<(), String> {
    for SetUps { test, fixtures, session } in tests {
        let runtime = if *session { " (session runtime)" } else { "" };
        out.print(&format!("{}{runtime}\n", test.name()));
        for fixture in *fixtures {
            let needs: Vec<_> = fixture.needs.iter().map(|need| (need.fixture)().name()).collect();
            let from = if needs.is_empty() { String::new() } else { format!(" from {}", needs.join(", ")) };
            out.print(&format!("    {} {}{from}\n", word(fixture.scope), fixture.name()));
        }
    }
    flushed(&mut out)
}

pub(super) fn flushed(out: &mut Console) -> Result<(), String> {
    out.flush().map_err(|error| format!("could not write to standard output: {error}"))
}

/// Where it is imported from, within the crate or from the harness.
fn listed(fixture: &FixtureDecl) -> &'static str {
    if fixture.place.file == crate::fixture::BUILT_IN { fixture.path } else { fixture.label() }
}

/// A fixture's name, and its scope where that is longer than a test.
pub(super) fn with_scope(fixture: &'static FixtureDecl) -> String {
    match fixture.scope {
        Scope::Test => fixture.label().to_owned(),
        scope => format!("{} ({})", fixture.label(), word(scope)),
    }
}

fn word(scope: Scope) -> &'static str {
    match scope {
        Scope::Test => "test",
        Scope::Worker => "worker",
        Scope::Module => "module",
        Scope::Session => "session",
    }
}
