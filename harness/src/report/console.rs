//! Where a report for people goes: the process's standard output, past everything that captures or replaces it.

#[cfg(feature = "progress")]
use crate::screen;
use crate::settings::{Capture, Color, Format, Settings};
use crate::text::Text;
use std::io::{self, IsTerminal, Write};

/// Standard output and standard error as they were when the process began.
#[cfg_attr(not(feature = "progress"), expect(dead_code, reason = "nothing is drawn"))]
pub(crate) struct Console {
    out: Stream,
    err: Stream,
    color: bool,
    screen: Screen,
    buffer: Text,
    /// Says whether tests have left standard output within a line, where that matters.
    within_line: Option<fn() -> bool>,
    /// What standard output's descriptor was copied to.
    descriptor: i32,
    /// Whether something stands below what was printed.
    drawn: bool,
}

/// What standard output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// A terminal: a person reads.
    Terminal,
    /// A pipe, a file or the like: a program may read.
    Pipe,
}

type Stream = Box<dyn Write + Send>;

/// A colour of libtest's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hue {
    Red,
    Green,
    Yellow,
}

impl Console {
    /// The console of this process.
    pub(crate) fn new(settings: &Settings) -> Self {
        let screen = if io::stdout().is_terminal() { Screen::Terminal } else { Screen::Pipe };
        let color = match settings.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => settings.capture == Capture::Yes && screen == Screen::Terminal,
        };
        let ((out, descriptor), (err, _)) = (copy(io::stdout), copy(io::stderr));
        let buffer = Text::default();
        Console { out, err, color, screen, buffer, within_line: None, descriptor, drawn: false }
    }

    /// What standard output is.
    pub(crate) fn screen(&self) -> Screen {
        self.screen
    }

    /// A console that writes elsewhere.
    #[cfg(test)]
    pub(super) fn to(out: Stream, err: Stream, color: bool, screen: Screen) -> Self {
        let buffer = Text::default();
        Console { out, err, color, screen, buffer, within_line: None, descriptor: -1, drawn: false }
    }

    /// The same where tests print to standard output themselves, and what is told in lines of JSON has to begin at the
    /// beginning of one. `within_line` says whether they have left it within a line.
    pub(crate) fn between(mut self, settings: &Settings, within_line: fn() -> bool) -> Self {
        let is_mixed = settings.capture == Capture::No && settings.format == Format::Json;
        self.within_line = is_mixed.then_some(within_line);
        self
    }

    /// Prints to standard output, at the next flush.
    pub(super) fn print(&mut self, text: &str) {
        self.buffer.push(text.as_bytes());
    }

    /// Prints what a test printed: text or not, as it is where it is text.
    pub(super) fn print_output(&mut self, output: &[u8]) {
        self.print(&String::from_utf8_lossy(output));
    }

    /// Prints a word in a colour, where there are colours.
    pub(super) fn paint(&mut self, hue: Hue, word: &str) {
        if !self.color {
            return self.print(word);
        }
        let (begin, end) = self.codes(hue);
        self.print(begin);
        self.print(word);
        self.print(end);
    }

    /// What stands before and after a word to give it a colour, where there are colours.
    pub(super) fn codes(&self, hue: Hue) -> (&'static str, &'static str) {
        let begin = match hue {
            _ if !self.color => return ("", ""),
            Hue::Red => "\x1b[31m",
            Hue::Green => "\x1b[32m",
            Hue::Yellow => "\x1b[33m",
        };
        (begin, "\x1b[0m")
    }

    /// Prints to standard error, at once.
    pub(super) fn print_aside(&mut self, text: &[u8]) -> io::Result<()> {
        self.err.write_all(text)
    }

    /// Forgets what was printed since the last flush.
    pub(super) fn discard(&mut self) {
        self.buffer.clear();
    }

    /// Brings out what was printed.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.within_line.is_some_and(|within_line| !self.buffer.as_bytes().is_empty() && within_line()) {
            // In one piece with what follows, so that nothing comes between.
            let mut line = Text::with_room(self.buffer.as_bytes().len() + 1);
            line.push(b"\n");
            line.push(self.buffer.as_bytes());
            self.buffer = line;
        }
        let written = self.out.write_all(self.buffer.as_bytes()).and_then(|()| self.out.flush());
        self.buffer.clear();
        written
    }
}

/// What stands below the lines that stay.
#[cfg(feature = "progress")]
impl Console {
    /// Whether there is something to bring out.
    pub(super) fn has_printed(&self) -> bool {
        !self.buffer.as_bytes().is_empty()
    }

    /// Brings out what was printed, and draws this below it in the place of what was drawn before; all at once, for it not to
    /// flicker.
    pub(super) fn flush_above(&mut self, drawing: &str) -> io::Result<()> {
        let clear: &[u8] = if self.drawn { screen::CLEAR } else { b"" };
        let whole = [clear, self.buffer.as_bytes(), drawing.as_bytes()].concat();
        self.buffer.clear();
        self.drawn = !drawing.is_empty();
        match self.drawn {
            true => screen::drawn_on(self.descriptor),
            false => screen::clean(),
        }
        self.out.write_all(&whole).and_then(|()| self.out.flush())
    }
}

#[cfg(feature = "progress")]
impl Drop for Console {
    /// Whatever became of the report, the next line is somebody else's.
    fn drop(&mut self) {
        if self.drawn {
            screen::clean();
            let _ = self.out.write_all(screen::CLEAR);
        }
    }
}

/// Writes to a copy of a descriptor, where the system has one to give; and its number.
#[cfg(unix)]
fn copy<S: std::os::fd::AsFd + Write + Send + 'static>(stream: fn() -> S) -> (Stream, i32) {
    match super::lasting::Copied::new(stream()) {
        Ok(copied) => {
            let number = copied.number();
            (Box::new(copied), number)
        }
        Err(_) => (Box::new(stream()), -1),
    }
}

#[cfg(not(unix))]
fn copy<S: Write + Send + 'static>(stream: fn() -> S) -> (Stream, i32) {
    (Box::new(stream()), -1)
}
