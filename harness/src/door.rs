//! The way of a run, from the arguments to the exit code.

use crate::bazel::Watched;
use crate::channel::channel;
use crate::cli::{self, ArgError, Said, Surroundings};
use crate::execute;
use crate::factory::RegisteredFactory;
use crate::fixture::FixtureDecl;
use crate::needs::OwnKind;
use crate::plan::{Empty, Plan, Planned};
use crate::registry::{Registered, RegisteredFixture};
use crate::report::{Console, Reports, Told, list, list_fixtures, list_tags, show_set_ups, show_settings};
use crate::settings::{Settings, Task};
use crate::tags::{Known, unused_words};
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
pub fn main(suite: &Suite) -> ExitCode {
    let around = Surroundings {
        root: suite.root,
        main: suite.settings,
        tags: suite.tags,
        env: &|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()),
        variables: &|| std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect(),
        file: &|path| std::fs::read_to_string(path),
        cores: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        seed: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, seed),
    };
    let done = Watched::begin().and_then(|watched| {
        let done = asked(suite, &around);
        let ended = watched.end();
        done.and_then(|success| ended.map(|()| success))
    });
    match done {
        Ok(Success::Yes) => ExitCode::SUCCESS,
        Ok(Success::No) => ExitCode::from(FAILURE),
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::from(FAILURE)
        }
    }
}

/// Reads what is asked for, and does it.
fn asked(suite: &Suite, around: &Surroundings<'_>) -> Result<Success, String> {
    let said = cli::read(std::env::args_os(), around);
    match said.and_then(|said| Ok((said.settings()?, said))) {
        Ok((settings, said)) => run(suite, &settings, &said),
        Err(ArgError::Help(text)) => {
            // Nobody is left to tell when this fails, and nothing failed that a user asked for.
            let _ = std::io::stdout().write_all(text.as_bytes());
            Ok(Success::Yes)
        }
        Err(error) => Err(error.to_string()),
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

fn run(suite: &Suite, settings: &Settings, said: &Said<'_>) -> Result<Success, String> {
    if said.shows_settings() {
        return show_settings(&said.told(), Console::new(settings)).map(|()| Success::Yes);
    }
    let empty = if suite.allow_empty { Empty::Allowed } else { Empty::Forbidden };
    let mut made = Vec::new();
    for factory in inventory::iter::<RegisteredFactory> {
        made.extend(factory.tests()?);
    }
    let tests = inventory::iter::<Registered>.into_iter().chain(made.iter().copied());
    check_tags(suite, settings, tests.clone().map(|registered| &registered.test))?;
    let plan = Plan::new(tests, &settings.filter, settings.order, settings.mode, empty)
        .map_err(|error| error.to_string())?;
    let console = Console::new(settings);
    match settings.task {
        Task::List => list(&plan.tests(), settings, console).map(|()| Success::Yes),
        Task::ListTags => list_tags(&plan.tests(), suite.tags, console).map(|()| Success::Yes),
        Task::Fixtures => list_fixtures(fixtures(), console).map(|()| Success::Yes),
        Task::SetUpPlan => show_set_ups(&plan.set_ups(), console).map(|()| Success::Yes),
        Task::Run => execute_and_tell(plan, settings, console),
    }
}

/// Refuses tags of tests that `main!` does not declare. Where it declares none, a tag that was asked for and that no test
/// has is noted: other targets of the same command line may have it.
fn check_tags<'t>(
    suite: &Suite,
    settings: &Settings,
    tests: impl Iterator<Item = &'t Test> + Clone,
) -> Result<(), String> {
    let known = Known(suite.tags);
    if known.is_declared() {
        return known.check_tests(tests).map_err(|errors| errors.join("\nerror: "));
    }
    for note in settings.filter.tags.iter().flat_map(|tags| unused_words(tags, tests.clone())) {
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
    Ok(())
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
    let (sender, receiver) = channel();
    let telling = std::thread::Builder::new()
        .name("test-reports".to_owned())
        .spawn(move || {
            receiver.tell_all(&mut reports);
            reports.finish()
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
