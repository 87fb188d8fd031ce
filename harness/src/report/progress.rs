//! What there is to say of a run while it is on: how far it has come, how long it will take, and what is running.

use crate::event::Event;
use crate::forecast::Forecast;
use crate::outcome::Outcome;
use crate::test::Test;
use ::console::{measure_text_width, truncate_str};
use std::time::{Duration, SystemTime};

/// What has been running for less is gone before one can read its name.
const READABLE: Duration = Duration::from_millis(300);

/// How many running tests are named.
const MOST: usize = 8;

/// How wide the bar is, and from which width of the terminal on there is one.
const BAR: usize = 25;
const WIDE: usize = 60;

/// How many columns the time takes that a test has been running for.
const TIME: usize = 9;

/// How far a run has come.
#[derive(Debug)]
pub(super) struct Progress {
    forecast: Option<Forecast>,
    pub(super) began: SystemTime,
    tests: usize,
    over: usize,
    failed: usize,
    flaky: usize,
    ignored: usize,
    /// Those that are running, each with when it began.
    running: Vec<(&'static Test, Duration)>,
}

/// How large a terminal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    /// In lines.
    pub(super) height: usize,
    /// In columns.
    pub(super) width: usize,
}

impl Progress {
    /// Of a run that will take so long, if that can be told.
    pub(super) fn new(forecast: Option<Forecast>) -> Self {
        let began = SystemTime::now();
        let running = Vec::new();
        Progress { forecast, began, tests: 0, over: 0, failed: 0, flaky: 0, ignored: 0, running }
    }

    /// Counts an event.
    pub(super) fn count(&mut self, event: &Event) {
        match event {
            Event::RunStarted { tests, began, .. } => (self.tests, self.began) = (*tests, *began),
            Event::TestStarted { test, ignored: false, began, .. } => {
                self.remove(test);
                self.running.push((test, *began));
            }
            Event::TestFinished { test, finished } => {
                self.remove(test);
                self.over += 1;
                match finished.outcome {
                    Outcome::Failed(_) => self.failed += 1,
                    Outcome::Ignored(_) => self.ignored += 1,
                    _ => self.flaky += usize::from(finished.is_flaky()),
                }
                if let Some(forecast) = &mut self.forecast {
                    let is_usual = finished.outcome == Outcome::Passed && finished.earlier.is_empty();
                    forecast.finished(test.id(), is_usual.then_some(finished.duration));
                }
            }
            _ => {}
        }
    }

    /// Counts an event from before the process was executed again: what was running then runs again, and when is not known
    /// yet.
    pub(super) fn catch_up(&mut self, event: &Event) {
        if !matches!(event, Event::TestStarted { began: Duration::ZERO, .. }) {
            self.count(event);
        }
    }

    fn remove(&mut self, test: &'static Test) {
        if let Some(place) = self.running.iter().position(|(other, _)| std::ptr::eq(*other, test)) {
            self.running.remove(place);
        }
    }

    /// It, in lines that a terminal of this size has room for, so long after the beginning of the run. Failures stand between
    /// two codes that make them red.
    pub(super) fn lines(&self, now: Duration, size: Size, red: (&str, &str)) -> Vec<String> {
        // In its last column some terminals already begin the next line.
        let width = size.width.saturating_sub(1);
        let mut lines = vec![self.head(now, width, red)];
        let room = size.height.saturating_sub(4).min(MOST);
        let ran_for = |began: Duration| now.saturating_sub(began);
        // They stand in the order in which they began, so the longest is first.
        let named = || self.running.iter().filter(|(_, began)| ran_for(*began) >= READABLE);
        let count = named().count();
        let shown = if count > room { room.saturating_sub(1) } else { count };
        for (test, began) in named().take(shown) {
            let name = tail(test.name(), width.saturating_sub(TIME + 2));
            lines.push(cut(&format!("{:>TIME$}  {name}", short(ran_for(*began))), width));
        }
        if count > shown && room > 0 {
            lines.push(cut(&format!("{:>TIME$}  and {} more", "", count - shown), width));
        }
        lines
    }

