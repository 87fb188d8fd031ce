//! A worker process: it tries the tests that its run asks for, on its main thread, and decides nothing else.

use super::attempt;
use super::bench::{Bench, Telling};
use super::chair::Chair;
use super::jobs::{JobRef, Jobs};
use super::verdict;
use crate::activity::Cores;
use crate::aside::run_for;
use crate::channel::{Receiver, channel};
use crate::clock::Clock;
use crate::crash;
use crate::event::{Event, FixtureRan, Holder};
use crate::filter::{Filter, RunIgnored};
use crate::fixture::FixtureDecl;
use crate::fixtures::share_run_id;
use crate::history::{History, Past};
use crate::instance::Worker;
use crate::isolate::{Answers, Parent};
use crate::named::Named;
use crate::outcome::{Failure, Finished, Outcome};
use crate::panics;
use crate::plan::{Choice, Empty, Mode, Order, Plan, Recall};
use crate::registry::Registered;
use crate::settings::{Capture, Settings};
use crate::wire::{Answer, FixtureName, Request, Waits};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// Tries tests until there are no more, then tears down what they shared.
///
/// # Errors
///
/// A message, if the process cannot begin.
pub(crate) fn serve(
    tests: &[&'static Registered],
    settings: &Settings,
    mut parent: Parent,
) -> Result<(), String> {
    let Some(Request::Begin(begin)) = parent.first() else {
        return Err("the run that started this process is gone".to_owned());
    };
    share_run_id(begin.run_id);
    panics::install_hook();
    let answers = parent.answers();
    let (sender, events) = channel(settings.slow_timeout);
    let clock = Clock::begun(Duration::ZERO);
    let mut bench = Bench::new(settings, Capture::No, Telling::Later, sender, clock);
    if begin.waits == Waits::AreTold {
        // Nobody else has set it.
        let _ = bench.cores.set(Arc::new(answers.clone()) as Arc<dyn Cores>);
    }
    let news = News { events: Arc::new(events), answers, clock };
    let at_loss = news.clone();
    let chair = Chair::new(&bench.watchdog, move |lost| {
        let (_, finished) = attempt::left_behind(lost, begin.id, clock, verdict::KILLED);
        bring_out(&at_loss.answers);
        at_loss.tell(Answer::Stuck(Box::new(finished)));
    });
    let watchdog = Arc::clone(&bench.watchdog);
    let requests = parent
        .listen(move || watchdog.interrupt())
        .map_err(|error| format!("could not start the thread that hears the run: {error}"))?;
    let mut known = Named::default();
    for test in tests {
        known.entry(test.test.name(), || *test);
    }
    let mut worker = Worker::new(begin.id, begin.count);
    let folders = news.answers.clone();
    crash::tell_of_folders(move |path| folders.agree(&Answer::Folder(path.to_string_lossy().into_owned())));
    news.tell(Answer::Ready);

    while let Ok(Request::Run { name, attempt }) = requests.receive(None) {
        let known = known.get(&name).ok_or_else(|| "it has no test of this name".to_owned());
        let job = known.and_then(|test| job(&mut bench, test));
        news.answers.prepare();
        news.tell(Answer::Begun);
        let finished = match &job {
            Ok(job) => attempt::run(job, &bench, &mut worker, &chair, attempt, Vec::new()),
            Err(error) => Some(not_run(error)),
        };
        if let Ok(job) = &job {
            crash::settled(&job.step().test.test);
        }
        match finished {
            Some(finished) => {
                news.answers.settle();
                news.tell(Answer::Done(Box::new(finished)));
            }
            // The run knows, and is about to end this process.
            None => loop {
                std::thread::park();
            },
        }
    }
    chair.hand.put_back();
    bench.lending.retire(&mut worker);
    bench.lending.finish();
    bench.note_children();
    news.answers.settle();
    news.tell(Answer::Ended);
    Ok(())
}

/// What a request to try a test asks for, whatever was said of other tests. What the test shares is never released: there
/// is no telling whether another test will need it.
fn job(bench: &mut Bench, test: &'static Registered) -> Result<JobRef, String> {
    let filter = Filter { ignored: RunIgnored::Too, ..Filter::default() };
    let past = Past::new(&History::default);
    let choice = Choice { recall: Recall::Nothing, partition: None, past: &past };
    let plan = Plan::new(&[test], &filter, &choice, Order::Name, Mode::Tests, Empty::Allowed)
        .map_err(|error| error.to_string())?;
    let plain = plan.plain && plan.serial.is_empty();
    let mut steps = plan.parallel;
    steps.extend(plan.serial);
    Ok(JobRef::new(&Jobs::new(steps, plain, &mut bench.lending), 0))
}

/// A factory may make other tests each time that it is asked.
fn not_run(error: &str) -> Finished {
    let reason = format!("the worker process could not run it: {error}");
    Finished::without_a_try(Outcome::Failed(Failure::Because(reason)))
}

/// How long a thread that is stuck may keep others from bringing its output out.
const FLUSH: Duration = Duration::from_millis(100);

/// Brings out what was printed without a line's end, where nobody else will. On a thread of its own: whoever is stuck may
/// be so in the midst of printing.
fn bring_out(answers: &Answers) {
    let answers = answers.clone();
    run_for(FLUSH, "test-flush", move || {
        // As wherever this is done: an error is that of whoever closed the descriptor.
        let _ = std::io::stdout().flush();
        answers.settle();
    });
}

/// What is said to the run, in one order.
#[derive(Clone)]
struct News {
    events: Arc<Receiver>,
    answers: Answers,
    clock: Clock,
}

impl News {
    /// Says something, after everything that has happened before.
    fn tell(&self, answer: Answer) {
        let events = self.events.take();
        let answers = events.iter().filter_map(|event| of_event(event, self.clock));
        answers.for_each(|answer| self.answers.say(&answer));
        self.answers.say(&answer);
    }
}

/// What of an event concerns the run.
fn of_event(event: &Event, clock: Clock) -> Option<Answer> {
    Some(match event {
        Event::FixtureFailed { fixture, phase, error, output: _ } => {
            Answer::FixtureFailed { fixture: name_of(fixture), phase: *phase, error: error.clone() }
        }
        Event::FixtureRan(FixtureRan { fixture, phase, holder, began, duration }) => Answer::FixtureRan {
            fixture: name_of(fixture),
            phase: *phase,
            of_test: matches!(holder, Holder::Test(_)),
            ago: clock.now().saturating_sub(*began),
            duration: *duration,
        },
        Event::RunNoted { note } => Answer::Noted(note.clone()),
        _ => return None,
    })
}

fn name_of(fixture: &'static FixtureDecl) -> FixtureName {
    FixtureName {
        path: fixture.path.to_owned(),
        file: fixture.place.file.to_owned(),
        line: fixture.place.line,
        column: fixture.place.column,
    }
}

impl Cores for Answers {
    fn take(&self) {
        self.say(&Answer::GoesOn);
    }

    fn give(&self) {
        self.say(&Answer::Waits);
    }
}
