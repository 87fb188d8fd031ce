//! The one table of all that a run can be told. From it come the flags, the variables and the keys of `main!` that are
//! read, what is said of a bad value, `--help`, `--show-settings` and the reference in `docs/configuration.md`.
//!
//! A new setting is a row, named in [`TABLE`], a field of `Settings`, and a line in `cli.rs` that reads the one into
//! the other. A row alone does nothing, and a key of `main!` has to be known to `main_fn.rs` of the macros as well.

mod rows;

pub(super) use rows::*;

/// One thing that a run can be told.
#[derive(Debug)]
pub(crate) struct Row {
    /// What it is called where it is shown.
    pub(crate) name: &'static str,
    /// How the command line says it; of several, the last one given counts.
    pub(crate) flags: &'static [Flag],
    /// How the environment says it, the strongest first.
    pub(crate) variables: &'static [Variable],
    /// How `main!` says it.
    pub(crate) main: Option<&'static str>,
    /// What a value must be, as in "must be a number > 0"; empty where any value will do.
    pub(crate) wanted: &'static str,
    /// What holds if nobody says anything.
    pub(crate) default: &'static str,
    /// What it is for, in a sentence or two.
    pub(crate) help: &'static str,
    /// Where it belongs.
    pub(crate) group: Group,
}

/// A flag of the command line.
#[derive(Debug)]
pub(crate) struct Flag {
    /// The flag as it is written in full, dashes included.
    pub(crate) name: &'static str,
    /// Its short form.
    pub(crate) short: Option<char>,
    /// What follows it.
    pub(crate) takes: Takes,
    /// What is to be said of it alone, where the row's help is about another flag.
    pub(crate) help: Option<&'static str>,
}

/// What follows a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A value, shown by this word.
    Value(&'static str),
    /// Nothing; the flag by itself stands for this value.
    Nothing(&'static str),
    /// A value after a `=`, shown by this word; the flag by itself stands for that one.
    Maybe(&'static str, &'static str),
}

/// A variable of the environment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it should be, where libtest has words of its own for that.
    pub(crate) should: Option<&'static str>,
    /// What it may hold without saying anything.
    pub(crate) silent: Silent,
}

/// What a variable may hold without saying anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silent {
    /// Nothing: libtest reads whatever stands there.
    Never,
    /// No character.
    Empty,
    /// Neither that nor a 0.
    EmptyOrZero,
}

/// Where a setting belongs in a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// Which tests run.
    Which,
    /// How they run.
    How,
    /// What is shown.
    Shown,
    /// What is done instead of running tests.
    Instead,
    /// What is understood and changes nothing.
    Accepted,
}

impl Group {
    /// All of them, in the order of a listing.
    pub(crate) const ALL: [Self; 5] = [Self::Which, Self::How, Self::Shown, Self::Instead, Self::Accepted];

    /// Its heading.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Which => "Which tests run",
            Self::How => "How they run",
            Self::Shown => "What is shown",
            Self::Instead => "Instead of running tests",
            Self::Accepted => "Accepted for the sake of libtest's users",
        }
    }
}

/// Every setting, in the order of a listing.
pub(crate) static TABLE: &[&Row] = &[
    &FILTER,
    &SKIP,
    &EXACT,
    &IGNORED,
    &INCLUDE_IGNORED,
    &TAGS,
    &EXCLUDE_SHOULD_PANIC,
    &LAST_FAILED,
    &PARTITION,
    &TEST,
    &BENCH,
    &THREADS,
    &IN_FLIGHT,
    &DIST,
    &REPEAT,
    &FAILED_FIRST,
    &HISTORY,
    &ISOLATE,
    &TIMEOUT,
    &SLOW_TIMEOUT,
    &RETRIES,
    &RETRIES_ISOLATED,
    &MAXFAIL,
    &SHUFFLE,
    &SHUFFLE_SEED,
    &TASK_PANICS,
    &DEBUG_ASYNC,
    &NO_RESUME,
    &ENSURE_TIME,
    &NO_CAPTURE,
    &SHOW_OUTPUT,
    &FORMAT,
    &QUIET,
    &COLOR,
    &PROGRESS,
    &REPORT_TIME,
    &LOGFILE,
    &DURATIONS,
    &STATS,
    &JUNIT,
    &TIMINGS,
    &EVENTS,
    &LIST,
    &LIST_TAGS,
    &FIXTURES,
    &SETUP_PLAN,
    &SHOW_SETTINGS,
    &DOCTOR,
    &FROM_EVENTS,
    &UNSTABLE,
    &FORCE_RUN_IN_PROCESS,
];
