//! The page around a log. What it shows is made of the log by its own script, so there is no other form of the facts than
//! that.

/// The page, with a word in braces for each of its parts.
const PAGE: &str = include_str!("page.html");

const STYLE: &str = include_str!("style.css");

/// The script, in the order in which its parts need each other.
const SCRIPT: [&str; 13] = [
    include_str!("model.js"),
    include_str!("analyse.js"),
    include_str!("simulate.js"),
    include_str!("words.js"),
    include_str!("view.js"),
    include_str!("timeline.js"),
    include_str!("strip.js"),
    include_str!("lanes.js"),
    include_str!("hands.js"),
    include_str!("panels.js"),
    include_str!("whatif.js"),
    include_str!("table.js"),
    include_str!("main.js"),
];

/// The page of a log.
pub(super) fn of(log: &str) -> String {
    let script = SCRIPT.concat();
    let mut page =
        String::with_capacity(PAGE.len() + STYLE.len() + script.len() + log.len() + log.len() / 16);
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("{{") {
        page.push_str(before);
        let (part, after) = after.split_once("}}").unwrap_or((after, ""));
        match part {
            "style" => page.push_str(STYLE),
            "script" => page.push_str(&script),
            _ => push_log(log, &mut page),
        }
        rest = after;
    }
    page.push_str(rest);
    page
}

/// Adds a log in such a way that no text in it ends the element that it stands in: a `<` is only ever within a string.
fn push_log(log: &str, page: &mut String) {
    for (place, piece) in log.split('<').enumerate() {
        if place > 0 {
            page.push_str("\\u003c");
        }
        page.push_str(piece);
    }
}
