//! What the figures were measured on, and with what.

use super::args::Args;
use super::nextest;
use super::peer::Peer;
use super::workspace::Workspaces;
use std::process::Command;

/// How busy the machine has been in the last minute, where it says.
pub(crate) fn load() -> Option<String> {
    let averages = std::fs::read_to_string("/proc/loadavg").ok()?;
    averages.split(' ').next().map(str::to_owned)
}

/// The lines above the table: the versions, the machine, and how to repeat it.
///
/// # Errors
///
/// If rustc does not say its version.
pub(crate) fn describe(
    args: &Args,
    workspaces: &Workspaces,
    load: Option<&str>,
) -> Result<Vec<String>, String> {
    let version = |peer, package| workspaces.version(peer, package).unwrap_or_else(|| "-".to_owned());
    let cores = std::thread::available_parallelism().map_or("-".to_owned(), |cores| cores.to_string());
    let (options, rounds) = (if args.line.is_empty() { "" } else { " -- " }, args.rounds());
    Ok(vec![
        format!("`cargo bench -p async-harness --bench peers{options}{}`", args.line),
        format!(
            "async-harness {}, tokio {}, {}, serial_test {}, rstest {}, nextest {}, test-r {}, libtest-mimic {}",
            env!("CARGO_PKG_VERSION"),
            version(Peer::Ours, "tokio"),
            rustc()?,
            version(Peer::Serial, "serial_test"),
            version(Peer::Rstest, "rstest"),
            nextest::version().unwrap_or_else(|| "not installed".to_owned()),
            version(Peer::TestR, "test-r"),
            version(Peer::Mimic, "libtest-mimic"),
        ),
        format!(
            "{cores} cores, {}, {}; load {} before",
            processor().unwrap_or_else(|| "-".to_owned()),
            std::env::consts::OS,
            load.unwrap_or("-"),
        ),
        format!(
            "median (least–most) of {rounds} rounds after a warm-up, 3 at the most of what takes seconds"
        ),
    ])
}

fn rustc() -> Result<String, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-V").output();
    let output = output.map_err(|error| format!("asking rustc for its version failed: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn processor() -> Option<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, model)| model.trim().to_owned())
}
