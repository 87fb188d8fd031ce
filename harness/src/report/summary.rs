//! What is worth a word at the end where a person reads: why tests were ignored, and which of them held up the run.

use crate::event::Event;
use crate::outcome::{Finished, Outcome};
use crate::test::Test;
use std::time::Duration;

/// From when on a test is slow: it is felt, it is no small part of the run, and so many times longer than the average.
const FELT: Duration = Duration::from_secs(1);
const PART: u32 = 10;
const TIMES: u32 = 2;

/// How many slow tests, and reasons of ignored ones, are shown.
const MOST_SLOW: usize = 5;
const MOST_REASONS: usize = 10;

/// What is worth a word.
#[derive(Debug)]
pub(super) struct Summary {
    ignored: Vec<Skipped>,
    /// The slowest, slowest first; nothing where they are listed anyway.
    slowest: Option<Vec<(Duration, &'static Test)>>,
    /// How many tests have run, and how long they took together.
    run: u32,
    took: Duration,
}

/// Tests that were ignored for one reason.
#[derive(Debug)]
struct Skipped {
    reason: String,
    first: &'static Test,
    tests: usize,
}

impl Summary {
    /// Of a run whose slowest tests are listed, or not.
    pub(super) fn new(lists_slowest: bool) -> Self {
        Summary {
            ignored: Vec::new(),
            slowest: (!lists_slowest).then(Vec::new),
            run: 0,
            took: Duration::ZERO,
        }
    }

    /// Keeps what an event says.
    pub(super) fn count(&mut self, event: &Event) {
        let Event::TestFinished { test, finished } = event else { return };
        if let Outcome::Ignored(reason) = &finished.outcome {
            if let Some(reason) = reason {
                self.ignore(test, reason);
            }
            return;
        }
        self.run += 1;
        let took = all_of(finished);
        self.took = self.took.saturating_add(took);
        let Some(slowest) = self.slowest.as_mut().filter(|_| took >= FELT) else { return };
        let place = slowest.iter().position(|(other, _)| *other < took).unwrap_or(slowest.len());
        slowest.insert(place, (took, test));
        slowest.truncate(MOST_SLOW);
    }

    fn ignore(&mut self, test: &'static Test, reason: &str) {
        match self.ignored.iter_mut().find(|skipped| skipped.reason == reason) {
            Some(skipped) => skipped.tests += 1,
            None => self.ignored.push(Skipped { reason: reason.to_owned(), first: test, tests: 1 }),
        }
    }

    /// It, after a run of this length.
    pub(super) fn text(&self, elapsed: Duration) -> String {
        let mut text = String::new();
        if !self.ignored.is_empty() {
            text.push_str("\nignored:\n");
        }
        for Skipped { reason, first, tests } in self.ignored.iter().take(MOST_REASONS) {
            match tests {
                1 => text.push_str(&format!("    {}: {reason}\n", first.name())),
                _ => text.push_str(&format!("    {tests} tests: {reason}\n")),
            }
        }
        if self.ignored.len() > MOST_REASONS {
            text.push_str(&format!("    and for {} other reasons\n", self.ignored.len() - MOST_REASONS));
        }
        let average = self.took.checked_div(self.run).unwrap_or_default();
        let mut is_first = true;
        for (took, test) in self.slowest.as_deref().unwrap_or_default() {
            if took.saturating_mul(PART) >= elapsed && *took >= average.saturating_mul(TIMES) {
                text.push_str(if is_first { "\nslowest:\n" } else { "" });
                text.push_str(&format!("{:>9.3}s  {}\n", took.as_secs_f64(), test.name()));
                is_first = false;
            }
        }
        text
    }
}

/// How long all attempts of a test took.
fn all_of(finished: &Finished) -> Duration {
    let mut all = finished.duration;
    for attempt in &finished.earlier {
        all = all.saturating_add(attempt.duration);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn finished(name: &str, millis: u64, outcome: Outcome) -> Event {
        let path = format!("x::{name}").leak();
        let test = Box::leak(Box::new(Test { path: crate::test::TestPath::new(path), ..Test::PLAIN }));
        let duration = Duration::from_millis(millis);
        Event::TestFinished { test, finished: Finished { duration, ..Finished::without_a_try(outcome) } }
    }

    #[test]
    fn reasons_are_counted_and_what_held_up_the_run_is_named() {
        let ignored = |name, reason: &'static str| finished(name, 0, Outcome::Ignored(Some(reason.into())));
        let mut summary = Summary::new(false);
        let all = [
            ignored("a", "no network"),
            ignored("b", "later"),
            ignored("c", "no network"),
            finished("d", 0, Outcome::Ignored(None)),
            finished("quick", 900, Outcome::Passed),
            finished("quicker", 90, Outcome::Passed),
            finished("quickest", 9, Outcome::Passed),
            finished("long", 5_250, Outcome::Passed),
            finished("longest", 7_250, Outcome::Passed),
        ];
        for event in &all {
            summary.count(event);
        }
        expect![[r#"

            ignored:
                2 tests: no network
                b: later

            slowest:
                7.250s  longest
        "#]]
        .assert_eq(&summary.text(Duration::from_secs(8)));
        assert!(!summary.text(Duration::from_secs(80)).contains("slowest"));
        let mut listed = Summary::new(true);
        all.iter().for_each(|event| listed.count(event));
        assert!(!listed.text(Duration::from_secs(8)).contains("slowest"));
    }

    #[test]
    fn a_test_that_is_no_slower_than_others_is_not_named() {
        let mut summary = Summary::new(false);
        summary.count(&finished("alone", 9_000, Outcome::Passed));
        assert_eq!(summary.text(Duration::from_secs(9)), "");
        summary.count(&finished("another", 8_000, Outcome::Passed));
        assert_eq!(summary.text(Duration::from_secs(9)), "");
    }
}
