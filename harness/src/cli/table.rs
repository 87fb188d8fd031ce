//! The one table of all that a run can be told. From it come the flags, the variables and the keys of `main!` that are
//! read, what is said of a bad value, `--help`, `--show-settings` and the reference in `docs/configuration.md`.
//!
//! A new setting is a row here, named in [`TABLE`], a field of `Settings`, and a line in `cli.rs` that reads the one into
//! the other. A row alone does nothing, and a key of `main!` has to be known to `main_fn.rs` of the macros as well.

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
}

/// A variable of the environment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it should be, where libtest has words of its own for that.
    pub(crate) should: Option<&'static str>,
    /// What an empty value means.
    pub(crate) empty: Empty,
}

/// What an empty variable means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    /// The same as none at all.
    Unset,
    /// What libtest makes of it: a value like any other.
    Value,
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

impl Flag {
    /// `--flag=value`, `--flag` or `-f value`, as a user writes it.
    pub(crate) fn usage(&self) -> String {
        let value = match self.takes {
            Takes::Value(word) => format!(" {word}"),
            Takes::Nothing(_) => String::new(),
        };
        match self.short {
            Some(short) => format!("-{short}, {}{value}", self.name),
            None => format!("{}{value}", self.name),
        }
    }
}

/// A flag that stands for itself.
const fn switch(name: &'static str) -> Flag {
    Flag { name, short: None, takes: Takes::Nothing(YES), help: None }
}

/// A flag with a value.
const fn value(name: &'static str, word: &'static str) -> Flag {
    Flag { name, short: None, takes: Takes::Value(word), help: None }
}

const fn variable(name: &'static str) -> Variable {
    Variable { name, should: None, empty: Empty::Unset }
}

const fn of_libtest(name: &'static str, should: Option<&'static str>) -> Variable {
    Variable { name, should, empty: Empty::Value }
}

/// The value that a switch stands for.
const YES: &str = "1";

/// What a switch is told by a variable.
pub(super) const SWITCH: &str = "1 or 0";

const DURATION: &str = "a duration like 30s or 500ms";

const PLAIN: Row = Row {
    name: "",
    flags: &[],
    variables: &[],
    main: None,
    wanted: SWITCH,
    default: "no",
    help: "",
    group: Group::How,
};

/// Every setting, in the order of a listing.
pub(crate) static TABLE: &[&Row] = &[
    &FILTER,
    &SKIP,
    &EXACT,
    &IGNORED,
    &INCLUDE_IGNORED,
    &EXCLUDE_SHOULD_PANIC,
    &TEST,
    &BENCH,
    &THREADS,
    &IN_FLIGHT,
    &ISOLATE,
    &TIMEOUT,
    &SLOW_TIMEOUT,
    &RETRIES,
    &RETRIES_ISOLATED,
    &MAXFAIL,
    &SHUFFLE,
    &SHUFFLE_SEED,
    &TASK_PANICS,
    &NO_RESUME,
    &ENSURE_TIME,
    &NO_CAPTURE,
    &SHOW_OUTPUT,
    &FORMAT,
    &QUIET,
    &COLOR,
    &REPORT_TIME,
    &LOGFILE,
    &LIST,
    &FIXTURES,
    &SETUP_PLAN,
    &SHOW_SETTINGS,
    &UNSTABLE,
    &FORCE_RUN_IN_PROCESS,
];

pub(super) static FILTER: Row = Row {
    name: "filter",
    variables: &[variable("TESTBRIDGE_TEST_ONLY")],
    wanted: "",
    default: "all tests",
    help: "Run only tests whose full names contain one of these; given as arguments without a flag",
    group: Group::Which,
    ..PLAIN
};

pub(super) static SKIP: Row = Row {
    name: "skip",
    flags: &[value("--skip", "FILTER")],
    wanted: "",
    default: "none",
    help: "Leave out tests whose names contain FILTER (may be given several times)",
    group: Group::Which,
    ..PLAIN
};

pub(super) static EXACT: Row = Row {
    name: "exact",
    flags: &[switch("--exact")],
    help: "Filters and skips are whole names rather than parts of names",
    group: Group::Which,
    ..PLAIN
};

pub(super) static IGNORED: Row = Row {
    name: "ignored",
    flags: &[switch("--ignored")],
    help: "Run only ignored tests",
    group: Group::Which,
    ..PLAIN
};

pub(super) static INCLUDE_IGNORED: Row = Row {
    name: "include-ignored",
    flags: &[switch("--include-ignored")],
    help: "Run ignored tests too",
    group: Group::Which,
    ..PLAIN
};

