//! Tests and fixtures by what the journal calls them.

use super::journal::{HolderName, OwnerName, RanRecord, Record};
use crate::event::{Event, FixtureRan, Holder};
use crate::fixture::FixtureDecl;
use crate::named::Named;
use crate::panics::Owner;
use crate::plan::{Plan, Planned};
use crate::test::{Test, TestPath};

/// Finds them.
pub(super) struct Names {
    tests: Named<'static, &'static Test>,
    fixtures: Named<'static, &'static FixtureDecl>,
}

impl Names {
    pub(super) fn of<T: Planned>(plan: &Plan<T>) -> Self {
        let mut names = Names { tests: Named::default(), fixtures: Named::default() };
        for step in plan.steps() {
            let test = step.test.test();
            names.tests.entry(test.name(), || test);
            for decl in &step.fixtures {
                names.fixtures.entry(decl.path, || *decl);
            }
        }
        names
    }

    /// A test that a factory made the last time, and not this time, is known by its name alone.
    pub(super) fn test(&mut self, name: &str) -> &'static Test {
        self.tests.get(name).copied().unwrap_or_else(|| {
            let path = format!("::{name}").leak();
            let test: &'static Test = Box::leak(Box::new(Test { path: TestPath::new(path), ..Test::PLAIN }));
            self.tests.entry(test.name(), || test)
        })
    }

    pub(super) fn owner(&mut self, owner: &OwnerName) -> Option<Owner> {
        match owner {
            OwnerName::Nobody => None,
            OwnerName::Test(name) => Some(Owner::Test(self.test(name))),
            OwnerName::Fixture(path, phase) => {
                self.fixtures.get(path.as_str()).map(|fixture| Owner::Fixture(fixture, *phase))
            }
        }
    }

    pub(super) fn event(&mut self, record: Record) -> Option<Event> {
        match record {
            Record::Finished(name, finished) => {
                Some(Event::TestFinished { test: self.test(&name), finished })
            }
            Record::FixtureFailed { path, phase, error, output } => {
                let fixture = self.fixtures.get(path.as_str())?;
                Some(Event::FixtureFailed { fixture, phase, error, output })
            }
            Record::FixtureRan(RanRecord { path, phase, holder, began, duration }) => {
                let fixture = *self.fixtures.get(path.as_str())?;
                let holder = match holder {
                    HolderName::Shared => Holder::Shared,
                    HolderName::Worker(id) => Holder::Worker(id),
                    HolderName::Test(name) => Holder::Test(self.test(&name)),
                };
                Some(Event::FixtureRan(FixtureRan { fixture, phase, holder, began, duration }))
            }
            Record::Broken { reason, output } => Some(Event::RunBroken { reason, output }),
            Record::Noted(note) => Some(Event::RunNoted { note }),
            _ => None,
        }
    }
}
