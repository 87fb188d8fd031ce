//! What it amounts to: every setting of a run, from what was said.

use super::error::ArgError;
use super::said::{Found, Refusal, Said, Source, is_dumb};
use super::table::{Row, SHARD_COUNT, SHARD_INDEX, Variable};
use super::{table, values};
use crate::filter::{Filter, KeepShouldPanic, Matching, Names, RunIgnored};
use crate::partition::Partition;
use crate::plan::{Mode, Order, Recall};
use crate::settings::{
    Capture, Color, Crashes, Extras, Format, GitHub, Isolation, KeepHistory, NoTest, PageAt, Progress,
    RetryIn, Settings, Slowest, Stop, Task, Workers,
};
use crate::tags::{Expression, Known};
use crate::test::TaskPanics;
use crate::time_limits::{Enforcement, Kind, TimeLimits};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// How many tests are alive at once for each thread under `--in-flight auto`.
const IN_FLIGHT_A_THREAD: usize = 16;

/// After how long a test is said to be still running, if nobody says otherwise. It is libtest's.
const SLOW_TIMEOUT: Duration = Duration::from_secs(60);

impl Said<'_> {
    /// What it amounts to.
    ///
    /// # Errors
    ///
    /// [`ArgError`] for a value that is none, with the place where it stands.
    pub(crate) fn settings(&self) -> Result<Settings, ArgError> {
        self.check_keys()?;
        self.check_variables()?;
        self.value(&table::UNSTABLE, values::unstable)?;
        let threads = self.workers()?;
        let in_flight = self.in_flight(threads)?;
        let workers = threads.at_most(in_flight);
        Ok(Settings {
            task: self.task(),
            filter: self.filter()?,
            recall: self.recall(),
            partition: self.partition()?,
            none: if self.is_for_one_test() { NoTest::Lost } else { NoTest::Fine },
            repeat: self.value(&table::REPEAT, values::positive)?.unwrap_or(NonZeroUsize::MIN),
            order: self.order()?,
            mode: self.mode(),
            workers,
            in_flight,
            dist: self.value(&table::DIST, values::dist)?.unwrap_or_default(),
            isolation: if self.switch(&table::ISOLATE)? { Isolation::Processes } else { Isolation::None },
            timeout: self.value(&table::TIMEOUT, values::duration_or_none)?.flatten(),
            slow_timeout: self.value(&table::SLOW_TIMEOUT, values::duration)?.unwrap_or(SLOW_TIMEOUT),
            retries: self.value(&table::RETRIES, values::number)?.unwrap_or(0),
            retry_in: if self.switch(&table::RETRIES_ISOLATED)? {
                RetryIn::FreshProcess
            } else {
                RetryIn::ThisProcess
            },
            task_panics: self.value(&table::TASK_PANICS, values::task_panics)?.unwrap_or(TaskPanics::Ignored),
            debug_async: self.switch(&table::DEBUG_ASYNC)?,
            crashes: self.crashes()?,
            stop: self.stop()?,
            capture: if self.given(&table::NO_CAPTURE) { Capture::No } else { Capture::Yes },
            format: self.format()?,
            color: self.color()?,
            progress: self.progress()?,
            show_output: self.given(&table::SHOW_OUTPUT),
            time: self.time()?,
            history: self.history(),
            logfile: self.path(&table::LOGFILE)?,
            reports: self.reports()?,
        })
    }

    fn reports(&self) -> Result<Extras, ArgError> {
        let slowest = |count| NonZeroUsize::new(count).map_or(Slowest::All, Slowest::First);
        Ok(Extras {
            durations: self.value(&table::DURATIONS, values::number)?.map(slowest),
            stats: self.switch(&table::STATS)?,
            junit: self.junit()?,
            github: self.github(),
            timings: self.timings()?,
            events: self.path(&table::EVENTS)?.filter(|_| !self.is_one_of_many()),
            from_events: self.path(&table::FROM_EVENTS)?,
        })
    }

    /// What it says of itself in each step.
    fn github(&self) -> Option<GitHub> {
        let env = self.around.env;
        let is_there = env("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let path = |name: &str| env(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        let summary = || path("GITHUB_STEP_SUMMARY").filter(|_| !self.is_one_of_many());
        is_there.then(|| GitHub { repository: path("GITHUB_WORKSPACE"), summary: summary() })
    }

    fn timings(&self) -> Result<Option<PageAt>, ArgError> {
        let page = self.value(&table::TIMINGS, values::page)?.flatten();
        Ok(page.filter(|_| !self.is_one_of_many()))
    }

    /// Whether each test has a process of its own, of which each would write over the last one's report.
    fn is_one_of_many(&self) -> bool {
        (self.around.env)("NEXTEST_EXECUTION_MODE").is_some_and(|mode| mode == "process-per-test")
    }

    /// Whether this is the process of one test, and not the one that lists them.
    fn is_for_one_test(&self) -> bool {
        self.is_by_name() && self.is_one_of_many()
    }

    /// What Bazel asks for is no error where it cannot be had: Bazel then makes its own.
    fn junit(&self) -> Result<Option<PathBuf>, ArgError> {
        let Some(asked) = self.find(&table::JUNIT) else { return Ok(None) };
        let of_bazel =
            matches!(asked.source, Source::Variable(variable) if variable.name == "XML_OUTPUT_FILE");
        // nextest has a file of its own.
        let cannot = self.is_one_of_many() || of_bazel && !cfg!(feature = "junit");
        let path = asked.read(table::JUNIT.wanted, values::path)?;
        Ok((!cannot).then_some(path))
    }

    /// A path that is as good as any other until it is used.
    fn path(&self, row: &'static Row) -> Result<Option<PathBuf>, ArgError> {
        self.value(row, values::path)
    }

    fn task(&self) -> Task {
        let tasks = [
            (&table::DOCTOR, Task::Doctor),
            (&table::LIST_TAGS, Task::ListTags),
            (&table::FIXTURES, Task::Fixtures),
            (&table::SETUP_PLAN, Task::SetUpPlan),
            (&table::LIST, Task::List),
        ];
        if self.find(&table::FROM_EVENTS).is_some() {
            return Task::Render;
        }
        tasks.into_iter().find(|(row, _)| self.given(row)).map_or(Task::Run, |(_, task)| task)
    }

    fn filter(&self) -> Result<Filter, ArgError> {
        let ignored = match (self.given(&table::IGNORED), self.given(&table::INCLUDE_IGNORED)) {
            (true, true) => return Err(ArgError::IgnoredTwice),
            (true, false) => RunIgnored::Only,
            (false, true) => RunIgnored::Too,
            (false, false) => RunIgnored::No,
        };
        let matching = if self.given(&table::EXACT) { Matching::Exact } else { Matching::Substring };
        Ok(Filter {
            wanted: Names::new(self.filters(), matching),
            skipped: Names::new(self.line.skips.clone(), matching),
            tags: self.tags()?,
            ignored,
            should_panic: if self.given(&table::EXCLUDE_SHOULD_PANIC) {
                KeepShouldPanic::No
            } else {
                KeepShouldPanic::Yes
            },
        })
    }

    fn crashes(&self) -> Result<Crashes, ArgError> {
        let own_process = (self.around.env)("NEXTEST").is_some();
        let ends = self.switch(&table::NO_RESUME)? || own_process;
        Ok(if ends { Crashes::EndTheRun } else { Crashes::FailTheirTest })
    }

    fn recall(&self) -> Recall {
        match (self.given(&table::LAST_FAILED), self.given(&table::FAILED_FIRST)) {
            (true, _) => Recall::LastFailed,
            (false, true) => Recall::FailedFirst,
            (false, false) => Recall::Nothing,
        }
    }

    fn history(&self) -> KeepHistory {
        match self.find(&table::HISTORY).map(|found| found.text) {
            Some(text) if text == "off" => KeepHistory::Nowhere,
            Some(folder) => KeepHistory::In(folder.into_owned().into()),
            None => KeepHistory::BesideBuild,
        }
    }

    /// Whoever names tests wants these, whatever shard the environment says: a command that is pasted, or a runner that has
    /// sharded already and starts a process for each test.
    fn partition(&self) -> Result<Option<Partition>, ArgError> {
        let Some(found) = self.find(&table::PARTITION) else {
            // Bazel hands all names to every shard. Only where another runner has come between is each test a run.
            return Ok(self.shard()?.filter(|_| !self.is_for_one_test()));
        };
        let partition = found.read(table::PARTITION.wanted, values::partition)?;
        Ok(Some(partition).filter(|_| !self.is_overruled(&table::PARTITION, found.source)))
    }

    /// Bazel's shard; both variables make one.
    fn shard(&self) -> Result<Option<Partition>, ArgError> {
        let find = |variable| self.variable(variable).map(|text| Found::of(variable, text));
        let Some(count) = find(&SHARD_COUNT) else { return Ok(None) };
        let count = count.read("a number", values::number)?;
        let in_count = |text: &str| {
            values::number(text).and_then(|index| Partition::from_zero(index, count).ok_or(Refusal::Form))
        };
        // One shard of one is what there is without any.
        if count <= 1 {
            return Ok(None);
        }
        let Some(index) = find(&SHARD_INDEX) else { return Err(ArgError::NoShardIndex { count }) };
        index.read("a number below TEST_TOTAL_SHARDS", in_count).map(Some)
    }

    fn tags(&self) -> Result<Option<Expression>, ArgError> {
        let Some(found) = self.find(&table::TAGS) else { return Ok(None) };
        let known = Known(self.around.tags);
        let read = Expression::parse(&found.text).and_then(|expression| {
            known.check_expression(&expression)?;
            Ok(expression)
        });
        read.map(Some).map_err(|bad| ArgError::Expression { source: found.source, bad })
    }

    fn check_keys(&self) -> Result<(), ArgError> {
        let known = |key: &str| table::TABLE.iter().any(|row| row.main == Some(key));
        match self.around.main.iter().find(|(key, _)| !known(key)) {
            None => Ok(()),
            Some((key, _)) => Err(ArgError::UnknownKey((*key).to_owned())),
        }
    }

    /// A text that is read with other characters than it has could be a path to another file.
    fn check_variables(&self) -> Result<(), ArgError> {
        let shard = [&SHARD_COUNT, &SHARD_INDEX];
        for Variable { name, .. } in table::TABLE.iter().flat_map(|row| row.variables).chain(shard) {
            if let Some(value) = (self.around.env)(name).filter(|value| value.to_str().is_none()) {
                return Err(ArgError::NotText { what: format!("variable {name}"), value });
            }
        }
        Ok(())
    }

    fn order(&self) -> Result<Order, ArgError> {
        Ok(match self.value(&table::SHUFFLE_SEED, values::number)? {
            Some(seed) => Order::Shuffled(seed),
            None if self.given(&table::SHUFFLE) => Order::Shuffled(self.around.seed),
            None => Order::Name,
        })
    }

    fn mode(&self) -> Mode {
        let benchmarks = self.given(&table::BENCH) && !self.given(&table::TEST);
        if benchmarks { Mode::Benchmarks } else { Mode::Tests }
    }

    fn workers(&self) -> Result<Workers, ArgError> {
        let all = Workers::Threads(self.around.cores);
        let Some(found) = self.find(&table::THREADS) else { return Ok(all) };
        match found.source {
            // libtest's words know neither `auto` nor the main thread.
            Source::Flag("-n") | Source::Main(_) => {
                let count = found.read("a number or auto", values::number_or_auto)?;
                let threads = |count| NonZeroUsize::new(count).map_or(Workers::MainThread, Workers::Threads);
                Ok(count.map_or(all, threads))
            }
            Source::Flag(_) | Source::Variable(_) => {
                found.read(table::THREADS.wanted, values::positive).map(Workers::Threads)
            }
        }
    }

    /// One test after the other on the main thread is what it says, whatever else was asked for.
    fn in_flight(&self, workers: Workers) -> Result<Option<NonZeroUsize>, ArgError> {
        let Some(count) = self.value(&table::IN_FLIGHT, values::positive_or("auto"))? else {
            return Ok(None);
        };
        Ok(match workers {
            Workers::MainThread => None,
            Workers::Threads(threads) => {
                const EACH: NonZeroUsize = NonZeroUsize::new(IN_FLIGHT_A_THREAD).unwrap();
                Some(count.unwrap_or(threads.saturating_mul(EACH)))
            }
        })
    }

    fn stop(&self) -> Result<Stop, ArgError> {
        let failures = self.value(&table::MAXFAIL, values::positive_or("none"))?.flatten();
        Ok(failures.map_or(Stop::AtEnd, Stop::AfterFailures))
    }

    fn format(&self) -> Result<Format, ArgError> {
        let quiet = if self.given(&table::QUIET) { Format::Terse } else { Format::Pretty };
        Ok(self.value(&table::FORMAT, values::format)?.unwrap_or(quiet))
    }

    fn color(&self) -> Result<Color, ArgError> {
        let color = self.value(&table::COLOR, values::color)?.unwrap_or_default();
        Ok(if color == Color::Auto && self.no_color().is_some() { Color::Never } else { color })
    }

    fn progress(&self) -> Result<Progress, ArgError> {
        let asked = self.value(&table::PROGRESS, values::progress)?.unwrap_or_default();
        let nobody_looks =
            || self.around.var("CI").is_some_and(|ci| !matches!(ci.as_str(), "" | "0" | "false"));
        let can_draw = || self.around.var("TERM").is_some_and(|term| !is_dumb(&term));
        Ok(if nobody_looks() || !can_draw() { Progress::Nowhere } else { asked })
    }

    fn time(&self) -> Result<Option<TimeLimits>, ArgError> {
        let enforcement = match (self.given(&table::ENSURE_TIME), self.given(&table::REPORT_TIME)) {
            (true, _) => Enforcement::Fail,
            (false, true) => Enforcement::Report,
            (false, false) => return Ok(None),
        };
        let env = |name: &str| self.around.var(name);
        TimeLimits::read(Kind::of(self.around.root), enforcement, &env).map(Some).map_err(ArgError::Limits)
    }
}
