//! What is measured: a suite, how it is built, who runs it how, and the rows that come of it.

use super::peer::Peer;
use super::suite::Suite;
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
    /// How many of them run at once.
    pub(crate) threads: usize,
    /// Whether tests that wait let others run.
    pub(crate) in_flight: InFlight,
    /// What it writes its output to.
    pub(crate) output: Output,
    /// What else we are asked for.
    pub(crate) ours: &'static [&'static str],
    /// How often it is run.
    pub(crate) pace: Pace,
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

/// Whether tests that wait let others run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InFlight {
    /// No.
    Off,
    /// Yes, as many as `--in-flight auto` has.
    Auto,
}

/// What a run writes its output to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// A file, which costs no time of whoever reads.
    File,
    /// A pipe, as under a CI system or an editor, with whoever empties it on the same cores.
    Pipe,
}

/// How often a load is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As often as was asked for.
    AsAsked,
    /// Three times at the most, as a run takes ten seconds and more; not at all by `--quick`.
    Slow,
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

/// A load as most are; what is run, by whom and what is shown is for each to say.
pub(crate) const USUAL: Load = Load {
    name: "",
    suite: Suite::Empty,
    build: Build::Dev,
    selection: Selection::All,
    threads: 2,
    in_flight: InFlight::Off,
    output: Output::File,
    ours: &[],
    pace: Pace::AsAsked,
    peers: &[],
    figures: &[Figure::Whole],
};

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

    /// The least that the whole process can take, in milliseconds, where its tests sleep.
    pub(crate) fn bound(&self) -> Option<f64> {
        let at_once = match self.in_flight {
            InFlight::Off => self.threads,
            InFlight::Auto => self.threads * 16,
        };
        self.suite.bound(at_once)
    }

    /// In how many rounds a peer takes part, of those asked for.
    pub(crate) fn rounds(&self, peer: Peer, asked: usize) -> usize {
        let most = match self.pace {
            Pace::AsAsked => usize::MAX,
            Pace::Slow => 3,
        };
        asked.min(most).min(peer.most_rounds())
    }

    /// Whether a peer takes part in the round that does not count. Where a run takes seconds, the disk takes none of them;
    /// nextest runs what libtest has just run.
    pub(crate) fn warms_up(&self, peer: Peer) -> bool {
        peer == Peer::Ours || (peer != Peer::Nextest && self.pace == Pace::AsAsked)
    }
}
