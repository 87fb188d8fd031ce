//! The queues for keys and units: who holds, who waits, and who is let through.

use super::Position;
use crate::key::{Access, Key};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

/// All queues of a schedule.
#[derive(Debug, Default)]
pub(super) struct Queues {
    queues: Vec<Queue>,
    /// The steps that stand in queues or hold what these are for.
    entries: HashMap<Position, Entry>,
}

/// A queue by its number.
pub(super) type QueueId = usize;

/// The queues of a step, and how far it is from the front of all of them.
#[derive(Debug)]
struct Entry {
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
    ids: HashMap<Name<'a>, QueueId>,
}

/// What a queue is for.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Name<'a> {
    Key(&'a str),
    Unit(&'a str),
}

impl<'a> Building<'a> {
    /// Puts a step at the end of its queues; answers the queue of its unit.
    pub(super) fn add(
        &mut self,
        position: Position,
        keys: &'a [Key],
        unit: Option<&'a str>,
    ) -> Option<QueueId> {
        let mut queues = Vec::with_capacity(keys.len() + usize::from(unit.is_some()));
        for key in keys {
            queues.push((self.put(position, Name::Key(key.name), key.access), key.access));
        }
        let unit = unit.map(|unit| self.put(position, Name::Unit(unit), Access::Exclusive));
        queues.extend(unit.map(|unit| (unit, Access::Exclusive)));
        self.queues.entries.insert(position, Entry { blocked: queues.len(), queues });
        unit
    }

    fn put(&mut self, position: Position, name: Name<'a>, access: Access) -> QueueId {
        let queues = &mut self.queues.queues;
        let id = *self.ids.entry(name).or_insert_with(|| {
            queues.push(Queue::default());
            queues.len() - 1
        });
        queues[id].waiting.push_back((position, access));
        id
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
    /// Gives back what a step holds, and hands those over that may start because of it.
    pub(super) fn finish(&mut self, position: Position, mut freed: impl FnMut(Position)) {
        let Some(entry) = self.entries.remove(&position) else { return };
        for (id, _) in entry.queues {
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
            if let Some(entry) = self.entries.get_mut(&position) {
                entry.blocked -= 1;
                if entry.blocked == 0 {
                    freed(position);
                }
            }
        }
    }
}
