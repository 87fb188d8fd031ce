//! The words for a test: its name, its place and what it asks of the run. Nothing here can run anything.

use crate::fixture::Need;
use crate::key::{Access, Key};
use crate::place::Place;
use std::time::Duration;

/// What is known of a test without running it.
#[derive(Debug, Clone, Copy)]
pub struct Test {
    /// Its path.
    pub path: TestPath,
    /// How much of its end is the name of its function and what follows that; before it stand two colons and the module.
    pub own_length: u32,
    /// Which runtime it insists on.
    pub on: RuntimeChoice,
    /// Where its function is named.
    pub place: Place,
    /// The fixtures that it uses, in the order of its parameters.
    pub needs: &'static [Need],
    /// The attributes beside it; nothing where it has none of them, as each test of a suite is in memory.
    pub traits: Option<&'static Traits>,
    /// What few tests ask for; nothing where it asks for none of it.
    pub options: Option<&'static Options>,
}

/// What attributes beside the one that makes it a test say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits {
    /// Whether it runs only when asked for.
    pub ignore: Ignore,
    /// Whether it passes by panicking.
    pub should_panic: ShouldPanic,
    /// Which tests it may run beside.
    pub concurrency: Concurrency,
    /// Whether it is known to fail.
    pub xfail: Xfail,
}

impl Traits {
    /// Nothing said: what generated code starts from.
    pub const PLAIN: Self = Self {
        ignore: Ignore::No,
        should_panic: ShouldPanic::No,
        concurrency: Concurrency::Parallel,
        xfail: Xfail::No,
    };
}

/// The tags that tests have by what they are.
pub(crate) const BUILT_IN_TAGS: [&str; 2] = ["serial", "xfail"];

/// The arguments of a test attribute that few tests have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// `tags(...)`, without those that a test has by what it is.
    pub tags: &'static [&'static str],
    /// `group = ".."`, for `--dist group`.
    pub group: Option<&'static str>,
    /// `threads_required = ..`: for how many tests it counts; at least 1.
    pub threads_required: usize,
    /// `timeout = ".."`.
    pub timeout: Option<Duration>,
    /// `retries = ..`: how often it is tried again after a failure.
    pub retries: Option<u32>,
    /// `task_panics = ".."`.
    pub task_panics: Option<TaskPanics>,
}

/// What a panic in a task of a test means for the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskPanics {
    /// Nothing, as in tokio.
    Ignored,
    /// A failure: `task_panics = "fail"`.
    Fail,
}

impl Options {
    /// Nothing asked for: what generated code starts from.
    pub const PLAIN: Self =
        Self { tags: &[], group: None, threads_required: 1, timeout: None, retries: None, task_panics: None };
}

/// `runtime = ".."` on a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuntimeChoice {
    /// What its fixtures ask for.
    Inferred,
    /// One of its own: `runtime = "fresh"`.
    Fresh,
    /// The session's: `runtime = "session"`.
    Session,
}

impl Test {
    /// A test that says nothing of itself: what generated code starts from.
    pub const PLAIN: Self = Self {
        path: TestPath::new(""),
        own_length: 0,
        on: RuntimeChoice::Inferred,
        place: Place { file: "", line: 0, column: 0 },
        needs: &[],
        traits: None,
        options: None,
    };

    /// What tells it from any other test of the run: its address.
    pub(crate) fn id(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Whether it takes and asks for nothing.
    pub(crate) fn is_bare(&self) -> bool {
        // One pattern: a call for each of them would be most of what this takes.
        matches!(self, Test { traits: None, options: None, needs: [], on: RuntimeChoice::Inferred, .. })
    }

    fn traits(&self) -> &'static Traits {
        self.traits.unwrap_or(const { &Traits::PLAIN })
    }

    /// Whether it runs only when asked for.
    pub(crate) fn ignore(&self) -> Ignore {
        self.traits().ignore
    }

    /// Whether it passes by panicking.
    pub(crate) fn should_panic(&self) -> ShouldPanic {
        self.traits().should_panic
    }

    /// Which tests it may run beside.
    pub(crate) fn concurrency(&self) -> Concurrency {
        self.traits().concurrency
    }

    /// Whether it is known to fail.
    pub(crate) fn xfail(&self) -> Xfail {
        self.traits().xfail
    }

