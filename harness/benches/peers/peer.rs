//! Who is measured.

/// A way to run tests, or the bare loop that shows what the runtimes alone take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// async-harness.
    Ours,
    /// rustc's own harness with `#[tokio::test]`.
    Libtest,
    /// libtest-mimic, each trial with a runtime that is built by hand.
    Mimic,
    /// No harness: two threads that build and drop a runtime per test.
    Bare,
}

/// Those that run tests, in the order of the columns.
pub(crate) const HARNESSES: [Peer; 3] = [Peer::Ours, Peer::Libtest, Peer::Mimic];

/// Ourselves, where no peer has the like.
pub(crate) const OURS: [Peer; 1] = [Peer::Ours];

/// All, in the order in which their workspaces are made.
pub(crate) const ALL: [Peer; 4] = [Peer::Ours, Peer::Libtest, Peer::Mimic, Peer::Bare];

impl Peer {
    /// The name of its folder and package.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Peer::Ours => "ours",
            Peer::Libtest => "libtest",
            Peer::Mimic => "mimic",
            Peer::Bare => "bare",
        }
    }

    /// The head of its column.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Peer::Ours => "async-harness",
            Peer::Libtest => "libtest + #[tokio::test]",
            Peer::Mimic => "libtest-mimic by hand",
            Peer::Bare => "runtimes alone",
        }
    }

    /// The `Cargo.toml` of its package. All have the same features of tokio, and `net` behind a feature of that name, as
    /// other dependencies of a user turn it on for everyone.
    pub(crate) fn manifest(self, harness: &str) -> String {
        let package = self.package();
        let dependency = match self {
            Peer::Ours => format!("async-harness = {{ path = {harness:?} }}\n"),
            Peer::Mimic => "libtest-mimic = \"0.8\"\n".to_owned(),
            Peer::Libtest | Peer::Bare => String::new(),
        };
        // The harness is built from its folder here, and from a registry by its users: never incrementally then, so in
        // fewer and larger pieces, which is less to link and to carry.
        let profile = match self {
            Peer::Ours => "\n[profile.dev.package.async-harness]\nincremental = false\n",
            Peer::Libtest | Peer::Mimic | Peer::Bare => "",
        };
        let macros = if self == Peer::Libtest { ", \"macros\"" } else { "" };
        let targets: String = super::source::Suite::of(self)
            .iter()
            .map(|suite| {
                let harness = self == Peer::Libtest;
                format!("\n[[test]]\nname = \"{}\"\nharness = {harness}\n", suite.target())
            })
            .collect();
        format!(
            "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\ntokio = {{ version = \"1\", default-features = false, \
             features = [\"rt\", \"time\"{macros}] }}\n{dependency}\n\
             [features]\nnet = [\"tokio/net\"]\n{targets}{profile}"
        )
    }
}
