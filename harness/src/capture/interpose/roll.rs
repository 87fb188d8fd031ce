//! Bytes in pages that are asked of the system, one behind the other.
//!
//! Whoever prints may be the handler of a signal, and what the signal has interrupted may be the allocator: that is no place to
//! allocate. To ask for pages and to give them back is a system call each, and needs no lock of this process.
#![allow(unsafe_code)]

use std::ptr;
use std::slice;

/// At most so many bytes. How long it is, and whether it has room, is kept so that a short line takes few instructions of
/// unoptimised code.
#[derive(Debug)]
pub(in crate::capture) struct Roll<const LIMIT: usize> {
    begin: *mut u8,
    /// Where the next byte goes.
    end: *mut u8,
    /// How many bytes more may go there, before there have to be more pages or the limit is met.
    room: usize,
    /// How many bytes the pages have.
    pages: usize,
}

// SAFETY: the pointers point into pages that nobody else has.
unsafe impl<const LIMIT: usize> Send for Roll<LIMIT> {}

/// How much room is asked for at first, and what all room is a multiple of. Where pages are larger, some of each last one is unused.
const PAGE: usize = 4096;

/// How much room an empty roll keeps for its next user.
const KEPT: usize = 16 * PAGE;

impl<const LIMIT: usize> Roll<LIMIT> {
    /// Nothing so far.
    pub(in crate::capture) const fn new() -> Self {
        let nowhere = ptr::dangling_mut();
        Roll { begin: nowhere, end: nowhere, room: 0, pages: 0 }
    }

    pub(in crate::capture) fn len(&self) -> usize {
        self.pages.min(LIMIT) - self.room
    }

    /// Whether nothing has to be given back.
    pub(in crate::capture) fn is_new(&self) -> bool {
        self.pages == 0
    }

    /// Adds these bytes, all of them or none; answers whether there was room.
    #[inline(always)]
    pub(in crate::capture) fn append(&mut self, bytes: &[u8]) -> bool {
        if bytes.len() > self.room {
            return false;
        }
        // SAFETY: there is room for so many bytes, as has just been compared, and nobody else has the pages.
        unsafe { libc::memcpy(self.end.cast(), bytes.as_ptr().cast(), bytes.len()) };
        self.end = self.end.wrapping_add(bytes.len());
        self.room -= bytes.len();
        true
    }

    /// Adds these bytes, all of them or none; answers whether there was memory for them, within the limit.
    pub(in crate::capture) fn extend(&mut self, bytes: &[u8]) -> bool {
        self.append(bytes) || (self.make_room(bytes.len()) && self.append(bytes))
    }

    /// Has room for so many bytes more; answers whether there was memory for them, within the limit.
    pub(in crate::capture) fn make_room(&mut self, more: usize) -> bool {
        if more <= self.room {
            return true;
        }
        let len = self.len();
        if more > LIMIT - len {
            return false;
        }
        let all = LIMIT.next_multiple_of(PAGE);
        let wanted = (len + more).max(2 * self.pages).min(all).next_multiple_of(PAGE);
        let (protection, flags) =
            (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        let begin = if self.pages == 0 {
            // SAFETY: new pages, of no file and at no place that anybody has.
            unsafe { libc::mmap(ptr::null_mut(), wanted, protection, flags, -1, 0) }
        } else {
            // SAFETY: these are the pages of this roll, and it is borrowed for this alone.
            unsafe { libc::mremap(self.begin.cast(), self.pages, wanted, libc::MREMAP_MAYMOVE) }
        };
        if begin == libc::MAP_FAILED {
            return false;
        }
        self.begin = begin.cast();
        self.end = self.begin.wrapping_add(len);
        self.pages = wanted;
        self.room = wanted.min(LIMIT) - len;
        true
    }

    /// All of it.
    pub(in crate::capture) fn bytes(&self) -> &[u8] {
        // SAFETY: so many bytes have been written, and none is while this is borrowed.
        unsafe { slice::from_raw_parts(self.begin, self.len()) }
    }

    /// All of it, to change.
    pub(in crate::capture) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: so many bytes have been written, and nobody else has them.
        unsafe { slice::from_raw_parts_mut(self.begin, self.len()) }
    }

    /// Forgets all but so many bytes.
    pub(in crate::capture) fn truncate(&mut self, len: usize) {
        let forgotten = self.len().saturating_sub(len);
        self.end = self.end.wrapping_sub(forgotten);
        self.room += forgotten;
    }

    /// Forgets all, and gives back what few tests need.
    pub(in crate::capture) fn clear(&mut self) {
        if self.pages > KEPT {
            *self = Self::new();
        }
        self.truncate(0);
    }
}

impl<const LIMIT: usize> Default for Roll<LIMIT> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const LIMIT: usize> Drop for Roll<LIMIT> {
    fn drop(&mut self) {
        if self.pages > 0 {
            // SAFETY: these are the pages of this roll, which nobody has any more.
            unsafe { libc::munmap(self.begin.cast(), self.pages) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, PAGE, Roll};

    #[test]
    fn a_roll_takes_what_its_limit_allows_and_gives_it_back_in_order() {
        const LIMIT: usize = 3 * PAGE + 1;
        let mut roll = Roll::<LIMIT>::new();
        assert!(roll.append(b"") && !roll.append(b"a") && roll.is_new(), "there is no room at first");
        assert_eq!(roll.bytes(), b"");
        let all: Vec<u8> = (0..=u8::MAX).cycle().take(LIMIT).collect();
        assert!(all.chunks(7).all(|part| roll.extend(part)));
        assert!(
            roll.len() == LIMIT && roll.append(b"") && !roll.append(b"a") && !roll.extend(b"a"),
            "it is full"
        );
        assert!(roll.bytes() == all && roll.bytes_mut() == all);
        roll.truncate(LIMIT);
        roll.truncate(5);
        assert!(roll.extend(b"again"));
        assert_eq!((roll.len(), roll.bytes()), (10, &[0, 1, 2, 3, 4, b'a', b'g', b'a', b'i', b'n'][..]));
    }

    #[test]
    fn an_empty_roll_keeps_some_room_and_not_more() {
        let mut roll = Roll::<{ 2 * KEPT }>::new();
        for (len, is_new) in [(0, true), (1, false), (KEPT, false), (KEPT + 1, true)] {
            assert!(roll.extend(&vec![b'a'; len]));
            roll.clear();
            assert_eq!((roll.len(), roll.is_new()), (0, is_new), "{len}");
        }
    }

    #[test]
    fn what_no_memory_is_enough_for_is_refused_and_nothing_is_lost() {
        let mut roll = Roll::<{ isize::MAX as usize }>::new();
        assert!(roll.extend(b"here") && !roll.make_room(1 << 60) && !roll.make_room(usize::MAX));
        assert_eq!(roll.bytes(), b"here");
    }
}
