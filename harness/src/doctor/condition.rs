//! `#[cfg(..)]`, as far as it can be told without the compiler: what is of the system is known, features are not.

use super::tokens::Code;

/// Deeper ones are not read.
const DEPTH: u32 = 32;

/// Under what something is compiled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Condition {
    /// Whether it is certain that it is not.
    pub(super) never: bool,
    /// What has to hold, and nobody here knows whether it does, as it is written.
    pub(super) perhaps: Vec<String>,
}

impl Condition {
    /// What the predicate between these two tokens comes to.
    pub(super) fn read(code: &Code, begin: usize, end: usize) -> Self {
        match predicate(code, begin, end, DEPTH) {
            Some(true) => Condition::default(),
            Some(false) => Condition { never: true, perhaps: Vec::new() },
            None => Condition::perhaps(text(code, begin, end)),
        }
    }

    /// A condition of which this is all that is known.
    pub(super) fn perhaps(what: String) -> Self {
        Condition { never: false, perhaps: vec![what] }
    }

    /// Both of them.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.never |= other.never;
        for what in &other.perhaps {
            if !both.perhaps.contains(what) {
                both.perhaps.push(what.clone());
            }
        }
        both
    }

    /// Whether it is certain to hold.
    pub(super) fn is_certain(&self) -> bool {
        !self.never && self.perhaps.is_empty()
    }
}

/// The text between two tokens, on one line.
fn text(code: &Code, begin: usize, end: usize) -> String {
    let (Some(first), Some(last)) = (code.tokens.get(begin), code.tokens.get(end.saturating_sub(1))) else {
        return String::new();
    };
    let text = code.text.get(first.begin..last.end).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn predicate(code: &Code, begin: usize, end: usize, depth: u32) -> Option<bool> {
    if depth == 0 || begin >= end {
        return None;
    }
    let name = code.name(begin);
    match code.word(begin + 1) {
        "(" if begin + 1 < end => {
            let parts = parts(code, begin + 2, code.close(begin + 1).min(end));
            let parts: Vec<_> =
                parts.into_iter().map(|(begin, end)| predicate(code, begin, end, depth - 1)).collect();
            match name {
                "not" => parts.first().copied().flatten().map(|holds| !holds),
                "all" => decided(&parts, false),
                "any" => decided(&parts, true),
                _ => None,
            }
        }
        "=" if begin + 2 < end => known(name, Some(code.string(begin + 2)?)),
        _ if begin + 1 == end => known(name, None),
        _ => None,
    }
}

/// What all of them come to where one that is `deciding` decides.
fn decided(parts: &[Option<bool>], deciding: bool) -> Option<bool> {
    if parts.contains(&Some(deciding)) {
        return Some(deciding);
    }
    (!parts.contains(&None)).then_some(!deciding)
}

/// What stands between commas.
pub(super) fn parts(code: &Code, begin: usize, end: usize) -> Vec<(usize, usize)> {
    let (mut parts, mut from, mut at) = (Vec::new(), begin, begin);
    while at < end {
        match code.word(at) {
            "," => {
                parts.push((from, at));
                from = at + 1;
                at += 1;
            }
            _ => at = code.close(at) + 1,
        }
    }
    if from < end {
        parts.push((from, end));
    }
    parts
}

/// Whether this is set where this harness was compiled, which is for the same system as the tests.
fn known(name: &str, value: Option<&str>) -> Option<bool> {
    match (name, value) {
        ("true" | "test", None) => Some(true),
        ("false" | "doc" | "doctest" | "rust_analyzer" | "proc_macro", None) => Some(false),
        ("miri", None) => Some(cfg!(miri)),
        ("unix", None) => Some(cfg!(unix)),
        ("windows", None) => Some(cfg!(windows)),
        ("target_os", Some(os)) => Some(os == std::env::consts::OS),
        ("target_arch", Some(arch)) => Some(arch == std::env::consts::ARCH),
        ("target_family", Some(family)) => Some(family == std::env::consts::FAMILY),
        ("target_pointer_width", Some(width)) => Some(width == usize::BITS.to_string()),
        ("target_endian", Some(endian)) => {
            Some(endian == if cfg!(target_endian = "big") { "big" } else { "little" })
        }
        ("target_env", Some("gnu")) => Some(cfg!(target_env = "gnu")),
        ("target_env", Some("musl")) => Some(cfg!(target_env = "musl")),
        ("target_env", Some("msvc")) => Some(cfg!(target_env = "msvc")),
        ("panic", Some("unwind")) => Some(cfg!(panic = "unwind")),
        ("panic", Some("abort")) => Some(cfg!(panic = "abort")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let code = Code::new(text.to_owned());
        match Condition::read(&code, 0, code.len()) {
            Condition { never: true, .. } => "never".to_owned(),
            Condition { perhaps, .. } if perhaps.is_empty() => "always".to_owned(),
            Condition { perhaps, .. } => perhaps.join("; "),
        }
    }

    #[test]
    fn what_is_known_is_decided_and_the_rest_is_shown() {
        let not_here = if cfg!(windows) { "unix" } else { "windows" };
        for (text, expected) in [
            ("test", "always"),
            ("not(test)", "never"),
            ("any()", "never"),
            ("all()", "always"),
            ("false", "never"),
            ("feature = \"slow\"", "feature = \"slow\""),
            ("all(test, feature = \"slow\")", "all(test, feature = \"slow\")"),
            ("all(not(test), feature = \"slow\")", "never"),
            ("any(test, feature = \"slow\")", "always"),
            ("not(all(feature = \"a\",\n   feature = \"b\"))", "not(all(feature = \"a\", feature = \"b\"))"),
            ("any(target_os = \"hermit\", doctest)", "never"),
            ("all(all(all(target_pointer_width = \"7\")))", "never"),
            ("loom", "loom"),
            ("version(\"1.80\")", "version(\"1.80\")"),
            (not_here, "never"),
            ("", ""),
        ] {
            assert_eq!(read(text), expected, "cfg({text})");
        }
        assert_eq!(read(&"not(".repeat(100)), "not(".repeat(100), "too deep to be read");
    }
}
