//! Expressions: read once, asked of each test.

use std::fmt;

/// How deep parentheses and `not` may be nested; reading them takes stack.
const DEPTH: usize = 100;

/// What `-m` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expression {
    text: String,
    root: Node,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Tag(Word),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
}

/// A tag in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) tag: String,
    /// Where it stands, in bytes.
    at: usize,
}

/// An expression that cannot be used, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadExpression {
    what: String,
    text: String,
    at: usize,
    width: usize,
}

impl fmt::Display for BadExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BadExpression { what, text, at, width } = self;
        if text.trim().is_empty() {
            return write!(f, "{what}");
        }
        let before = text[..*at].chars().count();
        write!(f, "{what}\n    {text}\n    {:before$}{:^<width$}", "", "")
    }
}

impl Expression {
    /// Reads an expression: `not` binds before `and`, and that before `or`.
    ///
    /// # Errors
    ///
    /// [`BadExpression`] with the place of the first mistake.
    pub(crate) fn parse(text: &str) -> Result<Self, BadExpression> {
        // It is shown in one line.
        let text = text.replace(char::is_whitespace, " ");
        let mut reader = Reader { text: &text, tokens: tokens(&text), next: 0, depth: 0 };
        let root = reader.any()?;
        match reader.peek() {
            None => Ok(Expression { root, text }),
            Some(Token { text: ")", at }) => Err(reader.bad("this parenthesis closes none", at, 1)),
            Some(token) => Err(reader.unexpected("expected `and`, `or` or the end", token)),
        }
    }

    /// Whether it holds for a test that has these tags.
    pub(crate) fn holds(&self, has: &dyn Fn(&str) -> bool) -> bool {
        self.root.holds(has)
    }

    /// The tags in it, from left to right.
    pub(super) fn words(&self) -> Vec<&Word> {
        let mut words = Vec::new();
        self.root.words(&mut words);
        words
    }

    /// Says something of one of its tags.
    pub(super) fn bad(&self, what: String, word: &Word) -> BadExpression {
        BadExpression { what, text: self.text.clone(), at: word.at, width: word.tag.chars().count() }
    }
}

impl Node {
    fn holds(&self, has: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Node::Tag(word) => has(&word.tag),
            Node::Not(node) => !node.holds(has),
            Node::All(nodes) => nodes.iter().all(|node| node.holds(has)),
            Node::Any(nodes) => nodes.iter().any(|node| node.holds(has)),
        }
    }

    fn words<'a>(&'a self, words: &mut Vec<&'a Word>) {
        match self {
            Node::Tag(word) => words.push(word),
            Node::Not(node) => node.words(words),
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| node.words(words)),
        }
    }
}

#[derive(Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    at: usize,
}

/// Parentheses, and whatever else stands between spaces.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c != ' ' && c != '(' && c != ')' {
            start.get_or_insert(at);
            continue;
        }
        tokens.extend(start.take().map(|start| Token { text: &text[start..at], at: start }));
        if c != ' ' {
            tokens.push(Token { text: &text[at..=at], at });
        }
    }
    tokens
}

struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    next: usize,
    depth: usize,
}

type Read = Result<Node, BadExpression>;

impl<'a> Reader<'a> {
    fn any(&mut self) -> Read {
        self.joined("or", Self::all, Node::Any)
    }

    fn all(&mut self) -> Read {
        self.joined("and", Self::one, Node::All)
    }

    /// One or several, with `word` between them.
    fn joined(&mut self, word: &str, read: fn(&mut Self) -> Read, join: fn(Vec<Node>) -> Node) -> Read {
        let first = read(self)?;
        let mut nodes = vec![first];
        while self.take(word) {
            nodes.push(read(self)?);
        }
        Ok(if nodes.len() > 1 { join(nodes) } else { nodes.swap_remove(0) })
    }

    fn one(&mut self) -> Read {
        let Some(Token { text, at }) = self.peek() else {
            let what = if self.tokens.is_empty() {
                "it is empty"
            } else {
                "expected a tag, `not` or `(` at the end"
            };
            return Err(self.bad(what, self.text.trim_end().len(), 1));
        };
        self.next += 1;
        match text {
            "not" | "(" if self.depth == DEPTH => Err(self.bad("it is nested too deeply here", at, 1)),
            "not" => {
                self.depth += 1;
                let node = self.one()?;
                self.depth -= 1;
                Ok(Node::Not(Box::new(node)))
            }
            "(" => {
                self.depth += 1;
                let node = self.any()?;
                self.depth -= 1;
                match self.peek() {
                    _ if self.take(")") => Ok(node),
                    None => Err(self.bad("this parenthesis is not closed", at, 1)),
                    Some(token) => Err(self.unexpected("expected `and`, `or` or `)`", token)),
                }
            }
            "and" | "or" | ")" => Err(self.unexpected("expected a tag, `not` or `(`", Token { text, at })),
            word => match self.sign(Token { text, at }) {
                Some(bad) => Err(bad),
                None => Ok(Node::Tag(Word { tag: word.to_owned(), at })),
            },
        }
    }

