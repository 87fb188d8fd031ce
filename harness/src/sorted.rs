//! Sorts small things in few instructions and little code. Where it matters nothing here is optimised: a suite is built as
//! tests are, and std's sorts, each compiled anew for its type and its key, are then both slow and 20 kB of code a piece.
//!
//! Merge sorts of places: one for all types, stable, and quick with what is in order already or in reverse, as tests are
//! that come in the order of their source. `keyed` has a quicker one for what a number stands for.

mod keyed;

pub(crate) use keyed::{places_by_key, places_by_name};

/// Sorts; what is equal stays in its order.
pub(crate) fn sort_by<T>(items: &mut Vec<T>, less: impl Fn(&T, &T) -> bool) {
    let places = places_by(items.len(), &mut |a, b| less(&items[a], &items[b]));
    arrange(items, &places);
}

/// The places of so many items in their order, by whether that at one place comes before that at another. What is equal
/// stays in its order.
pub(crate) fn places_by(count: usize, less: &mut dyn FnMut(usize, usize) -> bool) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    let mut ends = runs(&mut places, less);
    let mut merged = places.clone();
    let mut count = ends.len();
    while count > 1 {
        // Plain loops: each adapter is a call or two for each item here.
        let (mut run, mut begin, ends) = (0, 0, &mut ends[..]);
        while run < count {
            let (middle, end) = (ends[run], ends[if run + 1 < count { run + 1 } else { run }]);
            merge(&places[begin..end], middle - begin, &mut merged[begin..end], less);
            ends[run / 2] = end;
            begin = end;
            run += 2;
        }
        std::mem::swap(&mut places, &mut merged);
        count = count.div_ceil(2);
    }
    places
}

/// Puts the items in the order of these places, each of which is named once.
pub(crate) fn arrange<T>(items: &mut Vec<T>, places: &[usize]) {
    let mut taken = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        taken.push(Some(item));
    }
    items.reserve_exact(places.len());
    let taken = &mut taken[..];
    for place in places {
        if let Some(item) = taken[*place].take() {
            items.push(item);
        }
    }
}

/// Where the stretches end that are in order; one in reverse is turned round.
fn runs(places: &mut [usize], less: &mut dyn FnMut(usize, usize) -> bool) -> Vec<usize> {
    let mut ends = Vec::new();
    let (mut begin, count) = (0, places.len());
    while begin < count {
        let mut end = begin + 1;
        let falls = end < count && less(end, begin);
        while end < count && less(end, end - 1) == falls {
            end += 1;
        }
        if falls {
            places[begin..end].reverse();
        }
        ends.push(end);
        begin = end;
    }
    ends
}

/// Merges what is before the middle with what is after it.
fn merge(places: &[usize], middle: usize, into: &mut [usize], less: &mut dyn FnMut(usize, usize) -> bool) {
    if middle == 0 || middle == places.len() || !less(places[middle], places[middle - 1]) {
        return into.copy_from_slice(places);
    }
    let (mut left, mut right, mut at) = (0, middle, 0);
    while left < middle && right < places.len() {
        let (a, b) = (places[left], places[right]);
        if less(b, a) {
            into[at] = b;
            right += 1;
        } else {
            into[at] = a;
            left += 1;
        }
        at += 1;
    }
    let rest = if left < middle { &places[left..middle] } else { &places[right..] };
    into[at..].copy_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_as_std_does() {
        for count in [0, 1, 2, 3, 5, 8, 13, 100, 1_000] {
            for kinds in [1, 2, 10, u64::MAX] {
                let mixed = |nth: u64| (nth + count).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
                let items: Vec<_> = (0..count).map(|nth| (mixed(nth) % kinds, nth)).collect();
                let mut sorted = items.clone();
                sort_by(&mut sorted, |a, b| a.0 < b.0);
                let mut expected = items;
                expected.sort_by_key(|item| item.0);
                assert_eq!(sorted, expected, "{count} items of {kinds} kinds");
            }
        }
    }

    #[test]
    fn what_is_in_order_or_in_reverse_takes_one_look_at_each() {
        let looks = |items: &[u32]| {
            let mut looks = 0;
            let places = places_by(items.len(), &mut |a, b| {
                looks += 1;
                items[a] < items[b]
            });
            assert!(places.windows(2).all(|pair| items[pair[0]] <= items[pair[1]]));
            looks
        };
        let rising: Vec<_> = (0..100).collect();
        let falling: Vec<_> = (0..100).rev().collect();
        assert!(looks(&rising) <= 100 && looks(&falling) <= 100);
        assert!(looks(&[7; 100]) <= 100);
    }
}
