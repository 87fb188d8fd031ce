//! All shared instances of a run, and who needs them until when.

use super::session::SessionRuntime;
use super::shared::{SharedCell, SharedRun, Terms};
use super::worker::Worker;
use super::{Broken, Failed, Stored};
use crate::few::Few;
use crate::fixture::{BUILT_IN, FixtureDecl, Scope};
use crate::named::Named;
use crate::test::Test;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How long what is left on the session runtime may go on once everything is torn down.
const GRACE: Duration = Duration::from_millis(200);

/// The shared instances of a run.
pub(crate) struct Lending {
    run: Arc<SharedRun>,
    /// All of them, each after those that it needs.
    cells: Vec<Arc<SharedCell>>,
    /// The same by module; those of the session are of none.
    known: Named<'static, Vec<Arc<SharedCell>>>,
    /// For a test that uses nothing.
    nothing: Loan,
    /// What was lent last, and for what: neighbours often need the same.
    last: Option<LentLast>,
    /// What the fixtures of workers need; released when the last worker is through.
    of_workers: Vec<Arc<SharedCell>>,
}

/// What one test may use of what is shared. It is in memory once for each planned test, and neighbours share it: hence one
/// word.
#[derive(Clone)]
pub(crate) struct Loan(Arc<Lent>);

struct Lent {
    /// Each after those that it needs.
    cells: Vec<Arc<SharedCell>>,
    /// How many tests that it was lent to have not ended, and how many workers have it at hand.
    users: AtomicUsize,
    run: Arc<SharedRun>,
}

struct LentLast {
    fixtures: Few<&'static FixtureDecl>,
    /// The module, where another one would get other instances.
    module: Option<&'static str>,
    loan: Loan,
}

impl Loan {
    /// How many instances it is of.
    pub(crate) fn len(&self) -> usize {
        self.0.cells.len()
    }

    /// The cells of the fixtures, each after those that it needs.
    pub(super) fn cells(&self) -> &[Arc<SharedCell>] {
        &self.0.cells
    }

    /// Sets up what outlives a test, from within a test, on the session runtime: wherever the test itself runs, what the
    /// set-up starts belongs there.
    pub(super) async fn on_session(
        &self,
        fixture: &'static FixtureDecl,
        set_up: impl Future<Output = Result<Stored, Failed>>,
    ) -> Result<Stored, Failed> {
        if fixture.place.file == BUILT_IN {
            return set_up.await;
        }
        let session = self.0.run.session.handle().map_err(|error| {
            let error = format!("could not build the session runtime: {error}");
            Failed::Broken(Broken { fixture, error: Some(error) })
        })?;
        let mut set_up = pin!(set_up);
        poll_fn(|context| {
            let _entered = session.enter();
            set_up.as_mut().poll(context)
        })
        .await
    }

    /// What all fixtures of the run have from it.
    pub(super) fn terms(&self) -> &Terms {
        &self.0.run.terms
    }

    /// Whether the two are one.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn add_user(&self) {
        self.0.users.fetch_add(1, Ordering::Relaxed);
    }

    /// The test has ended: what nobody else needs is torn down now, on this thread.
    pub(crate) fn release(&self) {
        if !self.cells().is_empty() && self.0.users.fetch_sub(1, Ordering::AcqRel) == 1 {
            SharedCell::last_first(self.cells()).into_iter().for_each(SharedCell::release);
        }
    }
}

impl Lending {
    /// Prepares for a run; there is nothing to lend yet.
    pub(crate) fn new(terms: Terms) -> Self {
        let run =
            Arc::new(SharedRun { session: SessionRuntime::default(), terms, set_up: AtomicUsize::new(0) });
        let (cells, users) = (Vec::new(), AtomicUsize::new(0));
        let nothing = Loan(Arc::new(Lent { cells, users, run: Arc::clone(&run) }));
        Lending {
            run,
            cells: Vec::new(),
            known: Named::default(),
            nothing,
            last: None,
            of_workers: Vec::new(),
        }
    }

    /// For a test that uses nothing.
    pub(crate) fn nothing(&self) -> Loan {
        self.nothing.clone()
    }

    /// Prepares for a test with the closure of its needs; nothing is set up yet.
    pub(crate) fn lend(&mut self, test: &'static Test, fixtures: &Few<&'static FixtureDecl>) -> Loan {
        if fixtures.is_empty() {
            return self.nothing.clone();
        }
        if let Some(LentLast { fixtures: last, module, loan }) = &self.last
            && last.is(fixtures)
            && module.is_none_or(|module| module == test.module())
        {
            loan.add_user();
            return loan.clone();
        }
        let mut cells = Vec::new();
        for fixture in fixtures.iter().filter(|fixture| fixture.scope >= Scope::Module) {
            let cell = self.cell(fixture, test.module());
            cell.add_user();
            cells.push(cell);
        }
        for worker in fixtures.iter().filter(|fixture| fixture.scope == Scope::Worker) {
            self.hold_for_workers(worker, test.module());
        }
        let loan = Loan(Arc::new(Lent { cells, users: AtomicUsize::new(1), run: Arc::clone(&self.run) }));
        // What a worker's fixture needs may be of the module.
        let by_module = fixtures.iter().any(|fixture| matches!(fixture.scope, Scope::Module | Scope::Worker));
        let module = by_module.then(|| test.module());
        self.last = Some(LentLast { fixtures: fixtures.clone(), module, loan: loan.clone() });
        loan
    }

    fn cell(&mut self, fixture: &'static FixtureDecl, module: &'static str) -> Arc<SharedCell> {
        let of = if fixture.scope == Scope::Module { module } else { "" };
        let same = |cell: &&Arc<SharedCell>| std::ptr::eq(cell.fixture, fixture);
        if let Some(cell) = self.known.entry(of, Vec::new).iter().find(same) {
            return Arc::clone(cell);
        }
        let needs = fixture.needs.iter().map(|need| self.cell((need.fixture)(), module)).collect();
        let cell = SharedCell::new(fixture, needs, &self.run);
        self.cells.push(Arc::clone(&cell));
        self.known.entry(of, Vec::new).push(Arc::clone(&cell));
        cell
    }

    fn hold_for_workers(&mut self, fixture: &'static FixtureDecl, module: &'static str) {
        for needed in fixture.needs.iter().map(|need| (need.fixture)()) {
            if needed.scope < Scope::Module {
                continue;
            }
            let cell = self.cell(needed, module);
            if !self.of_workers.iter().any(|other| Arc::ptr_eq(other, &cell)) {
                cell.add_user();
                self.of_workers.push(cell);
            }
        }
    }

    /// The runtime of everything that outlives a test.
    pub(crate) fn session(&self) -> &SessionRuntime {
        &self.run.session
    }

    /// A worker has run out of tests.
    pub(crate) fn retire(&self, worker: &mut Worker) {
        worker.tear_down(&self.run);
    }

    /// Tears down whatever is left, and ends the session runtime.
    pub(crate) fn finish(&self) {
        SharedCell::last_first(&self.of_workers).into_iter().for_each(SharedCell::release);
        // What tests that never started would have needed.
        SharedCell::last_first(&self.cells).into_iter().for_each(SharedCell::tear_down);
        self.session().shut_down(GRACE);
    }
}
