//! What of the shared instances a worker has at hand: those that its last test used, for as long as its next ones need the
//! same.
//!
//! What workers share is slow where they take turns at changing it: each change fetches a line of memory from another core. A
//! test that borrows three instances would change seventeen such words, its locks and counters. So the worker counts as one
//! more user, and its tests share among themselves what it holds.

use super::lending::Loan;
use super::{Borrowed, Context, Fixture, Instance, Of, SharedValue, TYPE};
use crate::fixture::FixtureDecl;
use std::cell::RefCell;
use std::rc::Rc;

/// What a worker has at hand. It belongs to the thread, and is put back before the worker goes to another or waits.
#[derive(Default)]
pub(crate) struct Hand {
    held: RefCell<Option<Rc<AtHand>>>,
}

/// All shared instances that a test may use.
pub struct AtHand {
    loan: Loan,
    /// In the order of the loan.
    values: Vec<SharedValue>,
}

impl Hand {
    /// What a test may use, if all of it is up.
    pub(super) fn take(&self, loan: &Loan) -> Option<Rc<AtHand>> {
        let mut held = self.held.borrow_mut();
        if let Some(held) = &*held {
            return held.loan.is(loan).then(|| Rc::clone(held));
        }
        let values = loan.cells().iter().map(|cell| cell.ready()).collect::<Option<_>>()?;
        loan.add_user();
        Some(Rc::clone(held.insert(Rc::new(AtHand { loan: loan.clone(), values }))))
    }

    /// What generated code is given for a test that uses nothing else than this loan, if all of it is up.
    pub(crate) fn context(&self, loan: &Loan) -> Option<Context> {
        let at_hand = self.take(loan)?;
        Some(Context { of: Of::Hand(at_hand) })
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.held.borrow().is_none()
    }

    /// Puts back what is not of this loan.
    pub(crate) fn keep_only(&self, loan: &Loan) {
        let is_of_it = self.held.borrow().as_ref().is_none_or(|held| held.loan.is(loan));
        if !is_of_it {
            self.put_back();
        }
    }

    /// Puts all of it back; what nobody else needs is torn down now, on this thread.
    pub(crate) fn put_back(&self) {
        let Some(held) = self.held.take() else { return };
        let loan = held.loan.clone();
        // First: whoever tears an instance down has to be the last who holds it.
        drop(held);
        loan.release();
    }
}

impl AtHand {
    pub(super) fn loan(&self) -> &Loan {
        &self.loan
    }

    /// The instance of a fixture.
    pub(super) fn instance(self: &Rc<Self>, fixture: &'static FixtureDecl) -> Option<Instance> {
        self.place(fixture).map(|place| Instance::AtHand(Rc::clone(self), place))
    }

    /// The value of a fixture, which it has: a test gets nothing at hand but where that is all it needs.
    pub(crate) fn borrow<F: Fixture>(&self) -> Borrowed<'_, F::Value> {
        let value = self.place(F::decl()).and_then(|place| (**self.values[place]).downcast_ref());
        Borrowed::Shared(value.expect(TYPE))
    }

    fn place(&self, fixture: &'static FixtureDecl) -> Option<usize> {
        // A plain loop, as every test that borrows something pays for it.
        let (cells, mut place) = (self.loan.cells(), 0);
        while place < cells.len() {
            if std::ptr::eq(cells[place].fixture, fixture) {
                return Some(place);
            }
            place += 1;
        }
        None
    }

    pub(super) fn value(&self, place: usize) -> &SharedValue {
        &self.values[place]
    }
}
