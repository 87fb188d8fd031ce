//! The scratch workspaces, one per peer, and their builds with cargo.
//!
//! They share a target folder, so that what the peers have in common is built once, but no workspace: there cargo would
//! give each the features that any of them asks for.

use super::child;
use super::peer::{ALL, Peer};
use super::source::source;
use super::suite::Suite;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where everything generated lies: `peers` in the target folder.
#[derive(Debug)]
pub(crate) struct Workspaces {
    root: PathBuf,
}

/// How a suite is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// As tests are.
    Dev,
    /// With optimisations.
    Release,
    /// As tests are, with tokio's feature `net` on.
    DevNet,
    /// As tests are, with no more for debuggers of what a suite depends on than lines.
    DevLines,
}

impl Build {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Build::Dev => &[],
            Build::Release => &["--release"],
            Build::DevNet => &["--features", "net"],
            Build::DevLines => &["--config", r#"profile.dev.package."*".debug = "line-tables-only""#],
        }
    }
}

impl Workspaces {
    /// Writes the workspaces. What has not changed is left alone, so that cargo need not build it again.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub(crate) fn generate() -> Result<Self, String> {
        let harness = Path::new(env!("CARGO_MANIFEST_DIR"));
        let workspaces = Workspaces { root: Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peers") };
        // The versions that the harness itself is tested with, for all.
        let lock = harness.parent().and_then(|root| fs::read_to_string(root.join("Cargo.lock")).ok());
        for peer in ALL {
            let folder = workspaces.folder(peer);
            write(&folder.join("Cargo.toml"), &peer.manifest(&harness.to_string_lossy()))?;
            write(&folder.join("src/lib.rs"), "//! Nothing: the suites are test targets.\n")?;
            for suite in Suite::of(peer) {
                write(&workspaces.root_file(peer, *suite), &source(*suite, peer))?;
            }
            if let (Some(lock), false) = (&lock, folder.join("Cargo.lock").exists()) {
                write(&folder.join("Cargo.lock"), lock)?;
            }
        }
        Ok(workspaces)
    }

    /// Has cargo write the lock files, which name the versions that are used.
    ///
    /// # Errors
    ///
    /// If cargo fails; its output is the message.
    pub(crate) fn resolve(&self, peers: &[Peer]) -> Result<(), String> {
        peers.iter().try_for_each(|peer| {
            finish(self.cargo(*peer).args(["metadata", "--format-version=1"])).map(|_| ())
        })
    }

    /// The folder of a peer's workspace.
    pub(crate) fn folder(&self, peer: Peer) -> PathBuf {
        self.root.join(peer.package())
    }

    /// The root file of a suite.
    pub(crate) fn root_file(&self, peer: Peer, suite: Suite) -> PathBuf {
        self.folder(peer).join("tests").join(suite.target()).with_extension("rs")
    }

    /// A folder for what nextest has to be told.
    pub(crate) fn nextest(&self) -> PathBuf {
        self.root.join("nextest")
    }

    /// The file that children print to.
    pub(crate) fn output(&self) -> PathBuf {
        self.root.join("output.txt")
    }

    /// The target folder of the runs.
    pub(crate) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// A target folder for clean builds of a peer.
    pub(crate) fn clean_target(&self, peer: Peer) -> PathBuf {
        self.root.join("clean").join(peer.package())
    }

    /// Builds a suite and names its executable.
    ///
    /// # Errors
    ///
    /// If cargo fails; its output is the message.
    pub(crate) fn build(&self, peer: Peer, suite: Suite, build: Build) -> Result<PathBuf, String> {
        self.build_into(&self.target(), peer, suite, build)
    }

    /// The same, into another target folder.
    pub(crate) fn build_into(
        &self,
        target: &Path,
        peer: Peer,
        suite: Suite,
        build: Build,
    ) -> Result<PathBuf, String> {
        let mut command = self.cargo(peer);
        command.args(["test", "--no-run", "--message-format=json", "--test", suite.target(), "--target-dir"]);
        let output = finish(command.arg(target).args(build.arguments()))?;
        let messages = String::from_utf8_lossy(&output.stdout);
        let executable = messages.lines().rev().find_map(executable);
        executable.ok_or_else(|| format!("cargo names no executable for {}", peer.title()))
    }

    /// Takes away what rustc keeps of a suite from one build to the next, so that it has to begin anew.
    ///
    /// # Errors
    ///
    /// If it cannot be removed.
    pub(crate) fn forget(&self, suite: Suite) -> Result<(), String> {
        let folder = self.target().join("debug/incremental");
        let failed = |error: std::io::Error| format!("emptying {} failed: {error}", folder.display());
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().to_string_lossy().starts_with(&format!("{}-", suite.target())) {
                fs::remove_dir_all(entry.path()).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// How many packages a suite needs besides itself, on this platform.
    ///
    /// # Errors
    ///
    /// If cargo fails.
    pub(crate) fn crates(&self, peer: Peer) -> Result<usize, String> {
        let output = finish(self.cargo(peer).args(["tree", "--prefix=none", "--edges=normal,build"]))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut packages: Vec<_> = text
            .lines()
            .map(|line| line.split(' ').take(2).collect::<Vec<_>>())
            .filter(|package| package[0] != peer.package())
            .collect();
        packages.sort_unstable();
        packages.dedup();
        Ok(packages.len())
    }

    /// The version that a peer's lock file has of a package.
    pub(crate) fn version(&self, peer: Peer, package: &str) -> Option<String> {
        let lock = fs::read_to_string(self.folder(peer).join("Cargo.lock")).ok()?;
        let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
        Some(rest.split_once('"')?.0.to_owned())
    }

    /// cargo in the folder of a peer, as a user would start it.
    pub(crate) fn cargo(&self, peer: Peer) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        child::clean(&mut command).current_dir(self.folder(peer));
        // These say where cargo finds packages, not how it builds; a wrapper may be a cache of builds.
        for (name, value) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTR", "CARGO_SOURCE_"]
                .iter()
                .any(|start| text.starts_with(start))
            {
                command.env(&name, value);
            }
        }
        command.env_remove("RUSTC_WRAPPER");
        command
    }
}

/// Runs a command of cargo's to its end.
///
/// # Errors
///
/// If it fails; its output is the message.
pub(crate) fn finish(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("running cargo failed: {error}"))?;
    if output.status.success() {
        Ok(output)
    } else {
        Err(format!("cargo failed:\n{}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// The path in a message of cargo's that names an executable.
fn executable(message: &str) -> Option<PathBuf> {
    let (_, rest) = message.split_once("\"executable\":\"")?;
    let (path, _) = rest.split_once('"')?;
    Some(path.replace("\\\\", "\\").into())
}

/// Writes a file that is not so yet.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::File::create(path)?.write_all(text.as_bytes()))
        .map_err(|error| format!("writing {} failed: {error}", path.display()))
}
