//! Reads libtest's pretty format: results by name, sections by name.

use crate::run::Output;
use std::collections::BTreeMap;

/// What a run in the pretty format told.
#[derive(Debug)]
pub struct Results<'a> {
    /// The word after `...`, by name.
    pub results: BTreeMap<&'a str, &'a str>,
    stdout: &'a str,
}

impl Output {
    /// Reads the pretty format.
    pub fn results(&self) -> Results<'_> {
        let result = |line: &'_ str| -> Option<(usize, usize)> {
            let name = line.strip_prefix("test ")?;
            let at = name.find(" ... ")?;
            Some((at, name.len()))
        };
        let lines = self.stdout.lines().take_while(|line| *line != "successes:" && *line != "failures:");
        let results = lines.filter_map(|line| {
            let (at, _) = result(line)?;
            let name = &line["test ".len()..];
            let (name, word) = (&name[..at], &name[at + " ... ".len()..]);
            Some((name.trim_end_matches(" - should panic"), word))
        });
        Results { results: results.collect(), stdout: &self.stdout }
    }
}

impl<'a> Results<'a> {
    /// The names of the tests with this result.
    pub fn with(&self, word: &str) -> Vec<&'a str> {
        self.results.iter().filter(|(_, result)| **result == word).map(|(name, _)| *name).collect()
    }

    /// The output shown under a test's name, without the blank line that ends it.
    pub fn section(&self, name: &str) -> Option<&'a str> {
        let heading = format!("---- {name} stdout ----\n");
        let begin = self.stdout.find(&heading)? + heading.len();
        let rest = &self.stdout[begin..];
        let ends = ["\n---- ", "\n\nfailures:\n", "\n\nsuccesses:\n"].iter().filter_map(|end| rest.find(end));
        Some(&rest[..ends.min().unwrap_or(rest.len())])
    }
}
