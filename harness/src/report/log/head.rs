//! What the log says of a run before anything has happened.

use super::line::Line;
use super::{FORMAT, VERSION};
use crate::dist::Dist;
use crate::settings::{Isolation, Settings, Told, Workers};
use crate::target::Target;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What is known of a run beside what happens in it.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// What its tests are compiled into.
    pub(crate) target: Target,
    /// The name that it shares with no other.
    pub(crate) run_id: String,
    /// Its command line.
    pub(crate) arguments: Vec<String>,
    /// Its executable, and the folder that it runs in.
    pub(crate) executable: Option<PathBuf>,
    pub(crate) folder: Option<PathBuf>,
    /// How many cores it may use.
    pub(crate) cores: usize,
    /// Every setting as it stands, for people.
    pub(crate) settings: Vec<Told>,
    /// What of them decides what runs beside what.
    pub(crate) workers: Workers,
    pub(crate) in_flight: Option<NonZeroUsize>,
    pub(crate) isolation: Isolation,
    pub(crate) dist: Dist,
    pub(crate) repeat: usize,
}

impl Head {
    /// Of a run with these settings; what is not said of it is to be added.
    pub(crate) fn new(target: Target, settings: &Settings) -> Self {
        Head {
            target,
            run_id: String::new(),
            arguments: Vec::new(),
            executable: None,
            folder: None,
            cores: 1,
            settings: Vec::new(),
            workers: settings.workers,
            in_flight: settings.in_flight,
            isolation: settings.isolation,
            dist: settings.dist,
            repeat: settings.repeat.get(),
        }
    }

    /// The line by which a log is known.
    pub(super) fn line(&self, lines: &mut String) {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let Target { package, root, .. } = self.target;
        Line::new("log", lines)
            .text("format", FORMAT)
            .number("version", VERSION)
            .text("harness", env!("CARGO_PKG_VERSION"))
            .object("target", |line| {
                line.text("name", self.target.name())
                    .text("id", &self.target.id())
                    .maybe("package", package)
                    .text("root", root)
            })
            .text("run_id", &self.run_id)
            .number("process", u64::from(std::process::id()))
            .maybe("executable", path(&self.executable).as_deref())
            .texts("arguments", self.arguments.iter().map(String::as_str))
            .maybe("folder", path(&self.folder).as_deref())
            .number("cores", self.cores as u64)
            .text("system", std::env::consts::OS)
            .text("architecture", std::env::consts::ARCH)
            .objects("settings", self.settings.iter(), |line, Told { name, value, source }| {
                line.text("name", name).text("value", value).text("source", source)
            })
            .end();
    }

    /// The line by which its run begins.
    pub(super) fn run_started(
        &self,
        tests: usize,
        filtered_out: usize,
        seed: Option<u64>,
        began: SystemTime,
        lines: &mut String,
    ) {
        let dist = match self.dist {
            Dist::Load => "load",
            Dist::Scope => "scope",
            Dist::File => "file",
            Dist::Group => "group",
        };
        let threads = match self.workers {
            Workers::MainThread => 0,
            Workers::Threads(threads) => threads.get(),
        };
        Line::new("run_started", lines)
            .time("unix_time", began.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO))
            .number("tests", tests as u64)
            .number("filtered_out", filtered_out as u64)
            .maybe("shuffle_seed", seed.map(|seed| seed.to_string()).as_deref())
            .number("threads", threads as u64)
            .maybe_number("in_flight", self.in_flight.map(|tests| tests.get() as u64))
            .flag("isolated", self.isolation == Isolation::Processes)
            .text("dist", dist)
            .number("repeat", self.repeat as u64)
            .end();
    }
}
