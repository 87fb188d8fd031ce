//! The way of a run, from the arguments to the exit code.

use crate::channel::{End, channel};
use crate::cli::{self, ArgError, Surroundings};
use crate::crash::{self, Earlier, Precaution};
use crate::execute;
use crate::factory::RegisteredFactory;
use crate::fixture::FixtureDecl;
use crate::needs::OwnKind;
use crate::plan::{Empty, Plan, Planned};
use crate::registry::{Registered, RegisteredFixture};
use crate::report::{Console, Opening, Reports, Told, list, list_fixtures, show_set_ups};
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
    // Before any thread is started: it takes a variable from the environment.
    let earlier = Earlier::read();
    let seed = earlier
        .as_ref()
        .map_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, new_seed), Earlier::seed);
    let around = Surroundings {
        root: suite.root,
        env: &|name| std::env::var(name).ok(),
        cores: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        seed,
    };
    let done = match cli::read(std::env::args_os(), &around) {
        Ok(settings) => run(suite, &settings, seed, earlier),
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
            say(&[message]);
            ExitCode::from(FAILURE)
        }
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

fn new_seed(since_epoch: std::time::Duration) -> u64 {
    since_epoch.as_secs() ^ u64::from(since_epoch.subsec_nanos()) << 32
}

fn run(suite: &Suite, settings: &Settings, seed: u64, earlier: Option<Earlier>) -> Result<Success, String> {
    let empty = if suite.allow_empty { Empty::Allowed } else { Empty::Forbidden };
    let mut made = Vec::new();
    for factory in inventory::iter::<RegisteredFactory> {
        made.extend(factory.tests()?);
    }
    let tests = inventory::iter::<Registered>.into_iter().chain(made);
    let mut plan = Plan::new(tests, &settings.filter, settings.order, settings.mode, empty)
        .map_err(|error| error.to_string())?;
    let console = Console::new(settings);
    match settings.task {
        Task::List => list(&plan.tests(), settings, console).map(|()| Success::Yes),
        Task::Fixtures => list_fixtures(fixtures(), console).map(|()| Success::Yes),
        Task::SetUpPlan => show_set_ups(&plan.set_ups(), console).map(|()| Success::Yes),
        Task::Run => {
            let opening = if earlier.is_some() { Opening::GoingOn } else { Opening::Anew };
            let precaution = Precaution::new(earlier, &mut plan, settings, seed)?;
            let reports = Reports::open(settings, console, opening)?;
            execute_and_tell(plan, settings, reports, precaution)
        }
    }
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
    reports: Reports,
    precaution: Precaution,
) -> Result<Success, String> {
    let (sender, mut receiver) = channel();
    let (_guard, mut teller) = precaution.take(reports);
    let telling = std::thread::Builder::new()
        .name("test-reports".to_owned())
        .spawn(move || {
            let end = receiver.tell_all(&mut teller);
            if let End::Crashed(running) = end {
                teller.break_off(&running);
                say(&teller.listener.finish().errors);
                crash::end();
            }
            teller.listener.finish()
        })
        .map_err(|error| format!("could not start the thread that reports: {error}"))?;
    execute::run(plan, settings, sender);
    let Told { success, errors } = telling.join().map_err(|_| "a report panicked".to_owned())?;
    match (errors.is_empty(), success) {
        (true, true) => Ok(Success::Yes),
        (true, false) => Ok(Success::No),
        (false, _) => Err(errors.join("\nerror: ")),
    }
}
