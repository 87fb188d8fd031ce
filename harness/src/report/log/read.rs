//! Reads a log as far as its harness has to: that it is one, that it is whole, and what the fields of a line are. What they
//! mean is for whoever is shown it.

use super::{FORMAT, VERSION};
use std::fmt;
use std::ops::Range;

/// What is wrong with a log, and in which line, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::report) struct Fault {
    pub(in crate::report) line: usize,
    pub(in crate::report) what: What,
}

/// What is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::report) enum What {
    /// It begins with something else.
    Foreign,
    /// It is of a version that means something else by the same words.
    Version(u64),
    /// A line is no event, from this column on.
    NoEvent(usize),
    /// It ends before the run does.
    CutOff,
    /// After the run's end there is something.
    GoesOn,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Foreign => f.write_str("this is no event log of async-harness"),
            What::Version(version) => write!(
                f,
                "this event log is of version {version}, and what is read here is version {VERSION}: read it with the \
                 harness that wrote it"
            ),
            What::NoEvent(column) => {
                write!(f, "this is no event, from column {column} on: was the log cut off or changed?")
            }
            What::CutOff => f.write_str(
                "the log ends here, before its run does: the run was killed or goes on, or the log was cut off",
            ),
            What::GoesOn => f.write_str("the log goes on after the end of its run: here begins another one"),
        }
    }
}

/// The fields of a line's object, each with the place of its value in the line.
pub(in crate::report) struct Fields<'a> {
    line: &'a str,
    fields: Vec<(Range<usize>, Range<usize>)>,
}

impl<'a> Fields<'a> {
    /// Where the value of a field stands.
    pub(in crate::report) fn place(&self, name: &str) -> Option<Range<usize>> {
        let named = |(field, _): &&(Range<usize>, Range<usize>)| &self.line[field.clone()] == name;
        self.fields.iter().find(named).map(|(_, value)| value.clone())
    }

    /// What the fields are called.
    #[cfg(test)]
    pub(in crate::report) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.fields.iter().map(|(field, _)| &self.line[field.clone()])
    }

    /// The text of a field, if it is one without escapes, as those are that lines are told apart by.
    pub(in crate::report) fn word(&self, name: &str) -> Option<&'a str> {
        let word = self.line[self.place(name)?].strip_prefix('"')?.strip_suffix('"')?;
        Some(word).filter(|word| !word.contains('\\'))
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.line[self.place(name)?].parse().ok()
    }
}

/// Makes sure that a text is a whole log.
///
/// # Errors
///
/// [`Fault`], the first that there is.
pub(in crate::report) fn check(log: &[u8]) -> Result<&str, Fault> {
    let lines_in = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    let text = std::str::from_utf8(log).map_err(|error| {
        let (before, line) = (&log[..error.valid_up_to()], lines_in(&log[..error.valid_up_to()]) + 1);
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        let what = if line == 1 { What::Foreign } else { What::NoEvent(column) };
        Fault { line, what }
    })?;
    let (mut finished, lines) = (false, text.lines().count());
    for (line, number) in text.lines().zip(1..) {
        let fault = |what| Err(Fault { line: number, what });
        let fields = match fields(line) {
            Ok(fields) if fields.word("event").is_some() => fields,
            _ if number == 1 => return fault(What::Foreign),
            Ok(_) => return fault(What::NoEvent(1)),
            // What was cut off ends in the midst of a line.
            Err(_) if number == lines && !text.ends_with('\n') => return fault(What::CutOff),
            Err(column) => return fault(What::NoEvent(column)),
        };
        match fields.word("event") {
            Some("log") if number == 1 && fields.word("format") == Some(FORMAT) => {}
            _ if number == 1 => return fault(What::Foreign),
            Some("log") => return fault(What::GoesOn),
            _ if finished => return fault(What::GoesOn),
            event => finished = event == Some("run_finished"),
        }
        match fields.number("version").filter(|_| number == 1) {
            Some(version) if version != VERSION => return fault(What::Version(version)),
            None if number == 1 => return fault(What::Foreign),
            _ => {}
        }
    }
    match finished {
        true => Ok(text),
        false if lines == 0 => Err(Fault { line: 1, what: What::Foreign }),
        false => Err(Fault { line: lines, what: What::CutOff }),
    }
}

/// The fields of a line that is an object of JSON.
///
/// # Errors
///
/// The column, from 1, up to which it is one.
pub(in crate::report) fn fields(line: &str) -> Result<Fields<'_>, usize> {
    let mut reader = Reader { bytes: line.as_bytes(), at: 0 };
    let mut fields = Vec::new();
    let read = reader.object(&mut |field, value| fields.push((field, value)), DEPTH);
    match read.filter(|()| reader.is_at_end()) {
        Some(()) => Ok(Fields { line, fields }),
        None => Err(reader.at + 1),
    }
}

/// How deep things may stand within each other; those of a log are not deep.
const DEPTH: usize = 32;

/// Reads JSON as RFC 8259 has it, and keeps nothing.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn object(&mut self, field: &mut dyn FnMut(Range<usize>, Range<usize>), depth: usize) -> Option<()> {
        self.sign(b'{')?;
        if self.sign(b'}').is_some() {
            return Some(());
        }
        loop {
            self.space();
            let name = self.place(Self::string)?;
            self.sign(b':')?;
            self.space();
            let value = self.place(|reader| reader.value(depth))?;
            field(name.start + 1..name.end - 1, value);
            if self.sign(b',').is_none() {
                return self.sign(b'}');
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        self.sign(b'[')?;
        if self.sign(b']').is_some() {
            return Some(());
        }
        loop {
            self.value(depth)?;
            if self.sign(b',').is_none() {
                return self.sign(b']');
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.space();
        match self.bytes.get(self.at)? {
            b'{' => self.object(&mut |_, _| (), depth),
            b'[' => self.list(depth),
            b'"' => self.string(),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn string(&mut self) -> Option<()> {
        self.word(b"\"")?;
        loop {
            match *self.bytes.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    let escaped = *self.bytes.get(self.at + 1)?;
                    match escaped {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
                        b'u' => {
                            let digits = self.bytes.get(self.at + 2..self.at + 6)?;
                            digits.iter().all(u8::is_ascii_hexdigit).then(|| self.at += 6)?;
                        }
                        _ => return None,
                    }
                }
                0..0x20 => return None,
                _ => {
                    // Most of a log is this.
                    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
                    let rest = &self.bytes[self.at..];
                    self.at += rest.iter().position(ends).unwrap_or(rest.len());
                }
            }
        }
        self.at += 1;
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let _ = self.word(b"-");
        if self.word(b"0").is_none() {
            self.digits()?;
        }
        if self.word(b".").is_some() {
            self.digits()?;
        }
        if self.word(b"e").or_else(|| self.word(b"E")).is_some() {
            let _ = self.word(b"+").or_else(|| self.word(b"-"));
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let count = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }

    fn place(&mut self, read: impl FnOnce(&mut Self) -> Option<()>) -> Option<Range<usize>> {
        let begin = self.at;
        read(self)?;
        Some(begin..self.at)
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.bytes[self.at..].starts_with(word).then(|| self.at += word.len())
    }

    /// A sign of JSON, with the space around it.
    fn sign(&mut self, sign: u8) -> Option<()> {
        self.space();
        self.word(&[sign])?;
        self.space();
        Some(())
    }

    fn space(&mut self) {
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.at += self.bytes[self.at..].iter().take_while(is_space).count();
    }

    fn is_at_end(&mut self) -> bool {
        self.space();
        self.at == self.bytes.len()
    }
}
