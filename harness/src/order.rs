//! Decides in which order steps are offered to workers that run beside each other: what holds up the end of the run the
//! most comes first.
//!
//! A step holds up its own duration, and the steps that cannot begin before it has ended: those behind it in the queue of
//! a key, or in its unit. Of a key, those that write it come first and those that read it last, all at once. What counts
//! for several threads comes before everything else: room for it is there at the beginning, and later has to be made.

use crate::key::Access;
use crate::named::Named;
use crate::schedule::Wants;
use crate::sorted::{places_by_key, sort_by};

/// What a step takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost<'a> {
    /// What it asks of the schedule.
    pub(crate) wants: Wants<'a>,
    /// In milliseconds, where that is known; what is not counts as the longest that is. Less than one counts as one, for
    /// differences below are none; so does a step that does not run, which keeps its place where all are alike.
    pub(crate) time: Option<u64>,
}

/// What a step holds up, the larger the earlier it should start: threads, then milliseconds.
type Rank = (usize, u64);

/// More than any number of milliseconds that counts.
const TIMES: u64 = 1 << 48;

/// The order in which steps are best offered to so many workers, as their places now; nothing if that is the order in
/// which they are. Steps that are alike stay in their order, and so do those of a unit.
pub(crate) fn longest_first(costs: &[Cost<'_>], workers: usize) -> Option<Vec<usize>> {
    let ranks = ranks(costs, workers);
    let (mut keys, mut last, mut in_order) = (Vec::with_capacity(ranks.len()), 0, true);
    for rank in &ranks {
        let key = key(*rank);
        in_order = in_order && key >= last;
        last = key;
        keys.push(key);
    }
    if in_order { None } else { Some(places_by_key(&keys)) }
}

/// The smaller the earlier. What takes longer than thousands of years is as long as anything.
fn key((threads, time): Rank) -> u64 {
    let (threads, time) = (threads.min(usize::from(u16::MAX)) as u64, time.min(TIMES - 1));
    u64::MAX - (threads * TIMES + time)
}

fn ranks(costs: &[Cost<'_>], workers: usize) -> Vec<Rank> {
    let times = times(costs);
    let mut holds_up = times.clone();
    let mut chains = Chains::default();
    for (place, cost) in costs.iter().enumerate() {
        for key in cost.wants.keys {
            let chain = chains.keys.entry(key.name, Chain::default);
            match key.access {
                Access::Exclusive => chain.writers.push(place),
                Access::Shared => chain.readers = chain.readers.max(times[place]),
            }
        }
        if let Some(unit) = cost.wants.unit {
            chains.units.entry(unit, Vec::new).push(place);
        }
    }
    for (_, Chain { mut writers, readers }) in chains.keys.into_all() {
        // The shortest is the last, so it is added up from there.
        sort_by(&mut writers, |&a, &b| (times[a], b) < (times[b], a));
        let mut behind = readers;
        for place in writers {
            behind += times[place];
            holds_up[place] = holds_up[place].max(behind);
        }
    }
    let threads = costs.iter().map(|cost| cost.wants.threads.min(workers));
    let mut ranks: Vec<Rank> = threads.zip(holds_up).collect();
    for (_, unit) in chains.units.into_all() {
        let (mut behind, mut last) = (0, (0, 0));
        for place in unit.into_iter().rev() {
            behind += times[place];
            // None of a unit comes before an earlier one.
            last = (ranks[place].0.max(last.0), ranks[place].1.max(last.1).max(behind));
            ranks[place] = last;
        }
    }
    ranks
}

fn times(costs: &[Cost<'_>]) -> Vec<u64> {
    let longest = costs.iter().filter_map(|cost| cost.time).max().unwrap_or(0);
    costs.iter().map(|cost| cost.time.unwrap_or(longest).max(1)).collect()
}

/// Steps of which each waits for the one before, by their places.
#[derive(Default)]
struct Chains<'a> {
    keys: Named<'a, Chain>,
    units: Named<'a, Vec<usize>>,
}

#[derive(Default)]
struct Chain {
    writers: Vec<usize>,
    /// How long the longest of those takes that read.
    readers: u64,
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
