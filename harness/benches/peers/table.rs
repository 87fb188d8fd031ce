//! The rows of the table.

use super::peer::{HARNESSES, Peer};
use super::sample::Sample;
use std::fmt;

const NAME: usize = 40;
const CELL: usize = 33;

/// One figure of all peers.
#[derive(Debug)]
pub(crate) struct Row {
    /// What it is.
    pub(crate) name: String,
    /// Whose figures there are.
    pub(crate) cells: Vec<(Peer, Option<Sample>)>,
}

/// The heads of the columns.
pub(crate) fn head() -> String {
    let titles: String = HARNESSES.iter().map(|peer| format!("{:<CELL$}", peer.title())).collect();
    format!("{:NAME$}{titles}", "").trim_end().to_owned()
}

impl Row {
    fn cell(&self, peer: Peer) -> Option<&Sample> {
        self.cells.iter().find(|(whose, _)| *whose == peer).and_then(|(_, sample)| sample.as_ref())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = format!("{:<NAME$}", self.name);
        let ours = self.cell(Peer::Ours).map(Sample::median);
        for peer in HARNESSES {
            let cell = match (self.cell(peer), ours) {
                (None, _) => "-".to_owned(),
                (Some(sample), Some(ours)) if peer != Peer::Ours => {
                    format!("{sample} ×{:.2}", sample.median() / ours)
                }
                (Some(sample), _) => sample.to_string(),
            };
            line.push_str(&format!("{cell:<CELL$}"));
        }
        f.write_str(line.trim_end())
    }
}
