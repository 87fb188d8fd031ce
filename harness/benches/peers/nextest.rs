//! What nextest needs besides a suite: itself, what cargo would tell it, and groups for keys.
//!
//! It is given cargo's answers in files and so does not ask cargo in each run, which takes longer than many a suite: like
//! the others it is measured from an executable that has been built.

use super::peer::Peer;
use super::suite::{KEYS, Suite};
use super::workspace::{Workspaces, finish, write};
use std::path::PathBuf;
use std::process::Command;

const PROGRAM: &str = "cargo-nextest";

/// A suite that is ready to be run.
#[derive(Debug)]
pub(crate) struct Ready {
    package: PathBuf,
    binaries: PathBuf,
    packages: PathBuf,
    config: PathBuf,
}

/// Its version, if it is installed.
pub(crate) fn version() -> Option<String> {
    let output = Command::new(PROGRAM).args(["nextest", "--version"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split(' ').nth(1).map(|version| version.trim().to_owned())
}

/// Writes down what cargo says of a suite, which it builds if need be.
///
/// # Errors
///
/// If cargo fails, or the answers cannot be written.
pub(crate) fn prepare(suite: Suite, workspaces: &Workspaces) -> Result<Ready, String> {
    let folder = workspaces.nextest();
    let ready = Ready {
        package: workspaces.folder(Peer::Nextest),
        binaries: folder.join(suite.target()).with_extension("json"),
        packages: folder.join("packages.json"),
        config: folder.join("nextest.toml"),
    };
    let text = |command: &mut Command| {
        finish(command).map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let mut list = workspaces.cargo(Peer::Nextest);
    list.args([
        "nextest",
        "list",
        "--list-type=binaries-only",
        "--message-format=json",
        "--user-config-file=none",
    ]);
    list.args(["--test", suite.target(), "--target-dir"]).arg(workspaces.target());
    write(&ready.binaries, &text(&mut list)?)?;
    let mut metadata = workspaces.cargo(Peer::Nextest);
    write(&ready.packages, &text(metadata.args(["metadata", "--format-version=1", "--offline"]))?)?;
    write(&ready.config, &config())?;
    Ok(ready)
}

/// A group of one for each key.
fn config() -> String {
    let groups: String = KEYS.map(|key| format!("{key} = {{ max-threads = 1 }}\n")).concat();
    let members = KEYS.map(|key| {
        format!("\n[[profile.default.overrides]]\nfilter = \"test(/_{key}$/)\"\ntest-group = \"{key}\"\n")
    });
    format!("[test-groups]\n{groups}{}", members.concat())
}

impl Ready {
    /// A run of it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.current_dir(&self.package).args([
            "nextest",
            "run",
            "--no-fail-fast",
            "--user-config-file=none",
        ]);
        command.arg("--binaries-metadata").arg(&self.binaries);
        command.arg("--cargo-metadata").arg(&self.packages);
        command.arg("--config-file").arg(&self.config);
        command
    }
}
