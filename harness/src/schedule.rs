//! Hands out steps so that no two running ones share a key in a conflicting way.
//!
//! Each key has a queue of the steps that want it, in the order of the plan. A step is ready once it stands at the front
//! of all its queues: then it takes all its keys at once, so nothing is held while waiting and there is no lock order to
//! get wrong. Since no step overtakes another in a queue, one that wants several keys is reached after at most the steps
//! planned before it, and readers cannot starve a writer. No clock, no thread: a caller locks it, asks and tells.
//!
//! A unit, whose steps run on one worker and in order, is a queue as well, of steps that want it alone; what a unit has
//! beyond a key is the worker that began it. All queues have the one order of the plan, so no circle can form.

mod capacity;
mod queues;
mod room;
#[cfg(any(test, feature = "doctor"))]
pub(crate) mod simulation;
mod units;

pub(crate) use capacity::Capacity;

use crate::key::Key;
use queues::{Building, Queues};
use room::{Place, Room};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use units::Units;

/// The place of a step in the plan, from 0.
pub(crate) type Position = usize;

/// What a step asks of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wants<'a> {
    /// The keys that it holds while it runs.
    pub(crate) keys: &'a [Key],
    /// For how many it counts among those that run at once, itself included.
    pub(crate) threads: usize,
    /// The unit, all of whose steps run on the worker that ran the first one.
    pub(crate) unit: Option<&'a str>,
}

/// Which step may start next.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// Steps that wait in no queue, the last in the plan first.
    free: Vec<Position>,
    /// Steps out of queues that any worker may start now, the first in the plan first.
    ready: BinaryHeap<Reverse<Position>>,
    queues: Queues,
    /// Whether no step asks for anything: most plans are like this, and need not pay for those that are not.
    plain: bool,
    /// How many steps have not been handed out.
    waiting: usize,
    /// Where a step has a unit.
    units: Option<Units>,
    /// Where a step counts for more than one.
    room: Option<Room>,
}

/// The answer to a worker that asks for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Run this step, then call [`Schedule::finish`].
    Start(Position),
    /// This worker can start nothing before a running step has finished.
    Wait,
    /// Every step has been handed out.
    Done,
}

/// What may start now that could not before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freed {
    /// One step at most, which the worker that finished gets when it asks again.
    ForFinisher,
    /// Something for others: all who wait should ask again.
    ForOthers,
}

