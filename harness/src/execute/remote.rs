//! Attempts in a worker process: asked for, waited for, and judged where the process did not live to do so.

use super::bench::Bench;
use super::jobs::JobRef;
use super::verdict;
use crate::activity::Activity;
use crate::crash;
use crate::event::{Event, FixturePhase, FixtureRan, Holder};
use crate::fixture::{BUILT_IN, FixtureDecl, Scope};
use crate::fixtures::run_id;
use crate::instance::Worker;
use crate::isolate::{Death, News, Process, Start};
use crate::judge::expect_failure;
use crate::outcome::{Course, Failure, Finished, Outcome, Output};
use crate::test::{Test, Xfail};
use crate::wire::{Answer, Begin, FixtureName, Request, Waits};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often a process is started for a test that none comes to begin.
const STARTS: usize = 3;

/// What a process gets beyond the sum of its own limits, by which it ends a test itself, before it is taken for one that
/// cannot.
const GRACE: Duration = Duration::from_secs(3);

/// How long a process may take to be gone once everything in it is torn down: whoever measures coverage writes it then.
const LEAVING: Duration = Duration::from_secs(20);

/// A worker that is a process, or a number of them one after another.
pub(super) struct Remote {
    /// From 0.
    pub(super) id: usize,
    /// How many workers there are.
    count: usize,
    /// The process, from the first test on, unless it has died.
    process: Option<Process>,
    /// The fixtures that outlive a test and may be up in it.
    fixtures: Vec<&'static FixtureDecl>,
    /// The test that ran in it last.
    last: Option<&'static Test>,
}

/// What came of handing a test to a process.
enum Handed {
    /// The attempt is over.
    Over(Box<Finished>),
    /// It has not begun: the process was dead, or as good as dead.
    NotTaken(Death),
}

impl Remote {
    /// A worker without a process so far.
    pub(super) fn new(id: usize, count: usize) -> Self {
        Remote { id, count, process: None, fixtures: Vec::new(), last: None }
    }

    /// The same worker in another process.
    pub(super) fn another(&self) -> Self {
        Remote::new(self.id, self.count)
    }

    /// Tries a test, for the so-and-so-many-th time.
    pub(super) fn attempt(&mut self, job: &JobRef, bench: &Bench, number: u32) -> Finished {
        let began = bench.clock.now();
        let finished = self.try_out(job, bench, number);
        // Its process has measured the rest by its own clock.
        Finished { course: Course { worker: self.id, began, ..finished.course }, ..finished }
    }

    fn try_out(&mut self, job: &JobRef, bench: &Bench, number: u32) -> Finished {
        let activity = bench.activity();
        let mut trouble = io::Error::other("none has come to begin the test");
        for _ in 0..STARTS {
            let handed = self
                .running(bench)
                .map(|process| self.hand(process, job, bench, number, activity.as_deref()));
            match handed {
                Ok(Handed::Over(finished)) => {
                    // The process has the stretches, which it measures itself.
                    let (parked, _) = activity.map(|activity| activity.end()).unwrap_or_default();
                    let course = Course { parked: finished.course.parked.max(parked), ..finished.course };
                    return Finished { course, ..*finished };
                }
                Ok(Handed::NotTaken(death)) => trouble = io::Error::other(format!("it {death}")),
                Err(error) => {
                    trouble = error;
                    break;
                }
            }
        }
        activity.inspect(|activity| {
            activity.end();
        });
        let reason = format!("could not start a worker process: {trouble}");
        ended(job, Failure::Because(reason), Output::default(), Duration::ZERO)
    }

    /// The worker has run out of tests: what is up in its process is torn down there.
    pub(super) fn end(mut self, bench: &Bench) -> Worker {
        if let Some(process) = self.process.take() {
            let before = process.printed_meanwhile();
            // One that is dead is heard of all the same.
            let _ = process.control().say(&Request::End);
            self.wait_for_end(process, bench, before);
        }
        Worker::new(self.id, self.count)
    }

    /// `before` was printed when no test ran any more.
    fn wait_for_end(&mut self, mut process: Process, bench: &Bench, before: Vec<u8>) {
        let mut failed = Vec::new();
        let ended = loop {
            match process.hear(None) {
                News::Said(Answer::FixtureFailed { fixture, phase, error }) => {
                    failed.push((fixture, phase, error));
                }
                News::Said(Answer::FixtureRan { fixture, phase, ago, duration, .. }) => {
                    if let Some(fixture) = known(&self.fixtures, &fixture) {
                        let (holder, began) =
                            (Holder::Worker(self.id), bench.clock.now().saturating_sub(ago));
                        bench.tell(Event::FixtureRan(FixtureRan { fixture, phase, holder, began, duration }));
                    }
                }
                News::Said(Answer::Noted(note)) => bench.note(note),
                News::Said(Answer::Ended) => break true,
                News::Said(_) | News::Late => {}
                News::Gone => break false,
            }
        };
        let (death, mut output) = if ended { process.let_go(LEAVING) } else { process.kill() };
        let last = failed.pop();
        for (fixture, phase, error) in failed {
            self.fixture_failed(bench, &fixture, phase, error, Vec::new());
        }
        if let Some((fixture, phase, error)) = last {
            self.fixture_failed(bench, &fixture, phase, error, std::mem::take(&mut output));
        }
        if !ended || death != Death::Exit(0) {
            self.died_between(bench, death, [before, output].concat());
        } else {
            bench.fleet.keep_stray(&before);
        }
    }

