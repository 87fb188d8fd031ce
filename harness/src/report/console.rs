//! Where a report for people goes: the process's standard output, past everything that captures or replaces it.

use crate::settings::{Capture, Color, Format, Settings};
use crate::text::Text;
use std::io::{self, IsTerminal, Write};

/// Standard output and standard error as they were when the process began.
pub(crate) struct Console {
    out: Stream,
    err: Stream,
    color: bool,
    buffer: Text,
    /// Says whether tests have left standard output within a line, where that matters.
    within_line: Option<fn() -> bool>,
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
        let color = match settings.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => settings.capture == Capture::Yes && io::stdout().is_terminal(),
        };
        Console {
            out: copy(io::stdout()),
            err: copy(io::stderr()),
            color,
            buffer: Text::default(),
            within_line: None,
        }
    }

    /// A console that writes elsewhere.
    #[cfg(test)]
    pub(super) fn to(out: Stream, err: Stream, color: bool) -> Self {
        Console { out, err, color, buffer: Text::default(), within_line: None }
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
        self.print(match hue {
            Hue::Red => "\x1b[31m",
            Hue::Green => "\x1b[32m",
            Hue::Yellow => "\x1b[33m",
        });
        self.print(word);
        self.print("\x1b[0m");
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

/// A copy of a descriptor: it is neither 1 nor 2, so it is never captured, and a test that closes or redirects those
/// leaves it alone.
#[cfg(unix)]
fn copy(stream: impl std::os::fd::AsFd + Write + Send + 'static) -> Stream {
    match stream.as_fd().try_clone_to_owned() {
        Ok(copy) => Box::new(std::fs::File::from(copy)),
        Err(_) => Box::new(stream),
    }
}

#[cfg(not(unix))]
fn copy(stream: impl Write + Send + 'static) -> Stream {
    Box::new(stream)
}
