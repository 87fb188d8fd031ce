//! What a source file holds of what matters here: modules, imports, functions with their attributes, calls of macros.
//!
//! It is read item by item, as a person skims it, and not as a compiler parses it: what is neither of these is passed over.

use super::attribute::{Attribute, path};
use super::condition::Condition;
use super::tokens::{Code, Kind};

/// Deeper groups of an import are not read.
const DEPTH: u32 = 32;

/// A file.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) code: Code,
    /// The first one is the file's own.
    pub(super) scopes: Vec<Scope>,
    pub(super) functions: Vec<Function>,
    /// Modules in files of their own.
    pub(super) modules: Vec<Declared>,
    pub(super) calls: Vec<Call>,
    pub(super) macros: Vec<Rules>,
    /// Whether it has a `main` of its own.
    pub(super) has_main: bool,
}

/// A module, or a block in one.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) parent: Option<usize>,
    /// The name of a module that is not the file's own.
    pub(super) module: Option<String>,
    /// Where its own modules are looked for, below that of its parent.
    pub(super) folder: Option<String>,
    /// Under what it is compiled, its parents' included.
    pub(super) condition: Condition,
    pub(super) uses: Vec<Use>,
}

/// A name that is imported.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) path: Vec<String>,
    /// Nothing for all names in there.
    pub(super) name: Option<String>,
}

/// A function that has attributes, or that a macro is given.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    /// The token of its name.
    pub(super) at: usize,
    /// Its first token, attributes included.
    pub(super) from: usize,
    pub(super) attributes: Vec<Attribute>,
    pub(super) scope: usize,
    pub(super) condition: Condition,
    pub(super) within: Within,
    /// The call of a macro whose group it stands in, with no other group between.
    pub(super) call: Option<usize>,
}

/// `mod name;`
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) at: usize,
    /// What `#[path = ".."]` says, where it stands.
    pub(super) paths: Vec<(String, Condition)>,
    pub(super) scope: usize,
    pub(super) condition: Condition,
}

/// A call of a macro, by its tokens.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) path: Vec<String>,
    pub(super) at: usize,
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) scope: usize,
    pub(super) condition: Condition,
    pub(super) within: Within,
}

/// `macro_rules!`
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) name: String,
}

/// Whether something stands where it is compiled as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// It does.
    Code,
    /// It is given to a macro, which does with it what it likes.
    Call(usize),
    /// It is in the definition of a macro.
    Rules(usize),
}

impl Source {
    /// Reads a file.
    pub(super) fn read(text: String) -> Self {
        let mut source = Source { code: Code::new(text), ..Source::default() };
        source.scopes.push(Scope::default());
        Reader { end: source.code.len(), source, frames: Vec::new(), attributes: Vec::new(), from: None }
            .read()
    }

    /// The folders that a scope's modules are below, from the file's own.
    pub(super) fn folders(&self, mut scope: usize) -> Vec<&str> {
        let mut folders = Vec::new();
        while let Some(parent) = self.scopes[scope].parent {
            folders.extend(self.scopes[scope].folder.as_deref());
            scope = parent;
        }
        folders.reverse();
        folders
    }

    /// All strings.
    pub(super) fn strings(&self) -> impl Iterator<Item = &str> {
        let tokens = self.code.tokens.iter().enumerate();
        let strings = tokens.filter(|(_, token)| token.kind == Kind::Text);
        strings.filter_map(|(at, _)| self.code.string(at))
    }
}

/// A group that is being read.
#[derive(Debug)]
struct Frame {
    end: usize,
    scope: usize,
    within: Within,
    /// The call of a macro whose group this is.
    call: Option<usize>,
    /// What the attributes of the item that is being read say of its block.
    carried: Condition,
}

struct Reader {
    source: Source,
    end: usize,
    frames: Vec<Frame>,
    /// The attributes of the next item.
    attributes: Vec<Attribute>,
    /// Where the first of them begins.
    from: Option<usize>,
}

impl Reader {
    fn read(mut self) -> Source {
        let (within, carried) = (Within::Code, Condition::default());
        let whole = Frame { end: self.end, scope: 0, within, call: None, carried };
        self.frames.push(whole);
        let mut at = 0;
        while let Some(frame) = self.frames.last() {
            if at >= frame.end {
                // Past what closes it.
                at = frame.end + 1;
                self.frames.pop();
                self.forget();
                if let Some(frame) = self.frames.last_mut().filter(|_| self.source.code.word(at - 1) == "}") {
                    frame.carried = Condition::default();
                }
                continue;
            }
            at = self.next(at);
        }
        self.source
    }

