//! Finds the tests that failed on a lock which another had poisoned by panicking: one failure that looks like many.

use super::cause::{Cause, cause};
use super::list::counted;
use super::tally::Failed;
use crate::outcome::Failure;
use crate::test::Test;
use std::time::Duration;

/// A test that panicked: whoever does may hold a lock, and poisons it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Panicked {
    /// The test.
    pub(super) test: &'static Test,
    /// The process that it ran in, where there are several.
    pub(super) process: usize,
    /// When it began and ended.
    pub(super) began: Duration,
    pub(super) ended: Duration,
}

/// Tests that failed on a poisoned lock.
#[derive(Debug)]
pub(super) struct Followers {
    /// Who has poisoned it, probably; nobody, where no test before them panicked.
    pub(super) cause: Option<&'static Test>,
    /// They, by their places among the failures.
    pub(super) places: Vec<usize>,
}

impl Followers {
    /// How many they are, and whom they follow.
    pub(super) fn told(&self) -> String {
        let tests = counted(self.places.len(), "test");
        match self.cause {
            Some(cause) => {
                let cause = cause.name();
                format!("{tests} failed on a poisoned lock, probably poisoned when `{cause}` panicked")
            }
            None => format!("{tests} failed on a poisoned lock, and no test before them panicked"),
        }
    }
}

/// Groups the failures on poisoned locks by whom they follow: a test that failed by a panic of its own before them, else one
/// that panicked and was meant to. Which lock it was, no panic says.
pub(super) fn followers(failed: &[Failed], meant_to: &[Panicked]) -> Vec<Followers> {
    let (mut poisoned, mut panicked) = (Vec::new(), Vec::new());
    for (place, failed) in failed.iter().enumerate() {
        match told(failed) {
            Some(Told::Poison) => poisoned.push((place, failed.panicked)),
            Some(Told::Panic) => panicked.push(failed.panicked),
            None => {}
        }
    }
    let mut groups: Vec<Followers> = Vec::new();
    for (place, follower) in poisoned {
        let cause = first_before(&follower, &panicked).or_else(|| first_before(&follower, meant_to));
        match groups.iter().position(|group| group.cause.map(Test::id) == cause.map(Test::id)) {
            Some(group) => groups[group].places.push(place),
            None => groups.push(Followers { cause, places: vec![place] }),
        }
    }
    groups
}

/// Of those that had ended before this one did, or else had begun, and so may have panicked long before their end: the first
/// of the nearest module, since that is where those who share a lock mostly stand.
fn first_before(follower: &Panicked, panicked: &[Panicked]) -> Option<&'static Test> {
    let mut best: Option<(bool, usize, &Panicked)> = None;
    for other in panicked {
        if other.process != follower.process || other.began >= follower.ended {
            continue;
        }
        let ended = other.ended <= follower.ended;
        let near = common_modules(follower.test, other.test);
        let is_better = best.is_none_or(|(best_ended, nearest, first)| {
            (ended, near) > (best_ended, nearest)
                || (ended, near) == (best_ended, nearest) && other.ended < first.ended
        });
        if is_better {
            best = Some((ended, near, other));
        }
    }
    best.map(|(.., first)| first.test)
}

/// How many of the modules that they stand in are the same.
fn common_modules(a: &Test, b: &Test) -> usize {
    let (mut a, mut b) = (a.module().split("::"), b.module().split("::"));
    let mut common = 0;
    while let (Some(one), Some(other)) = (a.next(), b.next())
        && one == other
    {
        common += 1;
    }
    common
}

/// What a failure was of, as far as it matters here.
enum Told {
    Poison,
    Panic,
}

fn told(failed: &Failed) -> Option<Told> {
    if !matches!(failed.failure, Failure::Told) {
        return None;
    }
    match cause(failed.test.name(), &String::from_utf8_lossy(&failed.output))? {
        Cause::Panic { message, .. } if is_of_poison(&message) => Some(Told::Poison),
        Cause::Panic { .. } => Some(Told::Panic),
        Cause::Error(error) => is_of_poison(&error).then_some(Told::Poison),
    }
}

