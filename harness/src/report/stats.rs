//! `--stats`: how well a run used its workers, and what set its end.

use super::bound::{Bound, Cause, Work, time_of};
use super::list::counted;
use crate::dist::Dist;
use crate::event::{Event, Usage};
use crate::settings::{Isolation, Settings};
use crate::test::Test;
use std::fmt::Write;
use std::time::Duration;

/// What is known of a run's use of its workers.
#[derive(Debug)]
pub(super) struct Stats {
    /// How many tests may use a core at once, and how many may be alive.
    workers: usize,
    in_flight: usize,
    isolation: Isolation,
    dist: Dist,
    /// By worker: how many tests it ran.
    tests: Vec<usize>,
    work: Work,
    /// How much all tests took.
    sum: Duration,
    last: Option<(Duration, &'static Test)>,
    usage: Option<Usage>,
}

impl Stats {
    /// Of a run with these settings.
    pub(super) fn new(settings: &Settings) -> Self {
        Stats {
            workers: settings.workers.count(),
            in_flight: settings.most_at_once(),
            isolation: settings.isolation,
            dist: settings.dist,
            tests: Vec::new(),
            work: Work::new(settings.workers, settings.in_flight, settings.dist),
            sum: Duration::ZERO,
            last: None,
            usage: None,
        }
    }

    /// Keeps what an event says.
    pub(super) fn count(&mut self, event: &Event) {
        match event {
            Event::TestFinished { test, finished } => {
                let Some(duration) = time_of(finished) else { return };
                let end = finished.course.began.saturating_add(finished.duration);
                let worker = finished.course.worker;
                self.tests.resize(self.tests.len().max(worker + 1), 0);
                self.tests[worker] += 1;
                self.work.add(test, finished);
                self.sum = self.sum.saturating_add(duration);
                if self.last.is_none_or(|(last, _)| end >= last) {
                    self.last = Some((end, test));
                }
            }
            Event::Used(usage) => self.usage = Some(*usage),
            _ => {}
        }
    }

    /// What there is to say of a run that took so long.
    pub(super) fn text(&self, wall: Duration) -> String {
        let bound = self.work.bound();
        let mut text = "\nstats:\n".to_owned();
        let mut line = |name: &str, value: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {name:<12} {value}");
        };
        line("workers", self.workers_text());
        line("wall", seconds(wall));
        if let Some((end, test)) = self.last {
            line("sum", format!("{} of tests: speed-up {:.2}", seconds(self.sum), ratio(self.sum, wall)));
            let efficiency = 100.0 * ratio(bound.time, wall).min(1.0);
            line("lower bound", format!("{}: efficiency {efficiency:.0} %", seconds(bound.time)));
            line("end set by", self.cause_text(bound));
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
            (Some(&least), Some(&most)) if least == most => {
                format!(", {} on each that ran any", counted(most, "test"))
            }
            (Some(least), Some(most)) => format!(", {least} to {most} tests on each that ran any"),
            _ => String::new(),
        };
        format!("{}{alive}{each}", self.workers)
    }

    /// What makes the run as long as it is at least.
    fn cause_text(&self, Bound { cause, of_cause, .. }: Bound) -> String {
        let time = seconds(of_cause);
        let count = |tests| counted(tests, "test");
        match cause {
            Cause::Sum => format!("the sum of all tests: {time} for each worker"),
            Cause::Test(test) => format!("the longest test: `{}`, {time}", test.name()),
            Cause::Key(key, tests) => format!("key `{key}`: {} one after the other, {time}", count(tests)),
            Cause::Unit(unit, tests) => {
                format!("{} `{unit}`: {} on one worker, {time}", self.dist.kind_of_unit(), count(tests))
            }
            Cause::Serial(tests) => {
                format!("the serial phase: {} one after the other, {time}", count(tests))
            }
        }
    }
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
    use crate::key::{Access, Key};
    use crate::outcome::{Course, Finished, Outcome};
    use crate::place::Place;
    use crate::test::{Concurrency, Options, Traits};

    /// A test that takes so many seconds from then on, on this worker.
    fn ran(name: &'static str, concurrency: Concurrency, worker: usize, began: u64, took: u64) -> Event {
        let traits: &'static Traits = Box::leak(Box::new(Traits { concurrency, ..Traits::PLAIN }));
        let test = Box::leak(Box::new(Test {
            path: crate::test::TestPath::new(name),
            traits: Some(traits),
            ..Test::PLAIN
        }));
        let course = Course { worker, began: Duration::from_secs(began), ..Course::default() };
        let duration = Duration::from_secs(took);
        let finished = Finished { duration, course, ..Finished::without_a_try(Outcome::Passed) };
        Event::TestFinished { test, finished }
    }

    fn text(events: &[Event], wall: u64) -> String {
        text_of("--test-threads=2", events, wall)
    }

