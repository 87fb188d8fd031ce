//! The words for a fixture: its name, its scope and what it asks of others. Nothing here can run anything.

use crate::key::Key;
use crate::place::Place;
use std::time::Duration;

/// What is known of a fixture without setting it up.
#[derive(Debug)]
pub struct FixtureDecl {
    /// The full path, crate first: `shipments::support::client`.
    pub path: &'static str,
    /// Where its function is named.
    pub place: Place,
    /// Its doc comment, a line each, empty without one.
    pub doc: &'static str,
    /// How long an instance lives, and who shares it.
    pub scope: Scope,
    /// Whether its function is async.
    pub kind: FixtureKind,
    /// What its value means for the runtime of the tests that use it.
    pub runtime: FixtureRuntime,
    /// Whether there is something to do when an instance is no longer needed.
    pub teardown: Teardown,
    /// How long its set-up and its teardown may take, each.
    pub timeout: Option<Duration>,
    /// The keys that a test holds by using it.
    pub keys: &'static [Key],
    /// The fixtures that it uses itself, in the order of its parameters.
    pub needs: &'static [Need],
}

impl FixtureDecl {
    /// The name of its function.
    pub fn name(&self) -> &'static str {
        self.path.rsplit("::").next().unwrap_or(self.path)
    }

    /// Whether its end is async: a teardown is, and the value of an async function is dropped as it was made.
    pub(crate) fn end_kind(&self) -> FixtureKind {
        if self.has_teardown() { FixtureKind::Async } else { self.kind }
    }

    /// What it is called in messages: its path without the crate, as a test's name is.
    pub(crate) fn label(&self) -> &'static str {
        match self.path.split_once("::") {
            _ if self.place.file == BUILT_IN => self.name(),
            Some((_, path)) => path,
            None => self.path,
        }
    }

    /// How long a set-up or a teardown of it may take, where the run says this much of those that say nothing themselves.
    pub(crate) fn limit(&self, of_run: Option<Duration>) -> Option<Duration> {
        self.timeout.or(of_run)
    }

    /// Whether an instance's value is given to a function at its end.
    pub(crate) fn has_teardown(&self) -> bool {
        self.teardown == Teardown::Yes
    }
}

/// The file of a fixture that comes with the harness: no place of the user's.
pub(crate) const BUILT_IN: &str = "async-harness";

/// How long an instance of a fixture lives, shortest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// For one attempt of one test.
    Test,
    /// For all tests of one worker, one at a time.
    Worker,
    /// For all tests of one module.
    Module,
    /// For all tests of the run.
    Session,
}

/// Whether the function of a fixture is async.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixtureKind {
    /// It is not.
    Sync,
    /// It is.
    Async,
}

/// What a fixture's value means for the runtime of the tests that use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixtureRuntime {
    /// An async fixture of a longer scope than a test brings its tests to the session runtime; others do not.
    Inferred,
    /// It does not care where it is used: `runtime = "any"`.
    Any,
    /// It brings its tests to the session runtime although it is sync: `runtime = "session"`.
    Session,
}

/// Whether there is something to do when an instance is no longer needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Teardown {
    /// Its value is dropped.
    No,
    /// Its value is given to the function named by `teardown = path`.
    Yes,
}

/// A parameter that is a fixture.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// The fixture; a function, since two fixtures may name each other.
    pub fixture: fn() -> &'static FixtureDecl,
    /// How the parameter holds it.
    pub access: NeedAccess,
}

/// How a parameter holds a fixture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeedAccess {
    /// `name: &T`.
    Borrow,
    /// `name: &mut T`.
    BorrowMut,
    /// `name: T`.
    Take,
}
