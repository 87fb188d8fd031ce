//! What a suite costs to build: 2,000 tests in one file and all that they need, and 500 with fixtures and cases.

use super::args::Args;
use super::peer::{BUILT, HARNESSES, Peer, WITH_FIXTURES};
use super::sample::{Sample, Unit};
use super::source::source;
use super::suite::Suite;
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
    let rounds = args.rounds().min(ROUNDS);
    let with_keys = HARNESSES.into_iter().filter(|peer| *peer != Peer::Nextest).collect::<Vec<_>>();
    let mut add = |name: &str, unit, peers: &[Peer], rounds, figure: Figure<'_>| -> Result<(), String> {
        if args.wants(name) {
            rows.push(row(name, unit, peers, rounds, args, figure)?);
        }
        Ok(())
    };
    add("build, crates", Unit::Crates, &with_keys, 1, &|peer, _| Ok(workspaces.crates(peer)? as f64))?;
    for (name, build) in
        [("build, executable", Build::Dev), ("build, executable, lines only", Build::DevLines)]
    {
        add(name, Unit::Megabytes, &BUILT, 1, &|peer, _| size(peer, build, workspaces))?;
    }
    if args.builds {
        add("build, after one edit", Unit::Seconds, &BUILT, rounds, &|peer, round| {
            rebuild(peer, round, workspaces)
        })?;
        add("build, 500 with fixtures", Unit::Seconds, &WITH_FIXTURES, args.rounds(), &|peer, _| {
            suite_alone(peer, workspaces)
        })?;
        for (name, build) in [("build, clean", Build::Dev), ("build, clean, lines only", Build::DevLines)] {
            add(name, Unit::Seconds, &BUILT, rounds, &|peer, _| clean_build(peer, build, workspaces))?;
        }
    }
    Ok(rows)
}

/// A figure of a peer in a round.
type Figure<'a> = &'a dyn Fn(Peer, usize) -> Result<f64, String>;

/// Takes a figure of each peer in turn, and so on for as many rounds.
fn row(
    name: &str,
    unit: Unit,
    peers: &[Peer],
    rounds: usize,
    args: &Args,
    figure: Figure<'_>,
) -> Result<Row, String> {
    let mut values: Vec<_> =
        peers.iter().filter(|peer| args.peers().contains(peer)).map(|peer| (*peer, Vec::new())).collect();
    for round in 0..rounds {
        for (peer, values) in &mut values {
            values.push(figure(*peer, round)?);
        }
    }
    let cells = values.into_iter().map(|(peer, values)| (peer, Sample::new(values, unit)));
    Ok(Row { name: name.to_owned(), bound: None, cells: cells.collect(), remarks: Vec::new() })
}

fn size(peer: Peer, build: Build, workspaces: &Workspaces) -> Result<f64, String> {
    let executable = workspaces.build(peer, Suite::Empty, build)?;
    let file = fs::metadata(&executable)
        .map_err(|error| format!("asking for the size of {} failed: {error}", executable.display()))?;
    Ok(file.len() as f64 / 1e6)
}

/// Gives one test something to do, and takes it away again afterwards.
fn rebuild(peer: Peer, round: usize, workspaces: &Workspaces) -> Result<f64, String> {
    workspaces.build(peer, Suite::Empty, Build::Dev)?;
    let (path, text) = (workspaces.root_file(peer, Suite::Empty), source(Suite::Empty, peer));
    let edited =
        text.replacen("fn t1000() {}", &format!("fn t1000() {{ std::hint::black_box({round}); }}"), 1);
    write(&path, &edited)?;
    let time = timed(&workspaces.target(), peer, Build::Dev, workspaces);
    write(&path, &text)?;
    time
}

/// Builds a suite from nothing while all that it needs is there.
fn suite_alone(peer: Peer, workspaces: &Workspaces) -> Result<f64, String> {
    let built = workspaces.build(peer, Suite::Parameters, Build::Dev)?;
    fs::remove_file(&built).map_err(|error| format!("removing {} failed: {error}", built.display()))?;
    workspaces.forget(Suite::Parameters)?;
    let begin = Instant::now();
    workspaces.build(peer, Suite::Parameters, Build::Dev)?;
    Ok(begin.elapsed().as_secs_f64())
}

fn clean_build(peer: Peer, build: Build, workspaces: &Workspaces) -> Result<f64, String> {
    let target = workspaces.clean_target(peer);
    let removed = |target: &Path| match fs::remove_dir_all(target) {
        Err(error) if target.exists() => Err(format!("removing {} failed: {error}", target.display())),
        _ => Ok(()),
    };
    removed(&target)?;
    let time = timed(&target, peer, build, workspaces)?;
    removed(&target)?;
    Ok(time)
}

fn timed(target: &Path, peer: Peer, build: Build, workspaces: &Workspaces) -> Result<f64, String> {
    let begin = Instant::now();
    workspaces.build_into(target, peer, Suite::Empty, build)?;
    Ok(begin.elapsed().as_secs_f64())
}
