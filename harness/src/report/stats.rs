//! `--stats`: how well a run used its workers, and what set its end.

use crate::event::{Event, Usage};
use crate::key::Access;
use crate::named::Named;
use crate::needs::{closure, keys};
use crate::outcome::Outcome;
use crate::settings::{Isolation, Settings};
use crate::test::{Concurrency, Test};
use std::fmt::Write;
use std::time::Duration;

/// What is known of a run's use of its workers.
#[derive(Debug)]
pub(super) struct Stats {
    /// How many tests may use a core at once, and how many may be alive.
    workers: usize,
    in_flight: usize,
    isolation: Isolation,
    /// By worker: how many tests it ran.
    tests: Vec<usize>,
    /// All that ran in the parallel phase, with the cores that each took; and the longest of them.
    work: Duration,
    longest: Option<(Duration, &'static Test)>,
    keys: Named<'static, Chain>,
    serial: Duration,
    serial_tests: usize,
    /// How much all tests took.
    sum: Duration,
    last: Option<(Duration, &'static Test)>,
    usage: Option<Usage>,
}

/// What cannot run beside each other, of one key.
#[derive(Debug, Default, Clone, Copy)]
struct Chain {
    /// Tests that hold it alone, one after the other.
    alone: Duration,
    tests: usize,
    /// The longest of those that hold it together.
    together: Duration,
}

impl Chain {
    fn length(&self) -> Duration {
        self.alone.saturating_add(self.together)
    }
}

impl Stats {
    /// Of a run with these settings.
    pub(super) fn new(settings: &Settings) -> Self {
        Stats {
            workers: settings.workers.count(),
            in_flight: settings.most_at_once(),
            isolation: settings.isolation,
            tests: Vec::new(),
            work: Duration::ZERO,
            longest: None,
            keys: Named::default(),
            serial: Duration::ZERO,
            serial_tests: 0,
            sum: Duration::ZERO,
            last: None,
            usage: None,
        }
    }

    /// Keeps what an event says.
    pub(super) fn count(&mut self, event: &Event) {
        match event {
            Event::TestFinished { test, finished } => {
                if matches!(finished.outcome, Outcome::Ignored(_)) && finished.duration.is_zero() {
                    return;
                }
                let before = finished.earlier.iter().map(|attempt| attempt.duration);
                let duration = before.fold(finished.duration, Duration::saturating_add);
                let end = finished.course.began.saturating_add(finished.duration);
                let worker = finished.course.worker;
                self.tests.resize(self.tests.len().max(worker + 1), 0);
                self.tests[worker] += 1;
                self.test(test, duration, end);
            }
            Event::Used(usage) => self.usage = Some(*usage),
            _ => {}
        }
    }

    fn test(&mut self, test: &'static Test, duration: Duration, end: Duration) {
        self.sum = self.sum.saturating_add(duration);
        if self.last.is_none_or(|(last, _)| end >= last) {
            self.last = Some((end, test));
        }
        if test.concurrency() == Concurrency::Exclusive {
            self.serial = self.serial.saturating_add(duration);
            self.serial_tests += 1;
            return;
        }
        let cores = u32::try_from(test.options().threads_required.min(self.workers)).unwrap_or(1);
        self.work = self.work.saturating_add(duration.saturating_mul(cores));
        if self.longest.is_none_or(|(longest, _)| duration > longest) {
            self.longest = Some((duration, test));
        }
        // A test whose fixtures go round in a circle has not run.
        let fixtures = closure(test.needs).unwrap_or_default();
        for key in keys(test.concurrency(), &fixtures).iter() {
            let chain = self.keys.entry(key.name, Chain::default);
            match key.access {
                Access::Exclusive => {
                    chain.alone = chain.alone.saturating_add(duration);
                    chain.tests += 1;
                }
                Access::Shared => chain.together = chain.together.max(duration),
            }
        }
    }

    /// What there is to say of a run that took so long.
    pub(super) fn text(&self, wall: Duration) -> String {
        let bound = self.bound();
        let mut text = "\nstats:\n".to_owned();
        let mut line = |name: &str, value: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {name:<12} {value}");
        };
        line("workers", self.workers_text());
        line("wall", seconds(wall));
        line("sum", format!("{} of tests: speed-up {:.2}", seconds(self.sum), ratio(self.sum, wall)));
        line(
            "lower bound",
            format!("{}: efficiency {:.0} %", seconds(bound.time), 100.0 * ratio(bound.time, wall).min(1.0)),
        );
        line("end set by", bound.cause);
        if let Some((end, test)) = self.last {
            line("last to end", format!("`{}`, at {}", test.name(), seconds(end)));
        }
        match self.usage {
            Some(Usage { cpu, peak_memory }) => {
                let cores = ratio(cpu, wall);
                line("cpu", format!("{:.2}s of all cores: {cores:.2} at once on average", cpu.as_secs_f64()));
                let of = match self.isolation {
                    Isolation::None => "",
                    Isolation::Processes => ", worker processes not counted",
                };
                let mebibytes = peak_memory as f64 / (1024.0 * 1024.0);
                line("peak memory", format!("{mebibytes:.1} MiB{of}"));
            }
            None => line("cpu, memory", "not known on this system".to_owned()),
        }
        text
    }

    fn workers_text(&self) -> String {
        let alive = match self.in_flight > self.workers {
            true => format!(", up to {} tests in flight", self.in_flight),
            false => String::new(),
        };
        let tests = self.tests.iter().filter(|tests| **tests > 0);
        let (least, most) = (tests.clone().min(), tests.clone().max());
        let each = match (least, most) {
            (Some(least), Some(most)) if least == most => format!(", {most} tests on each that ran any"),
            (Some(least), Some(most)) => format!(", {least} to {most} tests on each that ran any"),
            _ => String::new(),
        };
        format!("{}{alive}{each}", self.workers)
    }

    /// The shortest that the run could have taken with its workers.
    fn bound(&self) -> Bound {
        let share = self.work / u32::try_from(self.in_flight.max(1)).unwrap_or(u32::MAX);
        let mut bound =
            Bound { time: share, cause: format!("the sum of all tests: {} for each worker", seconds(share)) };
        let busiest = self.keys.by_name().max_by_key(|(_, chain)| chain.length());
        if let Some((name, chain)) = busiest.filter(|(_, chain)| chain.length() > bound.time) {
            let (time, tests) = (chain.length(), chain.tests);
            let tests = if tests == 1 { "1 test".to_owned() } else { format!("{tests} tests") };
            let cause = format!("key `{name}`: {tests} one after the other, {}", seconds(time));
            bound = Bound { time, cause };
        }
        if let Some((time, test)) = self.longest.filter(|(longest, _)| *longest >= bound.time) {
            bound = Bound { time, cause: format!("the longest test: `{}`, {}", test.name(), seconds(time)) };
        }
        if self.serial > bound.time {
            let tests = self.serial_tests;
            let tests = if tests == 1 { "1 test".to_owned() } else { format!("{tests} tests") };
            bound.cause = format!("the serial phase: {tests} one after the other, {}", seconds(self.serial));
        }
        Bound { time: bound.time.saturating_add(self.serial), ..bound }
    }
}

/// The shortest that a run can take, and what makes it so long.
struct Bound {
    time: Duration,
    cause: String,
}

fn seconds(duration: Duration) -> String {
    format!("{:.3}s", duration.as_secs_f64())
}

fn ratio(part: Duration, whole: Duration) -> f64 {
    part.as_secs_f64() / whole.as_secs_f64().max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::settings;
    use crate::key::Key;
    use crate::outcome::{Course, Finished};
    use crate::test::{Options, Traits};

    /// A test that takes so many seconds from then on, on this worker.
    fn ran(name: &'static str, concurrency: Concurrency, worker: usize, began: u64, took: u64) -> Event {
        let traits: &'static Traits = Box::leak(Box::new(Traits { concurrency, ..Traits::PLAIN }));
        let test = Box::leak(Box::new(Test { path: name, traits: Some(traits), ..Test::PLAIN }));
        let course = Course { worker, began: Duration::from_secs(began), ..Course::default() };
        let duration = Duration::from_secs(took);
        let finished = Finished { duration, course, ..Finished::without_a_try(Outcome::Passed) };
        Event::TestFinished { test, finished }
    }

    fn text(events: &[Event], wall: u64) -> String {
        let mut stats = Stats::new(&settings("--test-threads=2"));
        events.iter().for_each(|event| stats.count(event));
        stats.text(Duration::from_secs(wall))
    }

    fn line<'a>(text: &'a str, name: &str) -> &'a str {
        text.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap().trim()
    }

    const KEY: Concurrency = Concurrency::Keyed(&[Key { name: "db", access: Access::Exclusive }]);

    #[test]
    fn what_sets_the_end_is_found() {
        let alone = Concurrency::Parallel;
        let all = ran("x::all", Concurrency::Exclusive, 0, 9, 8);
        for (events, bound, cause) in [
            (
                vec![ran("x::a", alone, 0, 0, 3), ran("x::b", alone, 1, 0, 5)],
                "5.000s",
                "the longest test: `b`",
            ),
            (
                vec![ran("x::a", alone, 0, 0, 4), ran("x::b", alone, 1, 0, 4), ran("x::c", alone, 0, 4, 4)],
                "6.000s",
                "the sum of all tests: 6.000s",
            ),
            (
                vec![ran("x::a", KEY, 0, 0, 4), ran("x::b", KEY, 1, 4, 5), ran("x::c", alone, 0, 4, 1)],
                "9.000s",
                "key `db`: 2 tests one after the other, 9.000s",
            ),
            (vec![ran("x::a", alone, 0, 0, 3), all], "11.000s", "the serial phase: 1 test"),
        ] {
            let text = text(&events, 20);
            assert!(line(&text, "lower bound").starts_with(bound), "{text}");
            assert!(line(&text, "end set by").starts_with(cause), "{text}");
        }
    }

    #[test]
    fn a_heavy_test_counts_for_as_many_cores_as_there_are_at_the_most() {
        let options = Box::leak(Box::new(Options { threads_required: 9, ..Options::PLAIN }));
        let test = Box::leak(Box::new(Test { path: "x::heavy", options: Some(options), ..Test::PLAIN }));
        let finished =
            Finished { duration: Duration::from_secs(6), ..Finished::without_a_try(Outcome::Passed) };
        let heavy = Event::TestFinished { test, finished };
        let text = text(&[heavy, ran("x::a", Concurrency::Parallel, 0, 6, 2)], 8);
        assert_eq!(line(&text, "lower bound"), "7.000s: efficiency 88 %");
    }

    #[test]
    fn workers_and_their_use_are_told() {
        let parallel = Concurrency::Parallel;
        let usage = Usage { cpu: Duration::from_secs(9), peak_memory: 3 << 20 };
        let events = [
            ran("x::a", parallel, 0, 0, 6),
            ran("x::b", parallel, 1, 0, 1),
            ran("x::c", parallel, 1, 1, 5),
            Event::Used(usage),
        ];
        let text = text(&events, 6);
        assert_eq!(line(&text, "workers"), "2, 1 to 2 tests on each that ran any");
        assert_eq!(line(&text, "sum"), "12.000s of tests: speed-up 2.00");
        assert_eq!(line(&text, "lower bound"), "6.000s: efficiency 100 %");
        assert_eq!(line(&text, "cpu"), "9.00s of all cores: 1.50 at once on average");
        assert_eq!(line(&text, "peak memory"), "3.0 MiB");
    }
}
