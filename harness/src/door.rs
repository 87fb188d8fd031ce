//! The way of a run, from the arguments to the exit code.

use crate::channel::channel;
use crate::cli::{self, ArgError, Surroundings};
use crate::execute;
use crate::factory::RegisteredFactory;
use crate::fixture::FixtureDecl;
use crate::isolate::{self, Parent};
use crate::needs::OwnKind;
use crate::plan::{Empty, Plan, Planned};
use crate::registry::{Registered, RegisteredFixture};
use crate::report::{Console, Reports, Told, list, list_fixtures, show_set_ups};
use crate::settings::{Isolation, RetryIn, Settings, Task};
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
    /// The file `main!` stands in: the root of the target.
    pub root: &'static str,
    /// Whether a target without any test is fine.
    pub allow_empty: bool,
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
pub fn main(suite: &Suite) -> ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if isolate::is_worker(&mut arguments) {
        return ExitCode::from(code(work(suite, arguments)));
    }
    let around = surroundings(suite);
    let done = match cli::read(arguments, &around) {
        Ok(settings) => run(suite, &settings),
        Err(ArgError::Help(text)) => {
            // Nobody is left to tell when this fails, and nothing failed that a user asked for.
            let _ = std::io::stdout().write_all(text.as_bytes());
            Ok(Success::Yes)
        }
        Err(error) => Err(error.to_string()),
    };
    ExitCode::from(code(done))
}

/// Tries tests for another process of this executable, which has read the same arguments.
fn work(suite: &Suite, arguments: Vec<OsString>) -> Result<Success, String> {
    let parent = Parent::find()
        .map_err(|error| format!("this argument is what a run starts its worker processes with: {error}"))?;
    let settings = cli::read(arguments, &surroundings(suite)).map_err(|error| error.to_string())?;
    execute::serve(tests()?, &settings, parent).map(|()| Success::Yes)
}

fn surroundings(suite: &Suite) -> Surroundings<'static> {
    Surroundings {
        root: suite.root,
        env: &|name| std::env::var(name).ok(),
        cores: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        seed: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, seed),
    }
}

/// The code that says how it went; an error is shown.
fn code(done: Result<Success, String>) -> u8 {
    match done {
        Ok(Success::Yes) => 0,
        Ok(Success::No) => FAILURE,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            FAILURE
        }
    }
}

/// Whether every test passed.
enum Success {
    Yes,
    No,
}

fn seed(since_epoch: std::time::Duration) -> u64 {
    since_epoch.as_secs() ^ u64::from(since_epoch.subsec_nanos()) << 32
}

fn run(suite: &Suite, settings: &Settings) -> Result<Success, String> {
    let empty = if suite.allow_empty { Empty::Allowed } else { Empty::Forbidden };
    let plan = Plan::new(tests()?, &settings.filter, settings.order, settings.mode, empty)
        .map_err(|error| error.to_string())?;
    let console = Console::new(settings);
    match settings.task {
        Task::List => list(&plan.tests(), settings, console).map(|()| Success::Yes),
        Task::Fixtures => list_fixtures(fixtures(), console).map(|()| Success::Yes),
        Task::SetUpPlan => show_set_ups(&plan.set_ups(), console).map(|()| Success::Yes),
        Task::Run if !isolate::AVAILABLE && wants_processes(settings) => Err(
            "there are no worker processes on this platform: run without --isolate and --retries-isolated"
                .to_owned(),
        ),
        Task::Run => execute_and_tell(plan, settings, console),
    }
}

fn wants_processes(settings: &Settings) -> bool {
    settings.isolation == Isolation::Processes || settings.retry_in == RetryIn::FreshProcess
}

/// Every test of this target, those that factories make included.
fn tests() -> Result<impl Iterator<Item = &'static Registered>, String> {
    let mut made = Vec::new();
    for factory in inventory::iter::<RegisteredFactory> {
        made.extend(factory.tests()?);
    }
    Ok(inventory::iter::<Registered>.into_iter().chain(made))
}

/// Every fixture of this target, and those that come with the harness.
fn fixtures() -> Vec<&'static FixtureDecl> {
    let own = inventory::iter::<RegisteredFixture>.into_iter().map(|fixture| (fixture.decl)());
    own.chain(crate::fixtures::built_in()).collect()
}

/// Runs on this thread, since the serial phase wants the main one, and tells on another.
fn execute_and_tell(
    plan: Plan<&'static Registered>,
    settings: &Settings,
    console: Console,
) -> Result<Success, String> {
    let mut reports = Reports::open(settings, console)?;
    let (sender, receiver) = channel(settings.slow_timeout);
    let telling = std::thread::Builder::new()
        .name("test-reports".to_owned())
        .spawn(move || {
            receiver.tell_all(&mut reports);
            reports.finish()
        })
        .map_err(|error| format!("could not start the thread that reports: {error}"))?;
    let telling = Arc::new(Mutex::new(Some(telling)));
    let take = |telling: &Telling| telling.lock().unwrap_or_else(PoisonError::into_inner).take();
    let there = Arc::clone(&telling);
    execute::run(plan, settings, sender, move || {
        // The main thread is lost to a test: the process ends without it.
        if let Some(telling) = take(&there) {
            std::process::exit(i32::from(code(told(telling))));
        }
    });
    take(&telling).map_or(Ok(Success::No), told)
}

/// The thread that reports, for whoever ends the run.
type Telling = Mutex<Option<JoinHandle<Told>>>;

/// Waits until everything is told.
fn told(telling: JoinHandle<Told>) -> Result<Success, String> {
    let Told { success, errors } = telling.join().map_err(|_| "a report panicked".to_owned())?;
    match (errors.is_empty(), success) {
        (true, true) => Ok(Success::Yes),
        (true, false) => Ok(Success::No),
        (false, _) => Err(errors.join("\nerror: ")),
    }
}