    /// A process that takes tests.
    fn running(&mut self, bench: &Bench) -> io::Result<Process> {
        if let Some(process) = self.process.take() {
            return Ok(process);
        }
        let waits = if bench.cores.get().is_some() { Waits::AreTold } else { Waits::AreNot };
        let begin = Begin { id: self.id, count: self.count, run_id: run_id().to_owned(), waits };
        let mut process = Process::start(Start { begin, capture: bench.fleet.capture })?;
        bench.fleet.enlist(process.control());
        if bench.is_interrupted() {
            let _ = process.control().say(&Request::Interrupt);
        }
        match process.hear(None) {
            News::Said(Answer::Ready) => {
                // Whatever is printed at every start was printed at that of this process too.
                let _ = process.printed();
                Ok(process)
            }
            News::Said(_) | News::Gone | News::Late => {
                let (death, output) = process.kill();
                let output = String::from_utf8_lossy(&output);
                Err(io::Error::other(format!("it {death} at its start\n{}", output.trim_end())))
            }
        }
    }

    fn hand(
        &mut self,
        mut process: Process,
        job: &JobRef,
        bench: &Bench,
        number: u32,
        activity: Option<&Activity>,
    ) -> Handed {
        let test = &job.step().test.test;
        let before = process.printed_meanwhile();
        // A process that is dead is heard of all the same.
        let _ = process.control().say(&Request::Run { name: test.name().to_owned(), attempt: number });
        let mut begun = None;
        let mut until = None;
        loop {
            match (process.hear(until), begun) {
                (News::Said(Answer::Begun), _) => {
                    let now = Instant::now();
                    begun = Some(now);
                    bench.fleet.keep_stray(&before);
                    until = patience(job, bench).and_then(|patience| now.checked_add(patience));
                    self.note_fixtures(job);
                }
                (News::Said(Answer::Waits), _) => activity.into_iter().for_each(Activity::rest),
                (News::Said(Answer::GoesOn), _) => activity.into_iter().for_each(Activity::work),
                (News::Said(Answer::FixtureFailed { fixture, phase, error }), _) => {
                    self.fixture_failed(bench, &fixture, phase, error, Vec::new());
                }
                (News::Said(Answer::FixtureRan { fixture, phase, of_test, ago, duration }), _) => {
                    let holder = if of_test { Holder::Test(test) } else { Holder::Worker(self.id) };
                    if let Some(fixture) = known(&job.step().fixtures, &fixture) {
                        let began = bench.clock.now().saturating_sub(ago);
                        bench.tell(Event::FixtureRan(FixtureRan { fixture, phase, holder, began, duration }));
                    }
                }
                (News::Said(Answer::Noted(note)), _) => bench.note(note),
                (News::Said(Answer::Folder(path)), _) => {
                    crash::folder_made(test, Path::new(&path));
                    // One that is gone is heard of all the same.
                    let _ = process.control().say(&Request::Noted);
                }
                (News::Said(Answer::Ready | Answer::Ended), _) => {}
                (News::Said(Answer::Done(finished)), _) => {
                    let output = process.printed();
                    // What is kept of its folders stands there.
                    crash::name_folders(test);
                    self.last = Some(test);
                    self.process = Some(process);
                    return Handed::Over(Box::new(with_output(job, *finished, output.into())));
                }
                (News::Said(Answer::Stuck(finished)), _) => {
                    let (_, output) = process.kill();
                    self.lose(bench);
                    let mut finished = with_output(job, *finished, output.into());
                    // What is kept of its folders stands there, where somebody sees it.
                    let folders = crash::name_folders(test);
                    if !finished.outcome.is_failure() {
                        folders.iter().for_each(|path| crash::keep(path, &mut finished));
                    }
                    return Handed::Over(Box::new(finished));
                }
                (News::Gone | News::Late, None) => {
                    let (death, output) = process.kill();
                    self.died_between(bench, death, [before, output].concat());
                    return Handed::NotTaken(death);
                }
                (news, Some(since)) => {
                    let (death, output) = process.kill();
                    self.lose(bench);
                    let reason = match news {
                        News::Late => "timed out: its process did not answer, and was killed".to_owned(),
                        _ => crashed(death, &output),
                    };
                    let mut finished = ended(job, Failure::Because(reason), output.into(), since.elapsed());
                    for path in crash::name_folders(test).iter().filter(|path| path.exists()) {
                        crash::keep(path, &mut finished);
                    }
                    return Handed::Over(Box::new(finished));
                }
            }
        }
    }

