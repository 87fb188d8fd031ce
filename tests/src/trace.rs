//! Reads the traces that suites write: which test began and ended when, on which thread of which process.

use std::path::{Path, PathBuf};

/// A trace in a file.
#[derive(Debug)]
pub struct Trace {
    lines: Vec<Line>,
}

/// One line of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether the test began; it ended otherwise.
    pub begins: bool,
    /// The test.
    pub name: String,
    /// The process that it ran in.
    pub pid: u32,
    /// The thread that it ran on.
    pub tid: u32,
}

impl Trace {
    /// Where a suite is to write; its variable is `SUITE_TRACE`.
    pub fn path(folder: &Path) -> PathBuf {
        folder.join("trace")
    }

    /// Reads what was written.
    ///
    /// # Panics
    ///
    /// If nothing was, or something else than a trace.
    pub fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(Self::path(folder)).expect("the suite wrote a trace");
        let lines =
            text.lines().map(|line| Line::read(line).unwrap_or_else(|| panic!("no line of a trace: {line}")));
        Trace { lines: lines.collect() }
    }

    /// The lines, in order.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The tests in the order of their beginning.
    pub fn begun(&self) -> Vec<&str> {
        self.lines.iter().filter(|line| line.begins).map(|line| line.name.as_str()).collect()
    }

    /// How many of the tests that `which` picks were running at once at most.
    pub fn peak(&self, which: impl Fn(&str) -> bool) -> usize {
        let mut running = 0_usize;
        let mut peak = 0;
        for line in self.lines.iter().filter(|line| which(&line.name)) {
            running = if line.begins { running + 1 } else { running - 1 };
            peak = peak.max(running);
        }
        peak
    }

    /// Whether two tests were running at the same time.
    pub fn overlap(&self, a: &str, b: &str) -> bool {
        self.peak(|name| name == a || name == b) > 1
    }
}

impl Line {
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let begins = match words.next()? {
            "begin" => true,
            "end" => false,
            _ => return None,
        };
        let name = words.next()?.to_owned();
        Some(Line { begins, name, pid: words.next()?.parse().ok()?, tid: words.next()?.parse().ok()? })
    }
}
