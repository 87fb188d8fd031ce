//! What a run was asked to do, after command line and environment have been read.

use crate::dist::Dist;
use crate::filter::Filter;
use crate::partition::Partition;
use crate::plan::{Mode, Order, Recall};
use crate::test::TaskPanics;
use crate::time_limits::TimeLimits;
use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// All that a run was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// What to do at all.
    pub(crate) task: Task,
    /// Which tests.
    pub(crate) filter: Filter,
    /// Which of those that the filter selects, by what they did before.
    pub(crate) recall: Recall,
    /// Which shard of them.
    pub(crate) partition: Option<Partition>,
    /// What it means that none is left then.
    pub(crate) none: NoTest,
    /// How many times each of them.
    pub(crate) repeat: NonZeroUsize,
    /// In which order.
    pub(crate) order: Order,
    /// Tests, or benchmarks.
    pub(crate) mode: Mode,
    /// Where the parallel phase runs.
    pub(crate) workers: Workers,
    /// How many tests may be alive at once, where those that wait give their cores away.
    pub(crate) in_flight: Option<NonZeroUsize>,
    /// Which tests stay on one worker.
    pub(crate) dist: Dist,
    /// Whether tests run in processes of their own.
    pub(crate) isolation: Isolation,
    /// How long a test may take, and each set-up and teardown, where they do not say so themselves.
    pub(crate) timeout: Option<Duration>,
    /// After how long it is said that a test is still running, and again each time as much has passed.
    pub(crate) slow_timeout: Duration,
    /// How often a test that failed is tried again, where it does not say so itself.
    pub(crate) retries: u32,
    /// Where it is tried again.
    pub(crate) retry_in: RetryIn,
    /// What a panic in a task of a test means for it.
    pub(crate) task_panics: TaskPanics,
    /// Whether it is said what async tests do and should not.
    pub(crate) debug_async: bool,
    /// Whether output is captured.
    pub(crate) capture: Capture,
    /// When to stop starting tests.
    pub(crate) stop: Stop,
    /// What a crash does to the run.
    pub(crate) crashes: Crashes,
    /// How results are shown.
    pub(crate) format: Format,
    /// Whether colours are used.
    pub(crate) color: Color,
    /// Where a progress bar is shown.
    pub(crate) progress: Progress,
    /// Whether the output of passing tests is shown.
    pub(crate) show_output: bool,
    /// Whether and how durations are judged and shown.
    pub(crate) time: Option<TimeLimits>,
    /// Where results are kept for later runs.
    pub(crate) history: KeepHistory,
    /// Where to write a line per test.
    pub(crate) logfile: Option<PathBuf>,
    /// What else is reported.
    pub(crate) reports: Extras,
}

/// What is reported beside the results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Extras {
    /// How many of the slowest tests and fixtures to list.
    pub(crate) durations: Option<Slowest>,
    /// Whether to say how well the workers were used.
    pub(crate) stats: bool,
    /// Where to write JUnit's XML.
    pub(crate) junit: Option<PathBuf>,
    /// Whom to annotate the code for, and to sum the run up for.
    pub(crate) github: Option<GitHub>,
    /// Where to put a page that shows the run over time.
    pub(crate) timings: Option<PageAt>,
    /// Where to write what happens, as it happens.
    pub(crate) events: Option<PathBuf>,
    /// What an earlier run wrote there, to make the page of: [`Task::Render`].
    pub(crate) from_events: Option<PathBuf>,
}

/// Where a page is put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PageAt {
    /// Beside what cargo has built.
    BesideBuild,
    /// In this file.
    Path(PathBuf),
}

/// GitHub Actions, which reads annotations in what is printed, and shows a summary of each step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GitHub {
    /// The folder that it has the repository in.
    pub(crate) repository: Option<PathBuf>,
    /// The file that it takes the summary from.
    pub(crate) summary: Option<PathBuf>,
}

impl Extras {
    /// Whether somebody wants to know what each test's time went to.
    pub(crate) fn want_details(&self) -> bool {
        self.durations.is_some() || self.want_course()
    }

    /// Whether somebody wants to know when what happened, and what held it up.
    pub(crate) fn want_course(&self) -> bool {
        self.timings.is_some() || self.events.is_some()
    }

    /// Whether somebody wants the output of tests that passed.
    pub(crate) fn want_output(&self) -> bool {
        self.junit.is_some()
    }
}

/// What it means that there is no test to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoTest {
    /// Nothing is wrong: the filters leave none in this target.
    Fine,
    /// Somebody has listed a test, and has started this process for it alone: it would pass without having run.
    Lost,
}

