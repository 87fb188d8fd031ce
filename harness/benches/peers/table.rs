//! The rows of the table, as they are printed.

use super::peer::{ALL, Peer};
use super::sample::Sample;
use std::fmt;

const NAME: usize = 28;
const VALUE: usize = 36;
const RATIO: usize = 17;

/// One figure of all peers.
#[derive(Debug)]
pub(crate) struct Row {
    /// What it is.
    pub(crate) name: String,
    /// What it is at the least, whoever runs it, in milliseconds.
    pub(crate) bound: Option<f64>,
    /// Whose figures there are.
    pub(crate) cells: Vec<(Peer, Option<Sample>)>,
    /// What is wrong with them.
    pub(crate) remarks: Vec<String>,
}

/// A figure of one peer.
pub(crate) struct Cell<'a> {
    /// The values.
    pub(crate) sample: &'a Sample,
    /// How much more it is than the bound.
    pub(crate) of_bound: Option<f64>,
    /// How much more it is than ours, where it is not ours.
    pub(crate) of_ours: Option<f64>,
}

impl Row {
    /// The figure of a peer, if there is one.
    pub(crate) fn cell(&self, peer: Peer) -> Option<Cell<'_>> {
        let sample = self.sample(peer)?;
        let ours = self.sample(Peer::Ours).filter(|_| peer != Peer::Ours);
        Some(Cell {
            sample,
            of_bound: self.bound.map(|bound| sample.median() / bound),
            of_ours: ours.map(|ours| sample.median() / ours.median()),
        })
    }

    fn sample(&self, peer: Peer) -> Option<&Sample> {
        self.cells.iter().find(|(whose, _)| *whose == peer).and_then(|(_, sample)| sample.as_ref())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(bound) = self.bound {
            write!(f, ", {bound:.1} ms at the least")?;
        }
        writeln!(f)?;
        for peer in ALL {
            let Some(cell) = self.cell(peer) else { continue };
            let of_bound = cell.of_bound.map_or(String::new(), |ratio| format!("{ratio:.3} × least"));
            let of_ours = cell.of_ours.map_or(String::new(), |ratio| format!("{ratio:.2} × ours"));
            let (title, value) = (peer.title(), cell.sample.to_string());
            let line = format!("  {title:NAME$}{value:VALUE$}{of_bound:RATIO$}{of_ours}");
            writeln!(f, "{}", line.trim_end())?;
        }
        self.remarks.iter().try_for_each(|remark| writeln!(f, "  {remark}"))
    }
}
