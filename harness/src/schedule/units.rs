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
    /// By unit: how many of its steps have not been handed out.
    left: Vec<usize>,
    /// By worker: the steps of its units that may start now.
    own: Vec<Ready>,
    /// By worker: how many of its units have steps left.
    open: Vec<usize>,
    /// By worker: whether it has asked in vain, and waits to ask again.
    idle: Vec<bool>,
}

impl Units {
    /// Says which unit a step is of, after those before it in the plan.
    pub(super) fn add(&mut self, position: Position, unit: QueueId) {
        self.units.push((position, unit));
        if self.owners.len() <= unit {
            self.owners.resize(unit + 1, None);
            self.left.resize(unit + 1, 0);
        }
        self.left[unit] += 1;
    }

    /// Whether a step may run on a worker.
    pub(super) fn may_run(&self, position: Position, worker: usize) -> bool {
        self.owner(position).is_none_or(|owner| owner == worker)
    }

    /// Whether a step that begins a unit is better left to another worker: this one has begun a unit that it will go on with,
    /// and another has not, and nothing to do.
    pub(super) fn is_for_another(&self, position: Position, worker: usize) -> bool {
        let has_open = |worker: usize| self.open.get(worker).is_some_and(|open| *open > 0);
        has_open(worker)
            && self.unit(position).is_some_and(|unit| self.owners[unit].is_none())
            && self.idle.iter().enumerate().any(|(other, idle)| *idle && other != worker && !has_open(other))
    }

    /// A worker has asked for a step, in vain or not.
    pub(super) fn asked(&mut self, worker: usize, in_vain: bool) {
        if self.idle.len() <= worker {
            self.idle.resize(worker + 1, false);
        }
        self.idle[worker] = in_vain;
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

    /// Takes that step away.
    pub(super) fn take(&mut self, worker: usize) {
        if let Some(own) = self.own.get_mut(worker) {
            own.pop();
        }
    }

    /// A worker starts a step, and with it what the unit of the step still has.
    pub(super) fn begin(&mut self, position: Position, worker: usize) {
        let Some(unit) = self.unit(position) else { return };
        if self.own.len() <= worker {
            self.own.resize_with(worker + 1, Ready::new);
            self.open.resize(worker + 1, 0);
        }
        self.left[unit] -= 1;
        let is_new = self.owners[unit].replace(worker).is_none();
        match (is_new, self.left[unit] > 0) {
            (true, true) => self.open[worker] += 1,
            (false, false) => self.open[worker] -= 1,
            (true, false) | (false, true) => {}
        }
    }

    /// Takes all units from a worker: their steps that may start now are anybody's.
    pub(super) fn disown(&mut self, worker: usize, ready: &mut Ready) {
        self.owners.iter_mut().filter(|owner| **owner == Some(worker)).for_each(|owner| *owner = None);
        if let Some(own) = self.own.get_mut(worker) {
            ready.append(own);
            self.open[worker] = 0;
        }
        if let Some(idle) = self.idle.get_mut(worker) {
            *idle = false;
        }
    }

    /// Nothing is to start any more.
    pub(super) fn stop(&mut self) {
        self.own.clear();
        self.open.clear();
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