pub(super) static EXCLUDE_SHOULD_PANIC: Row = Row {
    name: "exclude-should-panic",
    flags: &[switch("--exclude-should-panic")],
    help: "Leave out tests marked `#[should_panic]`",
    group: Group::Which,
    ..PLAIN
};

pub(super) static TEST: Row = Row {
    name: "test",
    flags: &[switch("--test")],
    default: "yes",
    help: "Run tests and not benchmarks",
    group: Group::Which,
    ..PLAIN
};

pub(super) static BENCH: Row = Row {
    name: "bench",
    flags: &[switch("--bench")],
    help: "Run benchmarks, of which there are none: tests are shown as ignored",
    group: Group::Which,
    ..PLAIN
};

pub(super) static THREADS: Row = Row {
    name: "threads",
    flags: &[
        value("--test-threads", "N"),
        Flag {
            name: "-n",
            short: None,
            takes: Takes::Value("N|auto"),
            help: Some("The same; `auto` is one per core, 0 is one test after the other on the main thread"),
        },
    ],
    variables: &[of_libtest("RUST_TEST_THREADS", Some("a positive integer"))],
    main: Some("threads"),
    wanted: "a number > 0",
    default: "one per core",
    help: "Run this many tests at once",
    ..PLAIN
};

pub(super) static IN_FLIGHT: Row = Row {
    name: "in-flight",
    flags: &[value("--in-flight", "N|auto")],
    variables: &[variable("ASYNC_HARNESS_IN_FLIGHT")],
    main: Some("in_flight"),
    wanted: "a number > 0 or auto",
    default: "as many as threads",
    help: "Have up to this many tests alive at once, of which no more use a core than there are threads; `auto` is 16 \
           for each thread",
    ..PLAIN
};

pub(super) static ISOLATE: Row = Row {
    name: "isolate",
    flags: &[switch("--isolate")],
    variables: &[variable("ASYNC_HARNESS_ISOLATE")],
    main: Some("isolate"),
    help: "Run tests in worker processes, as many as there would be threads",
    ..PLAIN
};

pub(super) static TIMEOUT: Row = Row {
    name: "timeout",
    flags: &[value("--timeout", "D")],
    variables: &[variable("ASYNC_HARNESS_TIMEOUT")],
    main: Some("timeout"),
    wanted: DURATION,
    default: "none",
    help: "Fail a test that takes longer, if it names no `timeout` of its own; `none` for no limit",
    ..PLAIN
};

pub(super) static SLOW_TIMEOUT: Row = Row {
    name: "slow-timeout",
    flags: &[value("--slow-timeout", "D")],
    variables: &[variable("ASYNC_HARNESS_SLOW_TIMEOUT")],
    main: Some("slow_timeout"),
    wanted: DURATION,
    default: "60s",
    help: "Say of a test that has been running for this long that it is still running",
    ..PLAIN
};

pub(super) static RETRIES: Row = Row {
    name: "retries",
    flags: &[value("--retries", "N")],
    variables: &[variable("ASYNC_HARNESS_RETRIES")],
    main: Some("retries"),
    wanted: "a number",
    default: "0",
    help: "Try a failed test this many times more, if it names no `retries` of its own",
    ..PLAIN
};

pub(super) static RETRIES_ISOLATED: Row = Row {
    name: "retries-isolated",
    flags: &[switch("--retries-isolated")],
    variables: &[variable("ASYNC_HARNESS_RETRIES_ISOLATED")],
    main: Some("retries_isolated"),
    help: "Try it again in a fresh process",
    ..PLAIN
};

pub(super) static MAXFAIL: Row = Row {
    name: "maxfail",
    flags: &[
        value("--maxfail", "N"),
        Flag {
            name: "--fail-fast",
            short: Some('x'),
            takes: Takes::Nothing("1"),
            help: Some("The same as --maxfail=1"),
        },
    ],
    variables: &[variable("ASYNC_HARNESS_MAXFAIL"), variable("TESTBRIDGE_TEST_RUNNER_FAIL_FAST")],
    main: Some("maxfail"),
    wanted: "a number > 0 or none",
    default: "none",
    help: "Start no further test after so many failures; `none` for as many as there are",
    ..PLAIN
};

pub(super) static SHUFFLE: Row = Row {
    name: "shuffle",
    flags: &[switch("--shuffle")],
    variables: &[of_libtest("RUST_TEST_SHUFFLE", None)],
    help: "Run tests in a random order",
    ..PLAIN
};

pub(super) static SHUFFLE_SEED: Row = Row {
    name: "shuffle-seed",
    flags: &[value("--shuffle-seed", "SEED")],
    variables: &[of_libtest("RUST_TEST_SHUFFLE_SEED", Some("a number"))],
    wanted: "a number",
    default: "none",
    help: "Run tests in the random order of this seed",
    ..PLAIN
};

