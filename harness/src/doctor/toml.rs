//! Reads TOML, as much of it as a manifest of cargo has: all its forms of tables, keys and strings. Numbers and dates are
//! passed over, for nothing here asks for one.

/// Deeper values are not read.
const DEPTH: u32 = 64;

/// A table: its keys, each with the line that it stands in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table {
    entries: Vec<(String, u32, Value)>,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Bool(bool),
    List(Vec<(u32, Value)>),
    Table(Table),
    /// A number or a date.
    Other,
}

/// What cannot be read, and in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) line: u32,
    pub(super) what: &'static str,
}

impl Value {
    /// The table that it is.
    pub(super) fn as_table(&self) -> Option<&Table> {
        match self {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }
}

impl Table {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// [`Unread`] at the first thing that is no TOML.
    pub(super) fn read(text: &str) -> Result<Self, Unread> {
        let mut reader = Reader { text: text.strip_prefix('\u{feff}').unwrap_or(text), at: 0, line: 1 };
        let mut document = Table::default();
        let mut header: Vec<String> = Vec::new();
        loop {
            reader.blank();
            let line = reader.line;
            match reader.peek() {
                None => return Ok(document),
                Some('[') => {
                    reader.next();
                    let is_list = reader.take('[');
                    header = reader.key()?;
                    let is_closed = reader.take(']') && (!is_list || reader.take(']'));
                    if !is_closed {
                        return Err(reader.unread("a header is not closed"));
                    }
                    let is_new = document.open(&header, line, is_list);
                    is_new.ok_or(Unread { line, what: "a header names what is no table" })?;
                }
                Some(_) => {
                    let key = reader.key()?;
                    let value = reader.assigned(DEPTH)?;
                    let table = document.at(&header).ok_or(Unread { line, what: "a table is lost" })?;
                    table.set(&key, line, value).ok_or(Unread { line, what: "a key is given twice" })?;
                }
            }
            reader.line_end()?;
        }
    }

    /// What stands under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The line of a key, and what stands under it.
    pub(super) fn entry(&self, key: &str) -> Option<(u32, &Value)> {
        let found = self.entries.iter().find(|(other, ..)| other == key);
        found.map(|(_, line, value)| (*line, value))
    }

    /// The text under a key.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether a key says yes or no.
    pub(super) fn bool(&self, key: &str) -> Option<bool> {
        match self.get(key) {
            Some(Value::Bool(is)) => Some(*is),
            _ => None,
        }
    }

    /// The table under a key.
    pub(super) fn table(&self, key: &str) -> Option<&Table> {
        self.get(key).and_then(Value::as_table)
    }

    /// The tables under a key, each with its line.
    pub(super) fn tables(&self, key: &str) -> Vec<(u32, &Table)> {
        match self.entry(key) {
            Some((line, Value::Table(table))) => vec![(line, table)],
            Some((_, Value::List(values))) => {
                values.iter().filter_map(|(line, value)| Some((*line, value.as_table()?))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// All keys with their values.
    pub(super) fn all(&self) -> Vec<(&str, &Value)> {
        self.entries.iter().map(|(key, _, value)| (key.as_str(), value)).collect()
    }

    /// The table that a header names, the last one of a list; those on the way are made.
    fn at(&mut self, path: &[String]) -> Option<&mut Table> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        self.step(first, 0)?.at(rest)
    }

    fn step(&mut self, key: &str, line: u32) -> Option<&mut Table> {
        let place = match self.entries.iter().position(|(other, ..)| other == key) {
            Some(place) => place,
            None => {
                self.entries.push((key.to_owned(), line, Value::Table(Table::default())));
                self.entries.len() - 1
            }
        };
        match &mut self.entries[place].2 {
            Value::Table(table) => Some(table),
            Value::List(values) => match values.last_mut() {
                Some((_, Value::Table(table))) => Some(table),
                _ => None,
            },
            _ => None,
        }
    }

    /// Makes the table of a header.
    fn open(&mut self, path: &[String], line: u32, is_list: bool) -> Option<()> {
        let (last, before) = path.split_last()?;
        let table = self.at(before)?;
        if !is_list {
            let is_new = table.get(last).is_none();
            let opened = table.step(last, line).map(drop);
            // A table that was made on the way to another one stands where its own header does.
            if let Some(entry) = table.entries.iter_mut().find(|(key, ..)| key == last).filter(|_| !is_new) {
                entry.1 = line;
            }
            return opened;
        }
        let new = (line, Value::Table(Table::default()));
        match table.entries.iter_mut().find(|(key, ..)| key == last) {
            Some((_, _, Value::List(values))) => values.push(new),
            Some(_) => return None,
            None => table.entries.push((last.clone(), line, Value::List(vec![new]))),
        }
        Some(())
    }

    fn set(&mut self, key: &[String], line: u32, value: Value) -> Option<()> {
        let (last, before) = key.split_last()?;
        let mut table = self;
        for key in before {
            table = table.step(key, line)?;
        }
        if table.get(last).is_some() {
            return None;
        }
        table.entries.push((last.clone(), line, value));
        Some(())
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        self.line += u32::from(next == '\n');
        Some(next)
    }

    fn take(&mut self, wanted: char) -> bool {
        let is_there = self.peek() == Some(wanted);
        if is_there {
            self.next();
        }
        is_there
    }

    fn unread(&self, what: &'static str) -> Unread {
        Unread { line: self.line, what }
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.next();
        }
    }

    /// Past blank lines and comments.
    fn blank(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r' | '\n') => drop(self.next()),
                Some('#') => self.comment(),
                _ => return,
            }
        }
    }

