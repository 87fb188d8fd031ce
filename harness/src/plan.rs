//! Decides what runs, in which order and in which phase: a pure function of the registered tests and the settings.

mod arrangement;
mod roster;

pub(crate) use arrangement::Arrangement;

use crate::dist::Dist;
use crate::event::PlannedTest;
use crate::few::Few;
use crate::filter::Filter;
use crate::fixture::FixtureDecl;
use crate::history::{Known, Past};
use crate::key::{Access, Key};
use crate::named::Named;
use crate::needs::{self, NeedsError, OwnKind, Settled, Settling};
use crate::outcome::FailedAttempt;
use crate::partition::Partition;
use crate::schedule::Wants;
use crate::shuffle::shuffle;
use crate::sorted::{arrange, places_by_name};
use crate::test::{Concurrency, Ignore, Test};
use std::fmt;
use std::num::NonZeroUsize;

/// What a run will do.
#[derive(Debug)]
pub(crate) struct Plan<T> {
    /// Steps that run before all others, one at a time: one of them may have crashed the process, and which is not known.
    pub(crate) suspects: Vec<Step<T>>,
    /// The steps of the parallel phase, in the order in which they are offered to workers.
    pub(crate) parallel: Vec<Step<T>>,
    /// Whether none of the latter asks for anything: no keys, no fixtures, no options. Nobody has to look at them for that.
    pub(crate) plain: bool,
    /// The steps of the serial phase, in order.
    pub(crate) serial: Vec<Step<T>>,
    /// Tests that are to be tried again after these attempts, which failed before the process was executed again. Should it
    /// not come to that, they have failed.
    pub(crate) owed: Vec<(&'static Test, Vec<FailedAttempt>)>,
    /// How many registered tests are not in the plan.
    pub(crate) filtered_out: usize,
    /// What the order was shuffled with.
    pub(crate) shuffle_seed: Option<u64>,
    /// What is not as it was asked for, in sentences.
    pub(crate) notes: Vec<String>,
    /// Its tests, for whoever wants to know the course of the run; empty where nobody does.
    pub(crate) roster: Vec<PlannedTest>,
}

/// What is chosen of the tests that the filter selects.
pub(crate) struct Choice<'a> {
    /// By what they did before.
    pub(crate) recall: Recall,
    /// Which shard of them.
    pub(crate) partition: Option<Partition>,
    /// What earlier runs have left.
    pub(crate) past: &'a Past<'a>,
}

/// What the history says of which tests to run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Recall {
    /// Nothing.
    #[default]
    Nothing,
    /// Those that failed alone, or all if none did: `--last-failed`.
    LastFailed,
    /// Those that failed before the others: `--failed-first`.
    FailedFirst,
}

/// One test in a plan.
#[derive(Debug, Clone)]
pub(crate) struct Step<T> {
    /// The test, as the caller knows it.
    pub(crate) test: T,
    /// What to do with it.
    pub(crate) action: Action,
    /// The fixtures that it comes to, each after those that it needs itself; none for one that does not run.
    pub(crate) fixtures: Few<&'static FixtureDecl>,
    /// The keys that it holds while it runs, its fixtures' included.
    pub(crate) keys: Few<Key>,
    /// Whether it runs on the session runtime.
    pub(crate) session: bool,
    /// The attempts at it that failed before the process was executed again; it goes on after these.
    pub(crate) earlier: Vec<FailedAttempt>,
}

impl<T: Planned> Step<T> {
    /// What it asks of the schedule.
    pub(crate) fn wants(&self, dist: Dist) -> Wants<'_> {
        let test = self.test.test();
        match self.action {
            Action::Run => {
                Wants { keys: &self.keys, threads: test.options().threads_required, unit: dist.unit(test) }
            }
            Action::Ignore(_) => Wants { keys: &[], threads: 1, unit: None },
        }
    }

    /// How long it takes, in milliseconds, where that is known.
    pub(crate) fn time(&self, known: Option<Known>) -> Option<u64> {
        match self.action {
            Action::Run => known.map(Known::milliseconds),
            Action::Ignore(_) => Some(1),
        }
    }
}

