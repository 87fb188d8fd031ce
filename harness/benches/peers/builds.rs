//! What a suite costs to build: 2,000 tests in one file, and all that they need.

use super::args::Args;
use super::peer::{HARNESSES, Peer};
use super::sample::{Sample, Unit};
use super::source::Suite;
use super::table::Row;
use super::workspace::{Build, Workspaces, write};
use std::fs;
use std::path::Path;
use std::time::Instant;

/// How often a build is timed at the most: one takes seconds, not milliseconds.
const ROUNDS: usize = 3;

/// The rows about builds; the slow ones only where they were asked for.
///
/// # Errors
///
/// If a suite cannot be built.
pub(crate) fn measure(args: &Args, workspaces: &Workspaces) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    let rounds = args.rounds.min(ROUNDS);
    let wants = |name: &str| args.wants(name);
    if wants("build, crates") {
        rows.push(row("build, crates", Unit::Crates, 1, |peer, _| Ok(workspaces.crates(peer)? as f64))?);
    }
    if wants("build, executable") {
        rows.push(row("build, executable", Unit::Megabytes, 1, |peer, _| size(peer, workspaces))?);
    }
    if args.builds && wants("build, after one edit") {
        rows.push(row("build, after one edit", Unit::Seconds, rounds, |peer, round| {
            rebuild(peer, round, workspaces)
        })?);
    }
    if args.builds && wants("build, clean") {
        rows.push(row("build, clean", Unit::Seconds, rounds, |peer, _| clean_build(peer, workspaces))?);
    }
    Ok(rows)
}

/// Takes a figure of each peer in turn, and so on for as many rounds.
fn row(
    name: &str,
    unit: Unit,
    rounds: usize,
    figure: impl Fn(Peer, usize) -> Result<f64, String>,
) -> Result<Row, String> {
    let mut values = HARNESSES.map(|_| Vec::new());
    for round in 0..rounds {
        for (peer, values) in HARNESSES.into_iter().zip(&mut values) {
            values.push(figure(peer, round)?);
        }
    }
    let cells = HARNESSES.into_iter().zip(values).map(|(peer, values)| (peer, Sample::new(values, unit)));
    Ok(Row { name: name.to_owned(), cells: cells.collect() })
}

fn size(peer: Peer, workspaces: &Workspaces) -> Result<f64, String> {
    let executable = workspaces.build(peer, Suite::Empty, Build::Dev)?;
    let file = fs::metadata(&executable)
        .map_err(|error| format!("asking for the size of {} failed: {error}", executable.display()))?;
    Ok(file.len() as f64 / 1e6)
}

/// Gives one test something to do, and takes it away again afterwards.
fn rebuild(peer: Peer, round: usize, workspaces: &Workspaces) -> Result<f64, String> {
    workspaces.build(peer, Suite::Empty, Build::Dev)?;
    let (path, text) = (workspaces.source(peer, Suite::Empty), Suite::Empty.source(peer));
    let edited =
        text.replacen("fn t1000() {}", &format!("fn t1000() {{ std::hint::black_box({round}); }}"), 1);
    write(&path, &edited)?;
    let time = timed(&workspaces.target(), peer, workspaces);
    write(&path, &text)?;
    time
}

fn clean_build(peer: Peer, workspaces: &Workspaces) -> Result<f64, String> {
    let target = workspaces.clean_target(peer);
    let removed = |target: &Path| match fs::remove_dir_all(target) {
        Err(error) if target.exists() => Err(format!("removing {} failed: {error}", target.display())),
        _ => Ok(()),
    };
    removed(&target)?;
    let time = timed(&target, peer, workspaces)?;
    removed(&target)?;
    Ok(time)
}

fn timed(target: &Path, peer: Peer, workspaces: &Workspaces) -> Result<f64, String> {
    let begin = Instant::now();
    workspaces.build_into(target, peer, Suite::Empty, Build::Dev)?;
    Ok(begin.elapsed().as_secs_f64())
}
