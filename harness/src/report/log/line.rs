//! One line of the log: an object of JSON, written field by field.

use crate::report::json::Escaped;
use std::fmt::{self, Write};
use std::ops::Range;
use std::time::Duration;

/// A line that is being written, behind others.
pub(super) struct Line<'l> {
    text: &'l mut String,
    /// Whether the object or list that is open has something in it already.
    goes_on: bool,
}

impl<'l> Line<'l> {
    /// An event of this kind, to be written there.
    pub(super) fn new(event: &str, text: &'l mut String) -> Self {
        text.push_str("{\"event\":\"");
        text.push_str(event);
        text.push('"');
        Line { text, goes_on: true }
    }

    /// A text.
    pub(super) fn text(mut self, name: &str, text: &str) -> Self {
        self.name(name);
        self.put_text(text);
        self
    }

    /// A text, where there is one.
    pub(super) fn maybe(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// A number.
    pub(super) fn number(mut self, name: &str, number: u64) -> Self {
        self.name(name);
        self.put(format_args!("{number}"));
        self
    }

    /// A number, where there is one.
    pub(super) fn maybe_number(self, name: &str, number: Option<u64>) -> Self {
        match number {
            Some(number) => self.number(name, number),
            None => self,
        }
    }

    /// What holds; nothing is said of what does not.
    pub(super) fn flag(mut self, name: &str, holds: bool) -> Self {
        if holds {
            self.name(name);
            self.text.push_str("true");
        }
        self
    }

    /// A time or a duration, in seconds.
    pub(super) fn time(mut self, name: &str, time: Duration) -> Self {
        self.name(name);
        self.put_time(time);
        self
    }

    /// A time or a duration, where there is one.
    pub(super) fn maybe_time(self, name: &str, time: Option<Duration>) -> Self {
        match time {
            Some(time) => self.time(name, time),
            None => self,
        }
    }

    /// A duration, unless it is none.
    pub(super) fn span(self, name: &str, span: Duration) -> Self {
        self.maybe_time(name, Some(span).filter(|span| !span.is_zero()))
    }

    /// A list of texts, unless it is empty.
    pub(super) fn texts<'t>(mut self, name: &str, texts: impl Iterator<Item = &'t str>) -> Self {
        let mut texts = texts.peekable();
        if texts.peek().is_some() {
            self.open(name, '[');
            for text in texts {
                self.comma();
                self.put_text(text);
            }
            self.close(']');
        }
        self
    }

    /// A list of stretches, each the list of its two ends, unless it is empty.
    pub(super) fn stretches(mut self, name: &str, stretches: &[Range<Duration>]) -> Self {
        if !stretches.is_empty() {
            self.open(name, '[');
            for Range { start, end } in stretches {
                self.comma();
                self.text.push('[');
                self.put_time(*start);
                self.text.push(',');
                self.put_time(*end);
                self.text.push(']');
            }
            self.close(']');
        }
        self
    }

    /// A list of objects, unless it is empty; `write` adds the fields of each.
    pub(super) fn objects<T>(
        mut self,
        name: &str,
        things: impl Iterator<Item = T>,
        write: impl Fn(Self, T) -> Self,
    ) -> Self {
        let mut things = things.peekable();
        if things.peek().is_some() {
            self.open(name, '[');
            for thing in things {
                self.comma();
                self.text.push('{');
                self.goes_on = false;
                self = write(self, thing);
                self.close('}');
            }
            self.close(']');
        }
        self
    }

    /// An object.
    pub(super) fn object(mut self, name: &str, write: impl FnOnce(Self) -> Self) -> Self {
        self.open(name, '{');
        self = write(self);
        self.close('}');
        self
    }

    /// Ends it.
    pub(super) fn end(self) {
        self.text.push_str("}\n");
    }

    fn name(&mut self, name: &str) {
        self.comma();
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    fn open(&mut self, name: &str, bracket: char) {
        self.name(name);
        self.text.push(bracket);
        self.goes_on = false;
    }

    fn close(&mut self, bracket: char) {
        self.text.push(bracket);
        self.goes_on = true;
    }

    fn comma(&mut self) {
        if self.goes_on {
            self.text.push(',');
        }
        self.goes_on = true;
    }

    fn put_text(&mut self, text: &str) {
        self.text.push('"');
        match is_plain(text) {
            true => self.text.push_str(text),
            false => self.put(format_args!("{}", Escaped(text))),
        }
        self.text.push('"');
    }

    /// To the microsecond: a nanosecond is nobody's.
    fn put_time(&mut self, time: Duration) {
        self.put(format_args!("{}.{:06}", time.as_secs(), time.subsec_micros()));
    }

    fn put(&mut self, text: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(text);
    }
}

/// Whether a text stands for itself. Most do, and a plain loop finds that in a tenth of the time where nothing is optimised.
fn is_plain(text: &str) -> bool {
    let (bytes, mut at) = (text.as_bytes(), 0);
    while at < bytes.len() && bytes[at] >= b' ' && !matches!(bytes[at], b'"' | b'\\' | 0x7f) {
        at += 1;
    }
    at == bytes.len()
}

/// Bytes in base 64, as RFC 4648 has it.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_object_with_its_fields_in_their_order() {
        let ms = Duration::from_millis;
        let mut lines = String::new();
        Line::new("x", &mut lines)
            .text("a", "\"<\n")
            .maybe("b", None)
            .number("c", 7)
            .flag("d", true)
            .flag("e", false)
            .time("f", ms(1_250))
            .span("g", Duration::ZERO)
            .texts("h", ["i", "j"].into_iter())
            .texts("k", [].into_iter())
            .stretches("l", &[ms(1)..ms(2), ms(3)..ms(4)])
            .objects("m", [1, 2].into_iter(), |line, number| line.number("n", number).text("o", ""))
            .object("p", |line| line.number("q", 1))
            .number("r", 2)
            .end();
        assert_eq!(
            lines,
            concat!(
                r#"{"event":"x","a":"\"<\n","c":7,"d":true,"f":1.250000,"h":["i","j"],"#,
                r#""l":[[0.001000,0.002000],[0.003000,0.004000]],"m":[{"n":1,"o":""},{"n":2,"o":""}],"#,
                r#""p":{"q":1},"r":2}"#,
                "\n"
            )
        );
    }

    #[test]
    fn base_64_is_that_of_the_standard() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfb]), "//77");
    }
}
