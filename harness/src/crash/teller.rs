//! Listens to a run for its journal, and hands everything on to the reports; tells what a crash has left to tell.

use super::handler::Next;
use super::journal::Journal;
use super::lost::LastFolder;
use super::story::GoingOn;
use super::verdict::{Crash, verdict};
use super::{Death, handler, lost};
use crate::aside::run_for;
use crate::capture::{self, Mark};
use crate::event::{Cut, Detail, Event, InFlight, Listener, NotRun};
use crate::outcome::{FailedAttempt, Finished, Outcome, Output};
use crate::panics::Owner;
use crate::test::Test;
use std::io::{self, ErrorKind, Write};
use std::time::Duration;

/// How long bringing out a line without an end may take: whoever crashed may hold the lock of standard output.
const FLUSH: Duration = Duration::from_millis(100);

/// Stands between a run and its reports.
pub(crate) struct Teller<L> {
    /// Who is told.
    pub(crate) listener: L,
    journal: Option<Journal>,
    /// How much of it is in its file.
    written: u64,
    /// What this image goes on with, until that is told.
    going_on: Option<GoingOn>,
    /// When the run began, and whether that was in this image.
    begin: Duration,
    /// Tests that were told of as started before the process was executed again.
    started: Vec<&'static Test>,
    /// Tests that are in the plan, or were; that have a result; and that neither have one nor will.
    planned: usize,
    finished: usize,
    not_run: NotRun,
    /// What was printed before by no one in particular.
    stray: Vec<u8>,
}

impl<L: Listener> Teller<L> {
    pub(super) fn new(
        listener: L,
        mut journal: Option<Journal>,
        going_on: Option<GoingOn>,
        begin: Duration,
    ) -> Self {
        // All of it, for nothing has been added.
        let written = journal.as_mut().and_then(|journal| journal.write().ok()).unwrap_or_default();
        Teller {
            listener,
            journal,
            written,
            going_on,
            begin,
            started: Vec::new(),
            planned: 0,
            finished: 0,
            not_run: NotRun::default(),
            stray: Vec::new(),
        }
    }

    /// Tells everything that came before this image: silently where it was told, aloud where it was not.
    fn go_on(&mut self, going_on: GoingOn) {
        for event in &going_on.told {
            if let Some(started) = start_of(event) {
                self.listener.catch_up(&started);
            }
            self.count(event);
            self.listener.catch_up(event);
        }
        self.started = going_on.started;
        for test in &self.started {
            let (ignored, worker, began) = (false, 0, Duration::ZERO);
            self.listener.catch_up(&Event::TestStarted { test, ignored, worker, began });
        }
        let at = handler::now().saturating_sub(self.begin);
        self.listener.tell(&Event::Detail(Detail::WentOn { at }));
        for event in &going_on.untold {
            if let Some(started) = start_of(event) {
                self.tell(&started);
            }
            // It stands in the journal.
            self.count(event);
            self.listener.tell(event);
        }
        for event in &going_on.new {
            if let Some(started) = start_of(event) {
                self.tell(&started);
            }
            self.tell(event);
        }
        if let Some(journal) = &mut self.journal {
            journal.went_on();
        }
    }

    fn count(&mut self, event: &Event) {
        self.finished += usize::from(matches!(event, Event::TestFinished { .. }));
    }

    /// Whether a test was told of as started before; it is not any more.
    fn was_started(&mut self, test: &'static Test) -> bool {
        let at = self.started.iter().position(|other| std::ptr::eq(*other, test));
        at.map(|at| self.started.swap_remove(at)).is_some()
    }

    /// Writes the journal, without which the process cannot be executed again; answers how much of it there is.
    pub(super) fn write(&mut self) -> u64 {
        match self.journal.as_mut().map(Journal::write) {
            Some(Ok(len)) => self.written = len,
            // A test has set that limit. It may take it back, and whoever crashes does.
            Some(Err(error)) if error.kind() == ErrorKind::FileTooLarge && self.cut_off_a_part() => {}
            Some(Err(error)) => self.give_up(&error),
            None => {}
        }
        self.written
    }

    /// Takes out of the file what had found room of the last that was written; answers whether it could.
    fn cut_off_a_part(&self) -> bool {
        self.journal.as_ref().is_some_and(|journal| journal.file().set_len(self.written).is_ok())
    }

    /// Writes the journal: now, or there will be no other image.
    fn write_for_the_next_image(&mut self) {
        if let Some(Err(error)) = self.journal.as_mut().map(Journal::write) {
            self.give_up(&error);
        }
    }

    fn give_up(&mut self, error: &io::Error) {
        handler::forbid_resuming(error);
        self.journal = None;
    }

