//! The way of a run, from the arguments to the exit code.

mod course;
#[cfg(feature = "doctor")]
mod examined;
#[cfg(not(feature = "doctor"))]
#[path = "door/unexamined.rs"]
mod examined;

use crate::bazel::Watched;
use crate::capture;
use crate::channel::{End, channel};
use crate::cli::{self, ArgError, Surroundings};
use crate::crash::{self, Chosen, Earlier, Guard, Precaution};
use crate::entry::Exit;
use crate::event::{Event, Listener};
use crate::execute;
use crate::factory::RegisteredFactory;
use crate::fixture::FixtureDecl;
use crate::history::{Expected, Extent, History, Past};
use crate::history_file::{Historian, HistoryFile};
use crate::interrupt;
use crate::isolate::{self, Parent};
use crate::needs::OwnKind;
use crate::partition::Partition;
use crate::plan::{Arrangement, Choice, Empty, Plan, Planned, Recall};
use crate::registry::{Registered, RegisteredFixture};
use crate::report::{
    Console, Opening, Reports, Told, Watch, is_watched, list, list_fixtures, list_tags, show_set_ups,
    show_settings,
};
use crate::sampler::Sampler;
use crate::settings::{Capture, Isolation, NoTest, RetryIn, Settings, Task, Told as Setting};
use crate::tags::{Known, unused_words};
use crate::target::Target;
use crate::test::Test;
use std::ffi::OsString;
use std::io::Write;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

/// The code for anything that is not a success. cargo prints a chain of errors at any other.
const FAILURE: u8 = 101;

/// What `main!` knows of its target.
#[derive(Debug)]
pub struct Suite {
    /// The target itself: `main!` stands in its root.
    pub target: Target,
    /// Whether a target without any test is fine.
    pub allow_empty: bool,
    /// The tags that it declares.
    pub tags: &'static [&'static str],
    /// What else it says, a key and a value each.
    pub settings: &'static [(&'static str, &'static str)],
}

impl Planned for &'static Registered {
    fn test(&self) -> &'static Test {
        &self.test
    }

    fn own_kind(&self) -> OwnKind {
        self.body.own_kind()
    }
}

/// Runs the tests of this target: the `main` that `main!` writes.
pub fn main(suite: &Suite) -> Exit {
    Exit(run_target(suite))
}

fn run_target(suite: &Suite) -> ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if isolate::is_worker(&mut arguments) {
        return ExitCode::from(code(work(suite, arguments)));
    }
    // Before any thread is started: it takes a variable from the environment.
    let earlier = Earlier::read();
    if let Some(chosen) = earlier.as_ref().and_then(|earlier| earlier.chosen().arguments.as_ref()) {
        arguments.clone_from(chosen);
    }
    let around = surroundings(suite, earlier.as_ref().map_or_else(new_seed, Earlier::seed));
    let done = Watched::begin().and_then(|watched| {
        let done = asked(suite, arguments, &around, earlier, &watched);
        let ended = watched.end();
        done.and_then(|success| ended.map(|()| success))
    });
    let code = code(done);
    crash::ends_with(code);
    ExitCode::from(code)
}

/// Tries tests for another process of this executable, which has read the same arguments.
fn work(suite: &Suite, arguments: Vec<OsString>) -> Result<Success, String> {
    let parent = Parent::find()
        .map_err(|error| format!("this argument is what a run starts its worker processes with: {error}"))?;
    let around = surroundings(suite, new_seed());
    let said = cli::read(arguments, &around).map_err(|error| error.to_string())?;
    let settings = said.settings().map_err(|error| error.to_string())?;
    execute::serve(&tests(&made()?), &settings, parent).map(|()| Success::Yes)
}

fn surroundings(suite: &Suite, seed: u64) -> Surroundings<'static> {
    Surroundings {
        root: suite.target.root,
        main: suite.settings,
        tags: suite.tags,
        env: &|name| std::env::var_os(name),
        variables: &|| std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect(),
        file: &|path| std::fs::read_to_string(path),
        cores: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        seed,
    }
}

/// The code that says how it went; an error is shown.
fn code(done: Result<Success, String>) -> u8 {
    match done {
        Ok(Success::Yes) => 0,
        Ok(Success::No) => FAILURE,
        Err(message) => {
            say(&[message]);
            FAILURE
        }
    }
}