    /// Reads what begins there; answers where the next begins.
    fn next(&mut self, at: usize) -> usize {
        let code = &self.source.code;
        match code.word(at) {
            "#" if code.word(at + 1) == "[" => {
                let end = code.close(at + 1);
                self.from.get_or_insert(at);
                Attribute::read(code, at + 2, end, &mut self.attributes);
                end + 1
            }
            "#" if code.word(at + 1) == "!" && code.word(at + 2) == "[" => {
                let end = code.close(at + 2);
                self.inner_attribute(at + 3, end);
                end + 1
            }
            ";" => {
                self.forget();
                self.frame().carried = Condition::default();
                at + 1
            }
            "{" => {
                let scope = self.scope(None, None);
                self.open(at, scope);
                at + 1
            }
            "(" | "[" => {
                let scope = self.frame().scope;
                self.open(at, scope);
                at + 1
            }
            _ if code.is_name(at) => self.word(at),
            _ => {
                self.carry();
                at + 1
            }
        }
    }

    /// Reads what begins with a word.
    fn word(&mut self, at: usize) -> usize {
        let code = &self.source.code;
        match code.word(at) {
            "pub" if code.word(at + 1) == "(" => code.close(at + 1) + 1,
            "pub" | "async" | "unsafe" | "const" | "default" | "safe" => at + 1,
            "extern" if code.word(at + 1) == "crate" => self.extern_crate(at + 2),
            "extern" if code.string(at + 1).is_some() => at + 2,
            "extern" => at + 1,
            "use" => self.import(at + 1),
            "fn" if code.is_name(at + 1) => self.function(at + 1),
            // In the definition of a macro.
            "fn" if code.word(at + 1) == "$" && code.is_name(at + 2) => self.function(at + 2),
            "mod" if code.is_name(at + 1) && code.word(at + 2) == ";" => self.declared(at + 1),
            "mod" if code.is_name(at + 1) && code.word(at + 2) == "{" => self.module(at + 1),
            "macro_rules" if code.word(at + 1) == "!" && code.is_name(at + 2) => self.rules(at + 2),
            "if" | "while" | "match" | "return" | "in" | "else" | "break" | "let" => {
                self.carry();
                at + 1
            }
            _ => self.path(at),
        }
    }

    /// Reads a path, which may be that of a macro.
    fn path(&mut self, at: usize) -> usize {
        let code = &self.source.code;
        let (path, end) = path(code, at);
        let is_call = code.word(end) == "!" && matches!(code.word(end + 1), "(" | "[" | "{");
        let condition = self.condition();
        self.carry();
        if !is_call {
            return end.max(at + 1);
        }
        let (scope, within) = (self.frame().scope, self.frame().within);
        let (begin, close) = (end + 2, self.source.code.close(end + 1));
        let call = Call { path, at, begin, end: close, scope, condition: condition.clone(), within };
        let nth = self.source.calls.len();
        self.source.calls.push(call);
        let within = match within {
            Within::Code => Within::Call(nth),
            within => within,
        };
        self.frames.push(Frame { end: close, scope, within, call: Some(nth), carried: condition });
        begin
    }

    fn function(&mut self, at: usize) -> usize {
        let condition = self.condition();
        let Frame { scope, within, call, .. } = *self.frame();
        let attributes = std::mem::take(&mut self.attributes);
        let from = self.from.take().unwrap_or(at);
        if scope == 0 && within == Within::Code && self.source.code.word(at) == "main" {
            self.source.has_main |= !condition.never;
        }
        if !attributes.is_empty() || call.is_some() {
            let name = self.source.code.name(at).to_owned();
            let condition = condition.clone();
            let function = Function { name, at, from, attributes, scope, condition, within, call };
            self.source.functions.push(function);
        }
        self.frame().carried = condition;
        at + 1
    }

    fn declared(&mut self, at: usize) -> usize {
        let (scope, within) = (self.frame().scope, self.frame().within);
        let mut condition = self.condition();
        let code = &self.source.code;
        let paths =
            self.attributes.iter().filter(|attribute| attribute.is("path") && !attribute.condition.never);
        let paths = paths.filter_map(|path| Some((path.string(code)?.to_owned(), path.condition.clone())));
        let paths = paths.collect();
        let name = code.name(at).to_owned();
        if let Within::Call(call) = within {
            let name = self.source.calls[call].path.join("::");
            condition = condition.and(&Condition::perhaps(format!("what `{name}!` does")));
        }
        if !matches!(within, Within::Rules(_)) {
            self.source.modules.push(Declared { name, at, paths, scope, condition });
        }
        self.forget();
        at + 1
    }

    fn module(&mut self, at: usize) -> usize {
        let code = &self.source.code;
        let name = code.name(at).to_owned();
        let path =
            self.attributes.iter().find(|attribute| attribute.is("path") && !attribute.condition.never);
        let folder = path.and_then(|path| path.string(code)).unwrap_or(&name).to_owned();
        let scope = self.scope(Some(name), Some(folder));
        self.open(at + 1, scope);
        at + 2
    }

