//! The fixtures of one attempt at a test: its own, and those that it has from its worker and the run.

use super::hand::{AtHand, Hand};
use super::lending::Loan;
use super::shared::Builder;
use super::worker::{Worker, WorkerValue};
use super::{
    Broken, Context, Failed, Fixture, Instance, Of, OwnCell, SharedValue, Stored, TearDown, WorkerCell,
    not_torn_down, overran, run_tear_down, set_up, tear_down,
};
use crate::event::{FixturePhase, Holder};
use crate::fixture::FixtureDecl;
use crate::outcome::Overdue;
use crate::skip::Skipped;
use crate::test::Test;
use crate::watchdog::{Doing, Seat};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How the test itself has ended, as far as that is known when its fixtures are torn down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Nobody needs to look into it.
    Well,
    /// It has failed.
    Failed,
}

/// A teardown that failed, by its fixture.
#[derive(Debug)]
pub(crate) struct TearDownError {
    pub(crate) fixture: &'static FixtureDecl,
    pub(crate) error: String,
}

/// Which attempt it is, and under which limits.
pub(crate) struct Trial {
    pub(crate) test: &'static Test,
    /// From 1.
    pub(crate) number: u32,
    pub(crate) seat: Arc<Seat>,
    /// How long each set-up and each teardown may take, unless its fixture says otherwise.
    pub(crate) limit: Option<Duration>,
}

/// What an attempt's fixtures are made from, and what they have become.
pub(crate) struct AttemptContext {
    pub(crate) trial: Trial,
    own: RefCell<Vec<Own>>,
    worker: RefCell<Worker>,
    lent: RefCell<Vec<Lent>>,
    sharing: Sharing,
    /// Whether an interrupt has kept it from its fixtures.
    interrupted: Cell<bool>,
    /// For fixtures whose teardown depends on it.
    pub(crate) ended: Rc<Cell<Ended>>,
}

/// Where it has shared instances from.
enum Sharing {
    /// The worker has all of them at hand.
    Hand(Rc<AtHand>),
    /// From their cells.
    Cells(Loan),
}

struct Own {
    fixture: &'static FixtureDecl,
    cell: OwnCell,
    tear_down: fn(Box<dyn Any>) -> TearDown,
}

/// A value of the worker, while this attempt has it.
struct Lent {
    fixture: &'static FixtureDecl,
    cell: WorkerCell,
}

impl AttemptContext {
    /// An attempt on this worker, which gets the worker back by [`AttemptContext::end`].
    pub(crate) fn new(trial: Trial, worker: Worker, loan: &Loan, hand: &Hand) -> Rc<Self> {
        let sharing = match hand.take(loan) {
            Some(at_hand) => Sharing::Hand(at_hand),
            None => Sharing::Cells(loan.clone()),
        };
        Rc::new(AttemptContext {
            trial,
            own: RefCell::default(),
            worker: RefCell::new(worker),
            lent: RefCell::default(),
            sharing,
            interrupted: Cell::new(false),
            ended: Rc::new(Cell::new(Ended::Failed)),
        })
    }

    fn loan(&self) -> &Loan {
        match &self.sharing {
            Sharing::Hand(at_hand) => at_hand.loan(),
            Sharing::Cells(loan) => loan,
        }
    }

    /// What generated code is given.
    pub(crate) fn context(self: &Rc<Self>) -> Context {
        Context { of: Of::Attempt(Rc::clone(self)) }
    }

    /// The worker's place among the workers: from 0, and how many there are.
    pub(crate) fn worker(&self) -> (usize, usize) {
        let worker = self.worker.borrow();
        (worker.id, worker.count)
    }

    pub(super) async fn own<F: Fixture>(&self, context: &Context) -> Result<OwnCell, Broken> {
        let same = |own: &&Own| std::ptr::eq(own.fixture, F::decl());
        if let Some(own) = self.own.borrow().iter().find(same) {
            return Ok(Rc::clone(&own.cell));
        }
        let since = self.loan().terms().details.then(Instant::now);
        let (made, late) = self.in_time(F::decl(), set_up::<F>(context.clone())).await;
        if let Some(late) = late {
            // There is no test for it, but it is there.
            let _ = self.hold::<F>(late);
        }
        let value = made.map_err(broken)?;
        self.ran(F::decl(), FixturePhase::SetUp, since);
        self.hold::<F>(value)
    }

    /// Has a value until it is torn down.
    fn hold<F: Fixture>(&self, value: Stored) -> Result<OwnCell, Broken> {
        let Stored::Own(value) = value else { return Err(misplaced::<F>()) };
        let cell: OwnCell = Rc::new(RefCell::new(Some(value)));
        let own = Own { fixture: F::decl(), cell: Rc::clone(&cell), tear_down: tear_down::<F> };
        self.own.borrow_mut().push(own);
        Ok(cell)
    }

