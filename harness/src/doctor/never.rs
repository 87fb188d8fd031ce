//! Finds tests in the sources that will never run.

use super::attribute::Attribute;
use super::condition::Condition;
use super::found::{Section, Severity};
use super::marks::{Instead, Mark, is_lock_of_serial_test, is_quickcheck, mark, mark_by_quickcheck};
use super::source::{Call, Function, Within};
use super::tree::Tree;
use crate::named::Named;
use crate::test::Test;
use std::path::{Path, PathBuf};

/// Macros that hand functions on as they are.
const HANDING_ON: [&str; 3] = ["proptest", "cfg_if", "rusty_fork_test"];

/// Where tests are registered, by file.
pub(super) struct Registered {
    files: Vec<(PathBuf, Vec<(u32, &'static str)>)>,
}

impl Registered {
    /// These tests, whose files are below this folder.
    pub(super) fn new(tests: impl Iterator<Item = &'static Test>, base: &Path) -> Self {
        let mut files = Named::<Vec<(u32, &'static str)>>::default();
        for test in tests {
            files.entry(test.place.file, Vec::new).push((test.place.line, test.function()));
        }
        let files = files.into_all().into_iter();
        let files = files.map(|(file, places)| (super::tree::tidy(&base.join(file)), places));
        Registered { files: files.collect() }
    }

    fn of(&self, path: &Path) -> &[(u32, &'static str)] {
        let found = self.files.iter().find(|(other, _)| other == path);
        found.map_or(&[], |(_, places)| places)
    }
}

/// What was counted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// Functions that are registered.
    pub(super) run: usize,
    /// Functions that never run.
    pub(super) never: usize,
    /// Functions that are not compiled, or may not be.
    pub(super) left_out: usize,
}

/// Looks at all functions of a target.
pub(super) struct Search<'a> {
    pub(super) tree: &'a Tree,
    pub(super) registered: &'a Registered,
    /// What sources call this harness.
    pub(super) harness: &'a str,
    /// A path as it is shown.
    pub(super) shown: &'a dyn Fn(&Path) -> String,
}

/// A function that is marked as a test and is not registered.
struct Suspect<'a> {
    unit: usize,
    function: &'a Function,
    condition: Condition,
    sign: Sign,
}

/// What marks a function as a test.
struct Sign {
    mark: Mark,
    /// As it is told.
    shown: String,
    /// Under what it is there.
    condition: Condition,
}

impl Search<'_> {
    /// Puts what is found into a section.
    pub(super) fn run(&self, section: &mut Section) -> Counted {
        let (mut counted, mut suspects) = (Counted::default(), Vec::new());
        for (unit, file) in self.tree.units.iter().enumerate() {
            let places = self.registered.of(&file.path);
            for function in &file.source.functions {
                self.look(unit, function, places, &mut counted, &mut suspects);
                if self.is_registered(unit, function, places) {
                    self.locks(unit, function, section);
                }
            }
        }
        for suspect in &suspects {
            self.judge(suspect, section, &mut counted);
        }
        let defined = self.defined();
        for unit in 0..if defined.is_empty() { 0 } else { self.tree.units.len() } {
            self.calls(unit, &defined, section, &mut counted);
        }
        counted
    }