/// Reads what is asked for, and does it.
fn asked(
    suite: &Suite,
    arguments: Vec<OsString>,
    around: &Surroundings<'_>,
    earlier: Option<Earlier>,
    watched: &Watched,
) -> Result<Success, String> {
    let said = cli::read(arguments, around);
    match said.and_then(|said| Ok((said.settings()?, said))) {
        Ok((settings, said)) => {
            if said.shows_settings() {
                return show_settings(&said.told(), Console::new(&settings)).map(|()| Success::Yes);
            }
            if settings.task == Task::Doctor {
                return examined::examine(suite, &settings, &said.told());
            }
            if settings.task == Task::Render {
                return course::render(suite.target, &settings).map(|()| Success::Yes);
            }
            let course = settings.reports.want_course().then(|| said.told());
            let arguments = said.in_files().map(<[_]>::to_vec);
            let outside = Outside { seed: around.seed, earlier, watched: watched.clone(), course, arguments };
            run(suite, &settings, outside)
        }
        Err(ArgError::Help(text)) => {
            let mut out = std::io::stdout();
            let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            written
                .map(|()| Success::Yes)
                .map_err(|error| format!("could not write to standard output: {error}"))
        }
        Err(error) => Err(error.to_string()),
    }
}

fn say(errors: &[String]) {
    for error in errors {
        let _ = writeln!(std::io::stderr(), "error: {error}");
    }
}

/// Whether every test passed.
enum Success {
    Yes,
    No,
}

fn new_seed() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since_epoch.as_secs() ^ u64::from(since_epoch.subsec_nanos()) << 32
}

fn run(suite: &Suite, settings: &Settings, outside: Outside) -> Result<Success, String> {
    let empty = if suite.allow_empty { Empty::Allowed } else { Empty::Forbidden };
    if settings.task == Task::Run && !isolate::AVAILABLE && wants_processes(settings) {
        let error =
            "there are no worker processes on this platform: run without --isolate and --retries-isolated";
        return Err(error.to_owned());
    }
    let made = made()?;
    let tests = tests(&made);
    check_tags(suite, settings, &|| described(&tests))?;
    let target = suite.target;
    let located = HistoryFile::locate(&settings.history, target);
    let file = located.as_ref().ok().and_then(Option::as_ref);
    let read = || file.map(HistoryFile::read).unwrap_or_default();
    let past = Past::new(&read);
    let chosen = outside.earlier.as_ref().and_then(|earlier| earlier.chosen().tests.as_deref());
    let choice = match chosen {
        Some(_) => Choice { recall: Recall::Nothing, partition: None, past: &past },
        None => Choice { recall: settings.recall, partition: settings.partition, past: &past },
    };
    let mut plan = Plan::new(&tests, &settings.filter, &choice, settings.order, settings.mode, empty)
        .map_err(|error| error.to_string())?;
    if let Some(chosen) = chosen {
        plan.keep_only(chosen);
    }
    let console = Console::new(settings).between(settings, capture::take_within_line);
    match settings.task {
        Task::List => {
            plan.notes.iter().for_each(|note| note_aside(note));
            list(&plan.tests(), settings, console).map(|()| Success::Yes)
        }
        Task::ListTags => list_tags(&plan.tests(), suite.tags, console).map(|()| Success::Yes),
        Task::Fixtures => list_fixtures(fixtures(), console).map(|()| Success::Yes),
        Task::SetUpPlan => show_set_ups(&plan.set_ups(), console).map(|()| Success::Yes),
        // Whoever asks for that gets it where no plan can be made as well.
        Task::Doctor | Task::Render => Ok(Success::Yes),
        Task::Run if plan.len() == 0 && settings.none == NoTest::Lost => {
            Err("this process is for a test that was listed, and finds none of that name: does it depend on variables?"
                .to_owned())
        }
        Task::Run => {
            // What may be otherwise for another image: factories make what they like, and histories change.
            let is_unsteady = !made.is_empty()
                || settings.recall == Recall::LastFailed
                || settings.partition.is_some_and(Partition::is_by_time);
            let names = || plan.tests().iter().map(|test| test.name().to_owned()).collect();
            let chosen = Chosen { arguments: outside.arguments.clone(), tests: is_unsteady.then(names) };
            plan.repeat(settings.repeat).map_err(|error| error.to_string())?;
            let arrangement = Arrangement {
                workers: settings.most_at_once(),
                dist: settings.dist,
                recall: settings.recall,
                extent: if settings.partition.is_some() { Extent::Shard } else { Extent::Whole },
            };
            let mut expected = plan.arrange(&arrangement, &past);
            // Of a test that runs several times each result counts: one that differs makes it flaky.
            if settings.repeat > NonZeroUsize::MIN {
                expected = Expected::nothing(arrangement.extent);
            }
            let historian = file.map(|file| Historian::new(file.clone(), arrangement.extent, expected));
            if plan.len() == 0 {
                plan.notes.extend(settings.stray_page());
            }
            plan.notes.extend(located.as_ref().err().cloned());
            let damaged = past.asked().is_some_and(History::is_damaged);
            plan.notes.extend(file.filter(|_| damaged).map(HistoryFile::damaged));
            let keep = execute::keeps_output(settings);
            let watch = is_watched(&console, settings, keep)
                .then(|| Watch { forecast: plan.forecast(arrangement.workers, &past) });
            if watch.is_some() {
                interrupt::clear_screen_before_leaving();
            }
            let Outside { seed, earlier, watched, course, arguments: _ } = outside;
            let opening = if earlier.is_some() { Opening::GoingOn } else { Opening::Anew };
            if course.is_some() {
                plan.roster = plan.roster(settings.dist, &past);
            }
            let precaution = Precaution::new(earlier, &mut plan, settings, seed, &chosen)?;
            let mut reports = Reports::open(settings, console, opening, target, watch)?;
            if let Some(told) = course {
                course::tell(&mut reports, settings, target, told, opening)?;
            }
            let listeners = Listeners { reports, historian };
            execute_and_tell(plan, settings, listeners, precaution, Aside { made, watched })
        }
    }
}

