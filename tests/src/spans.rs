//! What stands on a terminal, as stretches of text of one look each.

use vt100::{Cell, Color, Screen};

/// A stretch of text on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The column that it begins in, from 0.
    pub column: usize,
    /// The characters, one for each column.
    pub text: String,
    /// What it looks like.
    pub look: Look,
}

/// What text looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// The colour, by its number among the sixteen that a terminal names; the terminal's own where there is none.
    pub color: Option<u8>,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is dim.
    pub dim: bool,
}

/// The lines of a screen, without what is blank at their ends.
pub(crate) fn lines(screen: &Screen) -> Vec<Vec<Span>> {
    let (rows, columns) = screen.size();
    let cells = |row| (0..columns.get()).filter_map(move |column| screen.cell(row, column));
    (0..rows.get()).map(|row| line(cells(row))).collect()
}

fn line<'a>(cells: impl Iterator<Item = &'a Cell>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (column, cell) in cells.enumerate() {
        let (text, look) = (if cell.has_contents() { cell.contents() } else { " " }, look(cell));
        match spans.last_mut() {
            Some(last) if last.look == look || text == " " => last.text.push_str(text),
            None if text == " " => {}
            _ => spans.push(Span { column, text: text.to_owned(), look }),
        }
    }
    for span in &mut spans {
        span.text.truncate(span.text.trim_end().len());
    }
    spans
}

fn look(cell: &Cell) -> Look {
    let color = match cell.fgcolor() {
        Color::Idx(number @ 0..16) => Some(number),
        _ => None,
    };
    Look { color, bold: cell.bold(), dim: cell.dim() }
}
