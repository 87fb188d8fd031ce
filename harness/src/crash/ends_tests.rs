//! Runs that go on from image to image: each repetition is told of once, and each run comes to an end.

use super::journal::Record;
use super::story::{GoingOn, going_on};
use super::story_tests::{journal, names, plan};
use crate::event::{Event, FixturePhase};
use crate::fixture::{FixtureDecl, FixtureKind, FixtureRuntime, Scope, Teardown};
use crate::place::Place;
use crate::plan::Plan;
use crate::settings::Stop;
use crate::test::Test;
use std::num::NonZeroUsize;

/// What a plan of two repetitions of each test goes on with: who is tried again, as above, and what is left.
fn repeated(words: &str, retries: u32) -> String {
    let mut plan = plan();
    plan.repeat(NonZeroUsize::new(2).unwrap()).unwrap();
    let going_on = going_on(journal(words), &mut plan, Stop::AtEnd, retries);
    assert_eq!(going_on.done + plan.len(), 8, "each repetition is somewhere");
    let again = going_on.again.iter().map(|(test, attempts)| format!("{} {}", test.name(), attempts.len()));
    format!(
        "{}: {}",
        again.collect::<Vec<_>>().join(", "),
        names(plan.parallel.iter().map(|step| &step.test))
    )
}

#[test]
fn a_repetition_is_a_test_of_its_own() {
    for (words, retries, expected) in [
        ("+a ~b !b", 0, ": c d a b c d"),
        ("+a +b +b ~c !c", 0, ": d a c d"),
        ("-b ~b !b", 0, ": a c d a c d"),
        // A result of the first says nothing of the second, which has failed before its neighbour crashed.
        ("-b ~b ^b ~c !c", 1, "c 1, b 1: a c d a b c d"),
        ("-b ~b ^b ^b ~c !c", 2, "c 1, b 2: a c d a b c d"),
        // Or waits to be tried again.
        ("-b ~b !b | ^b ~c !c", 1, "c 1, b 1: a c d a b c d"),
        // These are the attempts of the first, of which its result tells.
        ("^b -b ~c !c", 1, "c 1: a c d a b c d"),
        ("-b ^b -b ~c !c", 1, "c 1: a c d a c d"),
        // The thread that reports did not answer: it may be the second that has crashed.
        ("-b !b", 0, ": a c d a c d"),
    ] {
        assert_eq!(repeated(words, retries), expected, "{words}, {retries}");
    }
}