    fn head(&self, now: Duration, width: usize, red: (&str, &str)) -> String {
        let Progress { tests, over, failed, flaky, ignored, .. } = *self;
        let counts = [(failed, "failed"), (flaky, "flaky"), (ignored, "ignored")];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts.map(|(count, word)| format!("{count} {word}")).collect();
        let mut times = short(now);
        if let Some(left) = self.left(now) {
            times.push_str(&format!(", {} left", short(left)));
        }
        let bar = if width >= WIDE { format!("{} ", bar(over, tests)) } else { String::new() };
        let head = format!("{bar}{over}/{tests}");
        let plain = [head.clone(), counts.join(", "), times.clone()];
        let plain: Vec<_> = plain.into_iter().filter(|part| !part.is_empty()).collect();
        let line = plain.join("  ");
        if line.len() > width {
            return cut(&line, width);
        }
        // Colours come last: they take no room.
        match (counts.split_first(), failed) {
            (Some((first, rest)), 1..) => {
                let rest: String = rest.iter().map(|count| format!(", {count}")).collect();
                format!("{head}  {}{first}{}{rest}  {times}", red.0, red.1)
            }
            _ => line,
        }
    }

    /// How long it will still take, if that is worth a word.
    fn left(&self, now: Duration) -> Option<Duration> {
        let running = self.running.iter().map(|(test, began)| (test.id(), now.saturating_sub(*began)));
        let left = self.forecast.as_ref()?.left(running);
        (left >= Duration::from_secs(1)).then_some(left)
    }
}

/// `[=====>    ]`.
fn bar(over: usize, tests: usize) -> String {
    let done = (over * BAR).checked_div(tests).unwrap_or(BAR).min(BAR);
    let tip = if done < BAR { ">" } else { "" };
    format!("[{}{tip}{}]", "=".repeat(done), " ".repeat(BAR - done - tip.len()))
}

/// A duration for people: no more than two units.
fn short(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m {seconds:02}s"),
        (hours, minutes, _) => format!("{hours}h {minutes:02}m"),
    }
}

/// The end of a name, which tells it from its neighbours, in so many columns.
fn tail(name: &str, width: usize) -> String {
    let name: String = name.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    if measure_text_width(&name) <= width {
        return name;
    }
    let mut rest = name.as_str();
    while !rest.is_empty() && measure_text_width(rest) + "..".len() > width {
        let mut chars = rest.chars();
        chars.next();
        rest = chars.as_str();
    }
    format!("..{rest}")
}