/// How many of the slowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slowest {
    /// All, by their time.
    All,
    /// So many.
    First(NonZeroUsize),
}

impl Settings {
    /// How many tests can be running at the same time.
    pub(crate) fn most_at_once(&self) -> usize {
        self.workers.most_at_once(self.in_flight)
    }

    /// What to say where no test runs and the path of the page stands among the filters, without the `=` before it.
    pub(crate) fn stray_page(&self) -> Option<String> {
        let page = match self.reports.timings {
            Some(PageAt::BesideBuild) => self.filter.wanted.ending_in(".html")?,
            Some(PageAt::Path(_)) | None => return None,
        };
        Some(format!("`{page}` is a filter here: for a page of that name write `--timings={page}`"))
    }
}

/// What to do at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Run the tests.
    Run,
    /// Name them.
    List,
    /// Name the tags: `--list-tags`.
    ListTags,
    /// Name the fixtures: `--fixtures`.
    Fixtures,
    /// Show what each test would set up: `--setup-plan`.
    SetUpPlan,
    /// Look for what keeps tests from running: `--doctor`.
    Doctor,
    /// Make the page of an earlier run: `--from-events`.
    Render,
}

/// A setting as it stands, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// What it is called.
    pub(crate) name: Cow<'static, str>,
    /// Its value.
    pub(crate) value: String,
    /// Who says so.
    pub(crate) source: String,
}

/// Where results are kept for later runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeepHistory {
    /// Beside what cargo has built.
    BesideBuild,
    /// In this folder.
    In(PathBuf),
    /// Nowhere.
    Nowhere,
}

/// Where the parallel phase runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workers {
    /// On the main thread, one test after the other.
    MainThread,
    /// On so many threads of a pool.
    Threads(NonZeroUsize),
}

impl Workers {
    /// How many there are.
    pub(crate) fn count(self) -> usize {
        match self {
            Workers::MainThread => 1,
            Workers::Threads(threads) => threads.get(),
        }
    }

    /// How many tests can be running on them at the same time, where so many may be alive.
    pub(crate) fn most_at_once(self, in_flight: Option<NonZeroUsize>) -> usize {
        match (self, in_flight) {
            (Workers::MainThread, _) => 1,
            (Workers::Threads(threads), None) => threads.get(),
            (Workers::Threads(_), Some(in_flight)) => in_flight.get(),
        }
    }

    /// The same, but no more threads than tests that may be alive: the others would have nothing to do.
    pub(crate) fn at_most(self, in_flight: Option<NonZeroUsize>) -> Self {
        match (self, in_flight) {
            (Workers::Threads(threads), Some(in_flight)) => Workers::Threads(threads.min(in_flight)),
            _ => self,
        }
    }
}

/// Whether output is captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capture {
    /// It is kept with its test.
    Yes,
    /// It goes where it would go without a harness.
    No,
}

/// When to stop starting tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// When there are no more.
    AtEnd,
    /// After so many failures: `--maxfail`, and `--fail-fast` for the first.
    AfterFailures(NonZeroUsize),
}

impl Stop {
    /// Whether so many failures are enough.
    pub(crate) fn is_due(self, failures: usize) -> bool {
        match self {
            Stop::AtEnd => false,
            Stop::AfterFailures(enough) => failures >= enough.get(),
        }
    }

    /// The same for what is left of a run in which so many tests have failed, which were not enough.
    pub(crate) fn after(self, failures: usize) -> Self {
        match self {
            Stop::AtEnd => self,
            Stop::AfterFailures(enough) => {
                let left = NonZeroUsize::new(enough.get().saturating_sub(failures));
                Stop::AfterFailures(left.unwrap_or(NonZeroUsize::MIN))
            }
        }
    }
}

/// Whether tests run in processes of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// All run in this process.
    None,
    /// They run in worker processes: `--isolate`.
    Processes,
}

/// Where a failed test is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryIn {
    /// Where it was tried before.
    ThisProcess,
    /// In a process started for it: `--retries-isolated`.
    FreshProcess,
}

/// What a crash does to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crashes {
    /// It fails its test; the run goes on.
    FailTheirTest,
    /// It ends the process: `--no-resume`, and wherever each test has a process of its own.
    EndTheRun,
}

/// How results are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// A line per test.
    #[default]
    Pretty,
    /// A character per test.
    Terse,
    /// A JSON object per event.
    Json,
}

/// Where a progress bar is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Progress {
    /// On terminals.
    #[default]
    OnTerminals,
    /// Nowhere: as asked for, or where nobody looks at the terminal or it can show none.
    Nowhere,
}

/// Whether colours are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Color {
    /// On a terminal, unless the environment says `NO_COLOR`.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}
