//! Hands out steps so that no two running ones share a key in a conflicting way.
//!
//! Each key has a queue of the steps that want it, in the order of the plan. A step is ready once it stands at the front
//! of all its queues: then it takes all its keys at once, so nothing is held while waiting and there is no lock order to
//! get wrong. Since no step overtakes another in a queue, one that wants several keys is reached after at most the steps
//! planned before it, and readers cannot starve a writer. No clock, no thread: a caller locks it, asks and tells.

use crate::key::{Access, Key};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

/// The place of a step in the plan, from 0.
pub(crate) type Position = usize;

/// Which step may start next.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// Steps without keys, the last in the plan first.
    free: Vec<Position>,
    /// Steps with keys that may start now, the first in the plan first.
    ready: BinaryHeap<Reverse<Position>>,
    /// The keys of each step that has any.
    wants: HashMap<Position, Wants>,
    queues: Vec<Queue>,
    /// How many steps have not been handed out.
    waiting: usize,
}

/// What a keyed step wants, and how far it is from getting it.
#[derive(Debug)]
struct Wants {
    keys: Vec<(QueueId, Access)>,
    /// In how many queues it does not yet stand at the front.
    blocked: usize,
}

type QueueId = usize;

/// Who holds a key, and who waits for it.
#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<(Position, Access)>,
    /// How many steps at the front have been let through and have not finished; those in front of them have.
    admitted: usize,
    /// How the admitted ones hold the key.
    writing: bool,
}

/// The answer to a worker that asks for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Run this step, then call [`Schedule::finish`].
    Start(Position),
    /// Nothing can start before a running step has finished.
    Wait,
    /// Every step has been handed out.
    Done,
}

impl Schedule {
    /// Schedules one step for each item, which gives the step's keys.
    pub(crate) fn new<'a>(steps: impl Iterator<Item = &'a [Key]>) -> Self {
        let mut schedule = Schedule {
            free: Vec::new(),
            ready: BinaryHeap::new(),
            wants: HashMap::new(),
            queues: Vec::new(),
            waiting: 0,
        };
        let mut ids = HashMap::new();
        for (position, keys) in steps.enumerate() {
            schedule.waiting += 1;
            if keys.is_empty() {
                schedule.free.push(position);
                continue;
            }
            let keys: Vec<_> = keys
                .iter()
                .map(|key| {
                    let id = *ids.entry(key.name).or_insert_with(|| {
                        schedule.queues.push(Queue::default());
                        schedule.queues.len() - 1
                    });
                    schedule.queues[id].waiting.push_back((position, key.access));
                    (id, key.access)
                })
                .collect();
            schedule.wants.insert(position, Wants { blocked: keys.len(), keys });
        }
        schedule.free.reverse();
        for id in 0..schedule.queues.len() {
            schedule.admit(id);
        }
        schedule
    }

    /// The next step that may start now.
    pub(crate) fn next(&mut self) -> Next {
        let position = match (self.free.last(), self.ready.peek()) {
            (Some(free), Some(Reverse(keyed))) if keyed < free => {
                self.ready.pop().map(|Reverse(keyed)| keyed)
            }
            (Some(_), _) => self.free.pop(),
            (None, _) => self.ready.pop().map(|Reverse(keyed)| keyed),
        };
        match position {
            Some(position) => {
                self.waiting -= 1;
                Next::Start(position)
            }
            None if self.waiting == 0 => Next::Done,
            None => Next::Wait,
        }
    }

    /// Gives back the keys of a step that was handed out; answers how many steps may start because of it.
    pub(crate) fn finish(&mut self, position: Position) -> usize {
        // Hashing is what an unkeyed step would otherwise spend most of its time here on.
        if self.wants.is_empty() {
            return 0;
        }
        let Some(wants) = self.wants.remove(&position) else { return 0 };
        let mut freed = 0;
        for (id, _) in wants.keys {
            self.queues[id].admitted -= 1;
            freed += self.admit(id);
        }
        freed
    }

    /// Whether every step has been handed out.
    pub(crate) fn is_done(&self) -> bool {
        self.waiting == 0
    }

    /// Hands out no further step; answers how many were left.
    pub(crate) fn stop(&mut self) -> usize {
        self.free.clear();
        self.ready.clear();
        for queue in &mut self.queues {
            queue.waiting.clear();
        }
        std::mem::take(&mut self.waiting)
    }

    /// Lets the front of a queue through as far as its holders allow; answers how many steps became ready.
    fn admit(&mut self, id: QueueId) -> usize {
        let mut freed = 0;
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
            if let Some(wants) = self.wants.get_mut(&position) {
                wants.blocked -= 1;
                if wants.blocked == 0 {
                    self.ready.push(Reverse(position));
                    freed += 1;
                }
            }
        }
        freed
    }
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