    fn look<'a>(
        &self,
        unit: usize,
        function: &'a Function,
        places: &[(u32, &str)],
        counted: &mut Counted,
        suspects: &mut Vec<Suspect<'a>>,
    ) {
        let condition = self.tree.condition(unit, function.scope).and(&function.condition);
        if matches!(function.within, Within::Rules(_)) {
            return;
        }
        if self.is_registered(unit, function, places) {
            counted.run += 1;
            return;
        }
        let Some(sign) = self.sign(unit, function, (unit, function.scope)) else { return };
        if condition.never {
            counted.left_out += 1;
            return;
        }
        let condition = condition.and(&sign.condition);
        suspects.push(Suspect { unit, function, condition, sign });
    }

    /// Warns of a test of this harness that has a lock of serial_test's: above the test attribute that is serial_test's own, and below
    /// it a key of the harness, neither of which knows of the other.
    fn locks(&self, unit: usize, function: &Function, section: &mut Section) {
        let scope = function.scope;
        let foreign = |attribute: &&Attribute| is_lock_of_serial_test(self.tree, unit, scope, attribute);
        if let Some(attribute) = function.attributes.iter().find(foreign) {
            let what = format!(
                "`{}` is `{}` of serial_test, which knows nothing of the keys of this harness: write `use {}::{}`",
                function.name,
                attribute.shown(),
                self.harness,
                attribute.path.last().map_or("serial", String::as_str),
            );
            section.find(Severity::Warning, self.place(unit, function.at), what);
        }
    }

    /// What marks a function of this file as a test, the worst where there is more. Attributes mean what they do in a scope
    /// of a file, which is not the function's own where that is in the definition of a macro.
    fn sign(&self, unit: usize, function: &Function, scope: (usize, usize)) -> Option<Sign> {
        let mut signs = Vec::new();
        signs.extend(self.written(unit, function, scope));
        for attribute in function.attributes.iter().filter(|attribute| !attribute.condition.never) {
            let mark = mark(self.tree, scope.0, scope.1, attribute);
            if mark != Mark::Nothing {
                let shown = format!("`{}`", attribute.shown());
                signs.push(Sign { mark, shown, condition: attribute.condition.clone() });
            }
        }
        let worst = signs.iter().position(|sign| matches!(sign.mark, Mark::Dropped(_))).unwrap_or(0);
        (worst < signs.len()).then(|| signs.swap_remove(worst))
    }

    /// What a macro writes on a function that it is given.
    fn written(&self, unit: usize, function: &Function, scope: (usize, usize)) -> Option<Sign> {
        let call = &self.tree.units[unit].source.calls[function.call?];
        if !is_quickcheck(self.tree, unit, call) {
            return None;
        }
        let mark = mark_by_quickcheck(self.tree, scope.0, scope.1);
        let is_dropped = matches!(mark, Mark::Dropped(_));
        let drops = if is_dropped { " and rustc drops here" } else { "" };
        let shown = format!("`#[test]`, which `quickcheck!` writes{drops}");
        Some(Sign { mark, shown, condition: Condition::default() })
    }

    /// Whether a test is registered that begins where this function does, or, where a macro has it, within the call.
    fn is_registered(&self, unit: usize, function: &Function, places: &[(u32, &str)]) -> bool {
        if places.is_empty() {
            return false;
        }
        let source = &self.tree.units[unit].source;
        let line = |at| source.code.place(at).0;
        let (from, to) = (line(function.from), line(function.at));
        if places.iter().any(|(line, _)| (from..=to).contains(line)) {
            return true;
        }
        let Within::Call(call) = function.within else { return false };
        let Call { at, end, .. } = &source.calls[call];
        let (from, to) = (line(*at), line(*end));
        places.iter().any(|(line, name)| (from..=to).contains(line) && *name == function.name)
    }

    fn judge(&self, suspect: &Suspect<'_>, section: &mut Section, counted: &mut Counted) {
        let Suspect { unit, function, condition, sign: Sign { mark, shown, .. } } = suspect;
        let place = self.place(*unit, function.at);
        let name = &function.name;
        let clause = clause(condition);
        let call = match function.within {
            Within::Call(call) => Some(&self.tree.units[*unit].source.calls[call]),
            _ => None,
        };
        let unknown = call.filter(|call| !self.hands_on(*unit, call)).and_then(|call| call.path.last());
        match (mark, unknown) {
            (Mark::Dropped(_), Some(unknown)) => section.find(
                Severity::Note,
                place,
                format!(
                    "`{name}` is given to `{unknown}!` as {shown}: it never runs if the macro hands that on"
                ),
            ),
            (Mark::Dropped(instead), None) => {
                counted.never += 1;
                let advice = self.advice(*instead);
                section.find(Severity::Error, place, format!("`{name}` is {shown}{clause}: {advice}"));
            }
            (Mark::Ours, _) if call.is_none() && condition.is_certain() && self.finds_tests() => {
                counted.never += 1;
                let what = format!(
                    "`{name}` is {shown}, and no test is registered there: is the attribute another one, or does a \
                     macro around it leave it out?"
                );
                section.find(Severity::Error, place, what);
            }
            (Mark::Ours, _) => counted.left_out += 1,
            (Mark::Perhaps, _) => {
                let advice = self.advice(Instead::Test);
                let what = format!(
                    "`{name}` is {shown}{clause}: if that becomes `#[test]`, as most such attributes do, it never \
                     runs: {advice}"
                );
                section.find(Severity::Note, place, what);
            }
            (Mark::Nothing, _) => {}
        }
    }

    /// Whether a macro is known to hand functions on with their attributes.
    fn hands_on(&self, unit: usize, call: &Call) -> bool {
        let is_known = call.path.last().is_some_and(|name| HANDING_ON.contains(&name.as_str()));
        is_known || is_quickcheck(self.tree, unit, call)
    }

    /// Calls of macros whose definition has tests in it.
    fn calls(
        &self,
        unit: usize,
        defined: &[(&str, usize, &Function)],
        section: &mut Section,
        counted: &mut Counted,
    ) {
        for call in &self.tree.units[unit].source.calls {
            let Some(name) = call.path.last() else { continue };
            let condition = self.tree.condition(unit, call.scope).and(&call.condition);
            if condition.never || matches!(call.within, Within::Rules(_)) {
                continue;
            }
            for (_, home, function) in defined.iter().filter(|(other, ..)| other == name) {
                let sign = self.sign(*home, function, (unit, call.scope));
                let Some(Sign { mark: Mark::Dropped(instead), shown, .. }) = sign else { continue };
                counted.never += 1;
                let advice = self.advice(instead);
                let clause = clause(&condition);
                let what =
                    format!("`{name}!` makes a test that is {shown}{clause}: in its definition, {advice}");
                section.find(Severity::Error, self.place(unit, call.at), what);
            }
        }
    }

    /// The functions in definitions of macros, each with the name of its macro and the file of both.
    fn defined(&self) -> Vec<(&str, usize, &Function)> {
        let mut defined = Vec::new();
        for (unit, file) in self.tree.units.iter().enumerate() {
            for function in &file.source.functions {
                if let Within::Rules(rules) = function.within {
                    defined.push((file.source.macros[rules].name.as_str(), unit, function));
                }
            }
        }
        defined
    }

    /// Whether places of tests are those of functions here at all: a build can give files other names.
    fn finds_tests(&self) -> bool {
        self.tree.units.iter().any(|unit| !self.registered.of(&unit.path).is_empty())
    }

    fn advice(&self, instead: Instead) -> String {
        let harness = self.harness;
        match instead {
            Instead::AsyncTest => format!("write `#[{harness}::async_test]`"),
            Instead::LocalTest => format!("write `#[{harness}::async_test(flavor = \"local\")]`"),
            Instead::Test => format!("write `#[{harness}::test]`"),
            Instead::Import => format!("with `use {harness}::test;` in its module it runs"),
            Instead::Bench => "move the benchmark into a target of its own".to_owned(),
        }
    }

    fn place(&self, unit: usize, at: usize) -> String {
        let unit = &self.tree.units[unit];
        let (line, column) = unit.source.code.place(at);
        format!("{}:{line}:{column}", (self.shown)(&unit.path))
    }
}

fn clause(condition: &Condition) -> String {
    match condition.perhaps.as_slice() {
        [] => String::new(),
        perhaps => format!(" (under `{}`)", perhaps.join("`, `")),
    }
}
