//! What a run expects of its tests, by which it tells what is worth writing down.

use super::merge::known_after;
use super::{Extent, History, Known, SHORT, Seen, SeenEnding};

/// What a run expects of its tests, by which it tells what has changed.
#[derive(Debug, Default)]
pub(crate) struct Expected<Id> {
    /// Sorted; what is not among them is known to be short and well.
    unusual: Vec<(Id, Option<Known>)>,
    extent: Extent,
}

impl<Id: Ord + Copy> Expected<Id> {
    /// Of these tests, of which this is known. A history that is damaged is to be written anew, whatever could be read of it.
    pub(crate) fn new(tests: Vec<(Id, Option<Known>)>, history: &History, extent: Extent) -> Self {
        let mut unusual = Vec::new();
        let damaged = history.is_damaged();
        for (id, known) in tests {
            match known {
                _ if damaged => unusual.push((id, None)),
                Some(known) if known.is_usual(extent) => {}
                _ => unusual.push((id, known)),
            }
        }
        unusual.sort_unstable_by_key(|(id, _)| *id);
        Expected { unusual, extent }
    }

    /// Whether there is nothing to remember of a test that ended like this.
    pub(crate) fn says_all(&self, id: Id, seen: Seen) -> bool {
        let known = match self.unusual.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(place) => self.unusual[place].1,
            Err(_) => return matches!(seen.ending, SeenEnding::Ignored | SeenEnding::Passed(..SHORT)),
        };
        // Of a test that runs several times one failure counts more than what it does else.
        !matches!(seen.ending, SeenEnding::Failed(_)) && known_after(known, &[seen], self.extent) == known
    }
}