    /// A process has died with no test to blame but those before.
    fn died_between(&mut self, bench: &Bench, death: Death, output: Vec<u8>) {
        match self.last {
            None => bench.fleet.keep_stray(&output),
            Some(last) => {
                let reason = format!("worker process {} {death} after `{}` had ended", self.id, last.name());
                bench.tell(Event::RunBroken { reason, output });
            }
        }
        self.lose(bench);
    }

    fn note_fixtures(&mut self, job: &JobRef) {
        for fixture in job.step().fixtures.iter().filter(|fixture| fixture.scope > Scope::Test) {
            if !self.fixtures.iter().any(|other| std::ptr::eq(*other, *fixture)) {
                self.fixtures.push(fixture);
            }
        }
    }

    /// Tells of a fixture that failed in the process.
    fn fixture_failed(
        &self,
        bench: &Bench,
        name: &FixtureName,
        phase: FixturePhase,
        error: String,
        output: Vec<u8>,
    ) {
        bench.tell(match known(&self.fixtures, name) {
            Some(fixture) => Event::FixtureFailed { fixture, phase, error, output },
            // None but the tests' own fixtures are ever set up.
            None => Event::RunBroken { reason: format!("fixture `{}` failed: {error}", name.path), output },
        });
    }

    /// The process is gone, and what was up in it.
    fn lose(&mut self, bench: &Bench) {
        self.last = None;
        for fixture in self.fixtures.drain(..) {
            if fixture.has_teardown() && fixture.place.file != BUILT_IN {
                bench.fleet.lose(fixture.label());
            }
        }
    }
}

/// The fixture of this name.
fn known(fixtures: &[&'static FixtureDecl], name: &FixtureName) -> Option<&'static FixtureDecl> {
    let same = |fixture: &&&FixtureDecl| {
        fixture.path == name.path
            && fixture.place.file == name.file
            && (fixture.place.line, fixture.place.column) == (name.line, name.column)
    };
    fixtures.iter().find(same).copied()
}

/// How long a process may take for an attempt in which everything has a limit: the process keeps each of them itself, and
/// this is for one that cannot, as it was stopped.
fn patience(job: &JobRef, bench: &Bench) -> Option<Duration> {
    let test = job.step().test.test.options().timeout.or(bench.timeout)?;
    let fixtures = job.step().fixtures.iter().map(|fixture| fixture.limit(bench.timeout));
    // Each may be set up and torn down.
    fixtures
        .map(|limit| limit.map(|limit| limit.saturating_mul(2)))
        .try_fold(test.saturating_add(GRACE), |sum, limit| limit.map(|limit| sum.saturating_add(limit)))
}

/// An attempt that its process has judged, with what was printed.
fn with_output(job: &JobRef, finished: Finished, mut output: Output) -> Finished {
    let test = &job.step().test.test;
    if finished.outcome.is_failure() || !finished.output.is_empty() {
        output.end_line();
    }
    output.extend_from_slice(&finished.output);
    let outcome = match (finished.outcome, test.xfail()) {
        (Outcome::FailedAsExpected(_), Xfail::Because(reason)) => Outcome::FailedAsExpected(Some(reason)),
        (outcome, _) => outcome,
    };
    if outcome.is_failure() {
        verdict::advise(job.step(), &mut output);
    }
    Finished { outcome, output, ..finished }
}

/// An attempt that its process could not judge.
fn ended(job: &JobRef, failure: Failure, mut output: Output, duration: Duration) -> Finished {
    output.end_line();
    let outcome = expect_failure(job.step().test.test.xfail(), Outcome::Failed(failure));
    Finished { output, duration, ..Finished::without_a_try(outcome) }
}

/// What the runtime library says before it aborts since a thread has no stack left.
const OVERFLOW: &[u8] = b"has overflowed its stack";

/// Within how many bytes of the end it says so.
const LAST_WORDS: usize = 16 * 1024;

fn crashed(death: Death, output: &[u8]) -> String {
    let overflow = || {
        let end = &output[output.len().saturating_sub(LAST_WORDS)..];
        end.windows(OVERFLOW.len()).any(|words| words == OVERFLOW)
    };
    match death {
        Death::Signal(6) if overflow() => "the test crashed: stack overflow (SIGABRT, signal 6)".to_owned(),
        _ => format!("the test {death}"),
    }
}
