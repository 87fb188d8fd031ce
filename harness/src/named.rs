//! Finds things by their names. One table of hashes for all: each type that std's maps are made for is some 10 to 20 kB of
//! unoptimised code in every suite.

use crate::sorted::places_by;
use std::collections::HashMap;

/// Things by their names, in the order in which these were met.
#[derive(Debug)]
pub(crate) struct Named<'a, T> {
    places: HashMap<&'a str, usize>,
    things: Vec<(&'a str, T)>,
}

impl<T> Default for Named<'_, T> {
    fn default() -> Self {
        Named { places: HashMap::new(), things: Vec::new() }
    }
}

impl<'a, T> Named<'a, T> {
    /// The thing of a name, which `new` makes where there is none.
    pub(crate) fn entry(&mut self, name: &'a str, new: impl FnOnce() -> T) -> &mut T {
        let place = *self.places.entry(name).or_insert(self.things.len());
        if place == self.things.len() {
            self.things.push((name, new()));
        }
        &mut self.things[place].1
    }

    /// The thing of a name, if there is one.
    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        Some(&self.things[*self.places.get(name)?].1)
    }

    /// All of them, each with its name, in the order in which they were met.
    pub(crate) fn all(&self) -> &[(&'a str, T)] {
        &self.things
    }

    /// The same, taken apart.
    pub(crate) fn into_all(self) -> Vec<(&'a str, T)> {
        self.things
    }

    /// All of them, each with its name, by name.
    pub(crate) fn by_name(&self) -> impl Iterator<Item = &(&'a str, T)> {
        let things = &self.things;
        let order = places_by(things.len(), &mut |a, b| things[a].0 < things[b].0);
        order.into_iter().map(|place| &things[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_found_by_its_name_and_made_once() {
        let mut counts = Named::default();
        for word in "to be or not to be".split(' ') {
            *counts.entry(word, || 0) += 1;
        }
        assert_eq!(counts.all(), [("to", 2), ("be", 2), ("or", 1), ("not", 1)]);
        assert_eq!(counts.by_name().map(|(word, _)| *word).collect::<Vec<_>>(), ["be", "not", "or", "to"]);
        assert_eq!((counts.get("be"), counts.get("been")), (Some(&2), None));
    }
}
