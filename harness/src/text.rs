//! Bytes that pieces are put behind. That is what [`Vec::extend_from_slice`] is for, but it takes 400 instructions of
//! unoptimised code for a piece, and a line of output is five pieces.

/// Bytes that pieces are put behind.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// What there is, and room behind it.
    bytes: Vec<u8>,
    length: usize,
}

impl Text {
    /// With room for so many bytes.
    pub(crate) fn with_room(room: usize) -> Self {
        Text { bytes: vec![0; room], length: 0 }
    }

    /// Puts a piece behind what there is.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        let end = self.length + piece.len();
        if end > self.bytes.len() {
            // The system gives zeros for nothing; to write them one by one is what costs.
            let mut bytes = vec![0; end.max(self.bytes.len() * 2).max(256)];
            bytes[..self.length].copy_from_slice(self.as_bytes());
            self.bytes = bytes;
        }
        self.bytes[self.length..end].copy_from_slice(piece);
        self.length = end;
    }

    /// What there is.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Takes all of it away, and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }

    /// What there is, as text; nothing if it is none.
    pub(crate) fn into_string(self) -> Option<String> {
        let Text { mut bytes, length } = self;
        bytes.truncate(length);
        String::from_utf8(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_its_pieces_are() {
        for room in [0, 1, 10_000] {
            let (mut text, mut expected) = (Text::with_room(room), String::new());
            for piece in (0..300).map(|nth| "ä".repeat(nth % 7)) {
                text.push(piece.as_bytes());
                expected.push_str(&piece);
                assert_eq!(text.as_bytes(), expected.as_bytes(), "with room for {room}");
            }
            assert_eq!(text.into_string(), Some(expected));
        }
    }

    #[test]
    fn nothing_is_left_of_what_was_taken_away() {
        let mut text = Text::default();
        text.push(b"long");
        text.clear();
        text.push(b"a");
        assert_eq!(text.as_bytes(), b"a");
    }
}
