//! Decides which tests a shard runs: every machine is given the same tests and another index, and each test falls to one.
//!
//! A shard depends on names, and for `time` on the history; never on the machine, on the order of registration or on a
//! hasher that a release of Rust may change.

use crate::shuffle::hash;
use crate::sorted::places_by;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::error::Error;
use std::fmt;

/// One shard of several: `--partition`. The syntax is nextest's, and so is what `slice`, `count` and `hash` mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Partition {
    deal: Deal,
    /// From 0.
    index: usize,
    count: usize,
}

/// How tests are dealt to shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deal {
    /// One after the other, by name: `slice`. So does `count`, which differs only where several targets are dealt at once.
    InTurn,
    /// By a hash of the name, so that a test stays in its shard whatever becomes of the others: `hash`.
    Hash,
    /// So that all shards take about as long: `time`.
    Time,
}

/// A value of `--partition` that cannot be used: what it must be instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadPartition {
    kind: Option<&'static str>,
}

impl fmt::Display for BadPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be {}", self.wanted())
    }
}

impl Error for BadPartition {}

impl BadPartition {
    /// What it must be.
    pub(crate) fn wanted(&self) -> &'static str {
        match self.kind {
            Some("slice") => "slice:INDEX/COUNT, like slice:2/5",
            Some("count") => "count:INDEX/COUNT, like count:2/5",
            Some("hash") => "hash:INDEX/COUNT, like hash:2/5",
            Some("time") => "time:INDEX/COUNT, like time:2/5",
            _ => "slice:, count:, hash: or time:INDEX/COUNT, like hash:2/5",
        }
    }
}

impl Partition {
    /// Whether what earlier runs took decides which tests are in it.
    pub(crate) fn is_by_time(self) -> bool {
        self.deal == Deal::Time
    }

    /// Reads `count:2/5`, `slice:2/5`, `hash:2/5` or `time:2/5`; shards count from one.
    ///
    /// # Errors
    ///
    /// [`BadPartition`] if the index is zero or past the count.
    pub(crate) fn parse(value: &str) -> Result<Self, BadPartition> {
        let kinds =
            [("slice", Deal::InTurn), ("count", Deal::InTurn), ("hash", Deal::Hash), ("time", Deal::Time)];
        let (word, shard) = value.split_once(':').unwrap_or((value, ""));
        let Some((kind, deal)) = kinds.into_iter().find(|(kind, _)| *kind == word) else {
            return Err(BadPartition { kind: None });
        };
        let numbers = || {
            let (index, count) = shard.split_once('/')?;
            let index = index.parse::<usize>().ok()?.checked_sub(1)?;
            Some((index, count.parse().ok()?))
        };
        let (index, count) = numbers().ok_or(BadPartition { kind: Some(kind) })?;
        Partition::of(deal, index, count).ok_or(BadPartition { kind: Some(kind) })
    }

    /// The shard that a build system names, counted from zero as in Bazel's `TEST_SHARD_INDEX`; nothing if there is no such
    /// shard. Dealt in turn: its shards may see different histories, and then no test must be lost.
    pub(crate) fn from_zero(index: usize, count: usize) -> Option<Self> {
        Partition::of(Deal::InTurn, index, count)
    }

    fn of(deal: Deal, index: usize, count: usize) -> Option<Self> {
        (index < count).then_some(Partition { deal, index, count })
    }

    /// For each of these tests, sorted by name, whether it is in this shard. `costs` are what they take, where that is
    /// known; if it is of none, `time` means `hash`.
    pub(crate) fn picks(&self, names: &[&str], costs: impl Fn() -> Vec<Option<u64>>) -> Vec<bool> {
        let shards = match self.deal {
            Deal::InTurn => (0..names.len()).map(|nth| nth % self.count).collect(),
            Deal::Hash => self.by_hash(names),
            Deal::Time => self.by_time(names, &costs()),
        };
        shards.into_iter().map(|shard: usize| shard == self.index).collect()
    }

    fn by_hash(&self, names: &[&str]) -> Vec<usize> {
        let count = self.count as u64;
        // The remainder is below a `usize`.
        names.iter().map(|name| usize::try_from(hash(0, name) % count).unwrap_or(0)).collect()
    }

