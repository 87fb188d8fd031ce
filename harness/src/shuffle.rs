//! Decides a shuffled order: by a hash of seed and name, so that leaving tests out never reorders the others.

use crate::sorted::{arrange, places_by_key, places_by_name};

/// Sorts by the hash of `seed` and each item's name; equal hashes by name.
pub(crate) fn shuffle<T>(items: &mut Vec<T>, seed: u64, name: impl Fn(&T) -> &'static str) {
    let names: Vec<_> = items.iter().map(&name).collect();
    arrange(items, &places_by_name(&names));
    let keys: Vec<_> = items.iter().map(|item| hash(seed, name(item))).collect();
    arrange(items, &places_by_key(&keys));
}

/// FNV-1a over the name, started from the seed, with the finaliser of splitmix64: the same on every machine and with
/// every release of Rust, which std's hashers do not promise.
pub(crate) fn hash(seed: u64, name: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ finish(seed);
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    finish(hash)
}

fn finish(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    fn order(names: &[&'static str], seed: u64) -> String {
        let mut names = names.to_vec();
        shuffle(&mut names, seed, |name| name);
        names.concat()
    }

    #[test]
    fn a_seed_gives_one_order_and_another_seed_another() {
        assert_eq!(order(&NAMES, 1), order(&NAMES, 1));
        let orders: std::collections::BTreeSet<_> = (0..20).map(|seed| order(&NAMES, seed)).collect();
        assert!(orders.len() > 15, "20 seeds gave {} orders", orders.len());
    }

    #[test]
    fn leaving_a_test_out_keeps_the_order_of_the_rest() {
        for seed in 0..50 {
            let all = order(&NAMES, seed);
            assert_eq!(order(&["a", "c", "d", "f"], seed), all.replace(['b', 'e'], ""));
        }
    }
}