pub(super) static TASK_PANICS: Row = Row {
    name: "task-panics",
    variables: &[variable("ASYNC_HARNESS_TASK_PANICS")],
    main: Some("task_panics"),
    wanted: "ignore or fail",
    default: "ignore",
    help: "What a panic in a task that nobody joins means for its test: nothing, or a failure",
    ..PLAIN
};

pub(super) static NO_RESUME: Row = Row {
    name: "no-resume",
    flags: &[switch("--no-resume")],
    variables: &[variable("ASYNC_HARNESS_NO_RESUME")],
    help: "Let a crash of a test end the run, for debuggers and core dumps",
    ..PLAIN
};

pub(super) static ENSURE_TIME: Row = Row {
    name: "ensure-time",
    flags: &[switch("--ensure-time")],
    help: "Fail a test that takes longer than its limit: RUST_TEST_TIME_UNIT and RUST_TEST_TIME_INTEGRATION hold \
           WARN,CRITICAL in milliseconds",
    ..PLAIN
};

pub(super) static NO_CAPTURE: Row = Row {
    name: "no-capture",
    flags: &[
        switch("--no-capture"),
        Flag {
            name: "--nocapture",
            short: None,
            takes: Takes::Nothing(YES),
            help: Some("The same as --no-capture"),
        },
    ],
    variables: &[of_libtest("RUST_TEST_NOCAPTURE", None)],
    help: "Let tests print to the terminal instead of keeping their output with their result",
    group: Group::Shown,
    ..PLAIN
};

pub(super) static SHOW_OUTPUT: Row = Row {
    name: "show-output",
    flags: &[switch("--show-output")],
    help: "Show the output of passing tests too",
    group: Group::Shown,
    ..PLAIN
};

pub(super) static FORMAT: Row = Row {
    name: "format",
    flags: &[value("--format", "pretty|terse|json")],
    wanted: "pretty, terse or json",
    default: "pretty",
    help: "pretty: a line per test; terse: a character; json: an object per event",
    group: Group::Shown,
    ..PLAIN
};

pub(super) static QUIET: Row = Row {
    name: "quiet",
    flags: &[Flag { name: "--quiet", short: Some('q'), takes: Takes::Nothing(YES), help: None }],
    help: "The same as --format=terse, unless there is a --format",
    group: Group::Shown,
    ..PLAIN
};

pub(super) static COLOR: Row = Row {
    name: "color",
    flags: &[value("--color", "auto|always|never")],
    // libtest has a comma before this `or`, and none before that of `--format`.
    wanted: "auto, always, or never",
    default: "auto",
    help: "When to use colours: auto is on a terminal, unless NO_COLOR is set",
    group: Group::Shown,
    ..PLAIN
};

pub(super) static REPORT_TIME: Row = Row {
    name: "report-time",
    flags: &[switch("--report-time")],
    help: "Show how long each test took",
    group: Group::Shown,
    ..PLAIN
};

pub(super) static LOGFILE: Row = Row {
    name: "logfile",
    flags: &[value("--logfile", "PATH")],
    wanted: "",
    default: "none",
    help: "Write a line per test to this file as well",
    group: Group::Shown,
    ..PLAIN
};

pub(super) static LIST: Row = Row {
    name: "list",
    flags: &[switch("--list")],
    help: "List the tests that would run",
    group: Group::Instead,
    ..PLAIN
};

pub(super) static FIXTURES: Row = Row {
    name: "fixtures",
    flags: &[switch("--fixtures")],
    help: "List the fixtures with their scope, place and documentation",
    group: Group::Instead,
    ..PLAIN
};

pub(super) static SETUP_PLAN: Row = Row {
    name: "setup-plan",
    flags: &[switch("--setup-plan")],
    help: "Show, for each test that would run, what it sets up and where",
    group: Group::Instead,
    ..PLAIN
};

pub(super) static SHOW_SETTINGS: Row = Row {
    name: "show-settings",
    flags: &[switch("--show-settings")],
    help: "Show every setting, what it amounts to, and who says so",
    group: Group::Instead,
    ..PLAIN
};

pub(super) static UNSTABLE: Row = Row {
    name: "unstable",
    flags: &[value("-Z", "FLAG")],
    wanted: "unstable-options",
    default: "none",
    help: "`-Z unstable-options` changes nothing",
    group: Group::Accepted,
    ..PLAIN
};

pub(super) static FORCE_RUN_IN_PROCESS: Row = Row {
    name: "force-run-in-process",
    flags: &[switch("--force-run-in-process")],
    help: "Changes nothing",
    group: Group::Accepted,
    ..PLAIN
};
