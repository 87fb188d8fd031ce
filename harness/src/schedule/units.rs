//! Which worker runs which unit: the one that began it, to its end.

use super::Position;
use super::queues::QueueId;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Steps that may start now, the first in the plan first.
type Ready = BinaryHeap<Reverse<Position>>;

/// The units of a schedule; each is known by its queue.
#[derive(Debug, Default)]
pub(super) struct Units {
    /// The steps that have a unit, in their order, each with that.
    units: Vec<(Position, QueueId)>,
    /// By unit: the worker, where that has begun.
    owners: Vec<Option<usize>>,
    /// By worker: the steps of its units that may start now.
    own: Vec<Ready>,
}

impl Units {
    /// Says which unit a step is of, after those before it in the plan.
    pub(super) fn add(&mut self, position: Position, unit: QueueId) {
        self.units.push((position, unit));
        if self.owners.len() <= unit {
            self.owners.resize(unit + 1, None);
        }
    }

    /// Whether a step may run on a worker.
    pub(super) fn may_run(&self, position: Position, worker: usize) -> bool {
        self.owner(position).is_none_or(|owner| owner == worker)
    }

    /// Where a step belongs that may start now, if its unit has a worker.
    pub(super) fn of_its_owner(&mut self, position: Position) -> Option<&mut Ready> {
        let owner = self.owner(position)?;
        self.own.get_mut(owner)
    }

    /// The first step of a worker's own units that may start now.
    pub(super) fn peek(&self, worker: usize) -> Option<Position> {
        self.own.get(worker)?.peek().map(|Reverse(position)| *position)
    }

    /// Takes that step away; answers whether there was one.
    pub(super) fn take(&mut self, worker: usize) -> bool {
        self.own.get_mut(worker).is_some_and(|own| own.pop().is_some())
    }

    /// A worker starts a step, and with it what the unit of the step still has.
    pub(super) fn begin(&mut self, position: Position, worker: usize) {
        let Some(unit) = self.unit(position) else { return };
        self.owners[unit] = Some(worker);
        if self.own.len() <= worker {
            self.own.resize_with(worker + 1, Ready::new);
        }
    }

    /// Takes all units from a worker: their steps that may start now are anybody's.
    pub(super) fn disown(&mut self, worker: usize, ready: &mut Ready) {
        self.owners.iter_mut().filter(|owner| **owner == Some(worker)).for_each(|owner| *owner = None);
        if let Some(own) = self.own.get_mut(worker) {
            ready.append(own);
        }
    }

    /// Nothing is to start any more.
    pub(super) fn stop(&mut self) {
        self.own.clear();
        self.owners.fill(None);
    }

    fn unit(&self, position: Position) -> Option<QueueId> {
        let place = self.units.binary_search_by_key(&position, |(step, _)| *step).ok()?;
        Some(self.units[place].1)
    }

    fn owner(&self, position: Position) -> Option<usize> {
        self.owners[self.unit(position)?]
    }
}
