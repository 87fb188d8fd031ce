//! What somebody has printed, in bounded memory: its beginning and its end, and how much was between.

use super::interpose::Roll;
use super::parts::Parts;
use crate::outcome::Output;

/// How much of the beginning is kept. Most tests print far less, and all of that.
const BEGINNING: usize = 1 << 20;

/// How much of the end is kept at least; twice that at most.
const END: usize = 1 << 20;

/// Where it was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// On standard output.
    Out,
    /// On standard error.
    Err,
}

/// Output that is kept. To add to it allocates nothing: see [`Roll`].
#[derive(Debug, Default)]
pub(crate) struct Kept {
    beginning: Roll<BEGINNING>,
    flood: Flood,
    /// Which parts of all that was printed went to standard error.
    errors: Parts,
}

/// What came once the beginning was full.
#[derive(Debug, Default)]
struct Flood {
    /// How many bytes are not kept.
    lost: usize,
    before: Roll<{ 2 * END }>,
    last: Roll<{ 2 * END }>,
}

impl Kept {
    /// Nothing so far.
    pub(crate) const fn new() -> Self {
        let flood = Flood { lost: 0, before: Roll::new(), last: Roll::new() };
        Kept { beginning: Roll::new(), flood, errors: Parts::new() }
    }

    /// Adds output; answers whether there was memory for it.
    #[inline(always)]
    pub(crate) fn append(&mut self, stream: Stream, bytes: &[u8]) -> bool {
        // Most output is of standard output, and fits. All else takes a call more.
        if let Stream::Out = stream
            && self.beginning.append(bytes)
        {
            return true;
        }
        self.append_anywhere(stream, bytes)
    }

    /// Adds output of either stream, and makes room for it. Where there is none, that must not end the process here: locks are
    /// held, and whoever prints may be about to say that there is no memory.
    fn append_anywhere(&mut self, stream: Stream, bytes: &[u8]) -> bool {
        match stream {
            Stream::Out => self.extend(bytes),
            Stream::Err => {
                let begin = self.printed();
                let kept = self.errors.make_room(begin) && self.extend(bytes);
                if kept {
                    self.errors.push(begin..begin + bytes.len());
                }
                kept
            }
        }
    }

    fn extend(&mut self, bytes: &[u8]) -> bool {
        let room = BEGINNING - self.beginning.len();
        if bytes.len() <= room {
            return self.beginning.extend(bytes);
        }
        let (fits, bytes) = bytes.split_at(room);
        let Flood { lost, before, last } = &mut self.flood;
        // More at once than is kept at all.
        let (skipped, bytes) = bytes.split_at(bytes.len().saturating_sub(END));
        if !last.make_room(bytes.len()) || !self.beginning.extend(fits) {
            return false;
        }
        *lost += skipped.len();
        last.append(bytes);
        if last.len() >= END {
            *lost += before.len();
            before.truncate(0);
            std::mem::swap(before, last);
            let gone = BEGINNING..BEGINNING + *lost;
            self.errors.forget(|part| part.start >= gone.start && part.end <= gone.end);
        }
        true
    }

    /// How much has been printed, kept or not.
    fn printed(&self) -> usize {
        let Flood { lost, before, last } = &self.flood;
        self.beginning.len() + lost + before.len() + last.len()
    }

    /// Whether there is nothing in it, and no room to be used again.
    pub(super) fn is_new(&self) -> bool {
        self.beginning.is_new()
    }

    /// A copy of all that is kept.
    pub(super) fn so_far(&self) -> Output {
        let mut bytes = self.beginning.bytes().to_vec();
        let Flood { lost, before, last } = &self.flood;
        let flood = before.len() + last.len();
        if flood == 0 {
            return Output::new(bytes, self.errors.all().collect());
        }
        // The end begins with a whole line, where it has one.
        let end = [before.bytes(), last.bytes()].concat();
        let cut = end.iter().take(END / 2).position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let cut = if *lost == 0 { 0 } else { cut };
        let lost = lost + cut;
        if lost > 0 {
            if !bytes.ends_with(b"\n") {
                bytes.push(b'\n');
            }
            bytes.extend_from_slice(format!("[{lost} bytes of output are left out here]\n").as_bytes());
        }
        // What is left out has moved what follows.
        let (gone, moved) = (BEGINNING + lost, bytes.len());
        let place = |at: usize| if at <= BEGINNING { at } else { at.max(gone) - gone + moved };
        let errors = self.errors.all().map(|part| place(part.start)..place(part.end));
        let errors = errors.filter(|part| !part.is_empty()).collect();
        bytes.extend_from_slice(&end[cut..]);
        Output::new(bytes, errors)
    }

