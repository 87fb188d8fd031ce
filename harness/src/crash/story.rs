//! What earlier images of this process came to, and what is left to do for this one.

use super::choice::Chosen;
use super::journal::{FolderRecord, Header, Journal, Outputs, Record};
use super::names::Names;
use super::verdict::{Crash, Verdict, verdict, without_fixture};
use super::{How, handler, lost, records};
use crate::event::{Event, FixturePhase, InFlight};
use crate::fixture::{FixtureDecl, Scope};
use crate::named::Named;
use crate::outcome::{FailedAttempt, Finished, Outcome, Output};
use crate::panics::Owner;
use crate::plan::{Plan, Planned};
use crate::settings::Stop;
use crate::test::Test;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// After how many images in a row that came to nothing the run is given up.
const PATIENCE: usize = 3;

/// The journal of the images before this one.
#[derive(Debug)]
pub(crate) struct Earlier {
    file: File,
    len: u64,
    header: Header,
    chosen: Chosen,
    records: Vec<(u64, Record)>,
}

/// What this image tells before it runs anything, and what it has to add to what the run says of itself.
#[derive(Debug, Default)]
pub(super) struct GoingOn {
    /// Whether nothing at all has been told, not even that the run began.
    pub(super) is_untold: bool,
    /// What has been told already, in its order.
    pub(super) told: Vec<Event>,
    /// What has not.
    pub(super) new: Vec<Event>,
    /// Tests that are in the plan and were told of as started.
    pub(super) started: Vec<&'static Test>,
    /// How many tests of the plan have a result.
    pub(super) done: usize,
    /// How many of them failed.
    pub(super) failures: usize,
    /// How many tests are not in the plan any more although they have none.
    pub(super) not_run: usize,
    /// What was printed by no one in particular.
    pub(super) stray: Vec<u8>,
    /// Tests that have failed, by a crash or before it, and are tried again: with their attempts.
    pub(super) again: Vec<(&'static Test, Vec<FailedAttempt>)>,
    /// Folders of tests that run again.
    folders: Vec<PathBuf>,
}

impl Earlier {
    /// Reads the journal of this process, if it has been executed again; ends what its tests had started.
    pub(crate) fn read() -> Option<Self> {
        let mut file = handler::inherited()?;
        let (mut records, len) = records::read(&mut file).ok()?;
        let (_, Record::Header(header)) = records.first()? else { return None };
        let header = *header;
        if header.process != std::process::id() {
            return None;
        }
        records.remove(0);
        let mut chosen = Chosen::default();
        if let Some((_, Record::Chosen(before))) = records.first_mut() {
            chosen = std::mem::take(before);
            records.remove(0);
        }
        // One that was removed meanwhile, or never made, need not be named.
        records.retain(|(_, record)| !matches!(record, Record::Folder(folder) if !folder.path.exists()));
        if records.iter().any(|(_, record)| *record == Record::Asked) {
            handler::note_asked();
        }
        if !header.had_children {
            let ended = handler::end_children();
            if ended > 0 {
                let processes = if ended == 1 { "process was" } else { "processes were" };
                let note = format!("{ended} child {processes} killed that a crash had left behind");
                records.push((len, Record::Noted(note)));
            }
        }
        Some(Earlier { file, len, header, chosen, records })
    }

    /// What a random order is made with.
    pub(crate) fn seed(&self) -> u64 {
        self.header.seed
    }

    /// What was chosen when the run began.
    pub(crate) fn chosen(&self) -> &Chosen {
        &self.chosen
    }

