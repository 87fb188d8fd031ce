//! Reads attributes, those in `#[cfg_attr(..)]` included.

use super::condition::{Condition, parts};
use super::tokens::Code;

/// A `cfg_attr` that stands deeper in others is not read.
const DEPTH: u32 = 16;

/// An attribute.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    /// Its path; the first part is empty where that begins with `::`.
    pub(super) path: Vec<String>,
    /// Under what it is there.
    pub(super) condition: Condition,
    /// What follows its path, by tokens.
    pub(super) rest: (usize, usize),
}

impl Attribute {
    /// Reads what stands between the brackets.
    pub(super) fn read(code: &Code, begin: usize, end: usize, into: &mut Vec<Attribute>) {
        read(code, begin, end, &Condition::default(), DEPTH, into);
    }

    /// Whether this is its whole path.
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self.path.as_slice(), [only] if only == name)
    }

    /// What `#[cfg(..)]` says.
    pub(super) fn cfg(&self, code: &Code) -> Option<Condition> {
        let (begin, end) = self.rest;
        let is_cfg = self.is("cfg") && code.word(begin) == "(";
        is_cfg.then(|| Condition::read(code, begin + 1, code.close(begin).min(end)))
    }

    /// The string of `#[path = ".."]` and its like.
    pub(super) fn string<'a>(&self, code: &'a Code) -> Option<&'a str> {
        let (begin, end) = self.rest;
        (code.word(begin) == "=" && begin + 1 < end).then(|| code.string(begin + 1)).flatten()
    }

    /// As a user wrote it, without what follows its path.
    pub(super) fn shown(&self) -> String {
        format!("#[{}]", self.path.join("::"))
    }
}

fn read(code: &Code, begin: usize, end: usize, condition: &Condition, depth: u32, into: &mut Vec<Attribute>) {
    let (path, rest) = path(code, begin);
    if path.is_empty() || depth == 0 {
        return;
    }
    if matches!(path.as_slice(), [only] if only == "cfg_attr") {
        let parts = parts(code, rest + 1, code.close(rest).min(end));
        let Some(((begin, end), others)) = parts.split_first() else { return };
        let condition = condition.and(&Condition::read(code, *begin, *end));
        for (begin, end) in others {
            read(code, *begin, *end, &condition, depth - 1, into);
        }
        return;
    }
    into.push(Attribute { path, condition: condition.clone(), rest: (rest, end) });
}

/// The path that begins there, and what comes after it.
pub(super) fn path(code: &Code, begin: usize) -> (Vec<String>, usize) {
    let (mut path, mut at) = (Vec::new(), begin);
    let is_separator = |at: usize| code.word(at) == ":" && code.word(at + 1) == ":";
    if is_separator(at) {
        path.push(String::new());
        at += 2;
    }
    while code.is_name(at) {
        path.push(code.name(at).to_owned());
        at += 1;
        if !is_separator(at) || !code.is_name(at + 2) {
            break;
        }
        at += 2;
    }
    (path, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let code = Code::new(text.to_owned());
        let mut attributes = Vec::new();
        Attribute::read(&code, 0, code.len(), &mut attributes);
        let shown = |attribute: &Attribute| match attribute.condition.never {
            true => format!("never {}", attribute.shown()),
            false => {
                let perhaps: String =
                    attribute.condition.perhaps.iter().map(|what| format!("{what}? ")).collect();
                format!("{perhaps}{}", attribute.shown())
            }
        };
        assert_eq!(attributes.iter().map(shown).collect::<Vec<_>>().join(" "), expected, "of `{text}`");
    }

    #[test]
    fn attributes_are_read_through_cfg_attr() {
        check("test", "#[test]");
        check("::tokio::test(flavor = \"multi_thread\")", "#[::tokio::test]");
        check("r#serial", "#[serial]");
        check(
            "cfg_attr(unix_like, tokio::test, ignore = \"x\")",
            "unix_like? #[tokio::test] unix_like? #[ignore]",
        );
        check("cfg_attr(not(test), tokio::test)", "never #[tokio::test]");
        check("cfg_attr(test, cfg_attr(a, b), c(d, e),)", "a? #[b] #[c]");
        check("cfg_attr(a)", "");
        check("= 1", "");
        check("", "");
    }

    #[test]
    fn a_path_is_a_string() {
        let code = Code::new("path = \"a/b.rs\"".to_owned());
        let mut attributes = Vec::new();
        Attribute::read(&code, 0, code.len(), &mut attributes);
        assert_eq!(attributes[0].string(&code), Some("a/b.rs"));
    }
}