    /// The process has crashed while these ran: leaves to the next image what it has to know. Comes back where there will be
    /// no other, with all told that is known.
    pub(crate) fn break_off(&mut self, in_flight: &[InFlight]) {
        let mut crashes = self.look_at_crashes();
        let stray = capture::stray_so_far();
        if let Some(journal) = &mut self.journal {
            in_flight.iter().for_each(|running| journal.in_flight(running));
            lost::fixtures().iter().for_each(|label| journal.lost(label));
            lost::attempts().iter().for_each(|(test, attempt)| journal.earlier(test.name(), attempt));
            lost::last_folders().iter().for_each(|folder| journal.folder(folder));
            journal.stray(&stray);
            self.listener.put_away();
        }
        let why = loop {
            self.write_for_the_next_image();
            match handler::wait_for_the_next_image() {
                Next::Another => crashes.extend(self.look_at_crashes()),
                Next::End(why) => break why,
            }
        };

        let (attempts, folders) = (lost::attempts(), lost::last_folders());
        let attempts_of = |test: &'static Test| -> Vec<FailedAttempt> {
            let own = attempts.iter().filter(|(other, _)| std::ptr::eq(*other, test));
            own.map(|(_, attempt)| attempt.clone()).collect()
        };
        let mut dead = Vec::new();
        for mut event in verdict(crashes, in_flight).events {
            if let Event::TestFinished { test, finished } = &mut event {
                dead.push(*test);
                finished.earlier = attempts_of(test);
                let own = |folder: &&LastFolder| std::ptr::eq(folder.test, *test) && folder.path.exists();
                for folder in folders.iter().filter(own).filter(|folder| !folder.named) {
                    lost::keep(&folder.path, finished);
                }
            }
            self.count(&event);
            self.listener.tell(&event);
        }
        // Those that have failed before are not tried again.
        for (test, _) in &attempts {
            if !dead.iter().any(|other| std::ptr::eq(*other, *test)) {
                dead.push(test);
                if let Some(finished) = Finished::of_attempts(attempts_of(test)) {
                    let event = Event::TestFinished { test, finished };
                    self.count(&event);
                    self.listener.tell(&event);
                }
            }
        }
        if let Some(why) = why {
            let note =
                format!("the run ended with the crash, for the process could not be executed again: {why}");
            self.listener.tell(&Event::RunNoted { note });
        }
        let count = self.planned.saturating_sub(self.finished);
        let cut = (count > 0).then_some(Cut::Crash);
        self.finish(NotRun { count, cut }, &stray);
        self.listener.pause();
    }

    /// Keeps what those had printed who crashed since the last look.
    fn look_at_crashes(&mut self) -> Vec<Crash> {
        let look = |(number, death): (u8, Death)| {
            bring_out(death.mark);
            let crash = crash(&death);
            if let Some(journal) = &mut self.journal {
                journal.output(number, &crash.output);
            }
            crash
        };
        handler::deaths().into_iter().map(look).collect()
    }

    fn finish(&mut self, not_run: NotRun, stray: &[u8]) {
        let elapsed = handler::now().saturating_sub(self.begin);
        let stray = [&self.stray, stray].concat();
        self.listener.tell(&Event::RunFinished { elapsed, not_run, stray });
    }
}

impl<L: Listener> Listener for Teller<L> {
    fn tell(&mut self, event: &Event) {
        match event {
            Event::RunStarted { tests, filtered_out, shuffle_seed, began } => {
                let Some(mut going_on) = self.going_on.take() else {
                    self.planned = *tests;
                    return self.listener.tell(event);
                };
                self.not_run = going_on.not_run;
                self.stray = std::mem::take(&mut going_on.stray);
                self.planned = tests + going_on.done + going_on.not_run.count;
                let started = Event::RunStarted {
                    tests: self.planned,
                    filtered_out: *filtered_out,
                    shuffle_seed: *shuffle_seed,
                    began: *began,
                };
                match going_on.is_untold {
                    true => self.listener.tell(&started),
                    false => self.listener.catch_up(&started),
                }
                return self.go_on(going_on);
            }
            Event::TestStarted { test, .. } => {
                match self.started.is_empty() || !self.was_started(test) {
                    true => self.listener.tell(event),
                    false => self.listener.catch_up(event),
                }
                return;
            }
            Event::RunFinished { not_run, stray, .. } => {
                // From here on a crash is no test's: it may end the process. One that has come before goes first.
                if handler::disarm() {
                    let count = self.not_run.count + not_run.count;
                    let cut = not_run.cut.or(self.not_run.cut);
                    self.finish(NotRun { count, cut }, stray);
                }
                return;
            }
            _ => {}
        }
        if let Some(journal) = &mut self.journal {
            journal.note(event);
        }
        self.count(event);
        self.listener.tell(event);
    }

    fn catch_up(&mut self, event: &Event) {
        self.listener.catch_up(event);
    }

    fn put_away(&mut self) {
        self.listener.put_away();
    }

    fn pause(&mut self) {
        let len = self.write();
        handler::telling();
        self.listener.pause();
        handler::told(len);
    }
}

/// The start that a result follows.
fn start_of(event: &Event) -> Option<Event> {
    let Event::TestFinished { test, finished } = event else { return None };
    let ignored = matches!(finished.outcome, Outcome::Ignored(_));
    let (worker, began) = (finished.course.worker, finished.course.began);
    Some(Event::TestStarted { test, ignored, worker, began })
}

/// Brings out what was printed without a line's end, in the name of the one who crashed. On a thread of its own: it may
/// wait for ever.
fn bring_out(mark: Option<Mark>) {
    run_for(FLUSH, "test-flush", move || {
        if let Some(mark) = mark {
            mark.adopt();
        }
        // As wherever this is done: an error is that of whoever closed the descriptor.
        let _ = io::stdout().flush();
    });
}

/// A crash with what there is of its output: of the test, and of what the thread was printing aside of it.
fn crash(death: &Death) -> Crash {
    let Death { how, owner, mark } = *death;
    let running = capture::tests();
    let of = |test: &'static Test| {
        let own = |mark: &&Mark| mark.test().is_some_and(|other| std::ptr::eq(other, test));
        running.iter().find(own).map(|mark| mark.so_far()).unwrap_or_default()
    };
    let aside = mark.filter(|mark| mark.test().is_none()).map(Mark::so_far).unwrap_or_default();
    let before = match (owner, running.as_slice()) {
        (Some(Owner::Test(test)), _) => of(test),
        (None, [alone]) => alone.so_far(),
        _ => Output::default(),
    };
    let mut output = before;
    output.extend_from_slice(&aside);
    Crash { how, owner, output }
}
