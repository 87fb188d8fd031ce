//! Runs a load in rounds that take the peers in turn, and makes its rows.

use super::child::{self, Ended};
use super::load::{Figure, Load};
use super::peer::Peer;
use super::sample::{Sample, Unit};
use super::table::Row;
use super::workspace::Workspaces;
use std::path::PathBuf;

/// The runs of one peer, a round each.
struct Runs {
    peer: Peer,
    executable: PathBuf,
    ended: Vec<Ended>,
}

/// Measures a load.
///
/// # Errors
///
/// If a suite cannot be built or run, or a run does not end as it has to: a wrong figure is worse than none.
pub(crate) fn measure(load: &Load, rounds: usize, workspaces: &Workspaces) -> Result<Vec<Row>, String> {
    let mut all = Vec::new();
    for &peer in load.peers {
        let executable = workspaces.build(peer, load.suite, load.build)?;
        all.push(Runs { peer, executable, ended: Vec::new() });
    }
    for round in 0..=rounds {
        for runs in &mut all {
            let ended = run(load, runs, workspaces)?;
            // The first one warms up: it reads the executables from the disk.
            if round > 0 {
                runs.ended.push(ended);
            }
        }
    }
    Ok(load.figures.iter().map(|figure| row(load, *figure, &all)).collect())
}

fn run(load: &Load, runs: &Runs, workspaces: &Workspaces) -> Result<Ended, String> {
    let ended = child::run(&runs.executable, load.arguments(runs.peer), &workspaces.output())?;
    let (summary, success) = load.expected(runs.peer);
    let last = ended.tail.lines().rev().find(|line| !line.is_empty()).unwrap_or_default();
    if !last.starts_with(&summary) || ended.status.success() != success {
        let (name, title, status) = (load.name, runs.peer.title(), ended.status);
        return Err(format!(
            "a run of {title} ({name}) is not what it should be: expected {summary:?}, found {last:?} and {status}"
        ));
    }
    Ok(ended)
}

fn row(load: &Load, figure: Figure, all: &[Runs]) -> Row {
    let cells = all.iter().map(|runs| (runs.peer, sample(load, figure, runs, all))).collect();
    Row { name: load.row(figure), cells }
}

fn sample(load: &Load, figure: Figure, runs: &Runs, all: &[Runs]) -> Option<Sample> {
    let per_test = |ended: &Ended| ended.wall.as_secs_f64() * 1e6 / load.suite.tests() as f64;
    let runs_of = |peer| all.iter().find(|runs| runs.peer == peer);
    match figure {
        Figure::PerTest => Sample::new(runs.ended.iter().map(per_test).collect(), Unit::Microseconds),
        Figure::Whole => {
            let walls = runs.ended.iter().map(|ended| ended.wall.as_secs_f64() * 1e3);
            Sample::new(walls.collect(), Unit::Milliseconds)
        }
        Figure::Peak => {
            let peaks: Option<Vec<_>> =
                runs.ended.iter().map(|ended| Some(ended.peak? as f64 / f64::from(1 << 20))).collect();
            Sample::new(peaks?, Unit::Mebibytes)
        }
        Figure::OwnShare => {
            let bare = runs_of(Peer::Bare)?;
            let pairs = runs.ended.iter().zip(&bare.ended);
            Sample::new(pairs.map(|(run, bare)| per_test(run) - per_test(bare)).collect(), Unit::Microseconds)
        }
    }
}