    /// The longest first, each to the shard that has the least so far. What is not known takes as long as the others do on
    /// average.
    fn by_time(&self, names: &[&str], costs: &[Option<u64>]) -> Vec<usize> {
        let known: Vec<_> = costs.iter().flatten().collect();
        let Some(average) = known.iter().copied().sum::<u64>().checked_div(known.len() as u64) else {
            return self.by_hash(names);
        };
        // At least 1, so that tests which take no time at all are spread too.
        let costs: Vec<_> = costs.iter().map(|cost| cost.unwrap_or(average).max(1)).collect();
        let order = places_by(names.len(), &mut |a, b| {
            costs[a] > costs[b] || costs[a] == costs[b] && names[a] < names[b]
        });
        let mut loads: BinaryHeap<_> =
            (0..self.count.min(names.len())).map(|shard| Reverse((0, shard))).collect();
        let mut shards = vec![0; names.len()];
        for nth in order {
            let Some(Reverse((load, shard))) = loads.pop() else { break };
            shards[nth] = shard;
            loads.push(Reverse((load + costs[nth], shard)));
        }
        shards
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

    /// The shards of a deal, each as its names.
    fn shards(deal: &str, count: usize, costs: &[Option<u64>]) -> Vec<String> {
        let shard = |index| {
            let partition = Partition::parse(&format!("{deal}:{index}/{count}")).unwrap();
            let picks = partition.picks(&NAMES, || costs.to_vec());
            NAMES.iter().zip(picks).filter(|(_, picked)| *picked).map(|(name, _)| *name).collect()
        };
        (1..=count).map(shard).collect()
    }

    #[test]
    fn slice_and_count_deal_in_turn_by_name() {
        for deal in ["slice", "count"] {
            assert_eq!(shards(deal, 3, &[None; 8]), ["adg", "beh", "cf"]);
        }
        assert_eq!(Partition::from_zero(2, 3), Partition::parse("slice:3/3").ok());
        assert_eq!(Partition::from_zero(3, 3), None);
    }

    #[test]
    fn hash_gives_each_name_its_shard_for_ever() {
        assert_eq!(shards("hash", 3, &[None; 8]), ["bd", "agh", "cef"]);
    }

    #[test]
    fn time_gives_the_longest_first_to_the_shard_with_the_least() {
        let costs = [1, 2, 3, 4, 5, 6, 7, 20].map(Some);
        assert_eq!(shards("time", 2, &costs), ["ach", "bdefg"]);
        assert_eq!(shards("time", 3, &costs), ["h", "cdg", "abef"]);
    }

    #[test]
    fn what_time_does_not_know_counts_as_the_average() {
        let costs = [Some(8), Some(2), None, None, Some(5), None, None, None];
        assert_eq!(shards("time", 2, &costs), ["abeg", "cdfh"]);
        let nothing = [Some(0); 8];
        assert_eq!(shards("time", 4, &nothing), ["ae", "bf", "cg", "dh"]);
    }

    #[test]
    fn time_without_a_history_is_hash() {
        assert_eq!(shards("time", 3, &[None; 8]), shards("hash", 3, &[None; 8]));
    }

    #[test]
    fn shards_are_disjoint_and_whole() {
        for deal in ["slice", "count", "hash", "time"] {
            for count in 1..=10 {
                for costs in [[None; 8], [3, 1, 4, 1, 5, 9, 2, 6].map(Some)] {
                    let mut all: Vec<_> =
                        shards(deal, count, &costs).concat().chars().map(String::from).collect();
                    all.sort();
                    assert_eq!(all, NAMES, "{deal} of {count}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_shard_is_told_in_its_own_words() {
        for (value, message) in [
            ("count:0/5", "must be count:INDEX/COUNT, like count:2/5"),
            ("hash:6/5", "must be hash:INDEX/COUNT, like hash:2/5"),
            ("time:1/0", "must be time:INDEX/COUNT, like time:2/5"),
            ("slice:1", "must be slice:INDEX/COUNT, like slice:2/5"),
            ("slice:", "must be slice:INDEX/COUNT, like slice:2/5"),
            ("2/5", "must be slice:, count:, hash: or time:INDEX/COUNT, like hash:2/5"),
            ("", "must be slice:, count:, hash: or time:INDEX/COUNT, like hash:2/5"),
        ] {
            assert_eq!(Partition::parse(value).unwrap_err().to_string(), message, "for `{value}`");
        }
    }
}