    /// Takes out of a plan what has a result, and goes on with the journal.
    ///
    /// # Errors
    ///
    /// If the journal cannot be gone on with.
    pub(super) fn go_on<T: Planned>(
        self,
        plan: &mut Plan<T>,
        stop: Stop,
        retries: u32,
        outputs: Outputs,
    ) -> Result<(GoingOn, Journal, Header), String> {
        let mut there: Vec<_> = plan.steps().iter().map(|step| step.test.test().name()).collect();
        let mut going_on = going_on(self.records, plan, stop, retries);
        there.extend(going_on.results().iter().map(|(test, _)| test.name()));
        going_on.new.extend(self.chosen.missing(there.into_iter()));
        for (test, attempts) in &going_on.again {
            // For the next image, should there be one before the test has ended.
            attempts.iter().for_each(|attempt| lost::attempt_failed(test, attempt));
            plan.go_on_after(test, attempts.clone());
        }
        for folder in &going_on.folders {
            // One that is gone, or cannot be removed, is nobody's loss: its test makes another.
            let _ = std::fs::remove_dir_all(folder);
        }
        let journal = Journal::go_on(self.file, self.len, outputs)
            .map_err(|error| format!("could not go on after a crash: {error}"))?;
        Ok((going_on, journal, self.header))
    }
}

/// What the records since the process was last executed say of its end.
#[derive(Default)]
struct LastImage {
    in_flight: Vec<InFlight>,
    crashes: Vec<Crash>,
    outputs: Vec<(u8, Output)>,
    folders: Vec<FolderRecord>,
    /// Attempts that had failed, of tests that were running.
    earlier: Vec<(String, FailedAttempt)>,
    /// Fixtures that no crash before has cost their teardown.
    lost: Vec<String>,
    /// Whether a test has finished.
    has_finished: bool,
}

impl LastImage {
    /// Whether a test has finished, or crashed: it does not come again more often than it is to be tried.
    fn came_to_something(&self) -> bool {
        self.has_finished || self.crashes.iter().any(|crash| matches!(crash.owner, Some(Owner::Test(_))))
    }
}

/// Whether a test that has ended like this is tried again.
type MayTry<'a> = dyn Fn(&GoingOn, &Test, &Finished) -> bool + 'a;

/// Reads on: what was told, what was not, and what the last crash means. `retries` is how often a test is tried again that does
/// not say so itself.
pub(super) fn going_on<T: Planned>(
    records: Vec<(u64, Record)>,
    plan: &mut Plan<T>,
    stop: Stop,
    retries: u32,
) -> GoingOn {
    let mut names = Names::of(plan);
    let told = told_until(&records);
    let mut going_on = GoingOn { is_untold: told == 0, ..GoingOn::default() };
    let mut last = LastImage::default();
    let mut fruitless = 0;
    let mut lost: Vec<String> = Vec::new();
    let mut attempts = Vec::new();
    let mut broken_fixtures: Vec<&'static FixtureDecl> = Vec::new();
    for (at, record) in records {
        match record {
            Record::InFlight { name, worker, began, ran_for } => {
                let test = names.test(&name);
                going_on.note_start(test);
                last.in_flight.push(InFlight { test, worker, began, ran_for });
            }
            Record::Folder(folder) => last.folders.push(folder),
            Record::Earlier(name, attempt) => last.earlier.push((name, attempt)),
            Record::Output(number, output) => last.outputs.push((number, output)),
            Record::Lost(label) if lost.contains(&label) => {}
            Record::Lost(label) => {
                last.lost.push(label.clone());
                lost.push(label);
            }
            Record::Stray(output) => going_on.stray.extend_from_slice(&output),
            Record::Death { number, how, owner, .. } => {
                let owner = names.owner(&owner);
                if let Some(Owner::Fixture(fixture, FixturePhase::SetUp)) = owner {
                    broken_fixtures.push(fixture);
                }
                let own = last.outputs.iter().find(|(other, _)| *other == number);
                let output = own.map(|(_, output)| output.clone()).unwrap_or_default();
                last.crashes.push(Crash { how, owner, output });
            }
            Record::Attempt(attempt) => attempts.push(attempt),
            Record::WentOn => {
                attempts.clear();
                fruitless = if last.came_to_something() { 0 } else { fruitless + 1 };
                last = LastImage::default();
            }
            other => {
                let other = match other {
                    Record::Finished(name, finished) => {
                        last.has_finished = true;
                        let earlier = std::mem::take(&mut attempts);
                        going_on.started.retain(|test| test.name() != name);
                        Record::Finished(name, Finished { earlier, ..finished })
                    }
                    other => other,
                };
                let Some(event) = names.event(other) else { continue };
                if at < told { going_on.told.push(event) } else { going_on.new.push(event) }
            }
        }
    }
    let given_up = fruitless >= PATIENCE && !last.came_to_something();
    let may_try = |going_on: &GoingOn, test: &Test, finished: &Finished| {
        let left = finished.outcome.is_failure() && finished.earlier.len() < test.retries(retries) as usize;
        left && !given_up && !stop.is_due(going_on.failed())
    };
    going_on.conclude(last, plan, broken_fixtures, &may_try);
    if given_up || stop.is_due(going_on.failed()) {
        going_on.leave_it_at_that();
    }
    going_on.leave_out(plan, stop, given_up);
    going_on
}

/// The result of this test among these events.
fn result_of<'a>(events: &'a mut [Event], name: &str) -> Option<&'a mut Finished> {
    events.iter_mut().find_map(|event| match event {
        Event::TestFinished { test, finished } if test.name() == name => Some(finished),
        _ => None,
    })
}

