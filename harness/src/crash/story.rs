//! What earlier images of this process came to, and what is left to do for this one.

use super::choice::Chosen;
use super::journal::{Header, Journal, Outputs, Record};
use super::last::{LastImage, name_folders, result_of};
use super::names::Names;
use super::progress::Progress;
use super::verdict::{Crash, Verdict, verdict, without_fixture};
use super::{How, handler, lost, records};
use crate::event::{Cut, Event, FixturePhase, InFlight, NotRun};
use crate::fixture::{FixtureDecl, Scope};
use crate::named::Named;
use crate::outcome::{FailedAttempt, Finished, Outcome};
use crate::panics::Owner;
use crate::plan::{Plan, Planned};
use crate::settings::Stop;
use crate::test::Test;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

/// The journal of the images before this one.
#[derive(Debug)]
pub(crate) struct Earlier {
    file: File,
    len: u64,
    header: Header,
    chosen: Chosen,
    records: Vec<(u64, Record)>,
    /// What was done before this image goes on.
    note: Option<String>,
}

/// What this image tells before it runs anything, and what it has to add to what the run says of itself.
#[derive(Debug, Default)]
pub(super) struct GoingOn {
    /// Whether nothing at all has been told, not even that the run began.
    pub(super) is_untold: bool,
    /// What has been told already, in its order.
    pub(super) told: Vec<Event>,
    /// What has not, although it stands in the journal.
    pub(super) untold: Vec<Event>,
    /// What stands nowhere yet.
    pub(super) new: Vec<Event>,
    /// Tests that are in the plan and were told of as started.
    pub(super) started: Vec<&'static Test>,
    /// How many tests of the plan have a result.
    pub(super) done: usize,
    /// How many of them failed.
    pub(super) failures: usize,
    /// How many tests are not in the plan any more although they have none, and why.
    pub(super) not_run: NotRun,
    /// What was printed by no one in particular.
    pub(super) stray: Vec<u8>,
    /// Tests that have failed, by a crash or before it, and are tried again: with their attempts.
    pub(super) again: Vec<(&'static Test, Vec<FailedAttempt>)>,
    /// Folders that nothing will name: of tests that run again, or have crashed as they are expected to.
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
        if records.iter().any(|(_, record)| *record == Record::Asked) {
            handler::note_asked();
        }
        let ended = if header.had_children { 0 } else { handler::end_children() };
        let note = (ended > 0).then(|| {
            let processes = if ended == 1 { "process was" } else { "processes were" };
            format!("{ended} child {processes} killed that a crash had left behind")
        });
        // One that was removed meanwhile, or never made, need not be named. A worker process may have made one until it was killed.
        records.retain(|(_, record)| !matches!(record, Record::Folder(folder) if !folder.path.exists()));
        Some(Earlier { file, len, header, chosen, records, note })
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
        going_on.new.splice(..0, self.note.map(|note| Event::RunNoted { note }));
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

/// Whether a test that has ended like this is tried again.
type MayTry<'a> = dyn Fn(&Test, &Finished) -> bool + 'a;

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
    let mut progress = Progress::default();
    let mut told_of = 0;
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
                let own = last.outputs.iter().position(|(other, _)| *other == number);
                let output = own.map(|own| last.outputs.remove(own).1).unwrap_or_default();
                // Those of an image ascend: this is another's, which had no time to tell of the one before.
                if last.number.replace(number).is_some_and(|before| number <= before) {
                    progress.ended(last.attempts());
                }
                last.told_of = told_of;
                last.crashes.push(Crash { how, owner, output });
            }
            Record::Attempt(attempt) => attempts.push(attempt),
            Record::WentOn => {
                progress.ended(last.attempts());
                last = LastImage::default();
            }
            other => {
                let other = match other {
                    Record::Finished(name, finished) => {
                        let earlier = std::mem::take(&mut attempts);
                        told_of += 1 + earlier.len();
                        last.finished.push(names.test(&name));
                        going_on.started.retain(|test| test.name() != name);
                        Record::Finished(name, Finished { earlier, ..finished })
                    }
                    other => other,
                };
                let Some(event) = names.event(other) else { continue };
                if at < told { going_on.told.push(event) } else { going_on.untold.push(event) }
            }
        }
    }
    progress.ended(last.attempts());
    let given_up = progress.is_given_up();
    let may_try = |test: &Test, finished: &Finished| {
        finished.outcome.is_failure() && finished.earlier.len() < test.retries(retries) as usize
    };
    going_on.conclude(last, plan, broken_fixtures, &may_try);
    if given_up || stop.is_due(going_on.failed()) {
        going_on.leave_it_at_that();
    }
    going_on.leave_out(plan, stop, given_up);
    going_on
}

