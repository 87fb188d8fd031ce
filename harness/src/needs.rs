//! Decides what a test's fixtures mean for it: what has to be set up, which keys it holds, which runtime it runs on, and
//! what cannot be. Pure functions of declarations.

use crate::few::Few;
use crate::fixture::{FixtureDecl, FixtureKind, FixtureRuntime, Need, NeedAccess, Scope};
use crate::key::{Access, Key};
use crate::test::{Concurrency, RuntimeChoice, Test};
use std::fmt;

/// Why a test's fixtures cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NeedsError {
    /// Fixtures that need each other: names, the first one again at the end.
    Cycle(Vec<&'static str>),
    /// An instance that one use wants for itself, and another use of it in the same test.
    Taken { test: &'static str, fixture: &'static str },
    /// The same of a mutable borrow, and another parameter of the test, or of this fixture of it.
    Borrowed { test: &'static str, by: Option<&'static str>, fixture: &'static str },
    /// A test with a runtime of its own kind that its fixtures bring to the session runtime.
    Runtimes { test: &'static str, fixture: &'static str },
}

impl fmt::Display for NeedsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NeedsError::Cycle(names) => {
                write!(f, "fixtures need each other: `{}`", names.join("` -> `"))
            }
            NeedsError::Taken { test, fixture } => write!(
                f,
                "fixture `{fixture}` is taken by value for test `{test}`, which uses it a second time: borrow it with `&`"
            ),
            NeedsError::Borrowed { test, by, fixture } => {
                let by = by.map_or_else(
                    || format!("test `{test}`"),
                    |by| format!("fixture `{by}` of test `{test}`"),
                );
                write!(
                    f,
                    "{by} takes fixture `{fixture}` by `&mut`, but has it as another parameter too: keep one"
                )
            }
            NeedsError::Runtimes { test, fixture } => write!(
                f,
                "test `{test}` asks for a runtime of its own kind, but fixture `{fixture}` brings it to the session \
                 runtime: remove the test's runtime arguments, or insist with `runtime = \"fresh\"`, or say \
                 `runtime = \"any\"` on the fixture if its value works on any runtime"
            ),
        }
    }
}

/// Every fixture that these needs come to, each once, a fixture after those that it needs itself.
///
/// # Errors
///
/// [`NeedsError::Cycle`] if one of them needs itself through others.
pub(crate) fn closure(needs: &[Need]) -> Result<Vec<&'static FixtureDecl>, NeedsError> {
    let mut walk = Walk { path: Vec::new(), done: Vec::new() };
    for need in needs {
        walk.visit((need.fixture)())?;
    }
    Ok(walk.done)
}

/// What follows from the fixtures of a test.
#[derive(Debug, Clone)]
pub(crate) struct Settled {
    /// Their [`closure`].
    pub(crate) fixtures: Few<&'static FixtureDecl>,
    /// Whether the test runs on the session runtime.
    pub(crate) session: bool,
    /// Whether the test can have them; if not, [`check`] says why.
    pub(crate) fits: bool,
}

