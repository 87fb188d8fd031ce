//! All shared instances of a run, and who needs them until when.

use super::TearDownError;
use super::session::SessionRuntime;
use super::shared::{FixtureReport, SharedCell};
use super::worker::Worker;
use crate::channel::Sender;
use crate::event::FixturePhase;
use crate::fixture::{FixtureDecl, Scope};
use crate::settings::Capture;
use crate::test::Test;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How long what is left on the session runtime may go on once everything is torn down.
const GRACE: Duration = Duration::from_millis(200);

/// The shared instances of a run.
pub(crate) struct Lending {
    run: Arc<FixtureReport>,
    /// What each test needs, directly or through others; by the test's address.
    needs: HashMap<usize, Vec<Arc<SharedCell>>>,
    /// All of them, each after those that it needs.
    cells: Vec<Arc<SharedCell>>,
    /// What the fixtures of workers need; released when the last worker is through.
    of_workers: Vec<Arc<SharedCell>>,
}

/// An instance is one per fixture, and per module for those of module scope.
type CellKey = (usize, Option<&'static str>);

impl Lending {
    /// Prepares for these tests with the closures of their needs; nothing is set up yet.
    pub(crate) fn new<'a>(
        tests: impl Iterator<Item = (&'static Test, &'a [&'static FixtureDecl])>,
        events: Sender,
        capture: Capture,
    ) -> Self {
        let run = Arc::new(FixtureReport { session: SessionRuntime::default(), events, capture });
        let mut lending = Lending { run, needs: HashMap::new(), cells: Vec::new(), of_workers: Vec::new() };
        let mut known = HashMap::new();
        for (test, fixtures) in tests {
            let mut cells = Vec::new();
            for fixture in fixtures.iter().filter(|fixture| fixture.scope >= Scope::Module) {
                let cell = lending.cell(fixture, test.module, &mut known);
                cell.add_user();
                cells.push(cell);
            }
            for worker in fixtures.iter().filter(|fixture| fixture.scope == Scope::Worker) {
                lending.hold_for_workers(worker, test.module, &mut known);
            }
            if !cells.is_empty() {
                lending.needs.insert(address(test), cells);
            }
        }
        lending
    }

    fn cell(
        &mut self,
        fixture: &'static FixtureDecl,
        module: &'static str,
        known: &mut HashMap<CellKey, Arc<SharedCell>>,
    ) -> Arc<SharedCell> {
        let key = (address(fixture), (fixture.scope == Scope::Module).then_some(module));
        if let Some(cell) = known.get(&key) {
            return Arc::clone(cell);
        }
        let needs = fixture.needs.iter().map(|need| self.cell((need.fixture)(), module, known)).collect();
        let cell = SharedCell::new(fixture, needs, &self.run);
        self.cells.push(Arc::clone(&cell));
        known.insert(key, Arc::clone(&cell));
        cell
    }

    fn hold_for_workers(
        &mut self,
        fixture: &'static FixtureDecl,
        module: &'static str,
        known: &mut HashMap<CellKey, Arc<SharedCell>>,
    ) {
        for needed in fixture.needs.iter().map(|need| (need.fixture)()) {
            if needed.scope < Scope::Module {
                continue;
            }
            let cell = self.cell(needed, module, known);
            if !self.of_workers.iter().any(|other| Arc::ptr_eq(other, &cell)) {
                cell.add_user();
                self.of_workers.push(cell);
            }
        }
    }

    /// What a test may use.
    pub(crate) fn of(&self, test: &'static Test) -> Vec<Arc<SharedCell>> {
        self.needs.get(&address(test)).cloned().unwrap_or_default()
    }

    /// The runtime of everything that outlives a test.
    pub(crate) fn session(&self) -> &SessionRuntime {
        &self.run.session
    }

    /// A test has ended: what nobody else needs is torn down now, on this thread.
    pub(crate) fn release(&self, test: &'static Test) {
        for cell in self.needs.get(&address(test)).into_iter().flatten().rev() {
            cell.release();
        }
    }

    /// A worker has run out of tests.
    pub(crate) fn retire(&self, worker: &mut Worker) {
        for TearDownError { fixture, error } in worker.tear_down(self.session()) {
            self.run.failed(fixture, FixturePhase::TearDown, error, Vec::new());
        }
    }

    /// Tears down whatever is left, and ends the session runtime.
    pub(crate) fn finish(&self) {
        self.of_workers.iter().for_each(|cell| cell.release());
        // What tests that never started would have needed.
        self.cells.iter().rev().for_each(|cell| cell.tear_down());
        self.session().shut_down(GRACE);
    }
}

fn address<T>(thing: &'static T) -> usize {
    std::ptr::from_ref(thing).addr()
}
