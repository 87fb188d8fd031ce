//! Text without colours.

/// A text without the codes for colours, which nobody reads there.
pub(super) fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| ('@'..='~').contains(&c));
        plain.push_str(end.map_or("", |end| &part[end + 1..]));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_plain() {
        assert_eq!(plain("\x1b[1;31mred\x1b[0m and \x1b[32mgreen\x1b[m, \x1b[7"), "red and green, ");
    }
}
