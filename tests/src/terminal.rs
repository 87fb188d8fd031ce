//! A run whose standard output is a terminal, and what stands on its screen.

use crate::run::{Run, kill_group};
use crate::spans::{Span, lines};
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::File;
use std::io::Read;
use std::num::NonZeroU16;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};
use vt100::{Color, Parser};

/// How many lines above the screen are kept.
const KEPT: usize = 10_000;

/// A process on a terminal.
pub struct Terminal {
    child: Child,
    controller: File,
    screen: Arc<Mutex<Parser>>,
    reader: Option<JoinHandle<()>>,
    limit: Duration,
}

/// What a process has left on its terminal.
#[derive(Debug)]
pub struct Left {
    /// Every line, those above the screen too, without what is blank at the end.
    pub lines: Vec<String>,
    /// The exit code; 128 and the signal's number, where a signal ended the process.
    pub code: i32,
    /// Whether the cursor can be seen.
    pub cursor_is_visible: bool,
    /// Whether the cursor stands at the beginning of a line, below all that was printed.
    pub cursor_is_below: bool,
}

impl Run {
    /// Starts it on a terminal of this size, in lines and columns.
    ///
    /// # Panics
    ///
    /// If there is no terminal to be had, or it cannot be started.
    pub fn on_terminal(self, rows: u16, columns: u16) -> Terminal {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let controller = openpt(flags).expect("there is a terminal to be had");
        grantpt(&controller).and_then(|()| unlockpt(&controller)).expect("the terminal can be used");
        let user = File::from(ioctl_tiocgptpeer(&controller, flags).expect("the terminal has another end"));
        let controller = File::from(controller);
        resize(&controller, rows, columns);
        let out = user.try_clone().expect("a descriptor can be copied");
        let limit = self.longest();
        let child = self.spawn(out.into(), Stdio::from(user));
        let screen = Arc::new(Mutex::new(Parser::new(some(rows), some(columns), KEPT)));
        let mut terminal = controller.try_clone().expect("a descriptor can be copied");
        let shown = Arc::clone(&screen);
        let reader = Some(spawn(move || {
            let mut bytes = [0; 4096];
            // An error is how the end comes: the other end of the terminal is closed.
            while let Ok(count @ 1..) = terminal.read(&mut bytes) {
                lock(&shown).process(&bytes[..count]);
            }
        }));
        Terminal { child, controller, screen, reader, limit }
    }
}

impl Terminal {
    /// What is on the screen.
    pub fn screen(&self) -> String {
        lock(&self.screen).screen().contents()
    }

    /// The lines of the screen, with what they look like.
    pub fn spans(&self) -> Vec<Vec<Span>> {
        lines(lock(&self.screen).screen())
    }

    /// Waits for its end, and gives its exit code and the lines of the screen.
    ///
    /// # Panics
    ///
    /// If it does not come within the limit of the run.
    pub fn last_spans(mut self) -> (i32, Vec<Vec<Span>>) {
        (self.wait(), self.spans())
    }

    /// Whether anything on the screen has a colour.
    pub fn has_colours(&self) -> bool {
        let parser = lock(&self.screen);
        let (rows, columns) = parser.screen().size();
        let mut cells = (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column)));
        cells.any(|(row, column)| {
            parser.screen().cell(row, column).is_some_and(|cell| cell.fgcolor() != Color::Default)
        })
    }

    /// Waits until the screen is as wanted, and gives it.
    ///
    /// # Panics
    ///
    /// If it never is.
    pub fn wait_until(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let begin = Instant::now();
        loop {
            let screen = self.screen();
            if is_so(&screen) {
                return screen;
            }
            assert!(begin.elapsed() < self.limit, "{what} is never shown:\n{screen}");
            sleep(Duration::from_millis(5));
        }
    }

    /// Waits until this is on the screen, and gives it all.
    ///
    /// # Panics
    ///
    /// If it never is.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contains(text))
    }

    /// Makes the terminal larger or smaller.
    pub fn resize(&self, rows: u16, columns: u16) {
        resize(&self.controller, rows, columns);
        lock(&self.screen).screen_mut().set_size(some(rows), some(columns));
    }

    /// Sends the process and what it has started a signal of this name, as the terminal does for an `^C`.
    pub fn signal(&self, name: &str) {
        let group = format!("-{}", self.child.id());
        Command::new("kill").args(["-s", name, "--", &group]).status().expect("there is a `kill`");
    }

    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// If it does not come within the limit of the run.
    pub fn end(mut self) -> Left {
        let code = self.wait();
        let mut parser = lock(&self.screen);
        let (row, column) = parser.screen().cursor_position();
        let is_empty = |line: &str| line.trim_end().is_empty();
        let columns = parser.screen().size().1.get();
        let below: Vec<_> = parser.screen().rows(0, columns).skip(row.into()).collect();
        Left {
            code,
            cursor_is_visible: !parser.screen().hide_cursor(),
            cursor_is_below: column == 0 && below.iter().all(|line| is_empty(line)),
            lines: all_lines(&mut parser),
        }
    }

    /// Waits for the end of the process and of what it writes, and gives the exit code.
    fn wait(&mut self) -> i32 {
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                break status;
            }
            assert!(begin.elapsed() < self.limit, "it does not end:\n{}", self.screen());
            sleep(Duration::from_millis(1));
        };
        self.reader.take().map(JoinHandle::join).transpose().expect("a terminal can be read");
        crate::run::code(status)
    }
}

impl Drop for Terminal {
    /// One that a test of ours has failed over is not left running.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            kill_group(&mut self.child);
        }
    }
}

/// Every line, from the first that is kept; the screen is looked at from further and further down.
fn all_lines(parser: &mut Parser) -> Vec<String> {
    let screen = parser.screen_mut();
    let columns = screen.size().1.get();
    screen.set_scrollback(usize::MAX);
    let above = screen.scrollback();
    let mut lines = Vec::new();
    for offset in (1..=above).rev() {
        screen.set_scrollback(offset);
        lines.extend(screen.rows(0, columns).next());
    }
    screen.set_scrollback(0);
    lines.extend(screen.rows(0, columns));
    let mut lines: Vec<_> = lines.iter().map(|line| line.trim_end().to_owned()).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

fn resize(terminal: &File, rows: u16, columns: u16) {
    let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(terminal, size).expect("a terminal has a size");
}

fn some(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a terminal has lines and columns")
}

fn lock(parser: &Mutex<Parser>) -> MutexGuard<'_, Parser> {
    parser.lock().unwrap_or_else(PoisonError::into_inner)
}
