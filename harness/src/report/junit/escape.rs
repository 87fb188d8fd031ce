//! Text as it may stand in a document of XML: without the colours of terminals and what else is for them alone.
//!
//! There may be hundreds of megabytes of it, and a suite is built as tests are, without optimisation: so bytes are looked at
//! one by one in a plain loop, and what nothing is to be done about is copied in one piece.

use std::borrow::Cow;

/// Whether a byte may have to be replaced, or be the first of some that do. There are few others, so few are looked at twice.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        special[byte] = byte != b'\n' as usize && byte != b'\t' as usize;
        byte += 1;
    }
    let others = [b'<', b'>', b'&', b'\'', b'"', CONTROLS, NO_CHARACTERS];
    let mut nth = 0;
    while nth < others.len() {
        special[others[nth] as usize] = true;
        nth += 1;
    }
    special
};

/// What U+0080 to U+009F, a second set of control characters, begin with.
const CONTROLS: u8 = 0xc2;

/// What U+FFFE and U+FFFF begin with, which are no characters, and not allowed in XML.
const NO_CHARACTERS: u8 = 0xef;

const BELL: u8 = 0x07;
const CANCEL: u8 = 0x18;
const SUBSTITUTE: u8 = 0x1a;
const ESCAPE: u8 = 0x1b;

/// The text as it stands in an element, or between the quotes of an attribute.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut at = plain(bytes, 0);
    if at == bytes.len() {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    let mut from = 0;
    while at < bytes.len() {
        escaped.push_str(&text[from..at]);
        let (end, instead) = match bytes[at] {
            b'<' => (at + 1, "&lt;"),
            b'>' => (at + 1, "&gt;"),
            b'&' => (at + 1, "&amp;"),
            b'\'' => (at + 1, "&apos;"),
            b'"' => (at + 1, "&quot;"),
            CONTROLS => (at + 2, ""),
            NO_CHARACTERS => (at + 3, "\u{fffd}"),
            ESCAPE => (sequence(bytes, at + 1, &mut escaped), ""),
            _ => (at + 1, ""),
        };
        escaped.push_str(instead);
        from = end;
        at = plain(bytes, end);
    }
    escaped.push_str(&text[from..]);
    Cow::Owned(escaped)
}

/// How far the text may stay as it is.
fn plain(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        if SPECIAL[bytes[at] as usize] {
            // These two are the beginning of much else that may stay.
            match (bytes[at], &bytes[at + 1..]) {
                (CONTROLS, [0x80..=0x9f, ..]) | (NO_CHARACTERS, [0xbf, 0xbe..=0xbf, ..]) => return at,
                (CONTROLS | NO_CHARACTERS, _) => {}
                _ => return at,
            }
        }
        at += 1;
    }
    at
}

/// Where in a sequence for a terminal.
#[derive(Clone, Copy)]
enum Within {
    /// Behind the escape character.
    Begun,
    /// Behind what says that one more byte is to come.
    Continued,
    /// In a sequence as those for colours are.
    Control,
    /// In a string that a bell ends, as titles and links are.
    Command,
    /// In any other string.
    Text,
}

/// Where the sequence ends whose escape character stands before this place: behind the text, if it does not end. A terminal
/// goes to the next line within a sequence as well, so these are kept.
fn sequence(bytes: &[u8], mut at: usize, kept: &mut String) -> usize {
    let mut within = Within::Begun;
    while at < bytes.len() {
        let byte = bytes[at];
        at += 1;
        within = match (within, byte) {
            (_, CANCEL | SUBSTITUTE) | (Within::Command, BELL) => return at,
            (_, ESCAPE) => Within::Begun,
            (Within::Command | Within::Text, _) => within,
            (_, b'\n') => {
                kept.push('\n');
                within
            }
            (Within::Begun, b'[') => Within::Control,
            (Within::Begun, b']') => Within::Command,
            (Within::Begun, b'P' | b'X' | b'^' | b'_') => Within::Text,
            (Within::Begun | Within::Continued, b' '..=b'/') => Within::Continued,
            (Within::Begun | Within::Continued, b'0'..=b'~') | (Within::Control, b'@'..=b'~') => {
                return at;
            }
            _ => within,
        };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(escape(text), *expected, "{text:?}");
            // Wherever it stands.
            let (around, expected) = (format!("é {text}\x18 ü"), format!("é {expected} ü"));
            assert_eq!(escape(&around), expected, "{around:?}");
        }
    }

    #[test]
    fn what_is_plain_is_not_copied() {
        for text in
            ["", "plain", "two\nlines\n", "a\ttab", "é \u{a0} \u{2028} 🦀 ，\u{fffd}\u{ffef}", "]] \u{7f}"]
        {
            assert!(matches!(escape(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn markup_becomes_text() {
        check(&[
            ("a < b > c & d", "a &lt; b &gt; c &amp; d"),
            ("\"it's\"", "&quot;it&apos;s&quot;"),
            ("<![CDATA[ ]]>", "&lt;![CDATA[ ]]&gt;"),
            ("&lt;", "&amp;lt;"),
        ]);
    }

    #[test]
    fn what_no_document_may_hold_is_left_out_or_replaced() {
        check(&[
            ("a\0b\x01c\x08d\x0be\x0cf\x0eg\x1fh", "abcdefgh"),
            ("\u{80}a\u{9f}b\u{a0}", "ab\u{a0}"),
            ("\u{fffd}\u{fffe}\u{ffff}", "\u{fffd}\u{fffd}\u{fffd}"),
            ("\u{1fffe}\u{10ffff}", "\u{1fffe}\u{10ffff}"),
        ]);
        let all: String = (0..=u32::from(char::MAX)).filter_map(char::from_u32).collect();
        let forbidden =
            |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\x7f') || "\u{fffe}\u{ffff}".contains(c);
        assert_eq!(escape(&all).chars().find(|c| forbidden(*c)), None);
    }

    #[test]
    fn carriage_returns_go_as_a_reader_would_make_lines_of_them() {
        check(&[("a\r\nb\rc", "a\nbc")]);
    }

    #[test]
    fn sequences_for_terminals_are_left_out() {
        check(&[
            ("\x1b[31mred\x1b[0m", "red"),
            ("\x1b[1;38:2:1:2:3mbold\x1b[m", "bold"),
            ("\x1b[?25h\x1b[!p\x1b[2 qcursor", "cursor"),
            ("\x1b]0;title\x07bell", "bell"),
            ("\x1b]8;;http://é\x1b\\link\x1b]8;;\x1b\\", "link"),
            ("\x1bPq#1~\x07\x1b\\a\x1b_b\x1b\\c\x1b^d\x1b\\e\x1bXf\x1b\\g", "aceg"),
            ("\x1b(Bset\x1b7\x1b=\x1b #[more", "setmore"),
            ("\x1b\x1b[31mtwice\x1bé[31mafter", "twiceafter"),
            ("\x1b[3\x18given up\x1b]0;\x1atwice", "given uptwice"),
            ("\x1b[3\x1b[31manew", "anew"),
        ]);
    }

    #[test]
    fn lines_within_sequences_are_kept_and_those_within_strings_not() {
        check(&[("\x1b[3\n1mnext", "\nnext"), ("\x1b\n[1mnext", "\nnext"), ("\x1b]0;a\nb\x07next", "next")]);
    }

    #[test]
    fn what_does_not_end_is_left_out_to_the_end() {
        for text in ["\x1b", "\x1b[", "\x1b[31", "\x1b(", "\x1b]0;lost\nlost", "\x1bPé"] {
            assert_eq!(escape(&format!("a<{text}")), "a&lt;", "{text:?}");
        }
    }
}
