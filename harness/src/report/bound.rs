//! The shortest that a run can have taken, and what makes it so long: `--stats` has it from here, and by the log of the run so
//! has the page of `--timings`.

use crate::dist::Dist;
use crate::key::Access;
use crate::named::Named;
use crate::needs::{closure, keys};
use crate::outcome::{Finished, Outcome};
use crate::schedule::Capacity;
use crate::settings::Workers;
use crate::test::{Concurrency, Test};
use std::num::NonZeroUsize;
use std::time::Duration;

/// What the workers of a run had to do.
#[derive(Debug)]
pub(super) struct Work {
    workers: usize,
    most_at_once: usize,
    dist: Dist,
    /// How many tests the parallel phase had to do with, ignored ones among them.
    steps: usize,
    /// All that ran there: those that count for one, those that count for several by that number; and the longest of them.
    sum: Duration,
    heavy: Vec<(usize, Duration)>,
    longest: Option<(Duration, &'static Test)>,
    keys: Named<'static, Chain>,
    units: Named<'static, Chain>,
    serial: Chain,
}

/// Tests that cannot run beside each other.
#[derive(Debug, Default, Clone, Copy)]
struct Chain {
    /// Those that run one after the other.
    alone: Duration,
    tests: usize,
    /// The longest of those that hold a key together.
    together: Duration,
}

impl Chain {
    fn add(&mut self, duration: Duration) {
        self.alone = self.alone.saturating_add(duration);
        self.tests += 1;
    }

    fn length(&self) -> Duration {
        self.alone.saturating_add(self.together)
    }
}

/// The shortest that a run can have taken with its workers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    /// How long that is, the serial phase included.
    pub(super) time: Duration,
    /// What makes it so long.
    pub(super) cause: Cause,
    /// How long that takes by itself.
    pub(super) of_cause: Duration,
}

/// What makes a run as long as it is at least.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cause {
    /// All tests, shared out among the workers.
    Sum,
    /// The longest test.
    Test(&'static Test),
    /// So many tests of this key, which run one after the other.
    Key(&'static str, usize),
    /// So many tests of this unit of `--dist`, which stay on one worker.
    Unit(&'static str, usize),
    /// So many tests of the serial phase.
    Serial(usize),
}

impl Work {
    /// Of a run on these workers.
    pub(super) fn new(workers: Workers, in_flight: Option<NonZeroUsize>, dist: Dist) -> Self {
        Work {
            workers: workers.count(),
            most_at_once: workers.most_at_once(in_flight),
            dist,
            steps: 0,
            sum: Duration::ZERO,
            heavy: Vec::new(),
            longest: None,
            keys: Named::default(),
            units: Named::default(),
            serial: Chain::default(),
        }
    }

    /// Adds a test that has ended.
    pub(super) fn add(&mut self, test: &'static Test, finished: &Finished) {
        let Some(duration) = time_of(finished) else {
            self.steps += 1;
            return;
        };
        if test.concurrency() == Concurrency::Exclusive {
            return self.serial.add(duration);
        }
        self.steps += 1;
        match test.options().threads_required {
            0 | 1 => self.sum = self.sum.saturating_add(duration),
            threads => match self.heavy.iter_mut().find(|(others, _)| *others == threads) {
                Some((_, sum)) => *sum = sum.saturating_add(duration),
                None => self.heavy.push((threads, duration)),
            },
        }
        if self.longest.is_none_or(|(longest, _)| duration > longest) {
            self.longest = Some((duration, test));
        }
        if let Some(unit) = self.dist.unit(test) {
            self.units.entry(unit, Chain::default).add(duration);
        }
        // A test whose fixtures go round in a circle has not run.
        let fixtures = closure(test.needs).unwrap_or_default();
        for key in keys(test.concurrency(), &fixtures).iter() {
            let chain = self.keys.entry(key.name, Chain::default);
            match key.access {
                Access::Exclusive => chain.add(duration),
                Access::Shared => chain.together = chain.together.max(duration),
            }
        }
    }

    /// All tests, shared out among the places for them: as many as there were drivers and tests for.
    fn share(&self) -> Duration {
        let places = Capacity::new(self.workers.min(self.steps), self.most_at_once, self.steps);
        let number = |places: usize| u32::try_from(places).unwrap_or(u32::MAX);
        let sum = self.heavy.iter().fold(self.sum, |sum, (threads, duration)| {
            let taken = places.asked(*threads).min(places.all());
            sum.saturating_add(duration.saturating_mul(number(taken)))
        });
        sum / number(places.all())
    }

    /// The shortest that the run can have taken. Of causes that are as long as each other it is one test rather than many.
    pub(super) fn bound(&self) -> Bound {
        let (mut time, mut cause) = (self.share(), Cause::Sum);
        if let Some((key, chain)) = busiest(&self.keys).filter(|(_, chain)| chain.length() > time) {
            (time, cause) = (chain.length(), Cause::Key(key, chain.tests));
        }
        if let Some((unit, chain)) = busiest(&self.units).filter(|(_, chain)| chain.length() > time) {
            (time, cause) = (chain.length(), Cause::Unit(unit, chain.tests));
        }
        if let Some((longest, test)) = self.longest.filter(|(longest, _)| *longest >= time) {
            (time, cause) = (longest, Cause::Test(test));
        }
        let serial = self.serial.length();
        let of_cause = time.max(serial);
        if serial > time {
            cause = Cause::Serial(self.serial.tests);
        }
        Bound { time: time.saturating_add(serial), cause, of_cause }
    }
}

/// How long a test took, all attempts together; nothing where it was ignored from the start.
pub(super) fn time_of(finished: &Finished) -> Option<Duration> {
    if matches!(finished.outcome, Outcome::Ignored(_)) && finished.duration.is_zero() {
        return None;
    }
    let before = finished.earlier.iter().map(|attempt| attempt.duration);
    Some(before.fold(finished.duration, Duration::saturating_add))
}

fn busiest<'a>(chains: &Named<'a, Chain>) -> Option<(&'a str, Chain)> {
    chains.by_name().max_by_key(|(_, chain)| chain.length()).copied()
}
