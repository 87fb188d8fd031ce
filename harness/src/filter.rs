//! Decides which tests are selected, by name and by attribute.

use crate::test::{Ignore, ShouldPanic, Test};

/// What the command line says of which tests to run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// A test is selected when one of these is in its name; an empty list selects all.
    pub(crate) wanted: Vec<String>,
    /// A test is dropped when one of these is in its name.
    pub(crate) skipped: Vec<String>,
    /// Whether a name must be equal rather than contain.
    pub(crate) matching: Matching,
    /// What becomes of tests marked `#[ignore]`.
    pub(crate) ignored: RunIgnored,
    /// Whether tests that should panic are left out.
    pub(crate) should_panic: KeepShouldPanic,
}

/// How a filter is compared with a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Matching {
    /// The filter is a part of the name.
    #[default]
    Substring,
    /// The filter is the name: `--exact`.
    Exact,
}

/// What becomes of tests marked `#[ignore]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum RunIgnored {
    /// They are reported as ignored.
    #[default]
    No,
    /// They run beside the others: `--include-ignored`.
    Too,
    /// They alone run: `--ignored`.
    Only,
}

/// What becomes of tests marked `#[should_panic]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum KeepShouldPanic {
    /// They run like any other.
    #[default]
    Yes,
    /// They are left out: `--exclude-should-panic`.
    No,
}

impl Filter {
    /// Whether a test is selected.
    pub(crate) fn selects(&self, test: &Test) -> bool {
        if self.ignored == RunIgnored::Only && test.ignore() == Ignore::No {
            return false;
        }
        if self.should_panic == KeepShouldPanic::No && test.should_panic() != ShouldPanic::No {
            return false;
        }
        self.selects_name(test.name())
    }

    /// Whether a test of this name, with nothing else known of it, would be selected.
    pub(crate) fn selects_name(&self, name: &str) -> bool {
        let matches = |filter: &String| match self.matching {
            Matching::Substring => name.contains(filter.as_str()),
            Matching::Exact => name == filter,
        };
        (self.wanted.is_empty() || self.wanted.iter().any(matches)) && !self.skipped.iter().any(matches)
    }

    /// Whether a selected test is only reported as ignored.
    pub(crate) fn ignores(&self, test: &Test) -> bool {
        self.ignored == RunIgnored::No && test.ignore() != Ignore::No
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `words` as a command line has them: filters, `-x` for a skip, `=` for `--exact`.
    fn check(words: &str, expected: &str) {
        let mut filter = Filter::default();
        for word in words.split_whitespace() {
            match word {
                "=" => filter.matching = Matching::Exact,
                _ => match word.strip_prefix('-') {
                    Some(skipped) => filter.skipped.push(skipped.to_owned()),
                    None => filter.wanted.push(word.to_owned()),
                },
            }
        }
        let selected: Vec<_> = ["rates::air", "rates::road", "labels::air", "air"]
            .into_iter()
            .filter(|name| filter.selects_name(name))
            .collect();
        assert_eq!(selected.join(" "), expected, "for `{words}`");
    }

    #[test]
    fn filters_select_by_any_of_them_and_skips_drop_by_any() {
        check("", "rates::air rates::road labels::air air");
        check("rates", "rates::air rates::road");
        check("road labels", "rates::road labels::air");
        check("air -labels", "rates::air air");
        check("-air", "rates::road");
        check("nothing", "");
    }

    #[test]
    fn exact_holds_for_filters_and_skips() {
        check("= air", "air");
        check("= air rates::road", "rates::road air");
        check("= -air", "rates::air rates::road labels::air");
    }
}