/// Settles one test after another. Neighbours often need the same.
#[derive(Default)]
pub(crate) struct Settling {
    last: Option<(&'static Test, OwnKind, Settled)>,
}

impl Settling {
    /// What follows for a test; remembered from the last one where that needs the same.
    ///
    /// # Errors
    ///
    /// As [`closure`].
    pub(crate) fn of(&mut self, test: &'static Test, kind: OwnKind) -> Result<&Settled, NeedsError> {
        let same = |(last, last_kind, _): &(&'static Test, OwnKind, Settled)| {
            last.on == test.on && *last_kind == kind && are_same(last.needs, test.needs)
        };
        let last = match self.last.take().filter(same) {
            Some(last) => last,
            None => (test, kind, settle(test, kind)?),
        };
        Ok(&self.last.insert(last).2)
    }
}

fn settle(test: &'static Test, kind: OwnKind) -> Result<Settled, NeedsError> {
    let fixtures = Few::from(&*closure(test.needs)?);
    let fits = check(test, kind, &fixtures).is_ok();
    Ok(Settled { fixtures, session: on_session(test), fits })
}

/// Whether two tests need the same fixtures in the same way. Plain loops: this is asked for each test.
fn are_same(some: &[Need], others: &[Need]) -> bool {
    let (mut place, count) = (0, some.len());
    if count != others.len() {
        return false;
    }
    while place < count {
        let (one, other) = (&some[place], &others[place]);
        // The same function has the same declaration, and to compare two addresses is less than to call both.
        let same = std::ptr::fn_addr_eq(one.fixture, other.fixture)
            || std::ptr::eq((one.fixture)(), (other.fixture)());
        if !same || one.access != other.access {
            return false;
        }
        place += 1;
    }
    true
}

struct Walk {
    path: Vec<&'static FixtureDecl>,
    done: Vec<&'static FixtureDecl>,
}

impl Walk {
    fn visit(&mut self, fixture: &'static FixtureDecl) -> Result<(), NeedsError> {
        if self.done.iter().any(|done| std::ptr::eq(*done, fixture)) {
            return Ok(());
        }
        if let Some(start) = self.path.iter().position(|on| std::ptr::eq(*on, fixture)) {
            let names = self.path[start..].iter().chain([&fixture]).map(|fixture| fixture.label());
            return Err(NeedsError::Cycle(names.collect()));
        }
        self.path.push(fixture);
        for need in fixture.needs {
            self.visit((need.fixture)())?;
        }
        self.path.pop();
        self.done.push(fixture);
        Ok(())
    }
}

/// The keys that a test holds while it runs: its own and those of its fixtures. One that anybody wants alone is held
/// alone.
pub(crate) fn keys(concurrency: Concurrency, fixtures: &[&'static FixtureDecl]) -> Few<Key> {
    let own = match concurrency {
        Concurrency::Keyed(keys) => keys,
        Concurrency::Parallel | Concurrency::Exclusive => &[],
    };
    if fixtures.iter().all(|fixture| fixture.keys.is_empty()) {
        return Few::from(own);
    }
    let mut keys = Vec::<Key>::new();
    for key in own.iter().chain(fixtures.iter().flat_map(|fixture| fixture.keys)) {
        match keys.iter_mut().find(|other| other.name == key.name) {
            None => keys.push(*key),
            Some(other) if key.access == Access::Exclusive => other.access = Access::Exclusive,
            Some(_) => {}
        }
    }
    Few::from(&*keys)
}

/// The fixture that brings a test to the session runtime, if there is one.
///
/// A value that opens connections when it is used must find the runtime that it was made on still running. So an async
/// fixture that outlives the test brings the test along, and what is marked `runtime = "any"` stands between.
pub(crate) fn session_fixture(needs: &[Need]) -> Option<&'static FixtureDecl> {
    needs.iter().map(|need| (need.fixture)()).find_map(|fixture| match fixture.runtime {
        FixtureRuntime::Any => None,
        FixtureRuntime::Session => Some(fixture),
        FixtureRuntime::Inferred if fixture.scope > Scope::Test && fixture.kind == FixtureKind::Async => {
            Some(fixture)
        }
        FixtureRuntime::Inferred => session_fixture(fixture.needs),
    })
}

/// Whether a test runs on the session runtime.
pub(crate) fn on_session(test: &Test) -> bool {
    match test.on {
        RuntimeChoice::Fresh => false,
        RuntimeChoice::Session => true,
        RuntimeChoice::Inferred => session_fixture(test.needs).is_some(),
    }
}

/// Whether a test's runtime is of a kind of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnKind {
    /// It takes what it is given.
    No,
    /// It has a flavor, a paused clock, a name.
    Yes,
}

/// Whether nobody wants an instance for itself, as it is with most tests.
fn only_borrow(needs: &[Need]) -> bool {
    needs.iter().all(|need| matches!(need.access, NeedAccess::Borrow))
}

/// Looks for what cannot be in one test. `fixtures` are its closure.
///
/// # Errors
///
/// [`NeedsError`], the first one found.
pub(crate) fn check(test: &Test, kind: OwnKind, fixtures: &[&'static FixtureDecl]) -> Result<(), NeedsError> {
    if let (OwnKind::Yes, RuntimeChoice::Inferred, Some(fixture)) =
        (kind, test.on, session_fixture(test.needs))
    {
        return Err(NeedsError::Runtimes { test: test.name(), fixture: fixture.label() });
    }
    if only_borrow(test.needs) && fixtures.iter().all(|fixture| only_borrow(fixture.needs)) {
        return Ok(());
    }
    let users =
        || [(None, test.needs)].into_iter().chain(fixtures.iter().map(|of| (Some(of.label()), of.needs)));
    for (by, needs) in users() {
        for need in needs {
            let fixture = (need.fixture)();
            let uses = |needs: &[Need]| {
                needs.iter().filter(|other| std::ptr::eq((other.fixture)(), fixture)).count()
            };
            let (test, label) = (test.name(), fixture.label());
            match need.access {
                // Set-ups borrow one after another, and are over when the test begins.
                NeedAccess::BorrowMut if uses(needs) > 1 => {
                    return Err(NeedsError::Borrowed { test, by, fixture: label });
                }
                NeedAccess::Take if users().map(|(_, needs)| uses(needs)).sum::<usize>() > 1 => {
                    return Err(NeedsError::Taken { test, fixture: label });
                }
                NeedAccess::Borrow | NeedAccess::BorrowMut | NeedAccess::Take => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "needs_tests.rs"]
mod tests;
