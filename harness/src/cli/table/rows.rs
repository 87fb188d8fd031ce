//! The rows of the table, in the order of a listing.

use super::{Flag, Group, Row, Silent, Takes, Variable};

/// A flag that stands for itself.
const fn switch(name: &'static str) -> Flag {
    Flag { name, short: None, takes: Takes::Nothing(YES), help: None }
}

/// A flag with a value.
const fn value(name: &'static str, word: &'static str) -> Flag {
    Flag { name, short: None, takes: Takes::Value(word), help: None }
}

const fn variable(name: &'static str) -> Variable {
    Variable { name, should: None, silent: Silent::Empty }
}

const fn of_libtest(name: &'static str, should: Option<&'static str>) -> Variable {
    Variable { name, should, silent: Silent::Never }
}

/// The value that a switch stands for.
const YES: &str = "1";

/// What a switch is told by a variable.
pub(in crate::cli) const SWITCH: &str = "1 or 0";

const DURATION: &str = "a duration like 30s or 500ms";

const COUNT: &str = "a whole number from 0";

/// Bazel says 1, which is one failure as well, or nothing.
const BAZEL_FAIL_FAST: Variable =
    Variable { name: "TESTBRIDGE_TEST_RUNNER_FAIL_FAST", should: None, silent: Silent::EmptyOrZero };

/// Bazel's two variables for a shard, which are one setting.
pub(in crate::cli) static SHARD_COUNT: Variable = variable("TEST_TOTAL_SHARDS");

/// The other one; it counts from 0.
pub(in crate::cli) static SHARD_INDEX: Variable = variable("TEST_SHARD_INDEX");

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

pub(in crate::cli) static FILTER: Row = Row {
    name: "filter",
    variables: &[variable("TESTBRIDGE_TEST_ONLY")],
    wanted: "",
    default: "all tests",
    help: "Run only tests whose full names contain one of these; given as arguments without a flag",
    group: Group::Which,
    ..PLAIN
};

pub(in crate::cli) static SKIP: Row = Row {
    name: "skip",
    flags: &[value("--skip", "FILTER")],
    wanted: "",
    default: "none",
    help: "Leave out tests whose names contain FILTER (may be given several times)",
    group: Group::Which,
    ..PLAIN
};

pub(in crate::cli) static EXACT: Row = Row {
    name: "exact",
    flags: &[switch("--exact")],
    help: "Filters and skips are whole names rather than parts of names; that of a function stands for its cases",
    group: Group::Which,
    ..PLAIN
};

pub(in crate::cli) static IGNORED: Row = Row {
    name: "ignored",
    flags: &[switch("--ignored")],
    help: "Run only ignored tests",
    group: Group::Which,
    ..PLAIN
};

pub(in crate::cli) static INCLUDE_IGNORED: Row = Row {
    name: "include-ignored",
    flags: &[switch("--include-ignored")],
    help: "Run ignored tests too",
    group: Group::Which,
    ..PLAIN
};

pub(in crate::cli) static TAGS: Row = Row {
    name: "tags",
    flags: &[value("-m", "EXPR")],
    variables: &[variable("ASYNC_HARNESS_TAGS")],
    wanted: "",
    default: "all tests",
    help: "Run only tests whose tags make this true: `not slow and (db or net)`",
    group: Group::Which,
    ..PLAIN
};

pub(in crate::cli) static EXCLUDE_SHOULD_PANIC: Row = Row {
    name: "exclude-should-panic",
    flags: &[switch("--exclude-should-panic")],
    help: "Leave out tests marked `#[should_panic]`",
    group: Group::Which,
    ..PLAIN
};

pub(in crate::cli) static TEST: Row = Row {
    name: "test",
    flags: &[switch("--test")],
    default: "yes",
    help: "Run tests and not benchmarks",
    group: Group::Which,
    ..PLAIN
};

pub(in crate::cli) static BENCH: Row = Row {
    name: "bench",
    flags: &[switch("--bench")],
    help: "Run benchmarks, of which there are none: tests are shown as ignored",
    group: Group::Which,
    ..PLAIN
};