/// How many steps a repetition may come to. Each takes some 250 bytes until the run ends.
const MOST: usize = 10_000_000;

/// What a test would set up.
#[derive(Debug)]
pub(crate) struct SetUps<'a> {
    /// The test.
    pub(crate) test: &'static Test,
    /// Its fixtures, each after those that it needs itself.
    pub(crate) fixtures: &'a [&'static FixtureDecl],
    /// Whether it runs on the session runtime.
    pub(crate) session: bool,
}

/// What is done with a planned test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// It runs.
    Run,
    /// It is reported as ignored.
    Ignore(Option<&'static str>),
}

/// What a planned thing says of itself.
pub(crate) trait Planned: Copy {
    /// Its description.
    fn test(&self) -> &'static Test;

    /// Whether it asks for a runtime of a kind of its own.
    fn own_kind(&self) -> OwnKind;
}

/// The order of tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// By name.
    #[default]
    Name,
    /// By a hash of this seed and the name.
    Shuffled(u64),
}

/// Which functions a run is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Tests.
    #[default]
    Tests,
    /// Benchmarks, of which there are none here: every test is reported as ignored, as libtest does.
    Benchmarks,
}

/// What to make of a target without a single registered test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    /// An error: a module was not compiled in, or a linker dropped it.
    Forbidden,
    /// Nothing to do: `main!(allow_empty)`.
    Allowed,
}

/// Why no plan could be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PlanError {
    /// Nothing is registered.
    Empty,
    /// Two tests share a name.
    Duplicate {
        /// The first of the two.
        first: String,
        /// The second.
        second: String,
        /// The name.
        name: &'static str,
    },
    /// The fixtures of a test cannot be had.
    Needs(NeedsError),
    /// There is a step for each time that a test runs, and these would be more than [`MOST`].
    TooMany {
        /// How many there are to repeat.
        tests: usize,
        /// How often each shall run.
        times: NonZeroUsize,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::Empty => write!(
                f,
                "no tests are registered: is the module with the tests compiled into this target, and do its tests \
                 say `#[async_test]` or `#[async_harness::test]`? (a target that may be empty says \
                 `async_harness::main!(allow_empty)`)"
            ),
            PlanError::Duplicate { name, first, second } => write!(
                f,
                "two tests are named `{name}`: at {first} and at {second}; rename one, or put it into a module"
            ),
            PlanError::Needs(error) => error.fmt(f),
            PlanError::TooMany { tests, times } => {
                let most = MOST / (*tests).max(1);
                write!(
                    f,
                    "{tests} x {times} results are more than a run may have ({MOST}): `--repeat` can be {most} here"
                )
            }
        }
    }
}

/// The tests that the filter selects, sorted by name, and how many it leaves out. Sorting last keeps the look-up of one
/// name cheap: it reads each name once.
///
/// # Errors
///
/// [`PlanError::Duplicate`] when two selected ones share a name: nothing could tell them apart.
fn select<T: Planned>(tests: &[T], filter: &Filter) -> Result<(Vec<T>, usize), PlanError> {
    let (mut filtered_out, mut found, mut names) = (0, Vec::new(), Vec::new());
    // Asked once: most runs are of all tests.
    let all = filter.selects_all();
    for test in tests {
        let description = test.test();
        if all || filter.selects(description) {
            found.push(*test);
            names.push(description.name());
        } else {
            filtered_out += 1;
        }
    }
    let mut selected: Vec<T> = Vec::with_capacity(found.len());
    let mut last = "";
    for place in places_by_name(&names) {
        let (name, test) = (names[place], found[place]);
        if name.len() == last.len()
            && name == last
            && let Some(other) = selected.last()
        {
            let (first, second) = in_order_of_place(other.test(), test.test());
            return Err(PlanError::Duplicate { name, first, second });
        }
        last = name;
        selected.push(test);
    }
    Ok((selected, filtered_out))
}

fn in_order_of_place(a: &Test, b: &Test) -> (String, String) {
    let key = |test: &Test| (test.place.file, test.place.line, test.place.column);
    let (first, second) = if key(a) <= key(b) { (a, b) } else { (b, a) };
    (first.place.to_string(), second.place.to_string())
}