    fn text_of(args: &str, events: &[Event], wall: u64) -> String {
        let mut stats = Stats::new(&settings(args));
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
    fn a_unit_that_stays_on_one_worker_can_set_the_end() {
        let ran = |path: &'static str, group, concurrency, worker, began, took| {
            let event = ran(path, concurrency, worker, began, took);
            let Event::TestFinished { test, finished } = event else { unreachable!() };
            let options = Box::leak(Box::new(Options { group, ..Options::PLAIN }));
            let own_length = u32::try_from(path.rsplit("::").next().unwrap().len()).unwrap();
            let place = Place { file: if began < 6 { "a.rs" } else { "b.rs" }, ..test.place };
            let test = Test { options: Some(options), own_length, place, ..*test };
            Event::TestFinished { test: Box::leak(Box::new(test)), finished }
        };
        let alone = Concurrency::Parallel;
        let events = [
            ran("x::m::a", Some("g"), alone, 0, 0, 3),
            ran("x::m::b", None, alone, 0, 3, 3),
            ran("x::m::c", Some("g"), alone, 0, 6, 4),
            ran("x::n::d", Some("h"), alone, 1, 0, 1),
            ran("x::n::e", None, KEY, 1, 6, 2),
            ran("x::n::f", None, Concurrency::Exclusive, 0, 10, 1),
        ];
        for (args, bound, cause) in [
            ("", "7.500s", "the sum of all tests: 6.500s for each worker"),
            ("--dist scope", "11.000s", "module `x::m`: 3 tests on one worker, 10.000s"),
            ("--dist file", "8.000s", "file `a.rs`: 3 tests on one worker, 7.000s"),
            ("--dist group", "8.000s", "group `g`: 2 tests on one worker, 7.000s"),
            ("--dist group -n 3", "8.000s", "group `g`: 2 tests on one worker, 7.000s"),
            ("--dist group -n 1", "14.000s", "the sum of all tests: 13.000s for each worker"),
        ] {
            let text = text_of(&format!("--test-threads=2 {args}"), &events, 20);
            assert!(line(&text, "lower bound").starts_with(bound), "{args}: {text}");
            assert_eq!(line(&text, "end set by"), cause, "{args}: {text}");
        }
        // A unit of one test is that test, and a key that is as long comes first.
        let one = [ran("x::m::a", Some("g"), alone, 0, 0, 3)];
        let text = text_of("--test-threads=2 --dist group", &one, 3);
        assert_eq!(line(&text, "end set by"), "the longest test: `m::a`, 3.000s");
        let keyed = [ran("x::a", Some("g"), KEY, 0, 0, 3), ran("x::b", Some("g"), KEY, 0, 3, 3)];
        let text = text_of("--test-threads=2 --dist group", &keyed, 6);
        assert_eq!(line(&text, "end set by"), "key `db`: 2 tests one after the other, 6.000s");
    }

    #[test]
    fn what_did_not_run_was_not_efficient() {
        let text = text(&[], 1);
        assert_eq!(line(&text, "workers"), "2");
        assert!(!text.contains("efficiency") && !text.contains("end set by"), "{text}");
        let one = text_of("", &[ran("x::a", Concurrency::Parallel, 0, 0, 1)], 1);
        assert_eq!(line(&one, "workers"), "6, 1 test on each that ran any");
    }

    /// As the schedule has it: a test of two threads out of four takes half of all places there are.
    #[test]
    fn a_heavy_test_takes_its_share_of_what_may_be_alive() {
        let heavy = |began| {
            let event = ran("x::heavy", Concurrency::Parallel, 0, began, 4);
            let Event::TestFinished { test, finished } = event else { unreachable!() };
            let options = Box::leak(Box::new(Options { threads_required: 2, ..Options::PLAIN }));
            Event::TestFinished {
                test: Box::leak(Box::new(Test { options: Some(options), ..*test })),
                finished,
            }
        };
        let light = |count| (0..count).map(|_| ran("x::light", Concurrency::Parallel, 0, 0, 1));
        for (args, lights, bound) in [
            // Two at a time of four that take 4 s each.
            ("-n 4", 0, "8.000s"),
            ("-n 4 --in-flight 16", 12, "8.750s"),
            ("-n 4 --in-flight 16", 20, "9.250s"),
            // There are no more places than tests, so 7 of which such a test takes 2.
            ("-n 4 --in-flight 16", 3, "5.000s"),
            ("-n 2 --in-flight 4", 4, "17.000s"),
        ] {
            let events: Vec<_> = (0..4).map(heavy).chain(light(lights)).collect();
            let text = text_of(args, &events, 40);
            assert!(line(&text, "lower bound").starts_with(bound), "{args}, {lights}: {text}");
        }
    }

    #[test]
    fn a_heavy_test_counts_for_as_many_cores_as_there_are_at_the_most() {
        let options = Box::leak(Box::new(Options { threads_required: 9, ..Options::PLAIN }));
        let test = Box::leak(Box::new(Test {
            path: crate::test::TestPath::new("x::heavy"),
            options: Some(options),
            ..Test::PLAIN
        }));
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
