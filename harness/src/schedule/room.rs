//! Counts how many threads' worth of steps run at once, where some count for several.
//!
//! The first step that finds no room is held: what needs room too starts only beside it. Else one that needs much would
//! wait until those that need little have run out.

use super::Position;

/// What is taken of the capacity, and by whom.
#[derive(Debug)]
pub(super) struct Room {
    capacity: usize,
    taken: usize,
    /// For how many each step counts; those before the first that counts for several may be missing at the end.
    threads: Vec<usize>,
    /// The step for which room is made. It stands in no other list.
    held: Option<Position>,
}

/// What a step got that wants to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Its room.
    Given,
    /// The right to the next room.
    Held,
    /// Nothing.
    Refused,
}

impl Room {
    /// Room for so many.
    pub(super) fn new(capacity: usize) -> Self {
        Room { capacity: capacity.max(1), taken: 0, threads: Vec::new(), held: None }
    }

    /// Says for how many a step counts; without a word it is one.
    pub(super) fn set(&mut self, position: Position, threads: usize) {
        self.threads.resize(position, 1);
        self.threads.push(threads.min(self.capacity));
    }

    /// The step for which room is made.
    pub(super) fn held(&self) -> Option<Position> {
        self.held
    }

    /// Takes the room of a step, if there is enough beside what is held.
    pub(super) fn enter(&mut self, position: Position) -> Place {
        let kept = self.held.filter(|held| *held != position).map_or(0, |held| self.of(held));
        if self.taken + kept + self.of(position) <= self.capacity {
            self.taken += self.of(position);
            self.held = self.held.filter(|held| *held != position);
            return Place::Given;
        }
        match *self.held.get_or_insert(position) == position {
            true => Place::Held,
            false => Place::Refused,
        }
    }

    /// Gives back the room of a step.
    pub(super) fn leave(&mut self, position: Position) {
        self.taken = self.taken.saturating_sub(self.of(position));
    }

    /// Holds nothing more.
    pub(super) fn stop(&mut self) {
        self.held = None;
    }

    fn of(&self, position: Position) -> usize {
        self.threads.get(position).copied().unwrap_or(1)
    }
}