fn wants_processes(settings: &Settings) -> bool {
    settings.isolation == Isolation::Processes || settings.retry_in == RetryIn::FreshProcess
}

/// The tests that factories make.
fn made() -> Result<Vec<&'static Registered>, String> {
    let mut made = Vec::new();
    for factory in inventory::iter::<RegisteredFactory> {
        let mut tests = Ok(Vec::new());
        crash::making(Some(&factory.test));
        // What it prints is no part of a list, nor of a report: whoever reads those finds no lines but the harness's.
        let printed = capture::aside(|| {
            tests = factory.tests();
            capture::settle();
        });
        crash::making(None);
        let mut printed = printed.unwrap_or_default();
        if printed.last().is_some_and(|byte| *byte != b'\n') {
            printed.push(b'\n');
        }
        // Nobody is left to tell when this fails.
        let _ = std::io::stderr().write_all(&printed);
        made.extend(tests?);
    }
    Ok(made)
}

/// Every test of this target, with those that factories made.
fn tests(made: &[&'static Registered]) -> Vec<&'static Registered> {
    let mut tests = Vec::new();
    for registered in inventory::iter::<Registered> {
        tests.push(registered);
    }
    tests.extend_from_slice(made);
    tests
}

/// What is known of them without running them.
fn described(tests: &[&'static Registered]) -> Vec<&'static Test> {
    tests.iter().map(|registered| &registered.test).collect()
}

/// Refuses tags of tests that `main!` does not declare. Where it declares none, a tag that was asked for and that no test
/// has is noted: other targets of the same command line may have it.
fn check_tags(
    suite: &Suite,
    settings: &Settings,
    tests: &dyn Fn() -> Vec<&'static Test>,
) -> Result<(), String> {
    let known = Known(suite.tags);
    if known.is_declared() {
        return known.check_tests(&tests()).map_err(|errors| errors.join("\nerror: "));
    }
    if let Some(tags) = &settings.filter.tags {
        unused_words(tags, &tests()).iter().for_each(|note| note_aside(note));
    }
    Ok(())
}

/// Says something beside what is printed on standard output.
fn note_aside(note: &str) {
    let _ = writeln!(std::io::stderr(), "note: {note}");
}

/// Every fixture of this target, and those that come with the harness.
fn fixtures() -> Vec<&'static FixtureDecl> {
    let own = inventory::iter::<RegisteredFixture>.into_iter().map(|fixture| (fixture.decl)());
    own.chain(crate::fixtures::built_in()).collect()
}

/// Who hears of a run: whoever tells of it, and whoever remembers it.
struct Listeners {
    reports: Reports,
    historian: Option<Historian>,
}

impl Listener for Listeners {
    fn tell(&mut self, event: &Event) {
        self.reports.tell(event);
        if let Some(historian) = &mut self.historian {
            historian.tell(event);
        }
    }

    fn catch_up(&mut self, event: &Event) {
        self.reports.catch_up(event);
        if let Some(historian) = &mut self.historian {
            historian.tell(event);
        }
    }

    fn pause(&mut self) {
        self.reports.pause();
    }

    fn put_away(&mut self) {
        self.reports.put_away();
    }
}

/// Runs on this thread, since the serial phase wants the main one, and tells on another.
fn execute_and_tell(
    plan: Plan<&'static Registered>,
    settings: &Settings,
    listeners: Listeners,
    precaution: Precaution,
    aside: Aside,
) -> Result<Success, String> {
    let Aside { made, watched } = aside;
    let (sender, mut receiver) = channel(settings.slow_timeout);
    receiver.pause_every(listeners.reports.pace());
    if settings.capture == Capture::No {
        receiver.keep_close();
    }
    let clock = precaution.clock();
    if settings.reports.want_course() {
        receiver.sample(Sampler::new(clock));
    }
    let settings = &Settings { stop: precaution.stop(settings.stop), ..settings.clone() };
    let (guard, mut teller) = precaution.take(listeners);
    let telling = std::thread::Builder::new()
        .name("test-reports".to_owned())
        .spawn(move || {
            crash::reports_here();
            let end = receiver.tell_all(&mut teller);
            let crashed = match end {
                End::Crashed(running) => {
                    teller.break_off(&running);
                    true
                }
                End::Over => false,
            };
            let Listeners { reports, historian } = teller.listener;
            let told = reports.finish();
            if crashed {
                say(&told.errors);
                if let Some(historian) = historian {
                    historian.finish(None);
                }
                crash::end();
            }
            (told, historian)
        })
        .map_err(|error| format!("could not start the thread that reports: {error}"))?;
    let telling = Arc::new(Mutex::new(Some(Telling { thread: telling, guard, made })));
    let take =
        |telling: &Mutex<Option<Telling>>| telling.lock().unwrap_or_else(PoisonError::into_inner).take();
    let there = Arc::clone(&telling);
    execute::run(plan, settings, sender, clock, move || {
        // The main thread is lost to a test: the process ends without it.
        if let Some(telling) = take(&there) {
            let done = telling.end();
            let ended = watched.end();
            let code = code(done.and_then(|success| ended.map(|()| success)));
            crash::ends_with(code);
            std::process::exit(i32::from(code));
        }
    });
    take(&telling).map_or(Ok(Success::No), Telling::end)
}

/// What a run has from outside.
struct Outside {
    seed: u64,
    /// What there was before a crash.
    earlier: Option<Earlier>,
    watched: Watched,
    /// Every setting as it stands, where somebody wants to know the course of the run.
    course: Option<Vec<Setting>>,
    /// All arguments, where some of them stood in files.
    arguments: Option<Vec<OsString>>,
}

/// What the end of a run needs.
struct Aside {
    /// Tests that factories made.
    made: Vec<&'static Registered>,
    watched: Watched,
}

/// The thread that reports, for whoever ends the run.
struct Telling {
    thread: JoinHandle<(Told, Option<Historian>)>,
    guard: Guard,
    made: Vec<&'static Registered>,
}

impl Telling {
    /// Waits until everything is told, and has it kept for later runs.
    fn end(self) -> Result<Success, String> {
        let Telling { thread, guard, made } = self;
        let (Told { success, errors }, historian) =
            thread.join().map_err(|_| "a report panicked".to_owned())?;
        // From here on nothing can crash that is a test's, and the end of the process is nobody's fault.
        drop(guard);
        if let Some(historian) = historian {
            historian.finish(Some(&|| described(&tests(&made)).iter().map(|test| test.name()).collect()));
        }
        match (errors.is_empty(), success) {
            (true, true) => Ok(Success::Yes),
            (true, false) => Ok(Success::No),
            (false, _) => Err(errors.join("\nerror: ")),
        }
    }
}