/// Names each folder that is kept in what its test has printed, where that does not name it yet: an attempt that counts names its
/// own. Gives back the others with their tests, which are none of `events`.
fn name_folders<'a>(
    folders: &'a [FolderRecord],
    earlier: &'a [(String, FailedAttempt)],
    events: &mut [Event],
) -> Vec<(&'a str, &'a Path)> {
    let mut attempts = Named::default();
    for (name, _) in earlier {
        *attempts.entry(name, || 0) += 1;
    }
    let mut others = Vec::new();
    for FolderRecord { test, path, named } in folders {
        let attempts = attempts.entry(test, || 0);
        if *named && *attempts > 0 {
            *attempts -= 1;
            continue;
        }
        match result_of(events, test) {
            Some(Finished { output, .. }) => output.extend_from_slice(lost::kept(path).as_bytes()),
            None => others.push((test.as_str(), path.as_path())),
        }
    }
    others
}

/// Up to where the journal has been told of.
fn told_until(records: &[(u64, Record)]) -> u64 {
    let told = |(at, record): &(u64, Record)| match record {
        Record::Death { told, .. } => *told,
        Record::WentOn => *at,
        _ => 0,
    };
    records.iter().map(told).max().unwrap_or(0)
}

impl GoingOn {
    /// A test that runs in several images and ends in none of them was told of in the first.
    fn note_start(&mut self, test: &'static Test) {
        if !self.started.iter().any(|other| std::ptr::eq(*other, test)) {
            self.started.push(test);
        }
    }

    /// Adds what the last crash means.
    fn conclude<T: Planned>(
        &mut self,
        last: LastImage,
        plan: &mut Plan<T>,
        broken: Vec<&'static FixtureDecl>,
        may_try: &MayTry<'_>,
    ) {
        let finished = self.results_by_name();
        let mut crashes = last.crashes;
        // Who was running is unknown where the thread that reports did not answer; the one to blame was.
        let mut in_flight = last.in_flight;
        for crash in &mut crashes {
            if let Some(Owner::Test(test)) = crash.owner
                && !in_flight.iter().any(|running| std::ptr::eq(running.test, test))
                && finished.get(test.name()).is_none()
            {
                let (worker, began, ran_for) = (0, Duration::ZERO, Duration::ZERO);
                in_flight.push(InFlight { test, worker, began, ran_for });
            }
        }
        let after = match crashes.iter().all(|crash| crash.how == How::Blocked) {
            true => "when the process was executed again",
            false => "after a crash",
        };
        let Verdict { mut events, suspects } = verdict(crashes, &in_flight);
        for (name, path) in name_folders(&last.folders, &last.earlier, &mut events) {
            // One that was not running has a result, which names the folder.
            if in_flight.iter().any(|running| running.test.name() == name) {
                self.folders.push(path.to_owned());
            }
        }
        let mut broken_off = Vec::new();
        for (name, attempt) in last.earlier {
            match result_of(&mut events, &name) {
                Some(finished) => finished.earlier.push(attempt),
                None => broken_off.push((name, attempt)),
            }
        }
        self.try_again(events, broken_off, plan, may_try);
        plan.suspect(|test| suspects.iter().any(|other| std::ptr::eq(*other, test)));

        self.leave_out_who_lacks(broken, plan);
        if !last.lost.is_empty() {
            let note = format!(
                "{after} these fixtures are set up anew where they are needed, and were not torn down: {}",
                last.lost.join(", ")
            );
            self.new.push(Event::RunNoted { note });
        }
    }