    /// Takes it all out. Some room stays, for the next user.
    pub(crate) fn take(&mut self) -> Output {
        let output = self.so_far();
        self.beginning.clear();
        self.flood = Flood::default();
        self.errors.clear();
        output
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many lines of eight bytes, numbered.
    fn lines(count: usize) -> Kept {
        let mut kept = Kept::new();
        assert!((0..count).all(|nth| kept.append(Stream::Out, format!("{nth:07}\n").as_bytes())));
        kept
    }

    #[test]
    fn what_fits_is_kept_whole() {
        for count in [0, 1, BEGINNING / 8, BEGINNING / 8 + 1, (BEGINNING + END) / 8 - 1] {
            let all: Vec<u8> = (0..count).flat_map(|nth| format!("{nth:07}\n").into_bytes()).collect();
            assert!(*lines(count).take() == all, "{count} lines");
        }
    }

    #[test]
    fn of_a_flood_beginning_and_end_are_kept_and_the_rest_is_counted() {
        let count = 1_000_000;
        let text = String::from_utf8(lines(count).take().to_vec()).unwrap();
        assert!(text.len() < BEGINNING + 2 * END + 100, "{} bytes", text.len());
        assert!(text.starts_with("0000000\n0000001\n") && text.ends_with("0999998\n0999999\n"));
        let note = text.lines().find(|line| line.starts_with('[')).unwrap();
        let lost: usize = note.trim_start_matches('[').split(' ').next().unwrap().parse().unwrap();
        assert_eq!(lost + text.len() - note.len() - 1, count * 8);
        assert!(text.lines().all(|line| line == note || line.len() == 7), "lines are whole");
    }

    #[test]
    fn one_write_may_be_larger_than_all_that_is_kept() {
        let mut kept = Kept::new();
        kept.append(Stream::Out, &vec![b'a'; 60 << 20]);
        kept.append(Stream::Out, b"end\n");
        let bytes = kept.take();
        assert!(bytes.len() < BEGINNING + 2 * END + 100);
        assert!(bytes.starts_with(b"aaa") && bytes.ends_with(b"aend\n"));
        assert!(kept.take().is_empty());
    }

    #[test]
    fn the_streams_are_told_apart_in_what_is_kept() {
        let mut kept = Kept::new();
        kept.append(Stream::Out, b"a");
        kept.append(Stream::Err, b"b");
        kept.append(Stream::Err, b"c");
        kept.append(Stream::Out, b"d");
        let output = kept.take();
        assert_eq!((&output[..], output.apart()), (&b"abcd"[..], (b"ad".to_vec(), b"bc".to_vec())));
        // In a flood one stream after the other, a line each: what is kept of either has no line of the other.
        for nth in 0..1_000_000 {
            kept.append(
                if nth % 2 == 0 { Stream::Out } else { Stream::Err },
                format!("{nth:07}\n").as_bytes(),
            );
        }
        let parts = kept.errors.all().count();
        assert!(parts < 3 * BEGINNING / 16 + 2, "{parts} parts");
        let output = kept.take();
        let (out, err) = output.apart();
        assert_eq!(out.len() + err.len(), output.len());
        let even = |text: Vec<u8>| {
            let text = String::from_utf8(text).unwrap();
            text.lines()
                .filter(|line| !line.starts_with('['))
                .map(|line| line[..7].parse::<u32>().unwrap() % 2)
                .collect()
        };
        let (out, err): (Vec<_>, Vec<_>) = (even(out), even(err));
        assert!(out.iter().all(|odd| *odd == 0) && err.iter().all(|odd| *odd == 1));
    }
}
