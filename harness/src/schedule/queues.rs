//! The queues for keys and units: who holds, who waits, and who is let through.

use super::Position;
use crate::key::{Access, Key};
use crate::named::Named;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// All queues of a schedule.
#[derive(Debug, Default)]
pub(super) struct Queues {
    queues: Vec<Queue>,
    /// The steps that stand in queues or hold what these are for, in their order.
    entries: Vec<Entry>,
}

/// A queue by its number.
pub(super) type QueueId = usize;

/// The queues of a step, and how far it is from the front of all of them.
#[derive(Debug)]
struct Entry {
    position: Position,
    queues: Vec<(QueueId, Access)>,
    /// In how many it does not yet stand at the front.
    blocked: usize,
}

/// Who holds a key, and who waits for it.
#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<(Position, Access)>,
    /// How many steps at the front have been let through and have not finished; those in front of them have.
    admitted: usize,
    /// How the admitted ones hold the key.
    writing: bool,
}

/// Queues that steps are still put into.
#[derive(Debug, Default)]
pub(super) struct Building<'a> {
    queues: Queues,
    keys: Named<'a, QueueId>,
    units: Named<'a, QueueId>,
}

impl<'a> Building<'a> {
    /// Puts a step at the end of its queues, after those before it in the plan; answers the queue of its unit.
    pub(super) fn add(
        &mut self,
        position: Position,
        keys: &'a [Key],
        unit: Option<&'a str>,
    ) -> Option<QueueId> {
        let mut queues = Vec::with_capacity(keys.len() + usize::from(unit.is_some()));
        for key in keys {
            let id = *self.keys.entry(key.name, || self.queues.another());
            queues.push(self.queues.put(position, id, key.access));
        }
        let unit = unit.map(|unit| *self.units.entry(unit, || self.queues.another()));
        queues.extend(unit.map(|id| self.queues.put(position, id, Access::Exclusive)));
        self.queues.entries.push(Entry { position, blocked: queues.len(), queues });
        unit
    }

    /// Lets the first steps through.
    pub(super) fn open(self) -> (Queues, BinaryHeap<Reverse<Position>>) {
        let Building { mut queues, .. } = self;
        let mut ready = BinaryHeap::new();
        for id in 0..queues.queues.len() {
            queues.admit(id, &mut |position| ready.push(Reverse(position)));
        }
        (queues, ready)
    }
}

impl Queues {
    /// A queue in which nobody stands yet.
    fn another(&mut self) -> QueueId {
        self.queues.push(Queue::default());
        self.queues.len() - 1
    }

    fn put(&mut self, position: Position, id: QueueId, access: Access) -> (QueueId, Access) {
        self.queues[id].waiting.push_back((position, access));
        (id, access)
    }

    /// Gives back what a step holds, and hands those over that may start because of it.
    pub(super) fn finish(&mut self, position: Position, mut freed: impl FnMut(Position)) {
        let queues = find(&mut self.entries, position).map(|entry| std::mem::take(&mut entry.queues));
        for (id, _) in queues.unwrap_or_default() {
            self.queues[id].admitted -= 1;
            self.admit(id, &mut freed);
        }
    }

    /// Lets nobody through any more.
    pub(super) fn stop(&mut self) {
        for queue in &mut self.queues {
            queue.waiting.clear();
        }
    }

    /// Lets the front of a queue through as far as its holders allow, and hands over the steps that became ready.
    fn admit(&mut self, id: QueueId, freed: &mut impl FnMut(Position)) {
        let queue = &mut self.queues[id];
        while let Some(&(position, access)) = queue.waiting.front() {
            let free = queue.admitted == 0;
            let beside = access == Access::Shared && !queue.writing;
            if !free && !beside {
                break;
            }
            queue.waiting.pop_front();
            queue.admitted += 1;
            queue.writing = access == Access::Exclusive;
            if let Some(entry) = find(&mut self.entries, position) {
                entry.blocked -= 1;
                if entry.blocked == 0 {
                    freed(position);
                }
            }
        }
    }
}

fn find(entries: &mut [Entry], position: Position) -> Option<&mut Entry> {
    let place = entries.binary_search_by_key(&position, |entry| entry.position).ok()?;
    entries.get_mut(place)
}