    /// A token that stands in the wrong place, or is none at all.
    fn unexpected(&self, expected: &str, token: Token<'_>) -> BadExpression {
        self.sign(token).unwrap_or_else(|| self.bad(expected, token.at, token.text.chars().count()))
    }

    /// A sign that means something elsewhere, and what is written here instead.
    fn sign(&self, token: Token<'_>) -> Option<BadExpression> {
        let (offset, sign) = token.text.char_indices().find(|(_, c)| "&|!\"'=,".contains(*c))?;
        let what = match sign {
            '&' => "write `and`",
            '|' => "write `or`",
            '!' => "write `not`",
            ',' => "write `and` or `or`",
            '=' => "tags have no values",
            _ => "a tag stands without quotes",
        };
        let at = token.at + offset;
        let width = self.text[at..].chars().take_while(|c| *c == sign).count();
        Some(self.bad(what, at, width))
    }

    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.next).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.text == word);
        self.next += usize::from(found);
        found
    }

    fn bad(&self, what: &str, at: usize, width: usize) -> BadExpression {
        BadExpression { what: what.to_owned(), text: self.text.to_owned(), at, width }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    /// Which of the sets of tags an expression holds for.
    fn check(text: &str, expected: &str) {
        let sets = ["", "a", "b", "ab", "abc"];
        let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{error}"));
        let held = sets.iter().filter(|set| expression.holds(&|tag| set.contains(tag)));
        let held: Vec<_> = held.map(|set| if set.is_empty() { "none" } else { *set }).collect();
        assert_eq!(held.join(" "), expected, "for `{text}`");
    }

    #[test]
    fn words_and_parentheses_mean_what_they_mean_in_pytest() {
        check("a", "a ab abc");
        check("not a", "none b");
        check("a and b", "ab abc");
        check("a or b", "a b ab abc");
        check("a or b and c", "a ab abc");
        check("(a or b) and c", "abc");
        check("not a or b", "none b ab abc");
        check("not (a or b)", "none");
        check("not a and b", "b");
        check("not not a", "a ab abc");
        check("a and b and not c", "ab");
        check(" ((a))and(b) ", "ab abc");
        check("a\tor\nb", "a b ab abc");
        check("nothing", "");
        check("not nothing", "none a b ab abc");
    }

    #[test]
    fn a_tag_may_hold_what_separates_nothing() {
        for tag in ["needs-db", "v1.2", "a::b", "android", "nothing", "über", "7"] {
            let expression = Expression::parse(tag).unwrap_or_else(|error| panic!("{error}"));
            assert!(expression.holds(&|other| other == tag), "{tag}");
        }
    }

    fn mistakes(texts: &[&str], expected: Expect) {
        let said = texts.iter().map(|text| match Expression::parse(text) {
            Ok(_) => panic!("`{text}` is an expression"),
            Err(error) => format!("{error}\n"),
        });
        expected.assert_eq(&said.collect::<String>());
    }

    #[test]
    fn a_mistake_is_shown_where_it_is() {
        mistakes(
            &[
                "",
                "  ",
                "a and",
                "and a",
                "a b",
                "a or or b",
                "(a",
                "a)",
                "()",
                "not",
                "(a b)",
                "a & b",
                "!a",
                "a||b",
                "\"a b\"",
                "a, b",
                "a=1",
                "über über",
            ],
            expect![[r#"
                it is empty
                it is empty
                expected a tag, `not` or `(` at the end
                    a and
                         ^
                expected a tag, `not` or `(`
                    and a
                    ^^^
                expected `and`, `or` or the end
                    a b
                      ^
                expected a tag, `not` or `(`
                    a or or b
                         ^^
                this parenthesis is not closed
                    (a
                    ^
                this parenthesis closes none
                    a)
                     ^
                expected a tag, `not` or `(`
                    ()
                     ^
                expected a tag, `not` or `(` at the end
                    not
                       ^
                expected `and`, `or` or `)`
                    (a b)
                       ^
                write `and`
                    a & b
                      ^
                write `not`
                    !a
                    ^
                write `or`
                    a||b
                     ^^
                a tag stands without quotes
                    "a b"
                    ^
                write `and` or `or`
                    a, b
                     ^
                tags have no values
                    a=1
                     ^
                expected `and`, `or` or the end
                    über über
                         ^^^^
            "#]],
        );
    }

    #[test]
    fn no_depth_and_no_length_is_too_much() {
        let deep = "(".repeat(100_000);
        assert!(Expression::parse(&deep).is_err());
        assert!(Expression::parse(&"not ".repeat(100_000)).is_err());
        assert!(Expression::parse(&format!("{}a", "not ".repeat(DEPTH))).is_ok());
        let long = Expression::parse(&vec!["a"; 100_000].join(" or ")).unwrap();
        assert!(long.holds(&|tag| tag == "a"));
    }
}