    pub(super) async fn of_worker<F: Fixture>(&self, context: &Context) -> Result<WorkerCell, Broken> {
        let same = |lent: &&Lent| std::ptr::eq(lent.fixture, F::decl());
        if let Some(lent) = self.lent.borrow().iter().find(same) {
            return Ok(Rc::clone(&lent.cell));
        }
        let earlier = self.worker.borrow_mut().lend(F::decl());
        let value = match earlier {
            Some(earlier) => earlier.map_err(broken)?,
            None => {
                let since = Instant::now();
                let set_up = self.loan().on_session(F::decl(), set_up::<F>(context.clone()));
                let (made, late) = self.in_time(F::decl(), set_up).await;
                let (holder, terms) = (Holder::Worker(self.worker().0), self.loan().terms());
                terms.ran(F::decl(), FixturePhase::SetUp, holder, since);
                let result = made.and_then(|value| match value {
                    Stored::Worker(value) => Ok(value),
                    _ => Err(Failed::Broken(misplaced::<F>())),
                });
                let mut worker = self.worker.borrow_mut();
                let kept = worker.keep(F::decl(), result, tear_down::<F>);
                if let Some(Stored::Worker(late)) = late {
                    worker.keep_late(F::decl(), late, tear_down::<F>);
                }
                kept.map_err(broken)?
            }
        };
        let cell: WorkerCell = Rc::new(RefCell::new(Some(value)));
        self.lent.borrow_mut().push(Lent { fixture: F::decl(), cell: Rc::clone(&cell) });
        Ok(cell)
    }

    /// The instance of a fixture that tests share, if it is up.
    pub(super) fn ready(&self, fixture: &'static FixtureDecl) -> Option<Instance> {
        match &self.sharing {
            Sharing::Hand(at_hand) => at_hand.instance(fixture),
            Sharing::Cells(loan) => {
                let cell = super::shared::find(loan.cells(), fixture).ok()?;
                cell.ready().map(Instance::Shared)
            }
        }
    }

    pub(super) async fn shared(
        &self,
        fixture: &'static FixtureDecl,
        builder: Builder,
    ) -> Result<SharedValue, Broken> {
        let cell = super::shared::find(self.loan().cells(), fixture)?;
        let obtained = self.trial.seat.paused(cell.obtain(builder)).await;
        let obtained = obtained.unwrap_or_else(|overdue| Err(self.ended(fixture, overdue)));
        if let Err(Failed::Broken(_)) = &obtained {
            // An interrupt ends set-ups and tests alike, and the one may hear of it from the other.
            let interrupted = self.loan().terms().watchdog.is_interrupted();
            self.interrupted.set(self.interrupted.get() || interrupted);
        }
        obtained.map_err(broken)
    }

    /// Runs a set-up for as long as it may take; beside what came of it stands what it has made too late.
    async fn in_time(
        &self,
        fixture: &'static FixtureDecl,
        set_up: impl Future<Output = Result<Stored, Failed>>,
    ) -> (Result<Stored, Failed>, Option<Stored>) {
        let limit = fixture.limit(self.trial.limit);
        match self.trial.seat.limited(Doing::SetUp(fixture), limit, set_up).await {
            Ok(result) => (result, None),
            Err(it) => {
                let (failed, late) = overran(it, |overdue| self.ended(fixture, overdue));
                (Err(failed), late)
            }
        }
    }

    /// The set-up of a fixture, or the wait for it, was ended from outside.
    fn ended(&self, fixture: &'static FixtureDecl, overdue: Overdue) -> Failed {
        self.interrupted.set(self.interrupted.get() || overdue == Overdue::Interrupted);
        Failed::Broken(Broken { fixture, error: Some(overdue.to_string()) })
    }

    /// Whether its fixtures are not up since the run was interrupted.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted.get()
    }

    fn ran(&self, fixture: &'static FixtureDecl, phase: FixturePhase, since: Option<Instant>) {
        if let Some(since) = since {
            self.loan().terms().ran(fixture, phase, Holder::Test(self.trial.test), since);
        }
    }

    /// Whether there is anything to tear down.
    pub(crate) fn has_own(&self) -> bool {
        !self.own.borrow().is_empty()
    }

    /// Tears down what is the attempt's own, last set up first.
    pub(crate) async fn tear_down(&self, errors: &mut Vec<TearDownError>) {
        loop {
            let Some(own) = self.own.borrow_mut().pop() else { break };
            let since = self.loan().terms().details.then(Instant::now);
            // A value that was taken is the test's business; one that is borrowed still was leaked by it.
            let value = own.cell.try_borrow_mut().map(|mut value| value.take());
            let result = match value {
                Ok(Some(value)) => {
                    let limit = own.fixture.limit(self.trial.limit);
                    let tear_down = run_tear_down(own.tear_down, value);
                    let ended = self.trial.seat.limited(Doing::TearDown(own.fixture), limit, tear_down).await;
                    ended.unwrap_or_else(|it| Err(not_torn_down(it)))
                }
                Ok(None) => Ok(()),
                Err(_) => Err("it is still borrowed by something that its test leaked".to_owned()),
            };
            self.ran(own.fixture, FixturePhase::TearDown, since);
            if result.is_err() {
                // For those that come after it.
                self.ended.set(Ended::Failed);
            }
            errors.extend(result.err().map(|error| TearDownError { fixture: own.fixture, error }));
        }
    }

    /// Ends the attempt and gives back its worker.
    pub(crate) fn end(&self) -> Worker {
        let mut worker = self.worker.take();
        for lent in self.lent.take() {
            let value: Option<WorkerValue> =
                lent.cell.try_borrow_mut().ok().and_then(|mut value| value.take());
            worker.take_back(lent.fixture, value);
        }
        worker
    }
}

/// What a failed set-up is to whoever needs it; a skip goes on to the test.
pub(super) fn broken(failed: Failed) -> Broken {
    match failed {
        Failed::Broken(broken) => broken,
        Failed::Skipped(reason) => Skipped::again(reason),
    }
}

/// The macro puts each value where its scope wants it; this is for those who implement the trait by hand.
fn misplaced<F: Fixture>() -> Broken {
    Broken { fixture: F::decl(), error: Some("its value does not go where its scope says".to_owned()) }
}
