//! A list that is mostly empty, as one of the things that are in memory once for each planned test.

use std::ops::Deref;
use std::slice::Iter;
use std::sync::Arc;

/// Some things, mostly none: one word, which neighbours with the same things share.
#[derive(Debug)]
pub(crate) struct Few<T>(Option<Arc<Vec<T>>>);

impl<T: Copy> Few<T> {
    /// None.
    pub(crate) const NONE: Self = Few(None);

    /// Adds one, for this list alone.
    pub(crate) fn push(&mut self, one: T) {
        Arc::make_mut(self.0.get_or_insert_default()).push(one);
    }
}

impl<T: Copy> From<&[T]> for Few<T> {
    fn from(things: &[T]) -> Self {
        if things.is_empty() { Few::NONE } else { Few(Some(Arc::new(things.to_vec()))) }
    }
}

impl<T> Few<T> {
    /// Whether the two lists are one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(things), Some(others)) => Arc::ptr_eq(things, others),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<T> Clone for Few<T> {
    fn clone(&self) -> Self {
        Few(self.0.clone())
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Some(things) => things,
            None => &[],
        }
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_word() {
        assert_eq!(size_of::<Few<[u8; 100]>>(), size_of::<usize>());
    }

    #[test]
    fn what_is_added_to_one_is_not_added_to_another_that_shared_its_things() {
        for before in [&[][..], &[1, 2]] {
            let neighbour = Few::from(before);
            let mut few = neighbour.clone();
            few.push(3);
            assert_eq!(*few, *[before, &[3]].concat());
            assert_eq!(*neighbour, *before);
            assert!(neighbour.is(&neighbour.clone()) && !neighbour.is(&few));
        }
    }
}