/// Where each image makes of the journal before it what the last word says, in how many the run comes to an end.
fn images(repeat: usize, retries: u32, image: impl Fn(&GoingOn, &Plan<&'static Test>) -> String) -> usize {
    let mut words = String::new();
    for images in 1..100 {
        let mut plan = plan();
        plan.repeat(NonZeroUsize::new(repeat).unwrap()).unwrap();
        let going_on = going_on(journal(&words), &mut plan, Stop::AtEnd, retries);
        if plan.len() == 0 {
            return images;
        }
        let mut told = String::new();
        for event in &going_on.new {
            if let Event::TestFinished { test, finished } = event {
                told += &format!("={} ", test.name()).repeat(finished.earlier.len());
                told += &format!("-{} ", test.name());
            }
        }
        let went_on = if words.is_empty() { "" } else { "|" };
        words += &format!(" {told} {went_on} {}", image(&going_on, &plan));
    }
    panic!("there is no end to it");
}

/// The attempts that a test goes on with stand in the journal again when its image ends.
fn still(going_on: &GoingOn) -> String {
    let attempts = going_on.again.iter().flat_map(|(test, attempts)| attempts.iter().map(|_| test.name()));
    attempts.map(|name| format!("^{name} ")).collect()
}

#[test]
fn every_run_comes_to_an_end() {
    let first = |plan: &Plan<&'static Test>| plan.steps()[0].test.name();
    for (repeat, retries) in [(1, 0), (2, 0), (1, 5), (2, 2)] {
        let tries = 4 * repeat * (retries as usize + 1);
        let case = format!("{repeat}, {retries}");
        // Each test crashes: on its thread, or on one of nobody.
        for owner in [true, false] {
            let images = images(repeat, retries, |going_on, plan| {
                let (name, still) = (first(plan), still(going_on));
                format!("~{name} {still}!{}", if owner { name } else { "" })
            });
            assert_eq!(images, tries + 1, "{case}");
        }
        // Nobody knows who ran.
        let images_of_silence = images(repeat, retries, |_, plan| format!("!{}", first(plan)));
        assert_eq!(images_of_silence, 4 * repeat + 1, "{case}");
        // Whenever there is another crash, what was tried before is lost.
        let images_with_losses = images(repeat, retries, |_, plan| format!("~{0} !{0}", first(plan)));
        assert!(images_with_losses <= tries + 5, "{case}: {images_with_losses}");
        // Nothing is ever the fault of anybody.
        assert_eq!(images(repeat, retries, |_, _| "~a ~b !".to_owned()), 5, "{case}");
    }
}

#[test]
fn a_run_is_given_up_where_image_after_image_is_in_vain() {
    let in_vain = "~a ~b ! | ~a ~b ! | ~a ~b ! |";
    for (last, is_given_up) in [
        ("~a ~b !", true),
        ("~a ~b +a !", false),
        ("~a ~b ^a !", false),
        ("~a ~b !a", false),
        ("~a !", false),
        // Nobody knows who ran.
        ("!a", false),
        ("!", true),
    ] {
        let words = format!("{in_vain} {last}");
        let going_on = going_on(journal(&words), &mut plan(), Stop::AtEnd, 9);
        assert_eq!(going_on.not_run.cut.is_some(), is_given_up, "{words}");
    }
}

#[test]
fn an_image_that_has_no_time_to_tell_of_the_last_one_is_one_too() {
    for (words, is_given_up) in [
        ("~a ~b ! ! !", false),
        ("~a ~b ! ! ! !", true),
        // The first has cost an attempt, and it may be that same one ever since.
        ("~a !a !a !a !a", false),
        ("~a !a !a !a !a !a", true),
    ] {
        let going_on = going_on(journal(words), &mut plan(), Stop::AtEnd, 0);
        assert_eq!(going_on.not_run.cut.is_some(), is_given_up, "{words}");
    }
}

/// What `b`, `c` and `d` come to, which need a fixture, where it has failed like this.
fn lacking(scope: Scope, phase: FixturePhase, words: &str) -> String {
    static DECLS: [FixtureDecl; 2] = [decl(Scope::Module), decl(Scope::Session)];
    let fixture = DECLS.iter().find(|decl| decl.scope == scope).unwrap();
    let mut plan = plan();
    plan.repeat(NonZeroUsize::new(2).unwrap()).unwrap();
    plan.parallel
        .iter_mut()
        .filter(|step| step.test.name() != "a")
        .for_each(|step| step.fixtures.push(fixture));
    let failed = Record::FixtureFailed {
        path: fixture.path.to_owned(),
        phase,
        error: "refused".to_owned(),
        output: Vec::new(),
    };
    let records =
        [(0, failed)].into_iter().chain(journal(words).into_iter().map(|(at, record)| (at + 1, record)));
    let going_on = going_on(records.collect(), &mut plan, Stop::AtEnd, 0);
    let finished = going_on.new.iter().filter_map(|event| match event {
        Event::TestFinished { test, finished } => Some(format!("{} {}", test.name(), finished.earlier.len())),
        _ => None,
    });
    format!(
        "{}: {}",
        finished.collect::<Vec<_>>().join(", "),
        names(plan.parallel.iter().map(|step| &step.test))
    )
}

const fn decl(scope: Scope) -> FixtureDecl {
    FixtureDecl {
        path: "suite::pool",
        place: Place { file: "tests/suite.rs", line: 1, column: 1 },
        doc: "",
        scope,
        kind: FixtureKind::Sync,
        runtime: FixtureRuntime::Inferred,
        teardown: Teardown::No,
        timeout: None,
        keys: &[],
        needs: &[],
    }
}

#[test]
fn whoever_needs_a_shared_fixture_that_failed_has_failed_in_each_repetition() {
    let (session, module) = (Scope::Session, Scope::Module);
    let (up, down) = (FixturePhase::SetUp, FixturePhase::TearDown);
    for (scope, phase, words, expected) in [
        (session, up, "~a !a", "a 0, b 0, c 0, d 0, b 0, c 0, d 0: a"),
        (session, up, "-b ~a !a", "a 0, c 0, d 0, b 0, c 0, d 0: a"),
        (session, up, "-b ~b ^b ~a !a", "a 0, c 0, d 0, b 1, c 0, d 0: a"),
        (session, up, "-b -b ~a !a", "a 0, c 0, d 0, c 0, d 0: a"),
        (session, down, "~a !a", "a 0: b c d a b c d"),
        // Another module's may come up, and its own comes up anew.
        (module, up, "~a !a", "a 0: b c d a b c d"),
    ] {
        assert_eq!(lacking(scope, phase, words), expected, "{scope:?} {phase:?} {words}");
    }
}
