//! One run of the suite, held against the model.

use super::files;
use super::mode::{Format, Mode};
use super::model::{Expected, STILL_AT_IT, Word, may_not_run_again};
use super::notes::{self, Note, Replay};
use super::plan::{self, Behaviour, Prints, Test};
use super::reported::Reported;
use super::sections::{marks, without_marked};
use async_harness_tests::{Output, folder, suite};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long a test that had begun when the run was interrupted may take to be noted.
const LATE: Duration = Duration::from_millis(500);

/// A seed and a mode.
#[derive(Debug)]
pub(super) struct Trial {
    seed: u64,
    mode: Mode,
    tests: BTreeMap<String, Test>,
    /// For its notes, and the temporary files of the run.
    folder: PathBuf,
}

/// A run that is over.
struct Ran {
    output: Output,
    notes: Vec<Note>,
    /// When the run was interrupted, by the clock of the notes.
    interrupted: Option<u128>,
    /// Processes of the run that outlived it.
    left: Vec<String>,
}

impl Trial {
    pub(super) fn new(seed: u64, mode: Mode) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let tests = plan::tests(seed).into_iter().map(|test| (test.name(), test)).collect();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Trial { seed, mode, tests, folder: folder(&format!("soak-{number}")) }
    }

    /// Whether it writes reports to files. A flood takes seconds to make XML of, so hardly any does that has one.
    fn writes_files(&self) -> bool {
        self.seed.is_multiple_of(8) || !self.tests.values().any(|test| test.prints == Prints::Flood)
    }

    /// Runs it.
    ///
    /// # Panics
    ///
    /// With every difference from the model.
    pub(super) fn check(self) {
        let ran = self.run();
        let mut wrong = Vec::new();
        let reported = Reported::read(&ran.output, &self.mode);
        wrong.extend(reported.odd.iter().cloned());
        self.check_results(&ran, &reported, &mut wrong);
        self.check_counts(&ran, &reported, &mut wrong);
        self.check_sections(&reported, &mut wrong);
        self.check_marks(&ran.output, &reported, &mut wrong);
        self.check_notes(&ran, &reported, &mut wrong);
        self.check_folders(&ran.output, &mut wrong);
        if self.writes_files() {
            wrong.extend(files::check(&self.folder, &reported, &self.mode));
        }
        wrong.extend(ran.left.iter().map(|left| format!("outlived the run: {left}")));
        if wrong.is_empty() {
            std::fs::remove_dir_all(&self.folder).expect("the folder of a trial can be removed");
            return;
        }
        for (name, text) in [("stdout", &ran.output.stdout), ("stderr", &ran.output.stderr)] {
            std::fs::write(self.folder.join(name), text).expect("the folder of a trial can be written to");
        }
        let many = wrong.len();
        wrong.truncate(20);
        panic!(
            "SOAK_SEED={} {:?}, interrupted after {:?}: {many} differences\n  {}\nall of it is in {}",
            self.seed,
            self.mode.args.join(" "),
            self.mode.interrupt,
            wrong.join("\n  "),
            self.folder.display()
        );
    }

    fn run(&self) -> Ran {
        let notes_path = self.folder.join("notes");
        let tmp = self.folder.join("tmp");
        std::fs::create_dir(&tmp).expect("a folder can be made");
        let mut run = suite("soak").args(&self.mode.args);
        if self.writes_files() {
            run = run.env("ASYNC_HARNESS_JUNIT", files::junit(&self.folder));
            run = run.args(["--logfile".into(), files::log(&self.folder)]);
        }
        let run =
            run.env("SOAK_SEED", self.seed.to_string()).env("SOAK_NOTES", &notes_path).env("TMPDIR", &tmp);
        let done = AtomicBool::new(false);
        let (output, interrupted) = std::thread::scope(|scope| {
            let interrupter = self.mode.interrupt.map(|after| {
                let (notes, done) = (&notes_path, &done);
                scope.spawn(move || interrupt(notes, after, done))
            });
            let output = run.run();
            done.store(true, Ordering::Relaxed);
            (output, interrupter.and_then(|thread| thread.join().expect("nothing panics there")))
        });
        Ran { output, notes: notes::read(&notes_path), interrupted, left: left_over(&notes_path) }
    }

    fn expected(&self, test: &Test) -> Expected {
        Expected::of(test, &self.mode)
    }

    /// Each planned test has its result, once.
    fn check_results(&self, ran: &Ran, reported: &Reported, wrong: &mut Vec<String>) {
        if self.mode.format == Format::Terse {
            return;
        }
        for (name, words) in &reported.results {
            let Some(test) = self.tests.get(name) else {
                wrong.push(format!("{name} is no test"));
                continue;
            };
            let expected = self.expected(test);
            for word in words {
                // Where the run ends early, a test may be interrupted, or not be tried again.
                let may_fail = ran.interrupted.is_some() || (self.mode.may_stop() && expected.attempts > 1);
                if *word != expected.word && !(may_fail && *word == Word::Failed) {
                    wrong.push(format!(
                        "{name} ended {word:?}, not {:?}: {:?}",
                        expected.word, test.behaviour
                    ));
                }
            }
            let tried = reported.attempts.get(name).filter(|_| !self.mode.may_stop());
            if let Some(attempts) = tried.filter(|_| !may_not_run_again(test, &self.mode))
                && *attempts != u64::from(expected.attempts)
            {
                wrong.push(format!("{name} took {attempts} attempts, not {}", expected.attempts));
            }
        }
        let complete = !self.mode.may_stop() && self.mode.shard.is_none();
        for (name, test) in &self.tests {
            let results = reported.results.get(name).map_or(0, Vec::len);
            let wanted = self.expected(test).results;
            if results > wanted || (complete && results < wanted) {
                wrong.push(format!("{name} has {results} results"));
            }
            let started = reported.started.get(name).copied().unwrap_or(0);
            // A neighbour of one that crashed is not tried again where the run stops.
            let broken_off = self.mode.may_stop() && started > results;
            if self.mode.format == Format::Json && started != results && !broken_off {
                wrong.push(format!("{name} has {results} results and was started {started} times"));
            }
        }
    }

    /// The last line counts what was told, and the exit code says the same.
    fn check_counts(&self, ran: &Ran, reported: &Reported, wrong: &mut Vec<String>) {
        let results: Vec<_> = reported
            .results
            .iter()
            .flat_map(|(name, words)| words.iter().map(move |word| (name, *word)))
            .collect();
        let count = |of: Word| results.iter().filter(|(_, word)| *word == of).count();
        let [passed, failed, ignored, filtered_out] = reported.counts;
        let counted = [passed, failed, ignored];
        let told = [Word::Ok, Word::Failed, Word::Ignored].map(count);
        if self.mode.format != Format::Terse && counted != told {
            wrong.push(format!("counted {counted:?}, told {told:?}"));
        }
        let total: usize = self.tests.values().map(|test| self.expected(test).results).sum();
        let all = self.mode.shard.is_none();
        if (all && (reported.planned, filtered_out) != (total, 0)) || reported.planned > total {
            wrong.push(format!("{} planned and {filtered_out} left out of {total}", reported.planned));
        }
        let ended = counted.iter().sum::<usize>();
        if ended + reported.not_run.unwrap_or(0) != reported.planned {
            wrong.push(format!("{ended} results, {:?} not run of {}", reported.not_run, reported.planned));
        }
        let cut = reported.not_run.filter(|count| *count > 0 && !self.mode.may_stop());
        wrong.extend(cut.map(|count| format!("{count} not run for no reason")));
        if !self.mode.may_stop() && self.mode.shard.is_none() {
            let expected: Vec<_> = self.tests.values().map(|test| self.expected(test)).collect();
            let count = |which: &dyn Fn(&Expected) -> bool| {
                expected.iter().filter(|test| which(test)).map(|test| test.results).sum::<usize>()
            };
            let model = [Word::Ok, Word::Failed, Word::Ignored].map(|word| count(&|test| test.word == word));
            if counted != model {
                wrong.push(format!("counted {counted:?}, not {model:?}"));
            }
            for (what, told, model) in [
                ("as expected", reported.as_expected, count(&|test| test.as_expected)),
                ("flaky", reported.flaky, count(&Expected::is_flaky)),
            ] {
                if told != model {
                    wrong.push(format!("{told} {what}, not {model}"));
                }
            }
        }
        if let Some(limit) = self.mode.stop_after
            && failed >= limit + self.mode.alive
        {
            wrong.push(format!("{failed} failures, although the run was to stop after {limit}"));
        }
        let is_bad = failed > 0 || (ran.interrupted.is_some() && reported.not_run.is_some());
        let code = ran.output.code();
        if reported.is_ok == is_bad || code != if is_bad { 101 } else { 0 } {
            wrong.push(format!("exit code {code}, and a last line that says ok: {}", reported.is_ok));
        }
    }

    /// A test that fails shows what it says and nobody else's words; nobody's words stand elsewhere.
    fn check_sections(&self, reported: &Reported, wrong: &mut Vec<String>) {
        for section in &reported.sections {
            let heading = &section.heading;
            let test = self.tests.get(heading).filter(|_| section.is_tests);
            // A fixture that comes up is interrupted as well; and a test that takes its time to die is left behind, with what it
            // holds, and then dies.
            let of_interrupt = section.text.contains(": interrupted")
                || section.text.contains("something that a test left behind still holds it")
                || heading.ends_with("` had left behind");
            let may_be =
                heading == "output of no single test" || (self.mode.interrupt.is_some() && of_interrupt);
            if test.is_none() && !may_be {
                wrong.push(format!("a section {heading}: {:.200}", section.text));
            }
            for mark in marks(&section.text, "[[", "]]") {
                if mark.strip_prefix('/').unwrap_or(mark) != heading.as_str() {
                    wrong.push(format!("words of {mark} under {heading}"));
                }
            }
            for mark in marks(&section.text, "((left by ", "))") {
                let of_session = self.tests.get(mark).is_some_and(Test::is_on_session_runtime);
                let may_be = mark == heading.as_str() || of_session || self.mode.isolate || self.mode.afresh;
                if test.is_some() && !may_be {
                    wrong.push(format!("words left by {mark} under {heading}"));
                }
            }
        }
        if self.mode.may_stop() {
            return;
        }
        for (name, test) in self.tests.iter().filter(|_| self.mode.shard.is_none()) {
            let Expected { word: Word::Failed, says, .. } = self.expected(test) else { continue };
            let shown: Vec<_> = reported
                .sections
                .iter()
                .filter(|section| section.is_tests && section.heading == *name)
                .collect();
            if shown.len() != self.expected(test).results {
                wrong.push(format!("{name} failed and has {} sections", shown.len()));
            }
            for section in shown {
                // One line of it may have been printed in several pieces, and theirs in between.
                let text = without_marked(&section.text, "((left by ", "))\n");
                let again = may_not_run_again(test, &self.mode) && text.contains(STILL_AT_IT);
                for part in says.iter().filter(|part| !again && !text.contains(part.as_str())) {
                    wrong.push(format!("{name} does not say {part:?} but {:.300}", section.text));
                }
            }
        }
    }

    /// The first words of a test are shown as often as they were printed, where they are shown.
    fn check_marks(&self, output: &Output, reported: &Reported, wrong: &mut Vec<String>) {
        if self.mode.may_stop() || self.mode.format == Format::Json {
            return;
        }
        for (name, test) in &self.tests {
            let results = match reported.results.get(name) {
                Some(words) => words.len(),
                None if self.mode.shard.is_none() => self.expected(test).results,
                None => 0,
            };
            let expected = self.expected(test).shown(&self.mode) as usize * results;
            let shown = output.stdout.matches(&format!("[[{name}]]")).count();
            let enough = match may_not_run_again(test, &self.mode) {
                true => (expected.min(1)..=expected).contains(&shown),
                false => shown == expected,
            };
            if !(enough || self.mode.format == Format::Terse && self.mode.shard.is_some()) {
                wrong.push(format!("the words of {name} are shown {shown} times, not {expected}"));
            }
            if test.prints == Prints::Flood && output.stdout.len() > (32 << 20) {
                wrong.push(format!("{} bytes are too many", output.stdout.len()));
            }
        }
    }

    /// What ran, ran as often as it must, beside nothing that it must not run beside, with its fixtures up.
    fn check_notes(&self, ran: &Ran, reported: &Reported, wrong: &mut Vec<String>) {
        let replay = Replay::of(&ran.notes, &self.mode, &self.tests);
        wrong.extend(replay.wrong.iter().cloned());
        let restarts = replay.restarts();
        for (name, words) in reported.results.iter().filter(|_| !self.mode.may_stop()) {
            let Some(test) = self.tests.get(name) else { continue };
            let wanted = self.expected(test).begins as usize * words.len();
            let least = if may_not_run_again(test, &self.mode) { wanted.min(1) } else { wanted };
            let begun = replay.begun.get(name).copied().unwrap_or(0);
            // A neighbour of one that crashes begins again, with its first attempt, at whichever it was.
            let begins = self.expected(test).begins as usize;
            let most = if self.mode.isolate { wanted } else { wanted + restarts * begins };
            if begun < least || begun > most {
                wrong.push(format!("{name} began {begun} times, not {wanted}"));
            }
        }
        // A process that dies takes its fixtures along. In a process that is left alone all go down.
        for name in ["session", "module", "worker"] {
            let (ups, downs) = replay.fixture(name);
            let most = if name == "worker" { self.mode.alive + self.blocking() } else { 1 };
            if replay.most_at_once(name) > most {
                wrong.push(format!("{name} came up {} times in one process", replay.most_at_once(name)));
            }
            if ups - downs > if self.mode.isolate { self.deaths() } else { self.alive_at_deaths(restarts) } {
                wrong.push(format!("{name} came up {ups} times and went down {downs} times"));
            }
        }
        for (name, test) in self.tests.iter().filter(|(_, test)| test.family.name == "with_own") {
            let (ups, downs) = replay.fixture(name);
            if ups - downs > restarts.min(ups) || (ups > downs && self.mode.isolate) {
                wrong.push(format!("{:?} of {name} went up {ups} times and down {downs}", test.behaviour));
            }
        }
        if let Some(at) = ran.interrupted {
            let late = |note: &&Note| note.what == "begin" && note.nanoseconds > at + LATE.as_nanos();
            let late: Vec<_> = ran.notes.iter().filter(late).map(|note| &note.name).collect();
            if !late.is_empty() {
                wrong.push(format!("began after the interrupt: {late:?}"));
            }
        }
    }

    fn count(&self, which: impl Fn(&Test) -> bool) -> usize {
        let attempts = |test: &Test| (self.expected(test).attempts as usize).max(1) * self.mode.repeat;
        self.tests.values().filter(|test| which(test)).map(attempts).sum()
    }

    fn blocking(&self) -> usize {
        self.count(Test::blocks)
    }

    /// How many processes come to a bad end under `--isolate`.
    fn deaths(&self) -> usize {
        self.blocking() + self.count(|test| matches!(test.behaviour, Behaviour::Die(_)))
    }

    /// How many instances crashes can cost, and threads that are left behind.
    fn alive_at_deaths(&self, restarts: usize) -> usize {
        restarts * self.mode.alive + self.blocking()
    }

    /// Of temporary files, the folders of tests that failed are left, and named.
    fn check_folders(&self, output: &Output, wrong: &mut Vec<String>) {
        let tmp = self.folder.join("tmp");
        let left = std::fs::read_dir(&tmp).expect("the folder is there");
        let left: Vec<_> = left.filter_map(|entry| Some(entry.ok()?.path().display().to_string())).collect();
        let printed = format!("{}{}", output.stdout, output.stderr);
        for path in &left {
            let named = printed.contains(&format!("tmp_dir kept: {path}"));
            if !named {
                wrong.push(format!("left, and not named: {path}"));
            }
        }
        if self.mode.may_stop() || self.mode.shard.is_some() {
            return;
        }
        let failing =
            |test: &Test| test.family.name == "with_folder" && self.expected(test).word == Word::Failed;
        let kept = self.count(failing);
        if left.len() != kept {
            wrong.push(format!("{} folders are left, not {kept}: {left:?}", left.len()));
        }
    }
}

