//! Runs a load in rounds that take the peers in turn, and makes its rows.

use super::child::{self, Ended};
use super::load::{Figure, Load};
use super::peer::Peer;
use super::sample::{Sample, Unit};
use super::start::{self, Built};
use super::table::Row;
use super::workspace::Workspaces;

/// The runs of one peer.
struct Runs {
    peer: Peer,
    built: Built,
    /// A round each, nothing where a run does not count.
    ended: Vec<Option<Ended>>,
    /// It had to be killed, and is not started again.
    given_up: bool,
    /// Why the last of those does not.
    complaint: Option<String>,
}

/// Measures a load.
///
/// # Errors
///
/// If a suite cannot be built or run. A run that does not end as it has to is left out, and that is said in the rows.
pub(crate) fn measure(
    load: &Load,
    peers: &[Peer],
    rounds: usize,
    workspaces: &Workspaces,
) -> Result<Vec<Row>, String> {
    let mut all = Vec::new();
    for &peer in load.peers.iter().filter(|peer| peers.contains(peer)) {
        let built = start::build(load, peer, workspaces)?;
        all.push(Runs { peer, built, ended: Vec::new(), given_up: false, complaint: None });
    }
    // The first round warms up: it reads the executables from the disk, and leaves a history.
    for round in 0..=rounds {
        for runs in &mut all {
            let takes_part = match round {
                // One is enough of what does not end.
                _ if runs.given_up => false,
                0 => load.warms_up(runs.peer),
                _ => round <= load.rounds(runs.peer, rounds),
            };
            if takes_part {
                let ended = run(load, runs, workspaces)?;
                if round > 0 {
                    runs.ended.push(ended);
                }
            }
        }
    }
    Ok(load.figures.iter().map(|figure| row(load, *figure, &all)).collect())
}

fn run(load: &Load, runs: &mut Runs, workspaces: &Workspaces) -> Result<Option<Ended>, String> {
    let command = start::command(load, runs.peer, &runs.built);
    let ended = child::run(command, load.output, &workspaces.output())?;
    match start::complaint(load, runs.peer, &ended) {
        None => Ok(Some(ended)),
        complaint => {
            runs.complaint = complaint;
            runs.given_up = ended.killed;
            Ok(None)
        }
    }
}

fn row(load: &Load, figure: Figure, all: &[Runs]) -> Row {
    let cells = all.iter().map(|runs| (runs.peer, sample(load, figure, runs, all))).collect();
    let remarks = all.iter().filter_map(|runs| {
        let complaint = runs.complaint.as_ref()?;
        let counted = runs.ended.iter().flatten().count();
        Some(format!("{}: a run does not count, {counted} do: {complaint}", runs.peer.title()))
    });
    let bound = load.bound().filter(|_| figure == Figure::Whole);
    Row { name: load.row(figure), bound, cells, remarks: remarks.collect() }
}

fn sample(load: &Load, figure: Figure, runs: &Runs, all: &[Runs]) -> Option<Sample> {
    let per_test = |ended: &Ended| ended.wall.as_secs_f64() * 1e6 / load.suite.count() as f64;
    let ended = || runs.ended.iter().flatten();
    match figure {
        Figure::PerTest => Sample::new(ended().map(per_test).collect(), Unit::Microseconds),
        Figure::Whole => {
            Sample::new(ended().map(|ended| ended.wall.as_secs_f64() * 1e3).collect(), Unit::Milliseconds)
        }
        Figure::Peak if runs.peer.is_one_process() => {
            let peaks: Option<Vec<_>> =
                ended().map(|ended| Some(ended.peak? as f64 / f64::from(1 << 20))).collect();
            Sample::new(peaks?, Unit::Mebibytes)
        }
        Figure::OwnShare if runs.peer.is_one_process() && runs.peer != Peer::Bare => {
            let bare = all.iter().find(|runs| runs.peer == Peer::Bare)?;
            let pairs = runs.ended.iter().zip(&bare.ended);
            let shares =
                pairs.filter_map(|(run, bare)| Some(per_test(run.as_ref()?) - per_test(bare.as_ref()?)));
            Sample::new(shares.collect(), Unit::Microseconds)
        }
        Figure::Peak | Figure::OwnShare => None,
    }
}
