//! Looks for what tests have and nobody uses: fixtures, keys, tags.

use super::Patient;
use super::found::{Section, Severity, counted};
use crate::fixture::{BUILT_IN, FixtureDecl};
use crate::key::{Access, Key};
use crate::named::Named;
use crate::needs::{closure, keys};
use crate::tags::nearest;
use crate::test::Test;

/// Who holds a key.
#[derive(Debug, Default)]
struct Holders {
    alone: usize,
    together: usize,
    first: Option<&'static Test>,
    /// Whether it comes with the harness.
    built_in: bool,
}

/// What the registered tests say. `is_shared` tells whether a file is part of other targets as well.
pub(super) fn look_at_tests(patient: &Patient<'_>, is_shared: &dyn Fn(&str) -> bool) -> Section {
    let mut section = Section::new("fixtures, keys and tags", "all used");
    unused_fixtures(patient, is_shared, &mut section);
    lonely_keys(patient, &mut section);
    unused_tags(patient, &mut section);
    section
}

fn all(patient: &Patient<'_>) -> Vec<&'static Test> {
    [&patient.tests[..], &patient.factories].concat()
}

fn unused_fixtures(patient: &Patient<'_>, is_shared: &dyn Fn(&str) -> bool, section: &mut Section) {
    let mut used: Vec<&'static FixtureDecl> = Vec::new();
    for test in all(patient) {
        for fixture in closure(test.needs).unwrap_or_default() {
            if !used.iter().any(|other| std::ptr::eq(*other, fixture)) {
                used.push(fixture);
            }
        }
    }
    let unused =
        patient.fixtures.iter().filter(|fixture| !used.iter().any(|other| std::ptr::eq(*other, **fixture)));
    let (mut elsewhere, mut here) = (0, Vec::new());
    for fixture in unused {
        match is_shared(fixture.place.file) {
            true => elsewhere += 1,
            false => here.push(*fixture),
        }
    }
    crate::sorted::sort_by(&mut here, |a, b| (a.place.file, a.place.line) < (b.place.file, b.place.line));
    for fixture in here {
        let user = patient
            .fixtures
            .iter()
            .filter(|other| !std::ptr::eq(**other, fixture))
            .find(|other| other.needs.iter().any(|need| std::ptr::eq((need.fixture)(), fixture)));
        let what = match user {
            None => {
                format!("no test uses fixture `{}`: remove it, or ask for it by a parameter", fixture.label())
            }
            Some(user) => format!(
                "no test uses fixture `{}`, nor `{}`, which asks for it: remove both, or ask for either by a parameter",
                fixture.label(),
                user.label(),
            ),
        };
        section.find(Severity::Warning, fixture.place.to_string(), what);
    }
    if elsewhere > 0 {
        let fixtures = counted(elsewhere, "fixture");
        section.fact("not used here", format!("{fixtures} in files that other targets have as well"));
    }
}

/// The fixtures that come with the harness keep apart whoever uses them, be it only one test.
fn is_built_in(key: &Key, fixtures: &[&'static FixtureDecl]) -> bool {
    let built_in = fixtures.iter().filter(|fixture| fixture.place.file == BUILT_IN);
    built_in.flat_map(|fixture| fixture.keys).any(|other| other.name == key.name)
}

fn lonely_keys(patient: &Patient<'_>, section: &mut Section) {
    let mut held = Named::<Holders>::default();
    for test in patient.tests.iter().copied() {
        let fixtures = closure(test.needs).unwrap_or_default();
        for key in keys(test.concurrency(), &fixtures).iter() {
            let holders = held.entry(key.name, Holders::default);
            holders.built_in |= is_built_in(key, &fixtures);
            match key.access {
                Access::Exclusive => holders.alone += 1,
                Access::Shared => holders.together += 1,
            }
            holders.first.get_or_insert(test);
        }
    }
    for (name, Holders { alone, together, first, built_in }) in held.by_name() {
        let Some(test) = first.filter(|_| !built_in) else { continue };
        let others = held.all().iter();
        let others = others.filter(|(other, others)| other != name && others.alone + others.together > 1);
        let others: Vec<_> = others.map(|(other, _)| *other).collect();
        // Of short names any is like any other.
        let meant = nearest(name, &others).filter(|_| name.chars().count() > 2);
        let meant = meant.map_or_else(String::new, |other| format!(": did you mean `{other}`?"));
        let place = test.place.to_string();
        // A factory stands for as many tests as it makes, which all have its place.
        let is_made = patient.factories.iter().any(|factory| factory.place == test.place);
        match (alone + together, alone) {
            (1, _) if !is_made => {
                let what = format!(
                    "only `{}` has key `{name}`, which keeps it apart from no other test of this target{meant}",
                    test.name()
                );
                section.find(Severity::Warning, place, what);
            }
            (tests, 0) if tests > 1 => {
                let what = format!(
                    "key `{name}` is held by {tests} tests, all as `#[parallel({name})]`: it keeps none of them apart \
                     from another{meant}"
                );
                section.find(Severity::Warning, place, what);
            }
            _ => {}
        }
    }
}

fn unused_tags(patient: &Patient<'_>, section: &mut Section) {
    let used: Vec<_> = all(patient).iter().flat_map(|test| test.tags()).collect();
    for tag in patient.tags.iter().filter(|tag| !used.contains(tag)) {
        let what = format!("no test has the tag `{tag}`, which `main!` declares: remove it there");
        section.find(Severity::Warning, patient.target.root.to_owned(), what);
    }
}

#[cfg(test)]
#[path = "registered_tests.rs"]
mod tests;