impl<T: Planned> Plan<T> {
    /// Plans the registered tests that the filter selects.
    ///
    /// # Errors
    ///
    /// [`PlanError`] if there are none at all and `empty` does not allow that, or if two share a name.
    pub(crate) fn new(
        tests: &[T],
        filter: &Filter,
        choice: &Choice<'_>,
        order: Order,
        mode: Mode,
        empty: Empty,
    ) -> Result<Self, PlanError> {
        let (mut selected, filtered_out) = select(tests, filter)?;
        if selected.is_empty() && filtered_out == 0 && empty == Empty::Forbidden {
            return Err(PlanError::Empty);
        }
        let (before, mut notes) = (selected.len(), Vec::new());
        choice.narrow(&mut selected, &mut notes);
        let filtered_out = filtered_out + before - selected.len();
        let shuffle_seed = match order {
            Order::Name => None,
            Order::Shuffled(seed) => {
                shuffle(&mut selected, seed, |test| test.test().name());
                Some(seed)
            }
        };
        let mut plan = Plan {
            suspects: Vec::new(),
            parallel: Vec::with_capacity(selected.len()),
            plain: true,
            serial: Vec::new(),
            owed: Vec::new(),
            filtered_out,
            shuffle_seed,
            notes,
            roster: Vec::new(),
        };
        let mut settling = Settling::default();
        for test in selected {
            // Most tests are a function and nothing else: there is nothing to find out about these.
            if mode == Mode::Tests && test.test().is_bare() {
                let (action, fixtures, keys) = (Action::Run, Few::NONE, Few::NONE);
                plan.parallel.push(Step {
                    test,
                    action,
                    fixtures,
                    keys,
                    session: false,
                    earlier: Vec::new(),
                });
                continue;
            }
            plan.plain = false;
            let action = action(test.test(), filter, mode);
            // A cycle is a mistake of the source, whoever runs.
            let settled = settling.of(test.test(), test.own_kind()).map_err(PlanError::Needs)?;
            let Settled { fixtures, session, fits } = settled.clone();
            if action == Action::Run && !fits {
                needs::check(test.test(), test.own_kind(), &fixtures).map_err(PlanError::Needs)?;
            }
            let fixtures = if action == Action::Run { fixtures } else { Few::NONE };
            let keys = match action {
                Action::Run => needs::keys(test.test().concurrency(), &fixtures),
                Action::Ignore(_) => Few::NONE,
            };
            let phase = match (action, test.test().concurrency()) {
                (Action::Run, Concurrency::Exclusive) => &mut plan.serial,
                _ => &mut plan.parallel,
            };
            phase.push(Step { test, action, fixtures, keys, session, earlier: Vec::new() });
        }
        Ok(plan)
    }

    /// Plans each test so many times. The same test never runs beside itself: nobody who wrote it had to think of that.
    ///
    /// # Errors
    ///
    /// [`PlanError::TooMany`] where these would be more steps than there is memory for.
    pub(crate) fn repeat(&mut self, times: NonZeroUsize) -> Result<(), PlanError> {
        if times == NonZeroUsize::MIN {
            return Ok(());
        }
        if self.len().saturating_mul(times.get()) > MOST {
            return Err(PlanError::TooMany { tests: self.len(), times });
        }
        self.plain = false;
        let runs = |step: &&Step<T>| step.action == Action::Run;
        for step in self.parallel.iter_mut().filter(|step| step.action == Action::Run) {
            // No key of a user's has colons.
            let key = Key { name: step.test.test().path.whole, access: Access::Exclusive };
            step.keys.push(key);
        }
        for phase in [&mut self.parallel, &mut self.serial] {
            let round: Vec<_> = phase.iter().filter(runs).cloned().collect();
            for _ in 1..times.get() {
                phase.extend(round.iter().cloned());
            }
        }
        Ok(())
    }