impl Schedule {
    /// Schedules one step for each item, in this order. `capacity` is how many may run at once, a step counted for its
    /// threads; one that asks for more gets all of it. Where every step counts for one, nothing is counted: then the
    /// number of workers that ask is the limit.
    pub(crate) fn new<'a>(steps: impl Iterator<Item = Wants<'a>>, capacity: usize) -> Self {
        let mut queues = Building::default();
        let mut schedule = Schedule::plain(0);
        for (position, Wants { keys, threads, unit }) in steps.enumerate() {
            schedule.waiting += 1;
            if threads > 1 {
                schedule.plain = false;
                schedule.room.get_or_insert_with(|| Room::new(capacity)).set(position, threads);
            }
            if keys.is_empty() && unit.is_none() {
                schedule.free.push(position);
                continue;
            }
            schedule.plain = false;
            let unit = queues.add(position, keys, unit);
            if let Some(unit) = unit {
                schedule.units.get_or_insert_default().add(position, unit);
            }
        }
        schedule.free.reverse();
        (schedule.queues, schedule.ready) = queues.open();
        schedule
    }

    /// Schedules so many steps none of which asks for anything.
    pub(crate) fn plain(steps: usize) -> Self {
        Schedule {
            free: (0..steps).rev().collect(),
            ready: BinaryHeap::new(),
            queues: Queues::default(),
            plain: true,
            waiting: steps,
            units: None,
            room: None,
        }
    }

    /// The next step that this worker may start now. Workers are numbered from 0; one that takes another's place asks
    /// under its number.
    pub(crate) fn next(&mut self, worker: usize) -> Next {
        let next = match self.plain {
            true => self.free.pop(),
            false => self.take_for(worker),
        };
        if let Some(units) = &mut self.units {
            units.asked(worker, next.is_none());
        }
        match next {
            Some(position) => {
                self.waiting -= 1;
                Next::Start(position)
            }
            None if self.waiting == 0 => Next::Done,
            None => Next::Wait,
        }
    }

    /// Gives back what a step has that was handed out.
    pub(crate) fn finish(&mut self, position: Position) -> Freed {
        self.finish_and_say(position, &mut |_| ())
    }

    /// The same, and says which steps may start now that had to wait for this one.
    pub(crate) fn finish_and_say(
        &mut self,
        position: Position,
        let_through: &mut dyn FnMut(Position),
    ) -> Freed {
        if self.plain {
            return if self.waiting == 0 { Freed::ForOthers } else { Freed::ForFinisher };
        }
        if let Some(room) = &mut self.room {
            room.leave(position);
        }
        let mut freed = 0;
        let Schedule { queues, ready, units, .. } = self;
        queues.finish(position, |next| {
            freed += 1;
            let_through(next);
            match units.as_mut().and_then(|units| units.of_its_owner(next)) {
                Some(own) => own.push(Reverse(next)),
                None => ready.push(Reverse(next)),
            }
        });
        // A step of a unit may be for another worker than the one that is about to ask, and one that begins a unit as well.
        let others = freed > 1 || (freed > 0 && self.units.is_some());
        match others || self.room.is_some() || self.is_done() {
            true => Freed::ForOthers,
            false => Freed::ForFinisher,
        }
    }

    /// A worker will ask no more, and nobody under its number: others may go on with its units, and should ask again.
    pub(crate) fn leave(&mut self, worker: usize) {
        if let Some(units) = &mut self.units {
            units.disown(worker, &mut self.ready);
        }
    }

    /// Whether every step has been handed out.
    pub(crate) fn is_done(&self) -> bool {
        self.waiting == 0
    }

    /// Hands out no further step; answers how many were left.
    pub(crate) fn stop(&mut self) -> usize {
        self.free.clear();
        self.ready.clear();
        self.queues.stop();
        if let Some(units) = &mut self.units {
            units.stop();
        }
        if let Some(room) = &mut self.room {
            room.stop();
        }
        std::mem::take(&mut self.waiting)
    }

    /// The next step of this worker's units, else the first that any worker may start; if there is room for it.
    fn take_for(&mut self, worker: usize) -> Option<Position> {
        let held = self.room.as_ref().and_then(Room::held);
        let allowed = |held: &Position| self.units.as_ref().is_none_or(|units| units.may_run(*held, worker));
        let (position, from) = match held.filter(allowed) {
            Some(held) => (held, None),
            None => self.peek_for(worker).map(|(position, from)| (position, Some(from)))?,
        };
        let place = self.room.as_mut().map_or(Place::Given, |room| room.enter(position));
        if let Some(from) = from.filter(|_| place != Place::Refused) {
            self.drop_peeked(worker, from);
        }
        if place != Place::Given {
            return None;
        }
        if let Some(units) = &mut self.units {
            units.begin(position, worker);
        }
        Some(position)
    }

    fn peek_for(&self, worker: usize) -> Option<(Position, Source)> {
        if let Some(own) = self.units.as_ref().and_then(|units| units.peek(worker)) {
            return Some((own, Source::Own));
        }
        let is_for_it =
            |next: &Position| !self.units.as_ref().is_some_and(|units| units.is_for_another(*next, worker));
        let ready = self.ready.peek().map(|Reverse(queued)| *queued).filter(is_for_it);
        match (self.free.last().copied(), ready) {
            (Some(free), Some(queued)) if queued < free => Some((queued, Source::Ready)),
            (Some(free), _) => Some((free, Source::Free)),
            (None, queued) => queued.map(|queued| (queued, Source::Ready)),
        }
    }

    fn drop_peeked(&mut self, worker: usize, from: Source) {
        match (from, &mut self.units) {
            (Source::Own, Some(units)) => units.take(worker),
            (Source::Free, _) => drop(self.free.pop()),
            (Source::Ready | Source::Own, _) => drop(self.ready.pop()),
        }
    }
}

/// Where a step comes from that may start now.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// The units of the worker that asks.
    Own,
    /// Those that wait in no queue.
    Free,
    /// Those out of queues that any worker may start.
    Ready,
}

#[cfg(test)]
mod tests;
