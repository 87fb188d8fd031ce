//! Which tags there are: those that `main!` declares, where it declares any, and those that tests have by what they are.

use super::expression::{BadExpression, Expression};
use crate::sorted::sort_by;
use crate::test::{BUILT_IN_TAGS, Test};

/// The tags that `main!` declares. Where it declares none, any tag is as good as another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a>(pub(crate) &'a [&'a str]);

impl Known<'_> {
    /// Whether there is anything to check.
    pub(crate) fn is_declared(self) -> bool {
        !self.0.is_empty()
    }

    /// Checks that tests have no other tags.
    ///
    /// # Errors
    ///
    /// A message for each tag that is not declared, with its test, in the order of their places.
    pub(crate) fn check_tests(self, tests: &[&Test]) -> Result<(), Vec<String>> {
        let mut strangers = Vec::new();
        for test in tests {
            for tag in test.options().tags {
                if self.is_declared() && !self.0.contains(tag) {
                    strangers.push((*test, *tag));
                }
            }
        }
        if strangers.is_empty() {
            return Ok(());
        }
        sort_by(&mut strangers, |(a, a_tag), (b, b_tag)| {
            let key = |test: &Test| (test.place.file, test.place.line, test.name());
            (key(a), a_tag) < (key(b), b_tag)
        });
        let message = |(test, tag): (&Test, &str)| {
            format!("test `{}` at {} has the unknown tag `{tag}`{}", test.name(), test.place, self.hint(tag))
        };
        Err(strangers.into_iter().map(message).collect())
    }

    /// Checks that an expression names no others.
    ///
    /// # Errors
    ///
    /// [`BadExpression`] that shows the first that is not declared.
    pub(crate) fn check_expression(self, expression: &Expression) -> Result<(), BadExpression> {
        let knows = |tag: &str| self.0.contains(&tag) || BUILT_IN_TAGS.contains(&tag);
        match expression.words().into_iter().find(|word| self.is_declared() && !knows(&word.tag)) {
            None => Ok(()),
            Some(word) => {
                let what = format!("the tag `{}` is unknown{}", word.tag, self.hint(&word.tag));
                Err(expression.bad(what, word))
            }
        }
    }

    /// What was meant, or what there is.
    fn hint(self, tag: &str) -> String {
        match nearest(tag, &[self.0, &BUILT_IN_TAGS].concat()) {
            Some(nearest) => format!(": did you mean `{nearest}`?"),
            None => format!(": `main!` declares {}", self.0.join(", ")),
        }
    }
}

/// The tags of an expression that no test has, each in a sentence.
pub(crate) fn unused_words(expression: &Expression, tests: &[&Test]) -> Vec<String> {
    let mut used = Vec::new();
    for test in tests {
        used.extend(test.tags());
    }
    let mut unused: Vec<_> = expression.words().iter().map(|word| word.tag.as_str()).collect();
    sort_by(&mut unused, |a, b| a < b);
    unused.dedup();
    unused.retain(|tag| !BUILT_IN_TAGS.contains(tag) && !used.contains(tag));
    let sentence = |tag: &str| {
        let hint =
            nearest(tag, &used).map_or(String::new(), |nearest| format!(": did you mean `{nearest}`?"));
        format!("no test of this target has the tag `{tag}`{hint}")
    };
    unused.into_iter().map(sentence).collect()
}

/// The word that is most like this one, if it is alike at all: a character of it stays what it was.
pub(crate) fn nearest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    let length = word.chars().count();
    let most = length.div_ceil(3);
    let mut nearest: Option<(usize, &str)> = None;
    for other in words {
        let near = (distance(word, other), *other);
        let is_alike = near.0 <= most && near.0 < length.max(other.chars().count());
        if is_alike && nearest.is_none_or(|nearest| near < nearest) {
            nearest = Some(near);
        }
    }
    nearest.map(|(_, other)| other)
}

/// How many characters have to be added, removed or replaced to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<_> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;
    use crate::test::{Concurrency, Options, Traits};

    fn tests() -> [Test; 3] {
        const SLW: Options = Options { tags: &["db", "slw"], ..Options::PLAIN };
        const ZZZ: Options = Options { tags: &["zzzzz"], ..Options::PLAIN };
        let place = |line| Place { file: "tests/a.rs", line, column: 4 };
        [
            Test {
                path: crate::test::TestPath::new("t::late"),
                place: place(9),
                options: Some(&SLW),
                ..Test::PLAIN
            },
            Test {
                path: crate::test::TestPath::new("t::alone"),
                place: place(5),
                traits: Some(&Traits { concurrency: Concurrency::Exclusive, ..Traits::PLAIN }),
                ..Test::PLAIN
            },
            Test {
                path: crate::test::TestPath::new("t::early"),
                place: place(2),
                options: Some(&ZZZ),
                ..Test::PLAIN
            },
        ]
    }

    #[test]
    fn undeclared_tags_of_tests_are_all_told() {
        let told = Known(&["db", "slow"]).check_tests(&tests().each_ref()).unwrap_err();
        assert_eq!(
            told,
            [
                "test `early` at tests/a.rs:2:4 has the unknown tag `zzzzz`: `main!` declares db, slow",
                "test `late` at tests/a.rs:9:4 has the unknown tag `slw`: did you mean `slow`?",
            ]
        );
        assert_eq!(Known(&[]).check_tests(&tests().each_ref()), Ok(()));
        assert_eq!(Known(&["db", "slw", "zzzzz"]).check_tests(&tests().each_ref()), Ok(()));
    }

    #[test]
    fn undeclared_tags_of_an_expression_are_told_where_tags_are_declared() {
        let check = |known: &[&str], text: &str| {
            let checked = Known(known).check_expression(&Expression::parse(text).unwrap());
            checked.err().map(|error| error.to_string())
        };
        assert_eq!(check(&[], "slwo"), None);
        assert_eq!(check(&["slow"], "slow and not serial or xfail"), None);
        assert_eq!(
            check(&["slow"], "serial or slwo").unwrap(),
            "the tag `slwo` is unknown: did you mean `slow`?\n    serial or slwo\n              ^^^^"
        );
        assert_eq!(
            check(&["slow", "db"], "network").unwrap(),
            "the tag `network` is unknown: `main!` declares slow, db\n    network\n    ^^^^^^^"
        );
    }

    #[test]
    fn a_word_that_no_test_has_is_noted() {
        let tests = tests();
        let note = |text| unused_words(&Expression::parse(text).unwrap(), &tests.each_ref());
        assert_eq!(note("db and not serial or xfail"), [""; 0]);
        assert_eq!(note("slow or slow"), ["no test of this target has the tag `slow`: did you mean `slw`?"]);
        assert_eq!(note("network"), ["no test of this target has the tag `network`"]);
        // Nothing of it is like anything else.
        assert_eq!(nearest("x", &["1"]), None);
        assert_eq!(nearest("d", &["1", "db"]), Some("db"));
    }

    #[test]
    fn words_are_alike_by_the_letters_that_differ() {
        for (a, b, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("", "ab", 2),
            ("slow", "slwo", 2),
            ("db", "dbs", 1),
            ("über", "uber", 1),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