pub(in crate::cli) static THREADS: Row = Row {
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

pub(in crate::cli) static IN_FLIGHT: Row = Row {
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

pub(in crate::cli) static DIST: Row = Row {
    name: "dist",
    flags: &[value("--dist", "load|scope|file|group")],
    variables: &[variable("ASYNC_HARNESS_DIST")],
    main: Some("dist"),
    wanted: "load, scope, file or group",
    default: "load",
    help: "Which tests stay together on one worker: load: none; scope: those of a module; file: of a source file; \
           group: of a `group`",
    ..PLAIN
};

pub(in crate::cli) static REPEAT: Row = Row {
    name: "repeat",
    flags: &[value("--repeat", "N")],
    variables: &[variable("ASYNC_HARNESS_REPEAT")],
    wanted: "a number > 0",
    default: "1",
    help: "Run each test this many times, never beside itself",
    ..PLAIN
};

pub(in crate::cli) static LAST_FAILED: Row = Row {
    name: "last-failed",
    flags: &[switch("--last-failed")],
    help: "Run only tests that failed when they ran last; all, if none did",
    group: Group::Which,
    ..PLAIN
};

pub(in crate::cli) static FAILED_FIRST: Row = Row {
    name: "failed-first",
    flags: &[switch("--failed-first")],
    help: "Run tests that failed when they ran last before the others",
    ..PLAIN
};

pub(in crate::cli) static PARTITION: Row = Row {
    name: "partition",
    flags: &[value("--partition", "slice|count|hash|time:M/N")],
    variables: &[variable("ASYNC_HARNESS_PARTITION")],
    wanted: "slice:, count:, hash: or time:INDEX/COUNT, like hash:2/5",
    default: "none",
    help: "Run one shard of the tests: slice and count deal them in turn, hash by name, time so that shards take equally \
           long",
    group: Group::Which,
    ..PLAIN
};

pub(in crate::cli) static HISTORY: Row = Row {
    name: "history",
    variables: &[variable("ASYNC_HARNESS_HISTORY")],
    wanted: "",
    default: "beside the build",
    help: "The folder in which durations and outcomes are kept for later runs; `off` for none",
    ..PLAIN
};

pub(in crate::cli) static ISOLATE: Row = Row {
    name: "isolate",
    flags: &[switch("--isolate")],
    variables: &[variable("ASYNC_HARNESS_ISOLATE")],
    main: Some("isolate"),
    help: "Run tests in worker processes, as many as there would be threads",
    ..PLAIN
};

pub(in crate::cli) static TIMEOUT: Row = Row {
    name: "timeout",
    flags: &[value("--timeout", "D")],
    variables: &[variable("ASYNC_HARNESS_TIMEOUT")],
    main: Some("timeout"),
    wanted: "a duration like 30s or 500ms, or none",
    default: "none",
    help: "Fail a test that takes longer, if it names no `timeout` of its own; `none` for no limit",
    ..PLAIN
};

pub(in crate::cli) static SLOW_TIMEOUT: Row = Row {
    name: "slow-timeout",
    flags: &[value("--slow-timeout", "D")],
    variables: &[variable("ASYNC_HARNESS_SLOW_TIMEOUT")],
    main: Some("slow_timeout"),
    wanted: DURATION,
    default: "60s",
    help: "Say of a test that has been running for this long that it is still running",
    ..PLAIN
};

pub(in crate::cli) static RETRIES: Row = Row {
    name: "retries",
    flags: &[value("--retries", "N")],
    variables: &[variable("ASYNC_HARNESS_RETRIES")],
    main: Some("retries"),
    wanted: COUNT,
    default: "0",
    help: "Try a failed test this many times more, if it names no `retries` of its own",
    ..PLAIN
};

pub(in crate::cli) static RETRIES_ISOLATED: Row = Row {
    name: "retries-isolated",
    flags: &[switch("--retries-isolated")],
    variables: &[variable("ASYNC_HARNESS_RETRIES_ISOLATED")],
    main: Some("retries_isolated"),
    help: "Try it again in a fresh process",
    ..PLAIN
};

pub(in crate::cli) static MAXFAIL: Row = Row {
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
    variables: &[variable("ASYNC_HARNESS_MAXFAIL"), BAZEL_FAIL_FAST],
    main: Some("maxfail"),
    wanted: "a number > 0 or none",
    default: "none",
    help: "Start no further test after so many failures; `none` for as many as there are",
    ..PLAIN
};

pub(in crate::cli) static SHUFFLE: Row = Row {
    name: "shuffle",
    flags: &[switch("--shuffle")],
    variables: &[of_libtest("RUST_TEST_SHUFFLE", None)],
    help: "Run tests in a random order",
    ..PLAIN
};

pub(in crate::cli) static SHUFFLE_SEED: Row = Row {
    name: "shuffle-seed",
    flags: &[value("--shuffle-seed", "SEED")],
    variables: &[of_libtest("RUST_TEST_SHUFFLE_SEED", Some("a number"))],
    wanted: "a number",
    default: "none",
    help: "Run tests in the random order of this seed",
    ..PLAIN
};

pub(in crate::cli) static TASK_PANICS: Row = Row {
    name: "task-panics",
    variables: &[variable("ASYNC_HARNESS_TASK_PANICS")],
    main: Some("task_panics"),
    wanted: "ignore or fail",
    default: "ignore",
    help: "What a panic in a task of a test means for the test: nothing, or a failure",
    ..PLAIN
};

pub(in crate::cli) static DEBUG_ASYNC: Row = Row {
    name: "debug-async",
    flags: &[switch("--debug-async")],
    variables: &[variable("ASYNC_HARNESS_DEBUG_ASYNC")],
    main: Some("debug_async"),
    help: "Name tests that block their runtime, lose a panic in a task, or leave tasks, threads or child processes \
           behind",
    ..PLAIN
};

pub(in crate::cli) static NO_RESUME: Row = Row {
    name: "no-resume",
    flags: &[switch("--no-resume")],
    variables: &[variable("ASYNC_HARNESS_NO_RESUME")],
    help: "Let a crash of a test end the run, for debuggers and core dumps",
    ..PLAIN
};

pub(in crate::cli) static ENSURE_TIME: Row = Row {
    name: "ensure-time",
    flags: &[switch("--ensure-time")],
    help: "Fail a test that takes longer than its limit: RUST_TEST_TIME_UNIT and RUST_TEST_TIME_INTEGRATION hold \
           WARN,CRITICAL in milliseconds",
    ..PLAIN
};

pub(in crate::cli) static NO_CAPTURE: Row = Row {
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

pub(in crate::cli) static SHOW_OUTPUT: Row = Row {
    name: "show-output",
    flags: &[switch("--show-output")],
    help: "Show the output of passing tests too",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static FORMAT: Row = Row {
    name: "format",
    flags: &[value("--format", "pretty|terse|json")],
    wanted: "pretty, terse or json",
    default: "pretty",
    help: "pretty: a line per test; terse: a character; json: an object per event",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static QUIET: Row = Row {
    name: "quiet",
    flags: &[Flag { name: "--quiet", short: Some('q'), takes: Takes::Nothing(YES), help: None }],
    help: "The same as --format=terse, unless there is a --format",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static COLOR: Row = Row {
    name: "color",
    flags: &[value("--color", "auto|always|never")],
    // libtest has a comma before this `or`, and none before that of `--format`.
    wanted: "auto, always, or never",
    default: "auto",
    help: "When to use colours: auto is on a terminal, unless NO_COLOR is set or TERM is dumb",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static PROGRESS: Row = Row {
    name: "progress",
    flags: &[value("--progress", "auto|never")],
    variables: &[variable("ASYNC_HARNESS_PROGRESS")],
    wanted: "auto or never",
    default: "auto",
    help: "When to show a progress bar: auto is on a terminal, unless CI is set or TERM is dumb",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static REPORT_TIME: Row = Row {
    name: "report-time",
    flags: &[switch("--report-time")],
    help: "Show how long each test took",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static LOGFILE: Row = Row {
    name: "logfile",
    flags: &[value("--logfile", "PATH")],
    wanted: "",
    default: "none",
    help: "Write a line per test to this file as well",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static DURATIONS: Row = Row {
    name: "durations",
    flags: &[value("--durations", "N")],
    variables: &[variable("ASYNC_HARNESS_DURATIONS")],
    wanted: COUNT,
    default: "none",
    help: "List the slowest N tests and fixtures; 0 lists all of them",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static STATS: Row = Row {
    name: "stats",
    flags: &[switch("--stats")],
    variables: &[variable("ASYNC_HARNESS_STATS")],
    help: "Say how well the workers were used, and what set the end of the run",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static JUNIT: Row = Row {
    name: "junit",
    flags: &[value("--junit", "PATH")],
    // Bazel says where by the second.
    variables: &[variable("ASYNC_HARNESS_JUNIT"), variable("XML_OUTPUT_FILE")],
    wanted: "",
    default: "none",
    help: "Write the results as JUnit XML to this file as well; `{package}` and `{target}` in PATH stand for both names",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static TIMINGS: Row = Row {
    name: "timings",
    flags: &[Flag { name: "--timings", short: None, takes: Takes::Maybe("PATH", YES), help: None }],
    variables: &[variable("ASYNC_HARNESS_TIMINGS")],
    wanted: "",
    default: "none",
    help: "Write a page that shows the run over time to this file, or beside the build where no PATH is given (a variable \
           says 1 for that, and 0 for no page); `{package}` and `{target}` in PATH stand for both names",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static EVENTS: Row = Row {
    name: "events",
    flags: &[value("--events", "PATH")],
    variables: &[variable("ASYNC_HARNESS_EVENTS")],
    wanted: "",
    default: "none",
    help: "Write everything that happens to this file as well, as it happens, a line of JSON each; `{package}` and \
           `{target}` in PATH stand for both names",
    group: Group::Shown,
    ..PLAIN
};

pub(in crate::cli) static LIST: Row = Row {
    name: "list",
    flags: &[switch("--list")],
    help: "List the tests that would run",
    group: Group::Instead,
    ..PLAIN
};

pub(in crate::cli) static LIST_TAGS: Row = Row {
    name: "list-tags",
    flags: &[switch("--list-tags")],
    help: "List the tags, each with how many tests that would run have it",
    group: Group::Instead,
    ..PLAIN
};

pub(in crate::cli) static FIXTURES: Row = Row {
    name: "fixtures",
    flags: &[switch("--fixtures")],
    help: "List the fixtures with their scope, place and documentation",
    group: Group::Instead,
    ..PLAIN
};

pub(in crate::cli) static SETUP_PLAN: Row = Row {
    name: "setup-plan",
    flags: &[switch("--setup-plan")],
    help: "Show, for each test that would run, what it sets up and where",
    group: Group::Instead,
    ..PLAIN
};

pub(in crate::cli) static SHOW_SETTINGS: Row = Row {
    name: "show-settings",
    flags: &[switch("--show-settings")],
    help: "Show every setting, what it amounts to, and who says so",
    group: Group::Instead,
    ..PLAIN
};

pub(in crate::cli) static DOCTOR: Row = Row {
    name: "doctor",
    flags: &[switch("--doctor")],
    help: "Look for tests that never run and for what nobody uses, and say what history predicts",
    group: Group::Instead,
    ..PLAIN
};

pub(in crate::cli) static FROM_EVENTS: Row = Row {
    name: "from-events",
    flags: &[value("--from-events", "PATH")],
    wanted: "",
    default: "none",
    help: "Make the page of --timings from what an earlier run wrote by --events",
    group: Group::Instead,
    ..PLAIN
};

pub(in crate::cli) static UNSTABLE: Row = Row {
    name: "unstable",
    flags: &[value("-Z", "FLAG")],
    wanted: "unstable-options",
    default: "none",
    help: "`-Z unstable-options` changes nothing",
    group: Group::Accepted,
    ..PLAIN
};

pub(in crate::cli) static FORCE_RUN_IN_PROCESS: Row = Row {
    name: "force-run-in-process",
    flags: &[switch("--force-run-in-process")],
    help: "Changes nothing",
    group: Group::Accepted,
    ..PLAIN
};
