//! The suites: which tests there are and what they do, whoever runs them.

use super::peer::Peer;

/// A suite, which is one test target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suite {
    /// 220 tests that sleep for 25 s in all, each for another time than its neighbours.
    Sleeping,
    /// 40 tests of one key, 40 of another and 80 of none, of 20 ms each. By name those of a key stand together, as they do
    /// where each has a module.
    Keys,
    /// The same, but by name those of a key are as far from each other as can be.
    MixedKeys,
    /// 60 tests of 20 ms, and one of 600 ms that is the last by name.
    LongTail,
    /// 2,000 tests that do nothing.
    Empty,
    /// 500 tests that print 200 lines each.
    Chatty,
    /// 1,000 tests of which every tenth panics.
    Failing,
    /// 2,000 tests on the session runtime that do nothing.
    Session,
    /// 2,000 tests on the session runtime that borrow three fixtures of it.
    Borrowing,
    /// 500 tests that do nothing, 300 of them cases of 100 functions, with a fixture that needs another.
    Parameters,
}

/// One test.
#[derive(Debug)]
pub(crate) struct Test {
    /// The name of its function.
    pub(crate) name: String,
    /// What it does.
    pub(crate) does: Does,
    /// What it must not run beside another of.
    pub(crate) key: Option<&'static str>,
}

/// What a test does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Does {
    /// Nothing.
    Nothing,
    /// Sleeps, for so many milliseconds.
    Sleep(u64),
    /// Prints 200 lines.
    Print,
    /// Panics.
    Panic,
}

/// The keys of [`Suite::Keys`] and [`Suite::MixedKeys`].
pub(crate) const KEYS: [&str; 2] = ["a", "b"];

/// How long tests sleep in [`Suite::Sleeping`], in milliseconds; 20 tests for each time.
const SLEEPS: [u64; 11] = [20, 30, 40, 50, 60, 80, 100, 130, 170, 240, 330];

impl Suite {
    /// The suites that a peer has.
    pub(crate) fn of(peer: Peer) -> &'static [Suite] {
        use Suite::{
            Borrowing, Chatty, Empty, Failing, Keys, LongTail, MixedKeys, Parameters, Session, Sleeping,
        };
        match peer {
            Peer::Ours => {
                &[Sleeping, Keys, MixedKeys, LongTail, Empty, Chatty, Failing, Session, Borrowing, Parameters]
            }
            Peer::Libtest | Peer::Nextest | Peer::TestR => {
                &[Sleeping, Keys, MixedKeys, LongTail, Empty, Chatty, Failing]
            }
            Peer::Mimic => &[Sleeping, LongTail, Empty, Chatty, Failing],
            Peer::Serial => &[Keys, MixedKeys],
            Peer::Rstest => &[Parameters],
            Peer::Bare => &[Empty],
        }
    }

    /// The name of its test target.
    pub(crate) fn target(self) -> &'static str {
        match self {
            Suite::Sleeping => "sleeping",
            Suite::Keys => "keys",
            Suite::MixedKeys => "mixed_keys",
            Suite::LongTail => "long_tail",
            Suite::Empty => "empty",
            Suite::Chatty => "chatty",
            Suite::Failing => "failing",
            Suite::Session => "session",
            Suite::Borrowing => "borrowing",
            Suite::Parameters => "parameters",
        }
    }

    /// How many tests it has.
    pub(crate) const fn count(self) -> usize {
        match self {
            Suite::Sleeping => 220,
            Suite::Keys | Suite::MixedKeys => 160,
            Suite::LongTail => 61,
            Suite::Empty | Suite::Session | Suite::Borrowing => 2_000,
            Suite::Chatty | Suite::Parameters => 500,
            Suite::Failing => 1_000,
        }
    }

    /// How many of them fail.
    pub(crate) fn failures(self) -> usize {
        (0..self.count()).filter(|&place| self.does(place) == Does::Panic).count()
    }

    /// Its tests, in the order of the source.
    pub(crate) fn tests(self) -> impl Iterator<Item = Test> {
        (0..self.count()).map(move |place| {
            let key = self.key(place);
            let name = match (self, key) {
                (_, Some(key)) => format!("t{place:03}_{key}"),
                // By name they are in the order of the source.
                (Suite::Sleeping | Suite::Keys | Suite::MixedKeys | Suite::LongTail, None) => {
                    format!("t{place:03}")
                }
                _ => format!("t{place}"),
            };
            Test { name, does: self.does(place), key }
        })
    }

    /// The least time that the suite takes with so many tests at once, in milliseconds: as long as its longest test, as
    /// the tests of its busiest key, and as a fair share of all. Nothing where tests do not sleep.
    pub(crate) fn bound(self, at_once: usize) -> Option<f64> {
        let sleeps: Vec<_> = (0..self.count())
            .filter_map(|place| match self.does(place) {
                Does::Sleep(time) => Some((self.key(place), time)),
                Does::Nothing | Does::Print | Does::Panic => None,
            })
            .collect();
        let sum = |key| sleeps.iter().filter(|sleep| sleep.0 == key).map(|sleep| sleep.1).sum();
        let longest = sleeps.iter().map(|sleep| sleep.1).max()?;
        let busiest: u64 = KEYS.into_iter().map(|key| sum(Some(key))).max()?;
        let all: u64 = sleeps.iter().map(|sleep| sleep.1).sum();
        Some((longest.max(busiest) as f64).max(all as f64 / at_once as f64))
    }

    fn does(self, place: usize) -> Does {
        match self {
            // 83 and 220 have no factor in common, so each time is met as often as the others, and not in order.
            Suite::Sleeping => Does::Sleep(SLEEPS[place * 83 % self.count() / 20]),
            Suite::LongTail if place + 1 == self.count() => Does::Sleep(600),
            Suite::Keys | Suite::MixedKeys | Suite::LongTail => Does::Sleep(20),
            Suite::Chatty => Does::Print,
            Suite::Failing if place.is_multiple_of(10) => Does::Panic,
            Suite::Empty | Suite::Failing | Suite::Session | Suite::Borrowing | Suite::Parameters => {
                Does::Nothing
            }
        }
    }

    fn key(self, place: usize) -> Option<&'static str> {
        let key = match self {
            Suite::Keys => place / 40,
            // Every other one has none.
            Suite::MixedKeys if place.is_multiple_of(2) => place / 2 % KEYS.len(),
            _ => return None,
        };
        KEYS.get(key).copied()
    }
}
