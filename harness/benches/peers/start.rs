//! How each peer is started, and what its output must say for a run to count.

use super::child::Ended;
use super::load::{InFlight, Load, Selection};
use super::nextest::{self, Ready};
use super::peer::Peer;
use super::suite::Suite;
use super::workspace::Workspaces;
use std::path::PathBuf;
use std::process::Command;

/// A suite that has been built.
#[derive(Debug)]
pub(crate) enum Built {
    /// It is an executable.
    Executable(PathBuf),
    /// It is run by nextest.
    Nextest(Ready),
}

/// Builds what a peer runs of a load.
///
/// # Errors
///
/// If cargo fails; its output is the message.
pub(crate) fn build(load: &Load, peer: Peer, workspaces: &Workspaces) -> Result<Built, String> {
    match peer {
        Peer::Nextest => nextest::prepare(load.suite, workspaces).map(Built::Nextest),
        _ => workspaces.build(peer, load.suite, load.build).map(Built::Executable),
    }
}

/// What starts a run.
pub(crate) fn command(load: &Load, peer: Peer, built: &Built) -> Command {
    let mut command = match built {
        Built::Executable(executable) => Command::new(executable),
        Built::Nextest(ready) => ready.command(),
    };
    if peer == Peer::Bare {
        return command;
    }
    command.arg(format!("--test-threads={}", load.threads));
    match (peer, load.in_flight) {
        (Peer::Ours, InFlight::Auto) => drop(command.arg("--in-flight=auto")),
        (_, InFlight::Auto | InFlight::Off) => {}
    }
    if peer == Peer::Ours {
        command.args(load.ours);
    }
    // As it captures by default, test-r 3.0.13 stands still for ever beside two sequential modules.
    if peer == Peer::TestR && matches!(load.suite, Suite::Keys | Suite::MixedKeys) {
        command.arg("--nocapture");
    }
    match (peer, load.selection) {
        (_, Selection::All) => &mut command,
        (Peer::Nextest, Selection::One) => command.args(["--", "--exact", "t1000"]),
        (_, Selection::One) => command.args(["--exact", "t1000"]),
    };
    command
}

/// Says what is wrong with a run: a wrong figure is worse than none.
pub(crate) fn complaint(load: &Load, peer: Peer, ended: &Ended) -> Option<String> {
    if ended.killed {
        return Some(format!("killed after {:.0} s", ended.wall.as_secs_f64()));
    }
    let (summary, succeeds) = expected(load, peer);
    let mut lines = ended.tail.lines().rev().filter(|line| !line.trim().is_empty());
    let found = match peer {
        Peer::Nextest => lines.find(|line| line.trim_start().starts_with("Summary [")),
        // Its failures follow.
        Peer::TestR => lines.find(|line| line.starts_with("test result: ")),
        _ => lines.next(),
    };
    let found = found.unwrap_or_default();
    let right = match peer {
        Peer::Nextest => found.ends_with(&summary),
        _ => found.starts_with(&summary),
    };
    (!right || ended.status.success() != succeeds)
        .then(|| format!("expected {summary:?}, found {found:?} and {}", ended.status))
}

/// What the summary must be up to the time it took, or after it, and whether the child must succeed.
fn expected(load: &Load, peer: Peer) -> (String, bool) {
    let (tests, failed) = (load.suite.count(), load.suite.failures());
    let (passed, filtered_out) = match load.selection {
        Selection::All => (tests - failed, 0),
        Selection::One => (1, tests - 1),
    };
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    let counts = |colon| {
        format!("test result: {verdict}{colon} {passed} passed; {failed} failed; 0 ignored; 0 measured")
    };
    let summary = match peer {
        Peer::Bare => format!("built and dropped {tests} runtimes"),
        Peer::Nextest => {
            let noun = if passed + failed == 1 { "test" } else { "tests" };
            let failures = if failed == 0 { String::new() } else { format!("{failed} failed, ") };
            format!("] {} {noun} run: {passed} passed, {failures}{filtered_out} skipped", passed + failed)
        }
        Peer::TestR => format!("{}; {filtered_out} filtered out; finished in ", counts(';')),
        Peer::Ours | Peer::Libtest | Peer::Serial | Peer::Rstest | Peer::Mimic => {
            format!("{}; {filtered_out} filtered out; finished in ", counts('.'))
        }
    };
    (summary, failed == 0)
}