    fn comment(&mut self) {
        while self.peek().is_some_and(|next| next != '\n') {
            self.next();
        }
    }

    fn line_end(&mut self) -> Result<(), Unread> {
        self.spaces();
        match self.peek() {
            None | Some('\n' | '\r' | '#') => Ok(()),
            Some(_) => Err(self.unread("something stands behind a value")),
        }
    }

    /// Reads `a."b".c`.
    fn key(&mut self) -> Result<Vec<String>, Unread> {
        let mut key = Vec::new();
        loop {
            self.spaces();
            key.push(match self.peek() {
                Some(quote @ ('"' | '\'')) => self.string(quote)?,
                _ => self.bare()?,
            });
            self.spaces();
            if !self.take('.') {
                return Ok(key);
            }
        }
    }

    fn bare(&mut self) -> Result<String, Unread> {
        let begin = self.at;
        while self.peek().is_some_and(|next| next.is_alphanumeric() || matches!(next, '_' | '-')) {
            self.next();
        }
        match &self.text[begin..self.at] {
            "" => Err(self.unread("a key is missing")),
            word => Ok(word.to_owned()),
        }
    }

    fn assigned(&mut self, depth: u32) -> Result<Value, Unread> {
        self.spaces();
        if !self.take('=') {
            return Err(self.unread("a key has no value"));
        }
        self.spaces();
        self.value(depth)
    }

    fn value(&mut self, depth: u32) -> Result<Value, Unread> {
        match self.peek() {
            _ if depth == 0 => Err(self.unread("a value is too deep")),
            Some(quote @ ('"' | '\'')) => self.string(quote).map(Value::Text),
            Some('[') => self.list(depth - 1),
            Some('{') => self.inline(depth - 1),
            _ => self.plain(),
        }
    }