/// Whether nothing of a test is left to run: one that is repeated has several results, and as many steps.
fn has_all<T: Planned>(results: &Named<'static, usize>, plan: &Plan<T>, name: &str) -> bool {
    let steps = || plan.steps().iter().filter(|step| step.test.test().name() == name).count();
    results.get(name).is_some_and(|results| *results >= steps())
}

/// Takes one of the results of a test, if there is one left, for one of its steps.
fn takes_one(results: &mut Named<'static, usize>, test: &'static Test) -> bool {
    let results = results.entry(test.name(), || 0);
    let has_one = *results > 0;
    *results -= usize::from(has_one);
    has_one
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
        mut last: LastImage,
        plan: &mut Plan<T>,
        broken: Vec<&'static FixtureDecl>,
        may_try: &MayTry<'_>,
    ) {
        let crashes = std::mem::take(&mut last.crashes);
        // Who was running is unknown where the thread that reports did not answer; the one to blame was. So is how often that had
        // been tried: it is not tried again, or it might be for ever.
        let mut unknown = Vec::new();
        let results = self.results_by_name();
        for crash in &crashes {
            if let Some(Owner::Test(test)) = crash.owner
                && !last.runs(test.name())
                && !has_all(&results, plan, test.name())
            {
                let (worker, began, ran_for) = (0, Duration::ZERO, Duration::ZERO);
                last.in_flight.push(InFlight { test, worker, began, ran_for });
                unknown.push(test);
            }
        }
        let after = match crashes.iter().all(|crash| crash.how == How::Blocked) {
            true => "when the process was executed again",
            false => "after a crash",
        };
        let Verdict { mut events, suspects } = verdict(crashes, &last.in_flight);
        for (name, path) in name_folders(&last.folders, &last.earlier, &mut events) {
            // One that was not running has a result, which names the folder.
            if last.runs(name) {
                self.folders.push(path.to_owned());
            }
        }
        let mut broken_off = Vec::new();
        for (name, attempt) in std::mem::take(&mut last.earlier) {
            match result_of(&mut events, &name) {
                Some(finished) => finished.earlier.push(attempt),
                // A result that has just been told of has its attempts.
                None if !last.runs(&name) && last.finished.iter().any(|test| test.name() == name) => {}
                None => broken_off.push((name, attempt)),
            }
        }
        let may_try = |test: &Test, finished: &Finished| {
            may_try(test, finished) && !unknown.iter().any(|other| std::ptr::eq(*other, test))
        };
        self.try_again(events, broken_off, plan, &may_try);
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
                Event::TestFinished { test, finished } if may_try(test, &finished) => {
                    self.again.extend(finished.into_attempts().map(|attempts| (test, attempts)));
                }
                event => self.new.push(event),
            }
        }
        let (results, steps) = (self.results_by_name(), plan.steps());
        for (name, attempt) in broken_off.into_iter().filter(|(name, _)| !has_all(&results, plan, name)) {
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
        for event in self.events() {
            if let Event::FixtureFailed { fixture, phase: FixturePhase::SetUp, .. } = event
                && fixture.scope == Scope::Session
            {
                broken.push(fixture);
            }
        }
        let mut results = self.results_by_name();
        let mut lacking = Vec::new();
        for step in plan.steps().into_iter().filter(|step| !takes_one(&mut results, step.test.test())) {
            let needed = |fixture: &&&FixtureDecl| broken.iter().any(|other| std::ptr::eq(*other, **fixture));
            if let Some(fixture) = step.fixtures.iter().find(needed) {
                lacking.push(without_fixture(step.test.test(), fixture.label()));
            }
        }
        self.again.retain(|(test, attempts)| match result_of(&mut lacking, test.name()) {
            Some(finished) => {
                finished.earlier.clone_from(attempts);
                false
            }
            None => true,
        });
        self.new.append(&mut lacking);
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
        let mut results = self.results_by_name();
        self.done = self.results().len();
        self.failures = self.failed();
        plan.leave_out(|test| takes_one(&mut results, test));
        if plan.len() == 0 {
            return;
        }
        let cut = match given_up {
            true => Cut::Crash,
            false if stop.is_due(self.failures) => Cut::Failures,
            false => return,
        };
        if given_up {
            let reason =
                "the run was given up: it crashed again and again before any test had finished".to_owned();
            self.new.push(Event::RunBroken { reason, output: Vec::new() });
        }
        self.not_run = NotRun { count: plan.len(), cut: Some(cut) };
        plan.leave_out(|_| true);
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
        for event in self.events() {
            if let Event::TestFinished { test, finished } = event {
                results.push((*test, &finished.outcome));
            }
        }
        results
    }

    /// All that has happened.
    fn events(&self) -> impl Iterator<Item = &Event> {
        self.told.iter().chain(&self.untold).chain(&self.new)
    }
}
