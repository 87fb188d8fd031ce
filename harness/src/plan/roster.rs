//! A plan as facts, for whoever wants to know the course of a run.

use super::{Action, Plan, Planned, Step};
use crate::dist::Dist;
use crate::event::{Phase, PlannedTest};
use crate::history::{Known, Past};
use crate::named::Named;
use crate::needs;
use std::time::Duration;

impl<T: Planned> Plan<T> {
    /// Its tests, each once, with what is known of them.
    pub(crate) fn roster(&self, dist: Dist, past: &Past<'_>) -> Vec<PlannedTest> {
        let (mut look_up, mut met) = (past.get().look_up(), Named::default());
        let mut roster = Vec::with_capacity(self.len());
        for (steps, phase) in [(&self.parallel, Phase::Parallel), (&self.serial, Phase::Serial)] {
            for step in steps {
                let name = step.test.test().name();
                // One that is repeated is met again.
                if !std::mem::replace(met.entry(name, || false), true) {
                    roster.push(step.planned(phase, dist, look_up.find(name)));
                }
            }
        }
        roster
    }
}

impl<T: Planned> Step<T> {
    fn planned(&self, phase: Phase, dist: Dist, known: Option<Known>) -> PlannedTest {
        let test = self.test.test();
        let runs = self.action == Action::Run;
        PlannedTest {
            test,
            phase,
            ignored: !runs,
            // Without that by which one that is repeated never runs beside itself.
            keys: if runs { needs::keys(test.concurrency(), &self.fixtures).to_vec() } else { Vec::new() },
            fixtures: self.fixtures.to_vec(),
            session: self.session,
            unit: if runs { dist.unit(test) } else { None },
            expected: known.map(|known| Duration::from_micros(known.duration)),
            failed_last: known.is_some_and(|known| known.failed),
        }
    }
}
