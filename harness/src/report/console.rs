//! Where a report for people goes: the process's standard output, past everything that captures or replaces it.

use crate::settings::{Capture, Color, Settings};
use crate::text::Text;
use std::io::{self, IsTerminal, Write};

/// Standard output and standard error as they were when the process began.
pub(crate) struct Console {
    out: Stream,
    err: Stream,
    color: bool,
    screen: Screen,
    buffer: Text,
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
        Console { out: copy(io::stdout()), err: copy(io::stderr()), color, screen, buffer: Text::default() }
    }

    /// What standard output is.
    pub(crate) fn screen(&self) -> Screen {
        self.screen
    }

    /// A console that writes elsewhere.
    #[cfg(test)]
    pub(super) fn to(out: Stream, err: Stream, color: bool, screen: Screen) -> Self {
        Console { out, err, color, screen, buffer: Text::default() }
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
