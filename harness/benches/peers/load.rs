//! What is measured: a suite, how it is built, how it is started, and the rows that come of it.

use super::peer::{ALL, HARNESSES, OURS, Peer};
use super::source::Suite;
use super::workspace::Build;

/// A run to repeat.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// The name of its rows.
    pub(crate) name: &'static str,
    /// What is run.
    pub(crate) suite: Suite,
    /// How it was built.
    pub(crate) build: Build,
    /// Which of its tests run.
    pub(crate) selection: Selection,
    /// Who runs it.
    pub(crate) peers: &'static [Peer],
    /// What is shown of it.
    pub(crate) figures: &'static [Figure],
}

/// Which tests of a suite run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All.
    All,
    /// One from the middle, named by `--exact`.
    One,
}

/// What is shown of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    /// The time of the whole process over the number of tests.
    PerTest,
    /// The time of the whole process.
    Whole,
    /// The most memory that was resident at once.
    Peak,
    /// Our time per test less that of the bare loop in the same round.
    OwnShare,
}

/// All loads, in the order of the table.
pub(crate) const LOADS: &[Load] = &[
    Load {
        name: "empty, dev",
        suite: Suite::Empty,
        build: Build::Dev,
        selection: Selection::All,
        peers: &ALL,
        figures: &[Figure::PerTest, Figure::OwnShare, Figure::Peak],
    },
    Load {
        name: "empty, release",
        suite: Suite::Empty,
        build: Build::Release,
        selection: Selection::All,
        peers: &ALL,
        figures: &[Figure::PerTest, Figure::OwnShare],
    },
    Load {
        name: "empty, dev, tokio with net",
        suite: Suite::Empty,
        build: Build::DevNet,
        selection: Selection::All,
        peers: &ALL,
        figures: &[Figure::PerTest, Figure::OwnShare],
    },
    Load {
        name: "chatty",
        suite: Suite::Chatty,
        build: Build::Dev,
        selection: Selection::All,
        peers: &HARNESSES,
        figures: &[Figure::Whole, Figure::Peak],
    },
    Load {
        name: "failing",
        suite: Suite::Failing,
        build: Build::Dev,
        selection: Selection::All,
        peers: &HARNESSES,
        figures: &[Figure::Whole, Figure::Peak],
    },
    Load {
        name: "session, none borrowed",
        suite: Suite::Session,
        build: Build::Dev,
        selection: Selection::All,
        peers: &OURS,
        figures: &[Figure::PerTest],
    },
    Load {
        name: "session, three borrowed",
        suite: Suite::Borrowing,
        build: Build::Dev,
        selection: Selection::All,
        peers: &OURS,
        figures: &[Figure::PerTest],
    },
    Load {
        name: "start-up, one of 2000",
        suite: Suite::Empty,
        build: Build::Dev,
        selection: Selection::One,
        peers: &HARNESSES,
        figures: &[Figure::Whole, Figure::Peak],
    },
];

impl Load {
    /// The names of its rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = String> {
        self.figures.iter().map(|figure| self.row(*figure))
    }

    /// The name of the row for a figure.
    pub(crate) fn row(&self, figure: Figure) -> String {
        let what = match figure {
            Figure::PerTest => "a test",
            Figure::Whole => "whole process",
            Figure::Peak => "peak memory",
            Figure::OwnShare => "own share",
        };
        format!("{}: {what}", self.name)
    }

    /// The arguments of the child.
    pub(crate) fn arguments(&self, peer: Peer) -> &'static [&'static str] {
        match (peer, self.selection) {
            (Peer::Bare, _) => &[],
            (_, Selection::All) => &["--test-threads=2"],
            (_, Selection::One) => &["--test-threads=2", "--exact", "t1000"],
        }
    }

    /// What the child's output must end with, up to the time it took, and whether it must succeed.
    pub(crate) fn expected(&self, peer: Peer) -> (String, bool) {
        let tests = self.suite.tests();
        if peer == Peer::Bare {
            return (format!("built and dropped {tests} runtimes"), true);
        }
        let failed = self.suite.failures();
        let (passed, filtered_out) = match self.selection {
            Selection::All => (tests - failed, 0),
            Selection::One => (1, tests - 1),
        };
        let verdict = if failed == 0 { "ok" } else { "FAILED" };
        let counts =
            format!("{passed} passed; {failed} failed; 0 ignored; 0 measured; {filtered_out} filtered out");
        (format!("test result: {verdict}. {counts}; finished in "), failed == 0)
    }
}