    /// What it asks for beside what most tests do.
    pub(crate) fn options(&self) -> &'static Options {
        self.options.unwrap_or(const { &Options::PLAIN })
    }

    /// How often it is tried again after a failure, where it does not say so itself as often as this.
    pub(crate) fn retries(&self, by_default: u32) -> u32 {
        self.options().retries.unwrap_or(by_default)
    }

    /// Its tags: those of `tags(...)`, then those that it has by what it is, `serial` with `#[serial]` and
    /// `#[serial(key)]`, and `xfail` with `#[xfail]`.
    pub(crate) fn tags(&self) -> Vec<&'static str> {
        let serial = match self.concurrency() {
            Concurrency::Exclusive => true,
            Concurrency::Keyed(keys) => keys.iter().any(|key| key.access == Access::Exclusive),
            Concurrency::Parallel => false,
        };
        let xfail = self.xfail() != Xfail::No;
        let mut tags = self.options().tags.to_vec();
        for (tag, has) in BUILT_IN_TAGS.into_iter().zip([serial, xfail]) {
            if has {
                tags.push(tag);
            }
        }
        tags
    }

    /// Whether this is one of its tags.
    pub(crate) fn has_tag(&self, tag: &str) -> bool {
        self.tags().contains(&tag)
    }

    /// The module that its function stands in, crate first.
    pub(crate) fn module(&self) -> &'static str {
        let end = self.path.whole.len().saturating_sub(self.own_length as usize + "::".len());
        self.path.whole.get(..end).unwrap_or(self.path.whole)
    }

    /// The function that it is a test of: its name without those of its case and its values.
    #[cfg(feature = "doctor")]
    pub(crate) fn function(&self) -> &'static str {
        let begin = self.path.whole.len().saturating_sub(self.own_length as usize);
        let own = self.path.whole.get(begin..).unwrap_or(self.path.whole);
        own.split("::").next().unwrap_or(own)
    }

    /// The name of the function that it is a case of; nothing where the function is a test by itself.
    pub(crate) fn function_of_case(&self) -> Option<&'static str> {
        // A plain loop, as below: it is asked for each test where many names are given.
        let (name, bytes) = (self.name(), self.path.whole.as_bytes());
        let mut at = bytes.len().saturating_sub(self.own_length as usize);
        while at < bytes.len() {
            if bytes[at] == b':' {
                return name.get(..at.checked_sub(bytes.len() - name.len())?);
            }
            at += 1;
        }
        None
    }

    /// The name as libtest gives it: the path without the crate.
    pub fn name(&self) -> &'static str {
        self.path.name
    }
}

/// Where a test stands among modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestPath {
    /// Crate first: `shipments::rates::picks_the_cheapest`.
    pub(crate) whole: &'static str,
    /// Without the crate.
    name: &'static str,
}

impl TestPath {
    /// A path that begins with a crate. It is taken apart when the test is compiled: the name is asked for many times in a
    /// run, mostly by code that is not optimised.
    #[must_use]
    pub const fn new(whole: &'static str) -> Self {
        let bytes = whole.as_bytes();
        let mut end = 0;
        while end < bytes.len() && bytes[end] != b':' {
            end += 1;
        }
        let name = if end + 2 <= bytes.len() { whole.split_at(end + 2).1 } else { whole };
        TestPath { whole, name }
    }
}

/// `#[ignore]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignore {
    /// The test runs like any other.
    No,
    /// It runs with `--ignored` or `--include-ignored` only.
    Yes,
    /// The same, and why.
    Because(&'static str),
}

/// `#[should_panic]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShouldPanic {
    /// A panic is a failure.
    No,
    /// The test passes when it panics.
    Yes,
    /// The test passes when it panics with a message that contains this.
    With(&'static str),
}

/// Which tests a test may run beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concurrency {
    /// Beside any test but the exclusive ones.
    Parallel,
    /// Beside any test that does not want one of these keys in a conflicting way.
    Keyed(&'static [Key]),
    /// Beside none: in the last phase, on the main thread.
    Exclusive,
}

/// `#[xfail]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Xfail {
    /// The test is expected to pass.
    No,
    /// It is expected to fail; passing is a failure.
    Yes,
    /// The same, and why.
    Because(&'static str),
}
