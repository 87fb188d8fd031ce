//! Sees to it that nothing in a run takes longer than it may: asks what is late to end, and gives up on threads that do
//! not answer.
//!
//! A future is asked from outside its runtime, whose clock may be paused, and ends at its next poll. Code that blocks
//! its thread cannot be ended: after a grace its thread is left behind, and whoever took the seat says what follows from
//! that. Nothing here knows of tests; a run without limits has no watchdog running.

mod patrol;
mod seat;

pub(crate) use patrol::Watchdog;
pub(crate) use seat::{Doing, LeftBehind, Overran, Seat};

#[cfg(test)]
mod tests;