/// Interrupts the run once it has noted so much; says when, if it did so before the end.
fn interrupt(notes: &Path, after: usize, done: &AtomicBool) -> Option<u128> {
    while !done.load(Ordering::Relaxed) {
        let noted = notes::read_so_far(notes);
        if noted.len() >= after {
            let run = noted.iter().find(|note| note.what == "image")?.pid;
            // Not SIGINT: what a script runs in the background is started with that ignored, and so is whatever it starts.
            let sent = Command::new("kill").args(["-TERM", &run.to_string()]).status().ok()?;
            return sent
                .success()
                .then(|| notes::read_so_far(notes).last().map_or(0, |note| note.nanoseconds));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    None
}

/// Processes that know of these notes, except for those that are just about to end.
fn left_over(notes: &Path) -> Vec<String> {
    let begin = Instant::now();
    let variable = format!("SOAK_NOTES={}", notes.display());
    loop {
        let processes = std::fs::read_dir("/proc").expect("there is /proc").filter_map(|entry| {
            let path = entry.ok()?.path();
            let environment = std::fs::read(path.join("environ")).ok()?;
            let knows = environment.split(|byte| *byte == 0).any(|text| text == variable.as_bytes());
            knows.then(|| format!("{}: {:?}", path.display(), std::fs::read_to_string(path.join("cmdline"))))
        });
        let left: Vec<_> = processes.collect();
        if left.is_empty() || begin.elapsed() > Duration::from_secs(2) {
            return left;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
