//! The parts of a report that follow the results: what each test printed, and what is shown under other headings.

/// A heading and what stands below it.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// The name of a test, or another heading.
    pub(super) heading: String,
    pub(super) is_tests: bool,
    pub(super) text: String,
}

/// Reads them; all of `text` that stands before the first one is left out.
pub(super) fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("---- ").and_then(|line| line.strip_suffix(" ----")) {
            let test = heading.strip_suffix(" stdout").filter(|heading| !heading.starts_with("fixture "));
            let heading = test.unwrap_or(heading).to_owned();
            sections.push(Section { heading, is_tests: test.is_some(), text: String::new() });
            is_open = true;
        } else if matches!(line, "failures:" | "successes:" | "flaky:") || line.starts_with("test result: ") {
            is_open = false;
        } else if let Some(section) = sections.last_mut().filter(|_| is_open) {
            section.text.push_str(line);
            section.text.push('\n');
        }
    }
    sections
}

/// The names that are marked in a text: what stands between these words.
pub(super) fn marks<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(open).skip(1).filter_map(move |rest| Some(rest.split_once(close)?.0))
}

/// The text without what is marked, and without the marks.
pub(super) fn without_marked(text: &str, open: &str, close: &str) -> String {
    let mut pieces = text.split(open);
    let mut rest = pieces.next().unwrap_or_default().to_owned();
    pieces.for_each(|piece| rest.push_str(piece.split_once(close).map_or(piece, |(_, rest)| rest)));
    rest
}