/// The beginning of a line, in so many columns.
fn cut(line: &str, width: usize) -> String {
    truncate_str(line, width, "").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Stint;
    use crate::outcome::{Failure, Finished};
    use expect_test::{Expect, expect};

    fn test(name: &str) -> &'static Test {
        Box::leak(Box::new(Test {
            path: crate::test::TestPath::new(format!("shop::{name}").leak()),
            ..Test::PLAIN
        }))
    }

    fn started(test: &'static Test, millis: u64) -> Event {
        Event::TestStarted { test, ignored: false, worker: 0, began: Duration::from_millis(millis) }
    }

    fn finished(test: &'static Test, outcome: Outcome) -> Event {
        let duration = Duration::from_secs(33);
        Event::TestFinished { test, finished: Finished { duration, ..Finished::without_a_try(outcome) } }
    }

    /// After 75 seconds: some are over, and more are running than there is room for.
    fn progress() -> Progress {
        let tests: Vec<_> = (0..12).map(|n| test(&format!("orders::test_number_{n}"))).collect();
        let stints = tests.iter().map(|test| Stint { id: test.id(), takes: Some(30_000_000), alone: false });
        let mut progress = Progress::new(Forecast::new(stints.collect(), 4));
        progress.count(&Event::RunStarted {
            tests: 12,
            filtered_out: 0,
            shuffle_seed: None,
            began: SystemTime::UNIX_EPOCH,
        });
        for (test, n) in tests.iter().zip(0..11) {
            progress.count(&started(test, n * 7_000));
        }
        progress.count(&finished(tests[3], Outcome::Failed(Failure::Told)));
        progress.count(&finished(tests[5], Outcome::Ignored(None)));
        progress.count(&finished(tests[6], Outcome::Passed));
        progress
    }

    fn check(height: usize, width: usize, expected: Expect) {
        let lines = progress().lines(Duration::from_secs(75), Size { height, width }, ("<", ">"));
        for line in &lines {
            assert!(measure_text_width(line) < width + "<>".len(), "{line}");
        }
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn there_is_a_bar_with_counts_and_times_and_what_is_running() {
        check(
            24,
            80,
            expect![[r#"
                [======>                  ] 3/12  <1 failed>, 1 ignored  1m 15s, 28s left
                   1m 15s  orders::test_number_0
                   1m 08s  orders::test_number_1
                   1m 01s  orders::test_number_2
                      47s  orders::test_number_4
                      26s  orders::test_number_7
                      19s  orders::test_number_8
                      12s  orders::test_number_9
                       5s  orders::test_number_10"#]],
        );
    }

    #[test]
    fn what_there_is_no_room_for_is_counted() {
        check(
            7,
            62,
            expect![[r#"
            [======>                  ] 3/12  1 failed, 1 ignored  1m 15s
               1m 15s  orders::test_number_0
               1m 08s  orders::test_number_1
                       and 6 more"#]],
        );
        check(
            24,
            30,
            expect![[r#"
            3/12  1 failed, 1 ignored  1m
               1m 15s  ..s::test_number_0
               1m 08s  ..s::test_number_1
               1m 01s  ..s::test_number_2
                  47s  ..s::test_number_4
                  26s  ..s::test_number_7
                  19s  ..s::test_number_8
                  12s  ..s::test_number_9
                   5s  ..::test_number_10"#]],
        );
        check(3, 20, expect!["3/12  1 failed, 1 i"]);
        check(1, 6, expect!["3/12 "]);
        check(0, 1, expect![[""]]);
    }

    #[test]
    fn what_has_just_begun_is_not_named_yet() {
        let mut progress = Progress::new(None);
        let (test, another) = (test("a"), test("b"));
        progress.count(&started(test, 1_000));
        let lines = |progress: &Progress, millis| {
            progress.lines(Duration::from_millis(millis), Size { height: 24, width: 80 }, ("", "")).len()
        };
        assert_eq!((lines(&progress, 1_100), lines(&progress, 1_400)), (1, 2));
        // It has begun again after a crash.
        progress.catch_up(&started(test, 1_500));
        assert_eq!((lines(&progress, 1_600), lines(&progress, 1_900)), (1, 2));
        progress.catch_up(&started(another, 0));
        assert_eq!(lines(&progress, 1_900), 2);
    }

    #[test]
    fn names_are_cut_where_they_are_alike() {
        for (name, width, shown) in [
            ("orders::books", 20, "orders::books"),
            ("orders::books", 10, "..s::books"),
            ("orders::注文を出す", 10, "..文を出す"),
            ("a\nb\x1b", 10, "a?b?"),
            ("orders", 1, ".."),
        ] {
            assert_eq!(tail(name, width), shown);
        }
    }

    #[test]
    fn durations_are_short() {
        for (seconds, text) in [(0, "0s"), (59, "59s"), (65, "1m 05s"), (3_599, "59m 59s"), (7_500, "2h 05m")]
        {
            assert_eq!(short(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn a_bar_is_full_when_all_are_over() {
        let filled = |over, tests| bar(over, tests).matches('=').count();
        assert_eq!(
            (filled(0, 3), filled(1, 3), filled(3, 3), filled(5, 3), filled(0, 0)),
            (0, 8, 25, 25, 25)
        );
    }
}
