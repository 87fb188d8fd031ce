//! Who is measured.

use super::suite::Suite;

/// A way to run tests, or the bare loop that shows what the runtimes alone take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// async-harness.
    Ours,
    /// rustc's own harness with `#[tokio::test]`.
    Libtest,
    /// The same with serial_test, which keeps tests of a key apart.
    Serial,
    /// The suites of [`Peer::Libtest`], each test of which nextest runs in a process of its own.
    Nextest,
    /// test-r.
    TestR,
    /// The same with rstest's fixtures and cases.
    Rstest,
    /// libtest-mimic, each trial with a runtime that is built by hand.
    Mimic,
    /// No harness: two threads that build and drop a runtime per test.
    Bare,
}

/// Those that run tests, in the order of the columns.
pub(crate) const HARNESSES: [Peer; 6] =
    [Peer::Ours, Peer::Libtest, Peer::Serial, Peer::Nextest, Peer::TestR, Peer::Mimic];

/// Those that run tests without keys.
pub(crate) const FREE: [Peer; 5] = [Peer::Ours, Peer::Libtest, Peer::Nextest, Peer::TestR, Peer::Mimic];

/// Those that keep the tests of a key apart, and let all others run beside them.
pub(crate) const KEYED: [Peer; 4] = [Peer::Ours, Peer::Serial, Peer::Nextest, Peer::TestR];

/// Those that are built from 2,000 empty tests.
pub(crate) const BUILT: [Peer; 4] = [Peer::Ours, Peer::Libtest, Peer::TestR, Peer::Mimic];

/// Those that have fixtures and cases for async tests.
pub(crate) const WITH_FIXTURES: [Peer; 2] = [Peer::Ours, Peer::Rstest];

/// All.
pub(crate) const ALL: [Peer; 8] = [
    Peer::Ours,
    Peer::Libtest,
    Peer::Serial,
    Peer::Rstest,
    Peer::Nextest,
    Peer::TestR,
    Peer::Mimic,
    Peer::Bare,
];

/// The same, and what their runtimes alone take.
pub(crate) const WITH_BARE: [Peer; 6] =
    [Peer::Ours, Peer::Libtest, Peer::Nextest, Peer::TestR, Peer::Mimic, Peer::Bare];

/// Those that take little for a test and for its build, and what their runtimes alone take.
pub(crate) const LIGHT: [Peer; 4] = [Peer::Ours, Peer::Libtest, Peer::Mimic, Peer::Bare];

/// Ourselves, where no peer has the like.
pub(crate) const OURS: [Peer; 1] = [Peer::Ours];

impl Peer {
    /// The name of its folder and package.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Peer::Ours => "ours",
            Peer::Libtest | Peer::Nextest => "libtest",
            Peer::Serial => "serial",
            Peer::Rstest => "cases",
            Peer::TestR => "testr",
            Peer::Mimic => "mimic",
            Peer::Bare => "bare",
        }
    }

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Peer::Ours => "async-harness",
            Peer::Libtest => "libtest",
            Peer::Serial => "serial_test",
            Peer::Nextest => "nextest",
            Peer::Rstest => "rstest",
            Peer::TestR => "test-r",
            Peer::Mimic => "libtest-mimic",
            Peer::Bare => "bare",
        }
    }

    /// The head of its column.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Peer::Ours => "async-harness",
            Peer::Libtest => "libtest + #[tokio::test]",
            Peer::Serial => "the same + serial_test",
            Peer::Nextest => "nextest",
            Peer::Rstest => "the same + rstest",
            Peer::TestR => "test-r",
            Peer::Mimic => "libtest-mimic by hand",
            Peer::Bare => "runtimes alone",
        }
    }

    /// Whether it runs tests in the one process that is started, so that its memory is all there is.
    pub(crate) fn is_one_process(self) -> bool {
        !matches!(self, Peer::Nextest | Peer::TestR)
    }

    /// In how many rounds it takes part at the most. What takes seconds where others take milliseconds is not waited for as
    /// often, and varies less.
    pub(crate) fn most_rounds(self) -> usize {
        match self {
            Peer::Nextest => 3,
            _ => usize::MAX,
        }
    }

    /// The `Cargo.toml` of its package. All have the same features of tokio, and `net` behind a feature of that name, as
    /// other dependencies of a user turn it on for everyone.
    pub(crate) fn manifest(self, harness: &str) -> String {
        let package = self.package();
        let dependency = match self {
            Peer::Ours => format!("async-harness = {{ path = {harness:?} }}\n"),
            Peer::Serial => "serial_test = \"3\"\n".to_owned(),
            Peer::Rstest => "rstest = { version = \"0.26\", default-features = false }\n".to_owned(),
            Peer::TestR => "test-r = \"3\"\n".to_owned(),
            Peer::Mimic => "libtest-mimic = \"0.8\"\n".to_owned(),
            Peer::Libtest | Peer::Nextest | Peer::Bare => String::new(),
        };
        // The harness is built from its folder here, and from a registry by its users: never incrementally then, so in
        // fewer and larger pieces, which is less to link and to carry.
        let profile = match self {
            Peer::Ours => "\n[profile.dev.package.async-harness]\nincremental = false\n",
            _ => "",
        };
        let on_libtest = matches!(self, Peer::Libtest | Peer::Nextest | Peer::Serial | Peer::Rstest);
        let macros = if on_libtest { ", \"macros\"" } else { "" };
        let targets: String = Suite::of(self)
            .iter()
            .map(|suite| format!("\n[[test]]\nname = \"{}\"\nharness = {on_libtest}\n", suite.target()))
            .collect();
        format!(
            "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\ntokio = {{ version = \"1\", default-features = false, \
             features = [\"rt\", \"time\"{macros}] }}\n{dependency}\n\
             [features]\nnet = [\"tokio/net\"]\n{targets}{profile}"
        )
    }
}
