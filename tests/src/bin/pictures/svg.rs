//! Draws the lines of a terminal as an SVG file: text that stays text, in a window that is dark on every page.

use async_harness_tests::{Look, Span};
use std::fmt::Write;

/// Of a character, in pixels.
const WIDTH: f64 = 7.8;
const HEIGHT: usize = 18;
const SIZE: usize = 13;
/// Between the text and the window's edge.
const MARGIN: usize = 18;
/// Of the bar above the text.
const TITLE: usize = 34;

const BACKGROUND: &str = "#161b22";
const EDGE: &str = "#3d444d";
const TEXT: &str = "#d1d7e0";
const DIM: &str = "#8b949e";

/// The sixteen colours of a terminal.
const COLORS: [&str; 16] = [
    "#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#76e3ea", "#b1bac4", "#6e7681",
    "#ffa198", "#7ee787", "#f2cc60", "#a5d6ff", "#e2c5ff", "#b3f0ff", "#f0f6fc",
];

/// A window with these lines, as wide as a terminal of so many columns. The title is for who cannot see it.
pub(crate) fn window(title: &str, columns: usize, lines: &[Vec<Span>]) -> String {
    let width = (columns as f64 * WIDTH).ceil() as usize + 2 * MARGIN;
    let height = TITLE + lines.len() * HEIGHT + MARGIN;
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" fill=\"{TEXT}\" font-size=\"{SIZE}\" \
         font-family=\"ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace\">\n\
         <title>{}</title>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"9\" fill=\"{BACKGROUND}\" stroke=\"{EDGE}\"/>\n",
        escaped(title),
        width - 1,
        height - 1,
    );
    for (place, color) in ["#ff5f57", "#febc2e", "#28c840"].iter().enumerate() {
        let _ = writeln!(
            svg,
            "<circle cx=\"{}\" cy=\"17\" r=\"5.5\" fill=\"{color}\"/>",
            MARGIN + 3 + 19 * place
        );
    }
    for (number, line) in lines.iter().enumerate() {
        let y = TITLE + number * HEIGHT + SIZE;
        line.iter().for_each(|span| text(&mut svg, y, span));
    }
    svg + "</svg>\n"
}

/// The length of each piece is given, so that columns stand below each other whatever font there is.
fn text(svg: &mut String, y: usize, Span { column, text, look }: &Span) {
    for (place, piece) in pieces(text) {
        let x = MARGIN as f64 + (column + place) as f64 * WIDTH;
        let length = piece.chars().count() as f64 * WIDTH;
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y}\" textLength=\"{length:.1}\" \
             lengthAdjust=\"spacingAndGlyphs\"{}>{}</text>",
            attributes(*look),
            escaped(piece)
        );
    }
}

/// The text where there is no more than one space, each piece with its place: in SVG several spaces are one.
fn pieces(text: &str) -> Vec<(usize, &str)> {
    let mut pieces = Vec::new();
    let mut place = 0;
    for piece in text.split("  ") {
        let words = piece.trim_start();
        if !words.is_empty() {
            pieces.push((place + piece.chars().count() - words.chars().count(), words));
        }
        place += piece.chars().count() + 2;
    }
    pieces
}

fn attributes(Look { color, bold, dim }: Look) -> String {
    let color = color.map(|number| COLORS[usize::from(number) % COLORS.len()]).or(dim.then_some(DIM));
    let color = color.map(|color| format!(" fill=\"{color}\"")).unwrap_or_default();
    color + if bold { " font-weight=\"bold\"" } else { "" }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stand_where_they_stood() {
        assert_eq!(pieces("one piece"), [(0, "one piece")]);
        assert_eq!(pieces("12 |     é = 1;   // x"), [(0, "12 |"), (9, "é = 1;"), (18, "// x")]);
        assert_eq!(pieces("   "), []);
    }

    #[test]
    fn what_is_printed_is_text_and_no_element() {
        let look = Look { color: Some(1), bold: true, dim: false };
        let svg = window("a <b>", 10, &[vec![Span { column: 2, text: "<&>".to_owned(), look }]]);
        assert!(svg.contains("<title>a &lt;b&gt;</title>"), "{svg}");
        assert!(svg.contains("fill=\"#ff7b72\" font-weight=\"bold\">&lt;&amp;&gt;</text>"), "{svg}");
    }
}
