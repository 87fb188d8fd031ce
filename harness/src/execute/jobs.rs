//! The steps of a phase and what each may borrow, as those share them who run them.

use super::TestStep;
use crate::instance::{Lending, Loan};
use std::sync::Arc;

/// The steps of a phase.
pub(super) struct Jobs {
    steps: Vec<TestStep>,
    /// What each may borrow; none where none of them borrows anything.
    loans: Vec<Loan>,
    nothing: Loan,
    plain: bool,
}

impl Jobs {
    /// Prepares each step's loan. `plain` is whether none of them asks for anything, as in [`Plan`](crate::plan::Plan).
    pub(super) fn new(steps: Vec<TestStep>, plain: bool, lending: &mut Lending) -> Arc<Self> {
        let mut loans = Vec::new();
        if !plain {
            loans.reserve(steps.len());
            for step in &steps {
                loans.push(lending.lend(&step.test.test, &step.fixtures));
            }
        }
        Arc::new(Jobs { steps, loans, nothing: lending.nothing(), plain })
    }

    /// In their order.
    pub(super) fn steps(&self) -> &[TestStep] {
        &self.steps
    }

    /// Whether none of them is known to ask for anything but a thread.
    pub(super) fn are_plain(&self) -> bool {
        self.plain
    }
}

/// One of the steps of a phase, for whoever runs it.
#[derive(Clone)]
pub(super) struct JobRef {
    jobs: Arc<Jobs>,
    /// Which of them.
    pub(super) position: usize,
}

impl JobRef {
    /// The step there.
    pub(super) fn new(jobs: &Arc<Jobs>, position: usize) -> Self {
        JobRef { jobs: Arc::clone(jobs), position }
    }

    /// What is to be done.
    pub(super) fn step(&self) -> &TestStep {
        &self.jobs.steps[self.position]
    }

    /// What it may borrow.
    pub(super) fn loan(&self) -> &Loan {
        self.jobs.loans.get(self.position).unwrap_or(&self.jobs.nothing)
    }
}
