//! Takes a source file apart into tokens: far enough that no comment, no string and no lifetime is taken for code.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word, keywords included; a raw one with its `r#`.
    Word,
    /// A string literal of any form.
    Text,
    /// A number, a character or a lifetime.
    Other,
    /// A sign; a delimiter is one as well.
    Sign,
}

/// A token, by the bytes that it takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) begin: usize,
    pub(super) end: usize,
}

/// A file and its tokens.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) text: String,
    pub(super) tokens: Vec<Token>,
    /// For each token that opens a group the place of the one that closes it, for each other one its own.
    closes: Vec<usize>,
    /// Where lines begin, the first one aside.
    lines: Vec<usize>,
}

impl Code {
    /// Takes a file apart.
    pub(super) fn new(text: String) -> Self {
        let tokens = tokens(&text);
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = ends.map(|(at, _)| at + 1).collect();
        let mut code = Code { closes: (0..tokens.len()).collect(), text, tokens, lines };
        let mut open = Vec::new();
        for at in 0..code.tokens.len() {
            match code.word(at) {
                "(" | "[" | "{" => open.push(at),
                ")" | "]" | "}" => {
                    if let Some(begin) = open.pop() {
                        code.closes[begin] = at;
                    }
                }
                _ => {}
            }
        }
        // What nobody closes goes on to the end.
        for begin in open {
            code.closes[begin] = code.tokens.len();
        }
        code
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The text of a token; nothing behind the last one, and for a string, which is never meant.
    pub(super) fn word(&self, at: usize) -> &str {
        match self.tokens.get(at) {
            Some(token) if token.kind != Kind::Text => &self.text[token.begin..token.end],
            _ => "",
        }
    }

    /// Whether a token is a word that can be a name.
    pub(super) fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Word)
    }

    /// A word without its `r#`.
    pub(super) fn name(&self, at: usize) -> &str {
        let word = self.word(at);
        word.strip_prefix("r#").unwrap_or(word)
    }

    /// What stands between the quotes of a string, as it is written.
    pub(super) fn string(&self, at: usize) -> Option<&str> {
        let token = self.tokens.get(at).filter(|token| token.kind == Kind::Text)?;
        let text = &self.text[token.begin..token.end];
        let begin = text.find('"')?;
        let end = text.rfind('"').filter(|end| *end > begin)?;
        text.get(begin + 1..end)
    }

    /// Where the group ends that this token opens.
    pub(super) fn close(&self, at: usize) -> usize {
        self.closes.get(at).copied().unwrap_or(at)
    }

    /// The line and the column of a token, from 1, as rustc counts them.
    pub(super) fn place(&self, at: usize) -> (u32, u32) {
        let begin = self.tokens.get(at).map_or(self.text.len(), |token| token.begin);
        let line = self.lines.partition_point(|start| *start <= begin) + 1;
        let start = if line > 1 { self.lines[line - 2] } else { 0 };
        let column = self.text[start..begin].chars().count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = begin(text);
    while at < bytes.len() {
        let begin = at;
        let kind = match bytes[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = line_end(bytes, at);
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = comment_end(bytes, at + 2);
                continue;
            }
            b'"' => {
                at = quoted_end(bytes, at + 1, b'"');
                Kind::Text
            }
            b'\'' => {
                at = quote_end(text, at);
                Kind::Other
            }
            b'0'..=b'9' => {
                at = number_end(bytes, at);
                Kind::Other
            }
            byte if is_in_word(byte) => {
                let kind;
                (kind, at) = word_end(text, at);
                kind
            }
            _ => {
                at += 1;
                Kind::Sign
            }
        };
        tokens.push(Token { kind, begin, end: at });
    }
    tokens
}

/// Past a mark of the encoding and a line for the shell, which an attribute of the file could be taken for.
fn begin(text: &str) -> usize {
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let rest = &text[mark..];
    let is_shell = rest.starts_with("#!") && !rest[2..].trim_start().starts_with('[');
    if is_shell { line_end(text.as_bytes(), mark) } else { mark }
}

/// Whether a byte can be in a word: what is not ASCII is in one, or in a string or a comment.
fn is_in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn past_word(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && is_in_word(bytes[at]) {
        at += 1;
    }
    at
}

fn line_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] != b'\n' {
        at += 1;
    }
    at
}

