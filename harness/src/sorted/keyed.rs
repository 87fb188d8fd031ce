//! Sorts by numbers, and by names of which numbers are made: byte by byte, without asking which of two comes first. For
//! names that takes a good third of the instructions of a sort that asks.

use super::places_by;

/// How many bytes a number has.
const WIDTH: usize = 8;

/// Fewer are sorted one by one: counting bytes costs as much as that.
const FEW: usize = 48;

/// The places of these numbers in their order. What is equal stays in its order.
pub(crate) fn places_by_key(keys: &[u64]) -> Vec<usize> {
    let mut places = (0..keys.len()).collect();
    sort(&mut keys.to_vec(), &mut places);
    places
}

/// The places of these names in their order. What is equal stays in its order.
pub(crate) fn places_by_name(names: &[&str]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..names.len()).collect();
    // Stretches that are yet to be sorted, and the length of what all names in it begin with, as far as that is known.
    let mut open = vec![(0, places.len(), 0)];
    while let Some((begin, end, known)) = open.pop() {
        let stretch = &mut places[begin..end];
        let same = common(names, stretch, known);
        let mut keys = Vec::with_capacity(stretch.len());
        for place in stretch.iter() {
            keys.push(key(names[*place].as_bytes(), same));
        }
        let mut sorted = stretch.to_vec();
        sort(&mut keys, &mut sorted);
        stretch.copy_from_slice(&sorted);
        let (keys, mut from, mut at) = (&keys[..], 0, 0);
        while at < keys.len() {
            at += 1;
            if at < keys.len() && keys[at] == keys[from] {
                continue;
            }
            if at - from > 1 {
                if keys[from] % 256 == 0 {
                    // One of them may end here: what stands for its end is a byte too, and may be that of another.
                    by_comparison(names, &mut stretch[from..at]);
                } else {
                    open.push((begin + from, begin + at, same + WIDTH));
                }
            }
            from = at;
        }
    }
    places
}

/// How long what all these names begin with is, which is no less than what is known of it.
fn common(names: &[&str], places: &[usize], known: usize) -> usize {
    let Some(first) = places.first() else { return known };
    let first = names[*first].as_bytes();
    let mut same = first.len();
    for place in places {
        let name = names[*place].as_bytes();
        if name.len() >= same && name[..same] == first[..same] {
            continue;
        }
        let mut at = known;
        while at < same && at < name.len() && name[at] == first[at] {
            at += 1;
        }
        same = at;
    }
    same
}

/// What follows there as a number, that of a shorter name filled up.
fn key(name: &[u8], from: usize) -> u64 {
    let (mut key, mut at, end) = (0, from, from + WIDTH);
    // Plain indices: any call for the whole of it takes longer here.
    if name.len() >= end {
        while at < end {
            key = key << 8 | name[at] as u64;
            at += 1;
        }
        return key;
    }
    while at < end {
        key = key << 8 | if at < name.len() { name[at] as u64 } else { 0 };
        at += 1;
    }
    key
}

fn by_comparison(names: &[&str], stretch: &mut [usize]) {
    let order = places_by(stretch.len(), &mut |a, b| names[stretch[a]] < names[stretch[b]]);
    let before = stretch.to_vec();
    for (to, from) in order.into_iter().enumerate() {
        stretch[to] = before[from];
    }
}

/// Sorts numbers, and with them what stands at their places.
fn sort(keys: &mut Vec<u64>, places: &mut Vec<usize>) {
    let differing = match differing_bits(keys) {
        0 => return,
        _ if keys.len() < FEW => return insert(keys, places),
        bits => bits,
    };
    let (mut other_keys, mut other_places) = (keys.clone(), places.clone());
    let mut shift = 0;
    while shift < u64::BITS {
        if differing >> shift & 255 != 0 {
            deal(keys, places, shift, &mut other_keys, &mut other_places);
            std::mem::swap(keys, &mut other_keys);
            std::mem::swap(places, &mut other_places);
        }
        shift += 8;
    }
}

/// The bits in which not all numbers are alike; none if they are in order.
fn differing_bits(keys: &[u64]) -> u64 {
    let (mut ones, mut zeros, mut last, mut in_order) = (0, 0, 0, true);
    let mut at = 0;
    while at < keys.len() {
        let key = keys[at];
        ones |= key;
        zeros |= !key;
        in_order = in_order && key >= last;
        last = key;
        at += 1;
    }
    if in_order { 0 } else { ones & zeros }
}

/// Puts each number where it belongs among those before it.
fn insert(keys: &mut [u64], places: &mut [usize]) {
    let mut next = 1;
    while next < keys.len() {
        let (key, place, mut at) = (keys[next], places[next], next);
        while at > 0 && keys[at - 1] > key {
            (keys[at], places[at]) = (keys[at - 1], places[at - 1]);
            at -= 1;
        }
        (keys[at], places[at]) = (key, place);
        next += 1;
    }
}

/// Puts numbers in the order of one of their bytes; what is equal stays in its order.
fn deal(keys: &[u64], places: &[usize], shift: u32, to_keys: &mut [u64], to_places: &mut [usize]) {
    // How many have a smaller byte, by the byte.
    let mut before = [0; 257];
    let mut at = 0;
    while at < keys.len() {
        before[(keys[at] >> shift & 255) as usize + 1] += 1;
        at += 1;
    }
    let mut byte = 1;
    while byte < 256 {
        before[byte] += before[byte - 1];
        byte += 1;
    }
    let mut at = 0;
    while at < keys.len() {
        let byte = (keys[at] >> shift & 255) as usize;
        let to = before[byte];
        before[byte] = to + 1;
        to_keys[to] = keys[at];
        to_places[to] = places[at];
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(nth: u64) -> u64 {
        nth.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    }

    #[test]
    fn numbers_are_sorted_as_std_does() {
        for count in [0, 1, 2, 3, 5, 8, 13, 100, 1_000] {
            for kinds in [1, 2, 10, u64::MAX] {
                let keys: Vec<_> = (0..count).map(|nth| mixed(nth + count) % kinds).collect();
                let mut expected: Vec<_> = (0..keys.len()).collect();
                expected.sort_by_key(|place| keys[*place]);
                assert_eq!(places_by_key(&keys), expected, "{count} of {kinds} kinds");
            }
        }
    }

    #[test]
    fn names_are_sorted_as_std_does() {
        let words =
            ["", "a", "ab", "orders::", "orders::price", "\0", "\0\0", "ab\0", "\u{e4}", "abcdefgh", "z"];
        for count in [0, 1, 2, 3, 10, 100, 2_000] {
            for kinds in [1, 3, 1_000, u64::MAX] {
                let part = |bits: u64| words[(bits % words.len() as u64) as usize];
                let name = |nth: u64| {
                    let bits = mixed(nth + count) % kinds;
                    format!("{}{}{}{}", part(bits), part(bits >> 8), part(bits >> 16), bits % 5)
                };
                let names: Vec<_> = (0..count).map(name).collect();
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                let mut expected: Vec<_> = (0..names.len()).collect();
                expected.sort_by_key(|place| names[*place]);
                assert_eq!(places_by_name(&names), expected, "{count} of {kinds} kinds");
            }
        }
    }
}
