//! What somebody has printed, in bounded memory: its beginning and its end, and how much was between.

use super::interpose;

/// How much of the beginning is kept. Most tests print far less, and all of that.
const BEGINNING: usize = 1 << 20;

/// How much of the end is kept at least; twice that at most.
const END: usize = 1 << 20;

/// Output that is kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    beginning: Vec<u8>,
    /// What came once that was full.
    flood: Option<Box<Flood>>,
}

#[derive(Debug, Clone, Default)]
struct Flood {
    /// How many bytes are not kept.
    lost: usize,
    before: Vec<u8>,
    last: Vec<u8>,
}

impl Kept {
    /// Nothing so far.
    pub(super) const fn new() -> Self {
        Kept { beginning: Vec::new(), flood: None }
    }

    /// Adds output.
    pub(super) fn append(&mut self, bytes: &[u8]) {
        let room = BEGINNING - self.beginning.len();
        if bytes.len() <= room {
            return interpose::append(&mut self.beginning, bytes);
        }
        let (fits, bytes) = bytes.split_at(room);
        interpose::append(&mut self.beginning, fits);
        let Flood { lost, before, last } = &mut **self.flood.get_or_insert_default();
        // More at once than is kept at all.
        let (skipped, bytes) = bytes.split_at(bytes.len().saturating_sub(END));
        *lost += skipped.len();
        interpose::append(last, bytes);
        if last.len() >= END {
            *lost += before.len();
            before.clear();
            std::mem::swap(before, last);
        }
    }

    /// A copy of all that is kept.
    pub(super) fn so_far(&self) -> Vec<u8> {
        self.clone().take()
    }

    /// Takes it all out.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.beginning);
        let Some(flood) = self.flood.take() else { return bytes };
        let Flood { lost, before, last } = *flood;
        let end = [before, last].concat();
        // The end begins with a whole line, where it has one.
        let cut = end.iter().take(END / 2).position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let cut = if lost == 0 { 0 } else { cut };
        let lost = lost + cut;
        if lost > 0 {
            if !bytes.ends_with(b"\n") {
                bytes.push(b'\n');
            }
            bytes.extend_from_slice(format!("[{lost} bytes of output are left out here]\n").as_bytes());
        }
        interpose::append(&mut bytes, &end[cut..]);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many lines of eight bytes, numbered.
    fn lines(count: usize) -> Kept {
        let mut kept = Kept::new();
        (0..count).for_each(|nth| kept.append(format!("{nth:07}\n").as_bytes()));
        kept
    }

    #[test]
    fn what_fits_is_kept_whole() {
        for count in [0, 1, BEGINNING / 8, BEGINNING / 8 + 1, (BEGINNING + END) / 8 - 1] {
            let all: Vec<u8> = (0..count).flat_map(|nth| format!("{nth:07}\n").into_bytes()).collect();
            assert!(lines(count).take() == all, "{count} lines");
        }
    }

    #[test]
    fn of_a_flood_beginning_and_end_are_kept_and_the_rest_is_counted() {
        let count = 1_000_000;
        let text = String::from_utf8(lines(count).take()).unwrap();
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
        kept.append(&vec![b'a'; 60 << 20]);
        kept.append(b"end\n");
        let bytes = kept.take();
        assert!(bytes.len() < BEGINNING + 2 * END + 100);
        assert!(bytes.starts_with(b"aaa") && bytes.ends_with(b"aend\n"));
        assert_eq!(kept.take(), b"");
    }
}
