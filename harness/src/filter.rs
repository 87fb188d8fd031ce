//! Decides which tests are selected, by name, by tag and by attribute.

use crate::sorted::sort_by;
use crate::tags::Expression;
use crate::test::{Ignore, ShouldPanic, Test};

/// What the command line says of which tests to run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// A test is selected when one of these is in its name; an empty list selects all.
    pub(crate) wanted: Names,
    /// A test is dropped when one of these is in its name.
    pub(crate) skipped: Names,
    /// What their tags must be.
    pub(crate) tags: Option<Expression>,
    /// What becomes of tests marked `#[ignore]`.
    pub(crate) ignored: RunIgnored,
    /// Whether tests that should panic are left out.
    pub(crate) should_panic: KeepShouldPanic,
}

/// Names, or parts of names, to compare with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// In order where they are whole: runners that shard by themselves give thousands.
    names: Vec<String>,
    matching: Matching,
}

/// How a filter is compared with a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Matching {
    /// The filter is a part of the name.
    #[default]
    Substring,
    /// The filter is the name, or that of the function whose case it is: `--exact`.
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

impl Names {
    /// Names to compare with in this way.
    pub(crate) fn new(mut names: Vec<String>, matching: Matching) -> Self {
        if matching == Matching::Exact {
            sort_by(&mut names, |a, b| a < b);
        }
        Names { names, matching }
    }

    /// Parts of names.
    #[cfg(test)]
    pub(crate) fn parts(parts: &[&str]) -> Self {
        Names::new(parts.iter().map(|part| (*part).to_owned()).collect(), Matching::Substring)
    }

    /// The first that ends so.
    pub(crate) fn ending_in(&self, end: &str) -> Option<&str> {
        self.names.iter().map(String::as_str).find(|name| name.ends_with(end))
    }

    fn match_test(&self, test: &Test) -> bool {
        if self.names.is_empty() {
            return false;
        }
        let name = test.name();
        match self.matching {
            Matching::Substring => self.names.iter().any(|part| name.contains(part.as_str())),
            Matching::Exact => self.has(name) || self.has_function_of(test, name),
        }
    }

    /// Whether this is one of the names.
    fn has(&self, name: &str) -> bool {
        self.names.binary_search_by(|other| other.as_str().cmp(name)).is_ok()
    }

    /// Whether one of the names is that of the function whose case this is: an editor knows no others. No test has that
    /// name, as a function with cases is none by itself.
    fn has_function_of(&self, test: &Test, name: &str) -> bool {
        // A runner that starts a process for each test gives one name, and asks ten thousand times.
        if self.names.len() == 1 {
            let (bytes, end) = (name.as_bytes(), self.names[0].len());
            if end >= bytes.len() || bytes[end] != b':' {
                return false;
            }
        }
        test.function_of_case().is_some_and(|function| self.has(function))
    }
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
        let tagged = |tags: &Expression| tags.holds(&|tag| test.has_tag(tag));
        let wanted = self.wanted.names.is_empty() || self.wanted.match_test(test);
        wanted && !self.skipped.match_test(test) && self.tags.as_ref().is_none_or(tagged)
    }

    /// Whether every test is selected, whatever it is.
    pub(crate) fn selects_all(&self) -> bool {
        let Filter { wanted, skipped, tags, ignored, should_panic } = self;
        let by_name = wanted.names.is_empty() && skipped.names.is_empty();
        by_name && tags.is_none() && *ignored != RunIgnored::Only && *should_panic == KeepShouldPanic::Yes
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
        let (mut wanted, mut skipped, mut matching) = (Vec::new(), Vec::new(), Matching::Substring);
        for word in words.split_whitespace() {
            match word {
                "=" => matching = Matching::Exact,
                _ => match word.strip_prefix('-') {
                    Some(part) => skipped.push(part.to_owned()),
                    None => wanted.push(word.to_owned()),
                },
            }
        }
        let (wanted, skipped) = (Names::new(wanted, matching), Names::new(skipped, matching));
        let filter = Filter { wanted, skipped, ..Filter::default() };
        let test = |(path, own): (&'static str, &str)| {
            let own_length = u32::try_from(own.len()).unwrap();
            Test { path: crate::test::TestPath::new(path), own_length, ..Test::PLAIN }
        };
        let selected: Vec<_> = [
            ("x::rates::air", "air"),
            ("x::rates::road", "road"),
            ("x::labels::air", "air"),
            ("x::air", "air"),
            ("x::by::sea::case_1_far", "sea::case_1_far"),
            ("x::by::sea::case_2::n_1_x", "sea::case_2::n_1_x"),
            ("x::by::seaside", "seaside"),
        ]
        .map(test)
        .iter()
        .filter(|test| filter.selects(test))
        .map(Test::name)
        .collect();
        assert_eq!(selected.join(" "), expected, "for `{words}`");
        assert_eq!(filter.selects_all(), words.is_empty() || words == "=", "for `{words}`");
    }

    #[test]
    fn filters_select_by_any_of_them_and_skips_drop_by_any() {
        check(
            "",
            "rates::air rates::road labels::air air by::sea::case_1_far by::sea::case_2::n_1_x by::seaside",
        );
        check("-by", "rates::air rates::road labels::air air");
        check("rates", "rates::air rates::road");
        check("road labels", "rates::road labels::air");
        check("air -labels", "rates::air air");
        check("-air -by", "rates::road");
        check("nothing", "");
    }

    #[test]
    fn exact_holds_for_filters_and_skips() {
        check("= air", "air");
        check("= air rates::road", "rates::road air");
        check("= rates::road zone::b air labels::air", "rates::road labels::air air");
        check("= air air rate ai", "air");
        check("= -air -by::sea -by::seaside", "rates::air rates::road labels::air");
    }

    #[test]
    fn the_name_of_a_function_stands_for_its_cases() {
        let (far, near) = ("by::sea::case_1_far", "by::sea::case_2::n_1_x");
        check("= by::sea", &format!("{far} {near}"));
        check("= by::sea air", &format!("air {far} {near}"));
        check("= by::sea -by::sea::case_1_far", near);
        check("= by::sea::case_1_far", far);
        // A module is no function, nor is a case.
        check("= by", "");
        check("= rates", "");
        check("= by::sea::case_2", "");
        check("= sea by::se by::sea: by::sea::", "");
        check("= by:", "");
    }
}