    /// The planned tests, by name.
    pub(crate) fn tests(&self) -> Vec<&'static Test> {
        let mut tests: Vec<_> =
            self.parallel.iter().chain(&self.serial).map(|step| step.test.test()).collect();
        let names: Vec<_> = tests.iter().map(|test| test.name()).collect();
        arrange(&mut tests, &places_by_name(&names));
        tests
    }

    /// What each test that runs would set up, in the order of the plan.
    pub(crate) fn set_ups(&self) -> Vec<SetUps<'_>> {
        let running = self.parallel.iter().chain(&self.serial).filter(|step| step.action == Action::Run);
        running
            .map(|step| SetUps { test: step.test.test(), fixtures: &step.fixtures, session: step.session })
            .collect()
    }

    /// Leaves out the tests that have a result from before the process was executed again.
    pub(crate) fn leave_out(&mut self, mut has_result: impl FnMut(&'static Test) -> bool) {
        for steps in [&mut self.suspects, &mut self.parallel, &mut self.serial] {
            steps.retain(|step| !has_result(step.test.test()));
        }
    }

    /// Leaves out all but these, which were chosen before the process was executed again.
    pub(crate) fn keep_only(&mut self, names: &[String]) {
        let mut chosen = Named::default();
        for name in names {
            chosen.entry(name.as_str(), || ());
        }
        let before = self.len();
        self.leave_out(|test| chosen.get(test.name()).is_none());
        self.filtered_out += before - self.len();
    }

    /// Has these tests of the parallel phase run before all others, one at a time.
    pub(crate) fn suspect(&mut self, is_suspect: impl Fn(&'static Test) -> bool) {
        let is_suspect = |step: &mut Step<T>| is_suspect(step.test.test());
        self.suspects.extend(self.parallel.extract_if(.., is_suspect));
    }

    /// Has a test go on after these attempts at it, first of its phase: another attempt follows the one before.
    pub(crate) fn go_on_after(&mut self, test: &'static Test, earlier: Vec<FailedAttempt>) {
        for steps in [&mut self.suspects, &mut self.parallel, &mut self.serial] {
            if let Some(place) = steps.iter().position(|step| std::ptr::eq(step.test.test(), test)) {
                steps[..=place].rotate_right(1);
                steps[0].earlier.clone_from(&earlier);
                self.owed.push((test, earlier));
                return;
            }
        }
    }

    /// The steps, in the order in which they run.
    pub(crate) fn steps(&self) -> Vec<&Step<T>> {
        let mut all = Vec::with_capacity(self.len());
        for steps in [&self.suspects, &self.parallel, &self.serial] {
            all.extend(steps);
        }
        all
    }

    /// How many tests are planned.
    pub(crate) fn len(&self) -> usize {
        self.suspects.len() + self.parallel.len() + self.serial.len()
    }
}

impl Choice<'_> {
    /// Leaves out of these tests, which are sorted by name, what is not chosen. A test is in the same shard whatever has failed: so
    /// the shard in which one failed runs it again.
    fn narrow<T: Planned>(&self, tests: &mut Vec<T>, notes: &mut Vec<String>) {
        let mut chosen = vec![true; tests.len()];
        if let Some(partition) = &self.partition {
            let names: Vec<_> = tests.iter().map(|test| test.test().name()).collect();
            let costs = || {
                let mut look_up = self.past.get().look_up();
                names.iter().map(|name| look_up.find(name)?.whole).collect()
            };
            chosen = partition.picks(&names, costs);
        }
        if self.recall == Recall::LastFailed {
            let mut look_up = self.past.get().look_up();
            let mut failed = |test: &T| look_up.find(test.test().name()).is_some_and(|known| known.failed);
            let failed: Vec<_> = tests.iter().map(&mut failed).collect();
            if failed.contains(&true) {
                chosen.iter_mut().zip(failed).for_each(|(chosen, failed)| *chosen &= failed);
            } else if !tests.is_empty() {
                notes.push("none of these tests failed when it ran last, so all of them run".to_owned());
            }
        }
        let mut chosen = chosen.into_iter();
        tests.retain(|_| chosen.next().unwrap_or(true));
    }
}

fn action(test: &Test, filter: &Filter, mode: Mode) -> Action {
    let ignored = filter.ignores(test) || mode == Mode::Benchmarks;
    match (ignored, test.ignore()) {
        (false, _) => Action::Run,
        (true, Ignore::Because(reason)) => Action::Ignore(Some(reason)),
        (true, Ignore::Yes | Ignore::No) => Action::Ignore(None),
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
