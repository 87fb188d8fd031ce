//! The fixtures of one worker, which go with it from test to test.

use super::shared::SharedRun;
use super::{Broken, Failed, TearDown};
use crate::crash;
use crate::event::Holder;
use crate::fixture::FixtureDecl;
use crate::panics::discard;
use std::any::Any;
use std::sync::Arc;

pub(super) type WorkerValue = Box<dyn Any + Send>;

/// A worker: a driver of the pool, or the main thread in its place. It may move from one thread to another.
#[derive(Default)]
pub(crate) struct Worker {
    /// From 0.
    pub(crate) id: usize,
    /// How many workers there are, at least 1.
    pub(crate) count: usize,
    /// What has been set up, in that order.
    fixtures: Vec<Kept>,
}

struct Kept {
    fixture: &'static FixtureDecl,
    /// Nothing while it is lent; how it failed, for it is tried once.
    value: Option<Result<WorkerValue, Failed>>,
    tear_down: fn(Box<dyn Any>) -> TearDown,
}

impl Worker {
    /// A worker with nothing set up.
    pub(crate) fn new(id: usize, count: usize) -> Self {
        Worker { id, count, fixtures: Vec::new() }
    }

    /// The value of a fixture, if that has been tried; it has to come back by [`Worker::take_back`].
    pub(super) fn lend(&mut self, fixture: &'static FixtureDecl) -> Option<Result<WorkerValue, Failed>> {
        let kept = self.fixtures.iter_mut().find(|kept| std::ptr::eq(kept.fixture, fixture))?;
        Some(match kept.value.take() {
            Some(Ok(value)) => Ok(value),
            Some(Err(failed)) => {
                kept.value = Some(Err(failed.clone()));
                Err(failed)
            }
            None => {
                let error = "an earlier test of this worker leaked its value".to_owned();
                Err(Failed::Broken(Broken { fixture, error: Some(error) }))
            }
        })
    }

    /// Keeps how a set-up went, and lends the value if it went well.
    pub(super) fn keep(
        &mut self,
        fixture: &'static FixtureDecl,
        result: Result<WorkerValue, Failed>,
        tear_down: fn(Box<dyn Any>) -> TearDown,
    ) -> Result<WorkerValue, Failed> {
        // The error is shown in full with the test that asked first.
        let value = result.as_ref().err().map(|failed| {
            Err(match failed {
                Failed::Broken(Broken { fixture, .. }) => Failed::Broken(Broken { fixture, error: None }),
                Failed::Skipped(reason) => Failed::Skipped(reason.clone()),
            })
        });
        if result.is_ok() {
            crash::set_up(fixture);
        }
        self.fixtures.push(Kept { fixture, value, tear_down });
        result
    }

    /// Keeps what a set-up has made too late, after [how that failed](Worker::keep): nobody gets it, but it is torn down.
    pub(super) fn keep_late(
        &mut self,
        fixture: &'static FixtureDecl,
        value: WorkerValue,
        tear_down: fn(Box<dyn Any>) -> TearDown,
    ) {
        crash::set_up(fixture);
        self.fixtures.push(Kept { fixture, value: Some(Ok(value)), tear_down });
    }

    /// Takes a value back that was lent.
    pub(super) fn take_back(&mut self, fixture: &'static FixtureDecl, value: Option<WorkerValue>) {
        if let Some(kept) = self.fixtures.iter_mut().find(|kept| std::ptr::eq(kept.fixture, fixture)) {
            kept.value = value.map(Ok);
        }
    }

    /// Tears everything down, last set up first.
    pub(super) fn tear_down(&mut self, run: &Arc<SharedRun>) {
        while let Some(kept) = self.fixtures.pop() {
            let Some(Ok(value)) = kept.value else { continue };
            // Values are dropped where they were made; a runtime is not built for that.
            if !kept.fixture.has_teardown() && !run.session.is_built() {
                discard(value);
                continue;
            }
            run.tear_down(kept.fixture, Holder::Worker(self.id), value, kept.tear_down);
        }
    }
}
