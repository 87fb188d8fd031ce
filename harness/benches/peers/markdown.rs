//! The table as Markdown, put into a page between two markers.

use super::peer::{ALL, Peer};
use super::table::Row;
use std::fs;
use std::path::{Path, PathBuf};

const BEGIN: &str = "<!-- measured: begin -->\n";
const END: &str = "<!-- measured: end -->";

/// A page that takes the table.
#[derive(Debug)]
pub(crate) struct Page {
    path: PathBuf,
    before: String,
    after: String,
}

impl Page {
    /// Reads a page, before anything is measured for it.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or lacks the markers.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path)
            .map_err(|error| format!("reading {} failed: {error}", path.display()))?;
        let cut = || {
            let (before, rest) = text.split_once(BEGIN)?;
            let (_, after) = rest.split_once(END)?;
            Some(Page { path: path.to_owned(), before: before.to_owned(), after: after.to_owned() })
        };
        cut().ok_or_else(|| format!("{} lacks the lines {BEGIN:?} and {END:?}", path.display()))
    }

    /// Puts the table in place of what stands there.
    ///
    /// # Errors
    ///
    /// If the page cannot be written.
    pub(crate) fn write(&self, heading: &[String], rows: &[Row]) -> Result<(), String> {
        let Page { path, before, after } = self;
        let text = format!("{before}{BEGIN}\n{}\n{}\n{END}{after}", list(heading), table(rows));
        fs::write(path, text).map_err(|error| format!("writing {} failed: {error}", path.display()))
    }
}

fn list(lines: &[String]) -> String {
    lines.iter().map(|line| format!("- {line}\n")).collect()
}

fn table(rows: &[Row]) -> String {
    let shown = |peer: &Peer| *peer != Peer::Bare && rows.iter().any(|row| row.cell(*peer).is_some());
    let columns: Vec<Peer> = ALL.into_iter().filter(shown).collect();
    let line = |name: &str, bound: &str, cell: &dyn Fn(Peer) -> String| {
        let cells: Vec<_> = columns.iter().map(|peer| cell(*peer)).collect();
        format!("| {name} | {bound} | {} |\n", cells.join(" | "))
    };
    let mut text = line("", "at the least", &|peer| peer.title().to_owned());
    text += &line("---", "---", &|_| "---".to_owned());
    for row in rows {
        let bound = row.bound.map_or(String::new(), |bound| format!("{bound:.1} ms"));
        text += &line(&row.name, &bound, &|peer| cell(row, peer));
    }
    let remarks: Vec<_> = rows
        .iter()
        .flat_map(|row| row.remarks.iter().map(|remark| format!("{}: {remark}", row.name)))
        .collect();
    if !remarks.is_empty() {
        text += &format!("\n{}", list(&remarks));
    }
    text
}

fn cell(row: &Row, peer: Peer) -> String {
    let Some(cell) = row.cell(peer) else { return "–".to_owned() };
    let of_bound = cell.of_bound.map_or(String::new(), |ratio| format!("<br>{ratio:.3} × least"));
    let of_ours = cell.of_ours.map_or(String::new(), |ratio| format!("<br>{ratio:.2} × ours"));
    format!("{}{of_bound}{of_ours}", cell.sample)
}