    /// Keeps the results of those who crashed, but for whoever is tried again. `broken_off` are attempts of those without a result,
    /// which ran beside them or were yet to be tried again: what has been tried is not tried anew.
    fn try_again<T: Planned>(
        &mut self,
        events: Vec<Event>,
        broken_off: Vec<(String, FailedAttempt)>,
        plan: &Plan<T>,
        may_try: &MayTry<'_>,
    ) {
        for event in events {
            match event {
                Event::TestFinished { test, finished } if may_try(self, test, &finished) => {
                    self.again.extend(finished.into_attempts().map(|attempts| (test, attempts)));
                }
                event => self.new.push(event),
            }
        }
        let (done, steps) = (self.results_by_name(), plan.steps());
        for (name, attempt) in broken_off.into_iter().filter(|(name, _)| done.get(name).is_none()) {
            let test = steps.iter().map(|step| step.test.test()).find(|test| test.name() == name);
            let Some(test) = test else { continue };
            match self.again.iter_mut().find(|(other, _)| std::ptr::eq(*other, test)) {
                Some((_, attempts)) => attempts.push(attempt),
                None => self.again.push((test, vec![attempt])),
            }
        }
    }

    /// Fails those who need a fixture that is broken; they are not tried again either.
    fn leave_out_who_lacks<T: Planned>(&mut self, mut broken: Vec<&'static FixtureDecl>, plan: &Plan<T>) {
        for event in self.told.iter().chain(&self.new) {
            if let Event::FixtureFailed { fixture, phase: FixturePhase::SetUp, .. } = event
                && fixture.scope == Scope::Session
            {
                broken.push(fixture);
            }
        }
        let done = self.results_by_name();
        for step in plan.steps().into_iter().filter(|step| done.get(step.test.test().name()).is_none()) {
            let needed = |fixture: &&&FixtureDecl| broken.iter().any(|other| std::ptr::eq(*other, **fixture));
            if let Some(fixture) = step.fixtures.iter().find(needed) {
                self.new.push(without_fixture(step.test.test(), fixture.label()));
            }
        }
        let new = &mut self.new;
        self.again.retain(|(test, attempts)| match result_of(new, test.name()) {
            Some(finished) => {
                finished.earlier.clone_from(attempts);
                false
            }
            None => true,
        });
    }

    /// Nobody is tried again any more.
    fn leave_it_at_that(&mut self) {
        for (test, attempts) in std::mem::take(&mut self.again) {
            self.new.extend(
                Finished::of_attempts(attempts).map(|finished| Event::TestFinished { test, finished }),
            );
        }
    }

    /// Takes out of the plan what has a result, or all of it if nothing may run any more.
    fn leave_out<T: Planned>(&mut self, plan: &mut Plan<T>, stop: Stop, given_up: bool) {
        // A test that is repeated has several results, and steps that are left.
        let mut done = self.results_by_name();
        self.done = self.results().len();
        let failures = self.failed();
        self.failures = failures;
        plan.leave_out(|test| {
            let results = done.entry(test.name(), || 0);
            let has_one = *results > 0;
            *results -= usize::from(has_one);
            has_one
        });
        if given_up {
            let reason =
                "the run was given up: it crashed again and again before any test had finished".to_owned();
            self.new.push(Event::RunBroken { reason, output: Vec::new() });
        }
        if given_up || stop.is_due(failures) {
            self.not_run = plan.len();
            plan.leave_out(|_| true);
        }
    }

    /// How many results each test has.
    fn results_by_name(&self) -> Named<'static, usize> {
        let mut results = Named::default();
        for (test, _) in self.results() {
            *results.entry(test.name(), || 0) += 1;
        }
        results
    }

    /// How many results are failures.
    fn failed(&self) -> usize {
        self.results().iter().filter(|(_, outcome)| outcome.is_failure()).count()
    }

    fn results(&self) -> Vec<(&'static Test, &Outcome)> {
        let mut results = Vec::new();
        for event in self.told.iter().chain(&self.new) {
            if let Event::TestFinished { test, finished } = event {
                results.push((*test, &finished.outcome));
            }
        }
        results
    }
}