    /// The body of a definition is read for the functions in it, which are those of whoever calls the macro.
    fn rules(&mut self, at: usize) -> usize {
        let code = &self.source.code;
        let name = code.name(at).to_owned();
        let close = code.close(at + 1);
        self.forget();
        self.source.macros.push(Rules { name });
        let within = Within::Rules(self.source.macros.len() - 1);
        let scope = self.frame().scope;
        self.frames.push(Frame { end: close, scope, within, call: None, carried: Condition::default() });
        at + 2
    }

    fn extern_crate(&mut self, at: usize) -> usize {
        let code = &self.source.code;
        let krate = code.name(at).to_owned();
        let name = if code.word(at + 1) == "as" { code.name(at + 2) } else { &krate };
        let path =
            if krate == "self" { vec!["crate".to_owned()] } else { vec![String::new(), krate.clone()] };
        let import = Use { path, name: Some(name.to_owned()) };
        self.add_uses(vec![import]);
        at + 1
    }

    fn import(&mut self, at: usize) -> usize {
        let mut uses = Vec::new();
        let mut end = at;
        while end < self.end && self.source.code.word(end) != ";" {
            end = self.source.code.close(end) + 1;
        }
        imports(&self.source.code, at, end, &[], DEPTH, &mut uses);
        self.add_uses(uses);
        end
    }

    fn add_uses(&mut self, uses: Vec<Use>) {
        let Frame { scope, within, .. } = *self.frame();
        if !self.condition().never && !matches!(within, Within::Rules(_)) {
            self.source.scopes[scope].uses.extend(uses);
        }
        self.forget();
    }

    /// Adds a scope below the current one.
    fn scope(&mut self, module: Option<String>, folder: Option<String>) -> usize {
        let condition = self.condition().and(&self.frame().carried.clone());
        let parent = Some(self.frame().scope);
        self.source.scopes.push(Scope { parent, module, folder, condition, uses: Vec::new() });
        self.source.scopes.len() - 1
    }

    fn open(&mut self, at: usize, scope: usize) {
        let within = self.frame().within;
        let end = self.source.code.close(at);
        self.forget();
        self.frames.push(Frame { end, scope, within, call: None, carried: Condition::default() });
    }

    fn inner_attribute(&mut self, begin: usize, end: usize) {
        let mut attributes = Vec::new();
        Attribute::read(&self.source.code, begin, end, &mut attributes);
        let scope = self.frame().scope;
        for cfg in attributes.iter().filter_map(|attribute| attribute.cfg(&self.source.code)) {
            let scope = &mut self.source.scopes[scope];
            scope.condition = scope.condition.and(&cfg);
        }
    }

    /// Under what the next item is compiled.
    fn condition(&mut self) -> Condition {
        let Frame { scope, call, .. } = *self.frame();
        let mut condition = self.source.scopes[scope].condition.clone();
        if let Some(call) = call {
            condition = condition.and(&self.source.calls[call].condition);
        }
        for cfg in self.attributes.iter().filter_map(|attribute| attribute.cfg(&self.source.code)) {
            condition = condition.and(&cfg);
        }
        condition
    }

    /// The attributes were those of something else, whose block they are for as well.
    fn carry(&mut self) {
        if !self.attributes.is_empty() {
            let condition = self.condition();
            let frame = self.frame();
            frame.carried = frame.carried.and(&condition);
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.attributes.clear();
        self.from = None;
    }

    fn frame(&mut self) -> &mut Frame {
        // There is one as long as anything is read.
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }
}

/// Reads an import between two tokens.
fn imports(code: &Code, begin: usize, end: usize, before: &[String], depth: u32, into: &mut Vec<Use>) {
    let (own, mut at) = path(code, begin);
    let mut path: Vec<_> = before.iter().cloned().chain(own).collect();
    if code.word(at) == ":" && code.word(at + 1) == ":" {
        at += 2;
    }
    if at > end || depth == 0 {
        return;
    }
    match code.word(at) {
        "*" => into.push(Use { path, name: None }),
        "{" => {
            for (begin, end) in super::condition::parts(code, at + 1, code.close(at).min(end)) {
                imports(code, begin, end, &path, depth - 1, into);
            }
        }
        word => {
            let last = path.last().cloned();
            if last.as_deref() == Some("self") && path.len() > 1 {
                path.pop();
            }
            let name = match word {
                "as" => Some(code.name(at + 1).to_owned()),
                _ => path.last().cloned(),
            };
            if let Some(name) = name.filter(|name| name != "_") {
                into.push(Use { path, name: Some(name) });
            }
        }
    }
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
