//! How a trial is run: a command line, and what the model has to know of it.

use super::plan::Random;

/// How results are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Pretty,
    Terse,
    Json,
}

/// One way to run the suite.
#[derive(Debug, Clone)]
pub(super) struct Mode {
    /// The arguments, without those that are for the driver.
    pub(super) args: Vec<String>,
    /// `-n`.
    pub(super) workers: usize,
    /// How many tests may be alive.
    pub(super) alive: usize,
    pub(super) isolate: bool,
    pub(super) retries: u32,
    /// `--retries-isolated`.
    pub(super) afresh: bool,
    pub(super) format: Format,
    pub(super) show_output: bool,
    pub(super) repeat: usize,
    pub(super) by_scope: bool,
    /// All of them stand in one file.
    pub(super) by_file: bool,
    /// After how many failures nothing starts any more.
    pub(super) stop_after: Option<usize>,
    /// A shard of how many.
    pub(super) shard: Option<(usize, usize)>,
    /// After how many notes of the suite the run is interrupted: `--interrupt N`, which is for the driver.
    pub(super) interrupt: Option<usize>,
}

impl Mode {
    /// Reads a command line.
    pub(super) fn read(line: &str) -> Self {
        let mut mode = Mode {
            args: Vec::new(),
            workers: 2,
            alive: 0,
            isolate: false,
            retries: 0,
            afresh: false,
            format: Format::Pretty,
            show_output: false,
            repeat: 1,
            by_scope: false,
            by_file: false,
            stop_after: None,
            shard: None,
            interrupt: None,
        };
        let mut in_flight = false;
        let mut words = line.split_whitespace();
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_else(|| panic!("{word} has a value"));
            let mut taken = None;
            match word {
                "-n" => mode.workers = number(taken.insert(value())),
                "--in-flight" => in_flight = taken.insert(value()) == &"auto",
                "--isolate" => mode.isolate = true,
                "--retries" => mode.retries = number(taken.insert(value())) as u32,
                "--retries-isolated" => mode.afresh = true,
                "--format" => {
                    mode.format = if taken.insert(value()) == &"json" { Format::Json } else { Format::Pretty }
                }
                "-q" => mode.format = Format::Terse,
                "--show-output" => mode.show_output = true,
                "--repeat" => mode.repeat = number(taken.insert(value())),
                "--dist" => {
                    let dist = *taken.insert(value());
                    (mode.by_scope, mode.by_file) = (dist == "scope", dist == "file");
                }
                "--debug-async" | "--stats" => {}
                "--durations" => drop(taken.insert(value())),
                "--fail-fast" => mode.stop_after = Some(1),
                "--maxfail" => mode.stop_after = Some(number(taken.insert(value()))),
                "--partition" => mode.shard = Some(shard(taken.insert(value()))),
                "--shuffle-seed" => drop(taken.insert(value())),
                "--interrupt" => {
                    mode.interrupt = Some(number(value()));
                    continue;
                }
                other => panic!("the model does not know {other}"),
            }
            mode.args.extend([Some(word), taken].into_iter().flatten().map(str::to_owned));
        }
        let workers = mode.workers.max(1);
        mode.alive = if in_flight && mode.workers > 0 { 16 * workers } else { workers };
        mode
    }

    /// What a seed chooses.
    pub(super) fn random(seed: u64) -> Self {
        let mut random = Random::new(seed, "mode");
        let mut line = format!("-n {}", random.pick(&[0, 1, 2, 2, 4, 4]));
        for (throws, words) in [
            (3, "--isolate"),
            (4, "--in-flight auto"),
            (4, "--retries 1"),
            (4, "--retries-isolated"),
            (4, "--show-output"),
            (5, "--repeat 2"),
            (4, "--dist scope"),
            (6, "--debug-async"),
            (6, "--stats --durations 3"),
        ] {
            if random.once_in(throws) {
                line = format!("{line} {words}");
            }
        }
        if random.once_in(3) {
            line = format!("{line} --shuffle-seed {}", random.below(1_000));
        }
        line += match random.below(6) {
            0 | 1 => " --format json",
            2 => " -q",
            _ => "",
        };
        match random.below(12) {
            0 => line += " --fail-fast",
            1 => line = format!("{line} --maxfail {}", 2 + random.below(20)),
            2 => {
                line = format!(
                    "{line} --partition {}:{}/3",
                    random.pick(&["slice", "hash"]),
                    1 + random.below(3)
                );
            }
            3 | 4 => line = format!("{line} --interrupt {}", 5 + random.below(350)),
            _ => {}
        }
        Mode::read(&line)
    }

    /// Whether tests may be left out.
    pub(super) fn may_stop(&self) -> bool {
        self.stop_after.is_some() || self.interrupt.is_some()
    }
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

fn shard(text: &str) -> (usize, usize) {
    let (_, shard) = text.split_once(':').expect("a kind of shards");
    let (index, count) = shard.split_once('/').expect("one of so many");
    (number(index), number(count))
}
