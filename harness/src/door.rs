//! The way of a run, from the arguments to the exit code.

use crate::channel::channel;
use crate::cli::{self, ArgError, Surroundings};
use crate::event::{Event, Listener};
use crate::execute;
use crate::factory::RegisteredFactory;
use crate::fixture::FixtureDecl;
use crate::history::{Extent, History, Past};
use crate::history_file::{Historian, HistoryFile, Target};
use crate::needs::OwnKind;
use crate::plan::{Arrangement, Choice, Empty, Plan, Planned};
use crate::registry::{Registered, RegisteredFixture};
use crate::report::{Console, Reports, Told, list, list_fixtures, show_set_ups};
use crate::settings::{Settings, Task};
use crate::test::Test;
use std::io::Write;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// The code for anything that is not a success. cargo prints a chain of errors at any other.
const FAILURE: u8 = 101;

/// What `main!` knows of its target.
#[derive(Debug)]
pub struct Suite {
    /// The file `main!` stands in: the root of the target.
    pub root: &'static str,
    /// The package of the target, where cargo builds it.
    pub package: Option<&'static str>,
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
    let around = Surroundings {
        root: suite.root,
        env: &|name| std::env::var(name).ok(),
        cores: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        seed: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, seed),
    };
    let done = match cli::read(std::env::args_os(), &around) {
        Ok(settings) => run(suite, &settings),
        Err(ArgError::Help(text)) => {
            // Nobody is left to tell when this fails, and nothing failed that a user asked for.
            let _ = std::io::stdout().write_all(text.as_bytes());
            Ok(Success::Yes)
        }
        Err(error) => Err(error.to_string()),
    };
    match done {
        Ok(Success::Yes) => ExitCode::SUCCESS,
        Ok(Success::No) => ExitCode::from(FAILURE),
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::from(FAILURE)
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
    let mut made = Vec::new();
    for factory in inventory::iter::<RegisteredFactory> {
        made.extend(factory.tests()?);
    }
    let tests = || inventory::iter::<Registered>.into_iter().chain(made.iter().copied());
    let target = Target { package: suite.package.unwrap_or_default(), root: suite.root };
    let located = HistoryFile::locate(&settings.history, target);
    let file = located.as_ref().ok().and_then(Option::as_ref);
    let read = || file.map(HistoryFile::read).unwrap_or_default();
    let past = Past::new(&read);
    let choice = Choice { recall: settings.recall, partition: settings.partition, past: &past };
    let mut plan = Plan::new(tests(), &settings.filter, &choice, settings.order, settings.mode, empty)
        .map_err(|error| error.to_string())?;
    let console = Console::new(settings);
    match settings.task {
        Task::List => list(&plan.tests(), settings, console).map(|()| Success::Yes),
        Task::Fixtures => list_fixtures(fixtures(), console).map(|()| Success::Yes),
        Task::SetUpPlan => show_set_ups(&plan.set_ups(), console).map(|()| Success::Yes),
        Task::Run => {
            plan.repeat(settings.repeat);
            let arrangement = Arrangement {
                workers: settings.workers.count(),
                dist: settings.dist,
                recall: settings.recall,
                extent: if settings.partition.is_some() { Extent::Shard } else { Extent::Whole },
            };
            let expected = plan.arrange(&arrangement, &past);
            let historian = file.map(|file| Historian::new(file.clone(), arrangement.extent, expected));
            plan.notes.extend(located.as_ref().err().cloned());
            let damaged = past.asked().is_some_and(History::is_damaged);
            plan.notes.extend(file.filter(|_| damaged).map(HistoryFile::damaged));
            let names = || tests().map(|test| test.test.name()).collect();
            execute_and_tell(plan, settings, console, historian, names)
        }
    }
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

    fn pause(&mut self) {
        self.reports.pause();
    }
}

/// Runs on this thread, since the serial phase wants the main one, and tells on another.
fn execute_and_tell(
    plan: Plan<&'static Registered>,
    settings: &Settings,
    console: Console,
    historian: Option<Historian>,
    registered: impl FnOnce() -> Vec<&'static str>,
) -> Result<Success, String> {
    let mut listeners = Listeners { reports: Reports::open(settings, console)?, historian };
    let (sender, receiver) = channel();
    let telling = std::thread::Builder::new()
        .name("test-reports".to_owned())
        .spawn(move || {
            receiver.tell_all(&mut listeners);
            (listeners.reports.finish(), listeners.historian)
        })
        .map_err(|error| format!("could not start the thread that reports: {error}"))?;
    execute::run(plan, settings, sender);
    let (Told { success, errors }, historian) = telling.join().map_err(|_| "a report panicked".to_owned())?;
    if let Some(historian) = historian {
        historian.finish(registered);
    }
    match (errors.is_empty(), success) {
        (true, true) => Ok(Success::Yes),
        (true, false) => Ok(Success::No),
        (false, _) => Err(errors.join("\nerror: ")),
    }
}
