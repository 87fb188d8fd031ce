//! Builds all suites together, once, and finds their executables.

use crate::run::Run;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The executable of one target, and where cargo would run it.
#[derive(Debug)]
struct Suite {
    executable: PathBuf,
    package: PathBuf,
}

/// A run of the test target of this name; no two packages of the suites share one.
///
/// # Panics
///
/// If there is no such target, or the suites do not build.
pub fn suite(target: &str) -> Run {
    let suites = suites();
    let Some(suite) = suites.get(target) else {
        panic!("there is no suite {target}, but {:?}", suites.keys());
    };
    Run::new(&suite.executable).inside(&suite.package)
}

/// cargo with this subcommand on the workspace of suites, which are built already.
pub fn cargo(subcommand: &[&str]) -> Run {
    suites();
    bare_cargo(subcommand).limit(120)
}

/// The same with nightly features allowed, as editors ask for it. It builds into a folder of its own: build scripts that look
/// at that variable would have all suites linked anew, under the hands of tests that run them.
pub fn cargo_of_an_editor(subcommand: &[&str]) -> Run {
    let target = target_folder().join("suites-editors");
    bare_cargo(subcommand).limit(300).env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", target)
}

fn bare_cargo(subcommand: &[&str]) -> Run {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Run::new(Path::new(&cargo))
        .args(subcommand)
        .env("CARGO_TARGET_DIR", target_folder().join("suites"))
        .inside(&suites_folder())
}

/// The manifest of the workspace of suites.
pub fn suites_manifest() -> PathBuf {
    suites_folder().join("Cargo.toml")
}

/// A new, empty folder for the files of one test.
///
/// # Panics
///
/// If it cannot be made.
pub fn folder(test: &str) -> PathBuf {
    let folder = target_folder().join("suites-tmp").join(format!("{test}-{}", std::process::id()));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the folder of an earlier run can be removed");
    }
    std::fs::create_dir_all(&folder).expect("a folder can be made in the target folder");
    folder
}

/// A folder that stays from run to run, so that what cargo built from its files stays as well.
///
/// # Panics
///
/// If it cannot be made.
pub fn standing_folder(name: &str) -> PathBuf {
    let folder = target_folder().join("suites-tmp").join(name);
    std::fs::create_dir_all(&folder).expect("a folder can be made in the target folder");
    folder
}

/// The folder for the temporary files of all that this process runs, as some tests must leave theirs. Its path is short, since
/// browsers put sockets there. Those of processes that have ended are removed when the next one asks for its own.
///
/// # Panics
///
/// If it cannot be made.
pub(crate) fn temporary_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let all = target_folder().join("suites-tmp/t");
        for entry in std::fs::read_dir(&all).into_iter().flatten().flatten() {
            if has_ended(&entry.file_name().to_string_lossy()) {
                // Another process may be at it as well.
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
        let own = all.join(std::process::id().to_string());
        let _ = std::fs::remove_dir_all(&own);
        std::fs::create_dir_all(&own).expect("a folder can be made in the target folder");
        own
    })
}

/// Whether the process of this number is no more, where that can be told.
fn has_ended(process: &str) -> bool {
    let processes = Path::new("/proc");
    processes.join("self").exists() && !processes.join(process).exists()
}

/// Writes a file, unless that is its text already: cargo would take a new time for a change.
///
/// # Panics
///
/// If it cannot be written.
pub fn write_if_changed(path: &Path, text: &str) {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    let folder = path.parent().expect("a file stands in a folder");
    std::fs::create_dir_all(folder).expect("a folder can be made in the target folder");
    std::fs::write(path, text).expect("a file can be written in the target folder");
}

fn suites_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("suites")
}

/// Where cargo put what is running: this executable is `<target>/<profile>/deps/<name>`, or stands above `deps`.
fn target_folder() -> PathBuf {
    let executable = std::env::current_exe().expect("the path of this executable is known");
    let mut folders = executable.ancestors().skip(1).skip_while(|folder| folder.ends_with("deps"));
    folders.nth(1).expect("this executable stands in a target folder of cargo").to_owned()
}

fn suites() -> &'static BTreeMap<String, Suite> {
    // A build that failed is not tried again for each test.
    static SUITES: OnceLock<Result<BTreeMap<String, Suite>, String>> = OnceLock::new();
    let suites = SUITES.get_or_init(|| {
        let args = ["test", "--no-run", "--workspace", "--message-format=json-render-diagnostics"];
        let built = bare_cargo(&args).limit(600).run();
        let messages = built.stdout.lines().filter_map(|line| serde_json::from_str(line).ok());
        if built.passed() {
            Ok(messages.filter_map(|message| test_target(&message)).collect())
        } else {
            Err(built.stderr)
        }
    });
    suites.as_ref().unwrap_or_else(|errors| panic!("the suites do not build:\n{errors}"))
}

/// The name of a target and its executable, where a message of cargo's tells of a test.
fn test_target(message: &Value) -> Option<(String, Suite)> {
    let is_test = message["profile"]["test"].as_bool()?;
    let executable = message["executable"].as_str()?;
    let manifest = Path::new(message["manifest_path"].as_str()?);
    let name = message["target"]["name"].as_str()?.to_owned();
    let suite = Suite { executable: executable.into(), package: manifest.parent()?.to_owned() };
    is_test.then_some((name, suite))
}
