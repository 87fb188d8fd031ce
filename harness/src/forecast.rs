//! Tells how long a run will still take, by how long its tests took in earlier runs.

use crate::sorted::sort_by;
use std::time::Duration;

/// A test of a run that is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stint {
    /// The test, by its address.
    pub(crate) id: usize,
    /// How long it takes, in microseconds, where that is known.
    pub(crate) takes: Option<u64>,
    /// Whether it runs after the others, alone.
    pub(crate) alone: bool,
}

/// What is left of a run.
#[derive(Debug)]
pub(crate) struct Forecast {
    /// How many tests run beside each other.
    workers: u64,
    /// Sorted by test.
    tests: Vec<Stint>,
    /// What the tests that are not over take together, in microseconds: those that run beside others, and the rest.
    beside: u64,
    alone: u64,
    /// What those that are over were to take, and what they took.
    was_to_take: u64,
    took: u64,
}

/// From how much on it is seen how fast this run is, in microseconds.
const TELLING: u64 = 1_000_000;

impl Forecast {
    /// Of these tests on so many workers. One of which nothing is known takes as long as the others do on average; where that
    /// is most of them, nothing can be told.
    pub(crate) fn new(mut tests: Vec<Stint>, workers: usize) -> Option<Self> {
        let known: Vec<_> = tests.iter().filter_map(|test| test.takes).collect();
        if known.is_empty() || known.len() * 2 < tests.len() {
            return None;
        }
        let average = known.iter().sum::<u64>() / known.len() as u64;
        let (mut beside, mut alone) = (0, 0);
        for test in &mut tests {
            let takes = *test.takes.get_or_insert(average);
            *if test.alone { &mut alone } else { &mut beside } += takes;
        }
        sort_by(&mut tests, |a, b| a.id < b.id);
        Some(Forecast { workers: workers.max(1) as u64, tests, beside, alone, was_to_take: 0, took: 0 })
    }

    fn find(&self, id: usize) -> Option<(u64, bool)> {
        let place = self.tests.binary_search_by(|test| test.id.cmp(&id)).ok()?;
        let Stint { takes, alone, .. } = self.tests[place];
        Some((takes?, alone))
    }

    /// A test is over; after so long, if it did what it does in earlier runs.
    pub(crate) fn finished(&mut self, id: usize, duration: Option<Duration>) {
        let Some((takes, alone)) = self.find(id) else { return };
        let left = if alone { &mut self.alone } else { &mut self.beside };
        *left = left.saturating_sub(takes);
        if let Some(duration) = duration {
            self.was_to_take = self.was_to_take.saturating_add(takes);
            self.took = self.took.saturating_add(micros(duration));
        }
    }

    /// How long the rest takes, while these tests have been running for so long.
    pub(crate) fn left(&self, running: impl Iterator<Item = (usize, Duration)>) -> Duration {
        let (mut beside, mut alone, mut longest) = (self.beside, self.alone, 0);
        for (id, ran_for) in running {
            let Some((takes, is_alone)) = self.find(id) else { continue };
            let done = self.at_this_pace(micros(ran_for), Direction::Back).min(takes);
            let left = if is_alone { &mut alone } else { &mut beside };
            *left = left.saturating_sub(done);
            if !is_alone {
                longest = longest.max(takes - done);
            }
        }
        let all = (beside / self.workers).max(longest).saturating_add(alone);
        Duration::from_micros(self.at_this_pace(all, Direction::Forth))
    }

    /// A duration of earlier runs in this one, or the other way round: a machine that is busy is slower at everything.
    fn at_this_pace(&self, duration: u64, direction: Direction) -> u64 {
        if self.was_to_take < TELLING {
            return duration;
        }
        // Far off, it is not the machine: other tests have run, or they do something else than they did.
        let pace = (self.took as f64 / self.was_to_take as f64).clamp(0.25, 4.0);
        match direction {
            Direction::Forth => (duration as f64 * pace) as u64,
            Direction::Back => (duration as f64 / pace) as u64,
        }
    }
}

/// From earlier runs to this one, or back.
#[derive(Clone, Copy)]
enum Direction {
    Forth,
    Back,
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    fn beside(id: usize, seconds: u64) -> Stint {
        Stint { id, takes: Some(seconds * SECOND), alone: false }
    }

    fn left(forecast: &Forecast, running: &[(usize, u64)]) -> u64 {
        let running = running.iter().map(|(id, seconds)| (*id, Duration::from_secs(*seconds)));
        forecast.left(running).as_secs()
    }

    #[test]
    fn what_is_left_is_shared_by_the_workers_and_no_less_than_the_longest_test() {
        let tests = vec![beside(3, 2), beside(1, 10), beside(2, 2), Stint { alone: true, ..beside(4, 3) }];
        let mut forecast = Forecast::new(tests, 2).unwrap();
        assert_eq!(left(&forecast, &[]), 7 + 3);
        assert_eq!(left(&forecast, &[(1, 1), (2, 1)]), 9 + 3);
        // Longer than it was to take: it ends any moment.
        assert_eq!(left(&forecast, &[(1, 99)]), 2 + 3);
        for (id, seconds) in [(2, 2), (3, 2), (1, 10), (7, 5)] {
            forecast.finished(id, Some(Duration::from_secs(seconds)));
        }
        assert_eq!(left(&forecast, &[(4, 1)]), 2);
        forecast.finished(4, Some(Duration::from_secs(3)));
        assert_eq!(left(&forecast, &[]), 0);
    }

    #[test]
    fn a_run_that_is_slower_than_those_before_stays_so() {
        let mut forecast = Forecast::new(vec![beside(1, 2), beside(2, 10)], 1).unwrap();
        forecast.finished(1, Some(Duration::from_secs(4)));
        assert_eq!(left(&forecast, &[]), 20);
        assert_eq!(left(&forecast, &[(2, 10)]), 10);

        let mut failing = Forecast::new(vec![beside(1, 2), beside(2, 10)], 1).unwrap();
        failing.finished(1, None);
        assert_eq!(left(&failing, &[]), 10);
    }

    #[test]
    fn unknown_tests_take_as_long_as_others() {
        let unknown = |id| Stint { takes: None, ..beside(id, 0) };
        let forecast = Forecast::new(vec![beside(1, 2), beside(2, 4), unknown(3)], 1).unwrap();
        assert_eq!(left(&forecast, &[]), 9);
        assert!(Forecast::new(vec![beside(1, 2), unknown(2), unknown(3)], 1).is_none());
        assert!(Forecast::new(Vec::new(), 1).is_none());
    }
}
