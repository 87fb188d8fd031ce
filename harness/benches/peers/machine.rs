//! What the figures were measured on, and with what.

use super::peer::Peer;
use super::workspace::Workspaces;
use std::process::Command;

/// How busy the machine has been in the last minute, where it says.
pub(crate) fn load() -> Option<String> {
    let averages = std::fs::read_to_string("/proc/loadavg").ok()?;
    averages.split(' ').next().map(str::to_owned)
}

/// The lines above the table.
///
/// # Errors
///
/// If rustc does not say its version.
pub(crate) fn describe(workspaces: &Workspaces, load: Option<&str>) -> Result<String, String> {
    let version = |peer, package| workspaces.version(peer, package).unwrap_or_else(|| "-".to_owned());
    let cores = std::thread::available_parallelism().map_or("-".to_owned(), |cores| cores.to_string());
    Ok(format!(
        "async-harness {}, tokio {}, libtest of {}, libtest-mimic {}\n{cores} cores, {}, {}; load {} before",
        env!("CARGO_PKG_VERSION"),
        version(Peer::Ours, "tokio"),
        rustc()?,
        version(Peer::Mimic, "libtest-mimic"),
        processor().unwrap_or_else(|| "-".to_owned()),
        std::env::consts::OS,
        load.unwrap_or("-"),
    ))
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
