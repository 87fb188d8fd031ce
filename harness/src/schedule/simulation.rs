//! Plays a schedule in simulated time: so many workers, steps of known durations, and nothing else that takes any.

use super::{Next, Position, Schedule};

/// Runs the steps of a schedule to their ends; answers when the last one ends.
pub(crate) fn makespan(mut schedule: Schedule, workers: usize, durations: &[u64]) -> u64 {
    let mut running: Vec<Option<(u64, Position)>> = vec![None; workers];
    let mut now = 0;
    loop {
        // Asked again and again, as whoever starts something may leave another without a reason to wait.
        while (0..workers).any(|worker| match running[worker] {
            Some(_) => false,
            None => match schedule.next(worker) {
                Next::Start(position) => {
                    running[worker] = Some((now + durations[position], position));
                    true
                }
                Next::Wait | Next::Done => false,
            },
        }) {}
        let Some((end, position)) = running.iter().flatten().min().copied() else { break };
        now = end;
        running.iter_mut().filter(|step| **step == Some((end, position))).for_each(|step| *step = None);
        let _ = schedule.finish(position);
    }
    assert!(schedule.is_done(), "nothing runs and nothing may start");
    now
}
