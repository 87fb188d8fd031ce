//! Draws the progress of a run on a terminal, below the lines that stay there.
//!
//! It stands below the cursor, behind an empty line. So whatever else prints meanwhile, a child process that is not
//! captured or the terminal itself an `^C`, prints above it; it is taken away without any count of lines, which a terminal
//! that is made narrower would change; and whoever ends the process in a hurry can take it away.

use super::console::{Console, Hue};
use super::progress::{Progress, Size};
use crate::event::Event;
use crate::forecast::Forecast;
use ::console::Term;
use std::fmt::Write;
use std::io;
use std::time::{Duration, Instant};

/// How often it is drawn at most, and looked at while nothing happens.
pub(super) const PACE: Duration = Duration::from_millis(100);

/// A run that is over before has none: it would only flicker.
const SHORT: Duration = Duration::from_millis(200);

/// What a terminal is taken for that does not say how large it is.
const USUAL: Size = Size { height: 24, width: 80 };

/// No line is longer, however wide the terminal: one that is made narrower would break it.
const WIDEST: usize = 100;

/// A progress bar.
#[derive(Debug)]
pub(super) struct Bar {
    progress: Progress,
    terminal: Term,
    /// What is drawn, and when it was made; nothing before and after the run.
    text: String,
    made: Option<Instant>,
    on: bool,
}

impl Bar {
    /// Of a run that will take so long, if that can be told.
    pub(super) fn new(forecast: Option<Forecast>) -> Self {
        Bar {
            progress: Progress::new(forecast),
            terminal: Term::stdout(),
            text: String::new(),
            made: None,
            on: true,
        }
    }

    /// Counts an event.
    pub(super) fn count(&mut self, event: &Event) {
        self.progress.count(event);
        self.on = self.on && !matches!(event, Event::RunFinished { .. });
    }

    /// Counts an event from before the process was executed again.
    pub(super) fn catch_up(&mut self, event: &Event) {
        self.progress.catch_up(event);
    }

    /// Brings out what was printed, above the bar.
    pub(super) fn flush(&mut self, out: &mut Console) -> io::Result<()> {
        if !self.on {
            self.text.clear();
            return out.flush_above(&self.text);
        }
        let is_due = self.made.is_none_or(|made| made.elapsed() >= PACE);
        let text = if is_due { self.make(out) } else { None };
        let is_new = text.as_ref().is_some_and(|text| *text != self.text);
        self.text = text.unwrap_or_else(|| std::mem::take(&mut self.text));
        if is_new || out.has_printed() { out.flush_above(&self.text) } else { Ok(()) }
    }

    /// What is to be drawn now, once the run has been on for a moment.
    fn make(&mut self, out: &Console) -> Option<String> {
        self.made = Some(Instant::now());
        let now = self.progress.began.elapsed().unwrap_or_default();
        if now < SHORT {
            return None;
        }
        let size = self.terminal.size_checked().map_or(USUAL, |(height, width)| Size {
            height: height.into(),
            width: usize::from(width).min(WIDEST),
        });
        let lines = self.progress.lines(now, size, out.codes(Hue::Red));
        let mut text = String::new();
        for line in &lines {
            text.push_str("\r\n");
            text.push_str(line);
        }
        // Back to the empty line, where the next that is printed belongs. Writing to a string cannot fail.
        let _ = write!(text, "\x1b[{}A\r", lines.len());
        Some(text)
    }
}