    fn plain(&mut self) -> Result<Value, Unread> {
        let begin = self.at;
        // A date may have a space in it; what follows that is as good as the rest of it.
        while self.peek().is_some_and(|next| !matches!(next, ',' | ']' | '}' | '#' | '\n' | '\r')) {
            self.next();
        }
        match self.text[begin..self.at].trim_end() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "" => Err(self.unread("a value is missing")),
            word if word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | 'i' | 'n')) => {
                Ok(Value::Other)
            }
            _ => Err(self.unread("a value is none")),
        }
    }

    fn list(&mut self, depth: u32) -> Result<Value, Unread> {
        self.next();
        let mut values = Vec::new();
        loop {
            self.blank();
            if self.take(']') {
                return Ok(Value::List(values));
            }
            let line = self.line;
            values.push((line, self.value(depth)?));
            self.blank();
            if !self.take(',') && self.peek() != Some(']') {
                return Err(self.unread("a list is not closed"));
            }
        }
    }

    fn inline(&mut self, depth: u32) -> Result<Value, Unread> {
        self.next();
        let mut table = Table::default();
        loop {
            self.blank();
            if self.take('}') {
                return Ok(Value::Table(table));
            }
            let line = self.line;
            let key = self.key()?;
            let value = self.assigned(depth)?;
            table.set(&key, line, value).ok_or(Unread { line, what: "a key is given twice" })?;
            self.blank();
            if !self.take(',') && self.peek() != Some('}') {
                return Err(self.unread("a table is not closed"));
            }
        }
    }

    /// Reads a string of one line or of several.
    fn string(&mut self, quote: char) -> Result<String, Unread> {
        let rest = &self.text[self.at..];
        let triple: String = [quote; 3].iter().collect();
        let is_long = rest.starts_with(&triple);
        for _ in 0..if is_long { 3 } else { 1 } {
            self.next();
        }
        if is_long && !self.take('\n') && self.text[self.at..].starts_with("\r\n") {
            self.next();
            self.next();
        }
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            if is_long && rest.starts_with(&triple) {
                for _ in 0..3 {
                    self.next();
                }
                // Up to two quotes before the end are of the string.
                while self.take(quote) {
                    text.push(quote);
                }
                return Ok(text);
            }
            match self.next() {
                Some('\\') if quote == '"' => self.escaped(&mut text)?,
                Some(next) if next == quote && !is_long => return Ok(text),
                Some('\n') if !is_long => return Err(self.unread("a string is not closed")),
                Some(next) => text.push(next),
                None => return Err(self.unread("a string is not closed")),
            }
        }
    }

    fn escaped(&mut self, text: &mut String) -> Result<(), Unread> {
        let unknown = self.unread("a string has an unknown escape");
        let meant = match self.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('e') => '\u{1b}',
            Some(same @ ('"' | '\\')) => same,
            Some('x') => self.code(2).ok_or(unknown)?,
            Some('u') => self.code(4).ok_or(unknown)?,
            Some('U') => self.code(8).ok_or(unknown)?,
            // The line goes on behind the blanks.
            Some(blank) if blank.is_whitespace() => {
                while self.peek().is_some_and(char::is_whitespace) {
                    self.next();
                }
                return Ok(());
            }
            _ => return Err(unknown),
        };
        text.push(meant);
        Ok(())
    }

    /// The character of so many digits.
    fn code(&mut self, digits: usize) -> Option<char> {
        let hex = self.text.get(self.at..self.at + digits)?;
        self.at += digits;
        u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &Value) -> String {
        match value {
            Value::Text(text) => format!("{text:?}"),
            Value::Bool(is) => is.to_string(),
            Value::Other => "?".to_owned(),
            Value::List(values) => {
                format!("[{}]", values.iter().map(|(_, value)| shown(value)).collect::<Vec<_>>().join(" "))
            }
            Value::Table(table) => {
                let entries =
                    table.entries.iter().map(|(key, line, value)| format!("{key}@{line} {}", shown(value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
            }
        }
    }

    fn check(text: &str, expected: &str) {
        let read = match Table::read(text) {
            Ok(table) => shown(&Value::Table(table)),
            Err(Unread { line, what }) => format!("line {line}: {what}"),
        };
        assert_eq!(read, expected, "of {text}");
    }

    #[test]
    fn tables_are_read_in_all_their_forms() {
        check("[a]\nb = true # c\n[a.d]\ne = false", "{a@1 {b@2 true d@3 {e@4 false}}}");
        check("a.b.\"c.d\" = 'x'\na.e = 1", "{a@1 {b@1 {c.d@1 \"x\"} e@2 ?}}");
        check("[[a]]\nb = 1\n\n[[a]]\n[a.c]\nd = 2\n", "{a@1 [{b@2 ?} {c@5 {d@6 ?}}]}");
        check("a = { b = true, c.d = [ 1, \n 'x', ], }", "{a@1 {b@1 true c@1 {d@1 [? \"x\"]}}}");
        check("[a.b]\nc = 1\n[a]\nd = 2", "{a@3 {b@1 {c@2 ?} d@4 ?}}");
        check("[ a . 'b' ]\r\nc = 1979-05-27 07:32:00\r\n", "{a@0 {b@1 {c@2 ?}}}");
        check("", "{}");
    }

    #[test]
    fn what_stands_in_a_string_is_no_table() {
        check("a = \"[b]\\n\\\"\\u00e9\\x41\"", "{a@1 \"[b]\\n\\\"éA\"}");
        check("a = '''\n[b]\nharness = false\n'''\nc = 1", "{a@1 \"[b]\\nharness = false\\n\" c@5 ?}");
        check("a = \"\"\"x \\\n   y\"\"\"\"\nb = 'C:\\x'", "{a@1 \"x y\\\"\" b@3 \"C:\\\\x\"}");
        check("# [a]\n  # b = 1\n", "{}");
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        for (text, expected) in [
            ("a", "line 1: a key has no value"),
            ("\na = ", "line 2: a value is missing"),
            ("a = b", "line 1: a value is none"),
            ("a = 1\na = 2", "line 2: a key is given twice"),
            ("[a\nb = 1", "line 1: a header is not closed"),
            ("a = 1\n[a]", "line 2: a header names what is no table"),
            ("a = \"b\nc", "line 2: a string is not closed"),
            ("a = '''", "line 1: a string is not closed"),
            ("a = [1", "line 1: a list is not closed"),
            ("a = {b = 1", "line 1: a table is not closed"),
            ("a = \"\\q\"", "line 1: a string has an unknown escape"),
            ("a = true b", "line 1: a value is none"),
            ("a = \"b\" c", "line 1: something stands behind a value"),
            ("= 1", "line 1: a key is missing"),
        ] {
            check(text, expected);
        }
        let deep = format!("a = {}", "[".repeat(1_000));
        check(&deep, "line 1: a value is too deep");
    }
}