/// Comments stand in each other.
fn comment_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 1;
    while at < bytes.len() && depth > 0 {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => (depth, at) = (depth + 1, at + 2),
            (b'*', Some(b'/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

/// Past the quote that ends what has begun, which a backslash before it does not.
fn quoted_end(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Past a raw string whose first hash or quote stands there; nothing if there is none.
fn raw_end(bytes: &[u8], begin: usize) -> Option<usize> {
    let mut at = begin;
    while bytes.get(at) == Some(&b'#') {
        at += 1;
    }
    let hashes = at - begin;
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    at += 1;
    while at < bytes.len() {
        let end = at + 1 + hashes;
        if bytes[at] == b'"' && end <= bytes.len() && bytes[at + 1..end].iter().all(|byte| *byte == b'#') {
            return Some(end);
        }
        at += 1;
    }
    Some(bytes.len())
}

/// Past a character, or past a lifetime.
fn quote_end(text: &str, begin: usize) -> usize {
    let bytes = text.as_bytes();
    let Some(first) = text[begin + 1..].chars().next() else { return bytes.len() };
    let next = begin + 1 + first.len_utf8();
    match first {
        '\\' => quoted_end(bytes, begin + 1, b'\''),
        _ if bytes.get(next) == Some(&b'\'') => next + 1,
        _ if is_in_word(bytes[begin + 1]) => past_word(bytes, begin + 1),
        _ => begin + 1,
    }
}

/// Past a number; `1..2` is two of them, and `1.0` is one.
fn number_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = past_word(bytes, at);
        match bytes.get(at + 1) {
            Some(byte) if bytes[at] == b'.' && byte.is_ascii_digit() => at += 1,
            _ => return at,
        }
    }
}

/// Past a word, or past the string or the character that it is the prefix of.
fn word_end(text: &str, begin: usize) -> (Kind, usize) {
    let bytes = text.as_bytes();
    let end = past_word(bytes, begin);
    match (&text[begin..end], bytes.get(end)) {
        ("b" | "c", Some(b'"')) => (Kind::Text, quoted_end(bytes, end + 1, b'"')),
        ("b", Some(b'\'')) => (Kind::Other, quote_end(text, end)),
        ("r" | "br" | "cr", Some(b'"' | b'#')) => match raw_end(bytes, end) {
            Some(end) => (Kind::Text, end),
            None if &text[begin..end] == "r" => (Kind::Word, past_word(bytes, end + 1)),
            None => (Kind::Word, end),
        },
        _ => (Kind::Word, end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens, strings in their quotes.
    fn check(text: &str, expected: &str) {
        let code = Code::new(text.to_owned());
        let words: Vec<_> = code.tokens.iter().map(|token| &text[token.begin..token.end]).collect();
        assert_eq!(words.join(" "), expected, "of `{text}`");
    }

    #[test]
    fn comments_are_none() {
        check("a // #[test]\nb", "a b");
        check("a /// #[test]\n//! x\nb", "a b");
        check("a /* /* #[test] */ fn x() {} */ b", "a b");
        check("a /** b */ c /* never ends", "a c");
        check("a / b /*/ x */ c", "a / b c");
        check("#!/usr/bin/env run\n#[a]", "# [ a ]");
        check("\u{feff}#![a]", "# ! [ a ]");
        check("#! [a]", "# ! [ a ]");
    }

    #[test]
    fn strings_are_one_token() {
        check(r##"a "#[test] fn \" x" b"##, r##"a "#[test] fn \" x" b"##);
        check("a r#\"#[test] \" \"# b", "a r#\"#[test] \" \"# b");
        check("r\"\\\" b br##\"x\"# \"## c b\"y\" cr\"z\"", "r\"\\\" b br##\"x\"# \"## c b\"y\" cr\"z\"");
        check("a \"never ends", "a \"never ends");
        check("a r#\"never ends\"", "a r#\"never ends\"");
        check("\"\\", "\"\\");
    }

    #[test]
    fn a_quote_is_a_character_or_a_lifetime() {
        check("'a' b", "'a' b");
        check("'\"' b '\\'' c '\\u{1f}' d", "'\"' b '\\'' c '\\u{1f}' d");
        check("&'a str 'static: loop", "& 'a str 'static : loop");
        check("b'x' b'\\'' f('(') 'é' ''", "b'x' b'\\'' f ( '(' ) 'é' ' '");
    }

    #[test]
    fn words_and_numbers_end_where_they_do() {
        check("r#type r#\"x\"# raw", "r#type r#\"x\"# raw");
        check("1..2 1.5 0xff_u8 1.max(2) größe", "1 . . 2 1.5 0xff_u8 1 . max ( 2 ) größe");
    }

    #[test]
    fn places_are_those_of_rustc() {
        let code = Code::new("a\n  é b\r\n\tc".to_owned());
        let places: Vec<_> = (0..5).map(|at| code.place(at)).collect();
        assert_eq!(places, [(1, 1), (2, 3), (2, 5), (3, 2), (3, 3)]);
    }

    #[test]
    fn groups_are_closed_by_their_own_ends() {
        let code = Code::new("a ( [ b ] { ) } (".to_owned());
        assert_eq!([1, 2, 5, 8].map(|at| code.close(at)), [7, 4, 6, 9]);
    }
}
