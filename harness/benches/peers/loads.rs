//! The loads, in the order of the table: first those of tests that sleep, which a busy machine disturbs the least.

use super::load::{Figure, InFlight, Load, Output, Pace, Selection, USUAL};
use super::peer::{FREE, KEYED, LIGHT, OURS, WITH_BARE};
use super::suite::Suite;
use super::workspace::Build;

/// All loads.
pub(crate) const LOADS: &[Load] = &[
    Load { name: "sleeping, 16 threads", suite: Suite::Sleeping, threads: 16, peers: &FREE, ..USUAL },
    Load { name: "sleeping, 2 threads", suite: Suite::Sleeping, pace: Pace::Slow, peers: &FREE, ..USUAL },
    Load {
        name: "sleeping, 2 threads, --in-flight auto",
        suite: Suite::Sleeping,
        in_flight: InFlight::Auto,
        peers: &OURS,
        ..USUAL
    },
    Load { name: "two keys, 4 threads", suite: Suite::Keys, threads: 4, peers: &KEYED, ..USUAL },
    Load { name: "two keys mixed, 4 threads", suite: Suite::MixedKeys, threads: 4, peers: &KEYED, ..USUAL },
    Load { name: "long tail, 2 threads", suite: Suite::LongTail, peers: &FREE, ..USUAL },
    Load {
        name: "empty, dev",
        peers: &WITH_BARE,
        figures: &[Figure::PerTest, Figure::OwnShare, Figure::Peak],
        ..USUAL
    },
    Load {
        name: "empty, dev, --no-resume",
        ours: &["--no-resume"],
        peers: &OURS,
        figures: &[Figure::PerTest],
        ..USUAL
    },
    Load {
        name: "empty, dev, read through a pipe",
        output: Output::Pipe,
        peers: &FREE,
        figures: &[Figure::PerTest],
        ..USUAL
    },
    Load {
        name: "empty, release",
        build: Build::Release,
        peers: &LIGHT,
        figures: &[Figure::PerTest, Figure::OwnShare],
        ..USUAL
    },
    Load {
        name: "empty, dev, tokio with net",
        build: Build::DevNet,
        peers: &LIGHT,
        figures: &[Figure::PerTest, Figure::OwnShare],
        ..USUAL
    },
    Load {
        name: "chatty",
        suite: Suite::Chatty,
        peers: &FREE,
        figures: &[Figure::Whole, Figure::Peak],
        ..USUAL
    },
    Load {
        name: "failing",
        suite: Suite::Failing,
        peers: &FREE,
        figures: &[Figure::Whole, Figure::Peak],
        ..USUAL
    },
    Load {
        name: "session, none borrowed",
        suite: Suite::Session,
        peers: &OURS,
        figures: &[Figure::PerTest],
        ..USUAL
    },
    Load {
        name: "session, three borrowed",
        suite: Suite::Borrowing,
        peers: &OURS,
        figures: &[Figure::PerTest],
        ..USUAL
    },
    Load {
        name: "start-up, one of 2000",
        selection: Selection::One,
        peers: &FREE,
        figures: &[Figure::Whole, Figure::Peak],
        ..USUAL
    },
];