/// Whether a message is about a poisoned lock: std's own words, or somebody's to `expect`.
fn is_of_poison(message: &str) -> bool {
    let words = message.to_lowercase();
    let has = |word: &str| words.contains(word);
    has("poisonerror")
        || has("instance has previously been poisoned")
        || has("poisoned") && (has("lock") || has("mutex"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(name: &'static str, began: u64, ended: u64, message: &str) -> Failed {
        let test: &'static Test =
            Box::leak(Box::new(Test { path: crate::test::TestPath::new(name), ..Test::PLAIN }));
        let (began, ended) = (Duration::from_millis(began), Duration::from_millis(ended));
        let output = match message {
            "" => String::new(),
            _ => format!("\nthread '{}' (7) panicked at x.rs:1:1:\n{message}\n", test.name()),
        };
        Failed {
            test,
            failure: Failure::Told,
            output: output.into_bytes(),
            panicked: Panicked { test, process: 0, began, ended },
        }
    }

    const POISON: &str = "called `Result::unwrap()` on an `Err` value: PoisonError { .. }";

    /// Each group as `cause: followers`.
    fn check(failed: &[Failed], meant_to: &[Panicked], expected: &[&str]) {
        let groups = followers(failed, meant_to);
        let told = groups.iter().map(|group| {
            let names: Vec<_> = group.places.iter().map(|place| failed[*place].test.name()).collect();
            format!("{}: {}", group.cause.map_or("nobody", Test::name), names.join(" "))
        });
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn those_who_found_a_lock_poisoned_follow_the_first_panic_before_them() {
        let all = [
            failed("x::before", 0, 5, POISON),
            failed("x::late", 20, 90, "boom"),
            failed("x::first", 0, 10, "assertion failed"),
            failed("x::a", 12, 15, POISON),
            failed("x::b", 12, 30, "lock poisoned: PoisonError { .. }"),
            failed("x::silent", 0, 1, ""),
        ];
        // `before` had ended when `first` had; but then that was running.
        check(&all, &[], &["first: before a b"]);
        check(&all[3..5], &[], &["nobody: a b"]);
        check(&all[..2], &[], &["nobody: before"]);
    }

    #[test]
    fn one_of_the_same_module_is_nearer_than_an_earlier_one() {
        let in_module = |failed: Failed, own: &str| {
            let own_length = u32::try_from(own.len()).unwrap();
            let test: &'static Test = Box::leak(Box::new(Test { own_length, ..*failed.test }));
            Failed { test, panicked: Panicked { test, ..failed.panicked }, ..failed }
        };
        let all = [
            in_module(failed("x::other::early", 0, 1, "boom"), "early"),
            in_module(failed("x::ledger::first", 0, 2, "boom"), "first"),
            in_module(failed("x::ledger::later", 0, 3, "boom"), "later"),
            in_module(failed("x::ledger::a", 0, 9, POISON), "a"),
            in_module(failed("x::top", 0, 9, POISON), "top"),
        ];
        check(&all, &[], &["ledger::first: ledger::a", "other::early: top"]);
    }

    #[test]
    fn a_panic_that_is_meant_to_be_poisons_too() {
        let all = [failed("x::a", 12, 15, POISON)];
        let meant_to = failed("x::should_panic", 0, 3, "so").panicked;
        check(&all, &[meant_to], &["should_panic: a"]);
        check(&all, &[Panicked { process: 1, ..meant_to }], &["nobody: a"]);
    }

    #[test]
    fn a_poisoned_lock_is_known_by_its_words() {
        for message in [
            POISON,
            "the ledger: PoisonError { .. }",
            "poisoned lock: another task failed inside",
            "Lock poisoned",
            "the mutex was poisoned",
            "LazyLock instance has previously been poisoned",
        ] {
            assert!(is_of_poison(message), "{message}");
        }
        for message in ["the apple is poisoned", "deadlock", "boom"] {
            assert!(!is_of_poison(message), "{message}");
        }
    }
}
