//! Plays a schedule in simulated time: so many workers, steps of known durations, and nothing else that takes any.

use super::{Next, Position, Schedule};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// When each step began, and when the last one ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Course {
    /// By the place of the step.
    pub(crate) begins: Vec<u64>,
    /// When all were over.
    pub(crate) end: u64,
}

/// Runs the steps of a schedule to their ends. Nothing comes of one that leaves steps for which no worker is allowed.
pub(crate) fn simulate(mut schedule: Schedule, workers: usize, durations: &[u64]) -> Option<Course> {
    let mut running = BinaryHeap::<Reverse<(u64, Position, usize)>>::new();
    let mut course = Course { begins: vec![0; durations.len()], end: 0 };
    let mut idle: Vec<usize> = (0..workers).rev().collect();
    loop {
        // Asked again and again, as whoever starts something may leave another without a reason to wait.
        let mut asked = 0;
        while asked < idle.len() {
            let place = idle.len() - 1 - asked;
            match schedule.next(idle[place]) {
                Next::Start(position) => {
                    let worker = idle.remove(place);
                    let duration = durations.get(position).copied().unwrap_or(0);
                    *course.begins.get_mut(position)? = course.end;
                    running.push(Reverse((course.end.saturating_add(duration), position, worker)));
                    asked = 0;
                }
                // Who waits does so for all, where no step is for one worker alone.
                Next::Wait if schedule.units.is_none() => break,
                Next::Wait => asked += 1,
                Next::Done => break,
            }
        }
        let Some(Reverse((end, position, worker))) = running.pop() else { break };
        course.end = end;
        let _ = schedule.finish(position);
        // The first of them is asked first: what the page of a run plays through is the same.
        let place = idle.partition_point(|other| *other > worker);
        idle.insert(place, worker);
    }
    schedule.is_done().then_some(course)
}

/// When the last step ends.
#[cfg(test)]
pub(crate) fn makespan(schedule: Schedule, workers: usize, durations: &[u64]) -> u64 {
    simulate(schedule, workers, durations).expect("something may start as long as nothing runs").end
}
