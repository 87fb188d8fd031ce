//! Whoever runs attempts at tests: a thread of this process, or a process of its own.

use super::attempt;
use super::bench::Bench;
use super::chair::{Chair, Lost};
use super::jobs::JobRef;
use super::remote::Remote;
use crate::instance::{Loan, Worker};
use crate::outcome::{FailedAttempt, Finished};
use crate::settings::Isolation;

/// Whoever runs attempts.
pub(super) enum Runner {
    /// The thread that asks.
    Here { worker: Worker, chair: Chair },
    /// A worker process.
    There(Remote),
}

impl Runner {
    /// The runner for a worker; `succeed` is called when its thread has to be left behind.
    pub(super) fn new(worker: Worker, bench: &Bench, succeed: impl Fn(Lost) + Send + Sync + 'static) -> Self {
        match bench.fleet.isolation {
            Isolation::None => Runner::Here { chair: Chair::new(&bench.watchdog, succeed), worker },
            Isolation::Processes => Runner::There(Remote::new(worker.id, worker.count)),
        }
    }

    /// The worker's place among the workers, from 0.
    pub(super) fn worker(&self) -> usize {
        match self {
            Runner::Here { worker, .. } => worker.id,
            Runner::There(remote) => remote.id,
        }
    }

    /// Puts back what it has at hand and this test does not use.
    pub(super) fn keep_only(&self, loan: &Loan) {
        if let Runner::Here { chair, .. } = self {
            chair.hand.keep_only(loan);
        }
    }

    /// Whether it has something at hand.
    pub(super) fn holds(&self) -> bool {
        matches!(self, Runner::Here { chair, .. } if !chair.hand.is_empty())
    }

    /// Puts back whatever it has at hand.
    pub(super) fn put_back(&self) {
        if let Runner::Here { chair, .. } = self {
            chair.hand.put_back();
        }
    }

    /// Runs one attempt, the so-and-so-many-th. Nothing comes back if the thread was left behind meanwhile.
    pub(super) fn attempt(
        &mut self,
        job: &JobRef,
        bench: &Bench,
        number: u32,
        earlier: Vec<FailedAttempt>,
    ) -> Option<Finished> {
        match self {
            Runner::Here { worker, chair } => attempt::run(job, bench, worker, chair, number, earlier),
            Runner::There(remote) => Some(Finished { earlier, ..remote.attempt(job, bench, number) }),
        }
    }

    /// Runs one attempt in a process that is started for it.
    pub(super) fn attempt_afresh(
        &self,
        job: &JobRef,
        bench: &Bench,
        number: u32,
        earlier: Vec<FailedAttempt>,
    ) -> Finished {
        let mut remote = match self {
            Runner::Here { worker, .. } => Remote::new(worker.id, worker.count),
            Runner::There(remote) => remote.another(),
        };
        let finished = remote.attempt(job, bench, number);
        remote.end(bench);
        Finished { earlier, ..finished }
    }

    /// There are no more tests for it here. What its worker has set up in this process goes on with that.
    pub(super) fn into_worker(self, bench: &Bench) -> Worker {
        self.put_back();
        match self {
            Runner::Here { worker, .. } => worker,
            Runner::There(remote) => remote.end(bench),
        }
    }
}
