//! The order of a plan's steps, by what the history says of their tests.

use super::{Action, Plan, Planned, Recall, Step};
use crate::dist::Dist;
use crate::forecast::{Forecast, Stint};
use crate::history::{Expected, Extent, Known, Past};
use crate::order::{self, Cost};
use crate::sorted::{arrange, places_by_key};

/// What the order of steps depends on beside themselves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrangement {
    /// How many steps may run at once.
    pub(crate) workers: usize,
    /// Which of them stay together.
    pub(crate) dist: Dist,
    /// Whether those that failed come first.
    pub(crate) recall: Recall,
    /// How much of the tests they are.
    pub(crate) extent: Extent,
}

impl<T: Planned> Plan<T> {
    /// Puts the steps into the order in which they are best offered to so many workers, and says what the history makes
    /// expect of their tests.
    ///
    /// A shuffled order stays as it is. So does that by name where no two tests run beside each other: it takes as long as
    /// any other, and is libtest's.
    pub(crate) fn arrange(&mut self, arrangement: &Arrangement, past: &Past<'_>) -> Expected<usize> {
        let Arrangement { workers, dist, recall, extent } = *arrangement;
        let history = past.get();
        let (mut times, mut alike, mut unusual) = (Vec::new(), true, Vec::new());
        if !history.is_empty() {
            let mut look_up = history.look_up();
            times.reserve(self.parallel.len());
            let mut first = None;
            for step in self.parallel.iter() {
                let name = step.test.test().name();
                if look_up.pass_usual(name) {
                    alike = alike && *first.get_or_insert(Some(1)) == Some(1);
                    times.push(Some(1));
                    continue;
                }
                let known = look_up.find(name);
                let time = step.time(known);
                alike = alike && *first.get_or_insert(time) == time;
                times.push(time);
                if let Some(unusual_one) = step.unless_usual(known, extent) {
                    unusual.push(unusual_one);
                }
            }
            for step in self.serial.iter() {
                unusual.extend(step.unless_usual(look_up.find(step.test.test().name()), extent));
            }
        }
        if self.shuffle_seed.is_none() && workers > 1 && self.parallel.len() > 1 {
            let plain = |step: &Step<T>| step.keys.is_empty() && step.test.test().options.is_none();
            let are_plain = self.plain || self.parallel.iter().all(plain);
            if !alike || dist != Dist::Load || !are_plain {
                times.resize(self.parallel.len(), None);
                self.sort(&times, workers, dist);
            }
        }
        if recall == Recall::FailedFirst {
            let failed = |step: &Step<T>| history.has_failed(step.test.test().name());
            for phase in [&mut self.parallel, &mut self.serial] {
                let passed: Vec<_> = phase.iter().map(|step| u64::from(!failed(step))).collect();
                arrange(phase, &places_by_key(&passed));
            }
        }
        // One that is damaged is to be written anew, whatever could be read of it.
        match history.is_empty() || history.is_damaged() {
            true => Expected::nothing(extent),
            false => Expected::of(unusual, extent),
        }
    }

    /// How long it will take on so many workers, by what is known of its tests.
    pub(crate) fn forecast(&self, workers: usize, past: &Past<'_>) -> Option<Forecast> {
        let mut look_up = past.get().look_up();
        let mut stints = Vec::with_capacity(self.len());
        for (steps, alone) in [(&self.parallel, false), (&self.serial, true)] {
            for step in steps.iter().filter(|step| step.action == Action::Run) {
                let test = step.test.test();
                let takes = look_up.find(test.name()).map(|known| known.duration);
                stints.push(Stint { id: test.id(), takes, alone });
            }
        }
        Forecast::new(stints, workers)
    }

    fn sort(&mut self, times: &[Option<u64>], workers: usize, dist: Dist) {
        let steps = self.parallel.iter().zip(times);
        let costs: Vec<_> = steps.map(|(step, time)| Cost { wants: step.wants(dist), time: *time }).collect();
        if let Some(order) = order::longest_first(&costs, workers) {
            arrange(&mut self.parallel, &order);
        }
    }
}

impl<T: Planned> Step<T> {
    /// The test, and what is known of it, if that is not what is known of any short one that is well.
    fn unless_usual(&self, known: Option<Known>, extent: Extent) -> Option<(usize, Option<Known>)> {
        match known {
            Some(known) if known.is_usual(extent) => None,
            _ => Some((self.test.test().id(), known)),
        }
    }
}
