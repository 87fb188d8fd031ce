//! Which parts of what was printed went to standard error, in memory that whoever prints may ask for at any time.

use super::interpose::Roll;
use std::ops::Range;

/// How much the parts may take that can be kept: a megabyte and three more in parts of a byte, with one between.
const LIMIT: usize = 64 << 20;

const NUMBER: usize = size_of::<usize>();

/// How much one part takes.
const PART: usize = 2 * NUMBER;

/// Parts in their order, none of which touches another.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// All before the last, each as two numbers.
    earlier: Roll<LIMIT>,
    /// Empty where there is none.
    last: Range<usize>,
}

impl Parts {
    /// None so far.
    pub(super) const fn new() -> Self {
        Parts { earlier: Roll::new(), last: 0..0 }
    }

    /// Has room for a part that begins there; answers whether there was memory for it.
    pub(super) fn make_room(&mut self, begin: usize) -> bool {
        self.last.is_empty() || self.last.end == begin || self.earlier.make_room(PART)
    }

    /// Adds a part behind the others, for which there is room.
    pub(super) fn push(&mut self, part: Range<usize>) {
        if self.last.is_empty() {
            self.last = part;
        } else if self.last.end == part.start {
            self.last.end = part.end;
        } else if self.earlier.append(&written(&self.last)) {
            self.last = part;
        }
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = Range<usize>> {
        let last = Some(self.last.clone()).filter(|last| !last.is_empty());
        self.earlier.bytes().chunks_exact(PART).map(read).chain(last)
    }

    /// Forgets those of which this says so.
    pub(super) fn forget(&mut self, is_gone: impl Fn(&Range<usize>) -> bool) {
        let (bytes, mut kept) = (self.earlier.bytes_mut(), 0);
        for at in (0..bytes.len()).step_by(PART) {
            if !is_gone(&read(&bytes[at..at + PART])) {
                bytes.copy_within(at..at + PART, kept);
                kept += PART;
            }
        }
        self.earlier.truncate(kept);
        if is_gone(&self.last) {
            self.last = 0..0;
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.earlier.clear();
        self.last = 0..0;
    }
}

fn written(part: &Range<usize>) -> [u8; PART] {
    let mut bytes = [0; PART];
    bytes[..NUMBER].copy_from_slice(&part.start.to_ne_bytes());
    bytes[NUMBER..].copy_from_slice(&part.end.to_ne_bytes());
    bytes
}

fn read(bytes: &[u8]) -> Range<usize> {
    let (mut start, mut end) = ([0; NUMBER], [0; NUMBER]);
    start.copy_from_slice(&bytes[..NUMBER]);
    end.copy_from_slice(&bytes[NUMBER..]);
    usize::from_ne_bytes(start)..usize::from_ne_bytes(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_touch_are_one_and_those_that_are_gone_are_forgotten() {
        let mut parts = Parts::new();
        for part in [0..1, 1..3, 5..6, 8..9, 10..12] {
            assert!(parts.make_room(part.start));
            parts.push(part);
        }
        assert!(parts.all().eq([0..3, 5..6, 8..9, 10..12]));
        parts.forget(|part| part.start == 5);
        assert!(parts.all().eq([0..3, 8..9, 10..12]));
        parts.forget(|part| part.start > 5);
        assert!(parts.all().eq(std::iter::once(0..3)));
        assert!(parts.make_room(20));
        parts.push(20..21);
        assert!(parts.all().eq([0..3, 20..21]));
        parts.clear();
        assert_eq!(parts.all().count(), 0);
    }
}
