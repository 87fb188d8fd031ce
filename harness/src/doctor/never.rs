//! Finds tests in the sources that will never run.

use super::attribute::Attribute;
use super::condition::Condition;
use super::found::{Section, Severity};
use super::marks::{Instead, Mark, mark};
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
    attribute: &'a Attribute,
    mark: Mark,
}

impl Search<'_> {
    /// Puts what is found into a section.
    pub(super) fn run(&self, section: &mut Section) -> Counted {
        let (mut counted, mut suspects) = (Counted::default(), Vec::new());
        for (unit, file) in self.tree.units.iter().enumerate() {
            let places = self.registered.of(&file.path);
            for function in &file.source.functions {
                self.look(unit, function, places, &mut counted, &mut suspects);
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
        let marks = function.attributes.iter().filter(|attribute| !attribute.condition.never);
        let marks = marks.map(|attribute| (attribute, mark(self.tree, unit, function.scope, attribute)));
        let marks: Vec<_> = marks.filter(|(_, mark)| *mark != Mark::Nothing).collect();
        let is_dropped = |mark: &Mark| matches!(mark, Mark::Dropped(_));
        let worst = marks.iter().find(|(_, mark)| is_dropped(mark));
        let Some(&(attribute, mark)) = worst.or(marks.first()) else { return };
        if condition.never {
            counted.left_out += 1;
            return;
        }
        let condition = condition.and(&attribute.condition);
        suspects.push(Suspect { unit, function, condition, attribute, mark });
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
        let Suspect { unit, function, condition, attribute, mark } = suspect;
        let place = self.place(*unit, function.at);
        let (name, shown) = (&function.name, attribute.shown());
        let clause = clause(condition);
        let hands_on = match function.within {
            Within::Call(call) => self.tree.units[*unit].source.calls[call].path.last(),
            _ => None,
        };
        match (mark, hands_on) {
            (Mark::Dropped(_), Some(call)) if !HANDING_ON.contains(&call.as_str()) => section.find(
                Severity::Note,
                place,
                format!(
                    "`{name}` is given to `{call}!` as `{shown}`: it never runs if the macro hands that on"
                ),
            ),
            (Mark::Dropped(instead), _) => {
                counted.never += 1;
                let advice = self.advice(*instead);
                section.find(Severity::Error, place, format!("`{name}` is `{shown}`{clause}: {advice}"));
            }
            (Mark::Ours, None) if condition.is_certain() && self.finds_tests() => {
                counted.never += 1;
                let what = format!(
                    "`{name}` is `{shown}`, and no test is registered there: is the attribute another one, or does a \
                     macro around it leave it out?"
                );
                section.find(Severity::Error, place, what);
            }
            (Mark::Ours, _) => counted.left_out += 1,
            (Mark::Perhaps, _) => {
                let advice = self.advice(Instead::Test);
                let what = format!(
                    "`{name}` is `{shown}`{clause}: if that becomes `#[test]`, as most such attributes do, it never \
                     runs: {advice}"
                );
                section.find(Severity::Note, place, what);
            }
            (Mark::Nothing, _) => {}
        }
    }

    /// Calls of macros whose definition has tests in it.
    fn calls(
        &self,
        unit: usize,
        defined: &[(&str, &Function)],
        section: &mut Section,
        counted: &mut Counted,
    ) {
        for call in &self.tree.units[unit].source.calls {
            let Some(name) = call.path.last() else { continue };
            let condition = self.tree.condition(unit, call.scope).and(&call.condition);
            if condition.never || matches!(call.within, Within::Rules(_)) {
                continue;
            }
            for (_, function) in defined.iter().filter(|(other, _)| other == name) {
                let marks = function.attributes.iter().filter(|attribute| !attribute.condition.never);
                let mut marks =
                    marks.map(|attribute| (attribute, mark(self.tree, unit, call.scope, attribute)));
                let dropped = marks.find_map(|(attribute, mark)| match mark {
                    Mark::Dropped(instead) => Some((attribute, instead)),
                    _ => None,
                });
                let Some((attribute, instead)) = dropped else { continue };
                counted.never += 1;
                let (shown, advice) = (attribute.shown(), self.advice(instead));
                let clause = clause(&condition);
                let what =
                    format!("`{name}!` makes a test that is `{shown}`{clause}: in its definition, {advice}");
                section.find(Severity::Error, self.place(unit, call.at), what);
            }
        }
    }

    /// The functions in definitions of macros, each with the name of its macro.
    fn defined(&self) -> Vec<(&str, &Function)> {
        let sources = self.tree.units.iter().map(|unit| &unit.source);
        let defined = sources.flat_map(|source| {
            source.functions.iter().filter_map(|function| match function.within {
                Within::Rules(rules) => Some((source.macros[rules].name.as_str(), function)),
                _ => None,
            })
        });
        defined.collect()
    }

    /// Whether places of tests are those of functions here at all: a build can give files other names.
    fn finds_tests(&self) -> bool {
        self.tree.units.iter().any(|unit| !self.registered.of(&unit.path).is_empty())
    }

    fn advice(&self, instead: Instead) -> String {
        let harness = self.harness;
        match instead {
            Instead::AsyncTest => format!("write `#[{harness}::async_test]`"),
            Instead::Test => format!("write `#[{harness}::test]`"),
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
