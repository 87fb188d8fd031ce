//! What a run expects of its tests, by which it tells what is worth writing down.

use super::merge::known_after;
use super::{Extent, Known, SHORT, Seen, SeenEnding};
use crate::sorted::sort_by;

/// What a run expects of its tests, by which it tells what has changed.
#[derive(Debug)]
pub(crate) struct Expected<Id> {
    /// Sorted, where there is more than one.
    unusual: Vec<(Id, Option<Known>)>,
    others: Others,
    extent: Extent,
}

/// What is known of those that are not unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    /// That they are short and well.
    Usual,
    /// Nothing.
    Unknown,
}

impl<Id: Ord + Copy> Expected<Id> {
    /// Where nothing is known of any test, or not all that the file knows.
    pub(crate) fn nothing(extent: Extent) -> Self {
        Expected { unusual: Vec::new(), others: Others::Unknown, extent }
    }

    /// Of these tests, of which this is known, and of others that are short and well.
    pub(crate) fn of(mut unusual: Vec<(Id, Option<Known>)>, extent: Extent) -> Self {
        sort_by(&mut unusual, |(a, _), (b, _)| a < b);
        Expected { unusual, others: Others::Usual, extent }
    }

    /// Whether there is nothing to remember of a test that ended like this.
    pub(crate) fn says_all(&self, id: Id, seen: Seen) -> bool {
        let known = match self.unusual.binary_search_by(|(other, _)| other.cmp(&id)) {
            Ok(place) => self.unusual[place].1,
            Err(_) if self.others == Others::Usual => {
                return matches!(seen.ending, SeenEnding::Ignored | SeenEnding::Passed(..SHORT));
            }
            // What is not known here may be known to the file.
            Err(_) => return false,
        };
        // Of a test that runs several times one failure counts more than what it does else.
        !matches!(seen.ending, SeenEnding::Failed(_)) && known_after(known, &[seen], self.extent) == known
    }
}
