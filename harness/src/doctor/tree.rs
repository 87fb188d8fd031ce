//! The files that a target is made of, from its root along `mod` and `include!`, and what names mean in their modules.

use super::Files;
use super::condition::Condition;
use super::source::{Call, Declared, Scope, Source, Within};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

/// Imports that lead to imports are followed so far.
const DEPTH: u32 = 24;

/// Files that have been read.
#[derive(Debug, Default)]
pub(super) struct Library {
    /// By path.
    read: Vec<(PathBuf, Option<Rc<Source>>)>,
}

impl Library {
    /// A file, if there is one that can be read.
    pub(super) fn source(&mut self, path: &Path, files: &dyn Files) -> Option<Rc<Source>> {
        let place = self.read.binary_search_by(|(other, _)| other.as_path().cmp(path));
        match place {
            Ok(place) => self.read[place].1.clone(),
            Err(place) => {
                let source = files.read(path).map(|text| Rc::new(Source::read(text)));
                self.read.insert(place, (path.to_owned(), source.clone()));
                source
            }
        }
    }
}

/// A target's files and modules.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) units: Vec<Unit>,
    nodes: Vec<Node>,
    /// Modules whose files are not there: a unit and a token of it.
    pub(super) missing: Vec<(usize, usize, String)>,
    /// How many files are included that a build makes.
    pub(super) generated: usize,
    /// Names of crates that are not those of their packages, each with that.
    renamed: Vec<(String, String)>,
}

/// A file of a target.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) path: PathBuf,
    pub(super) source: Rc<Source>,
    /// The node of its first scope; those of the others follow.
    first: usize,
}

/// A module or a block.
#[derive(Debug)]
struct Node {
    parent: Option<usize>,
    unit: usize,
    scope: usize,
    is_module: bool,
    condition: Condition,
    /// The modules in a module.
    children: Vec<(String, usize)>,
}

/// Whether a name may come from `use module::*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Globs {
    Followed,
    PassedOver,
}

/// What a name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// A module of this crate.
    Module(usize),
    /// Something else in this crate.
    Local,
    /// A path that begins with another crate.
    Foreign(Vec<String>),
}

/// A file that is still to be read.
struct Todo {
    path: PathBuf,
    parent: Option<usize>,
    name: Option<String>,
    condition: Condition,
    /// Where its modules are looked for.
    folder: PathBuf,
    /// Where it is named.
    place: Option<(usize, usize)>,
}

impl Tree {
    /// The tree of the target with this root, in a package that has renamed these crates.
    pub(super) fn of(
        root: &Path,
        renamed: &[(String, String)],
        library: &mut Library,
        files: &dyn Files,
    ) -> Self {
        let mut tree = Tree { renamed: renamed.to_vec(), ..Tree::default() };
        let mut visited: Vec<(PathBuf, bool)> = Vec::new();
        let folder = parent(root);
        let path = root.to_owned();
        let condition = Condition::default();
        let mut queue = vec![Todo { path, parent: None, name: None, condition, folder, place: None }];
        while let Some(todo) = queue.pop() {
            let never = todo.condition.never;
            if visited.iter().any(|(path, was_never)| *path == todo.path && (never || !was_never)) {
                continue;
            }
            let Some(source) = library.source(&todo.path, files) else {
                let lost = todo.place.filter(|_| !never && todo.condition.is_certain());
                let name = todo.name.unwrap_or_default();
                tree.missing.extend(lost.map(|(unit, at)| (unit, at, name)));
                continue;
            };
            visited.push((todo.path.clone(), never));
            let unit = tree.add(&source, &todo);
            for declared in &source.modules {
                let found = tree.declared(unit, declared, &todo, files);
                queue.extend(found);
            }
            for call in &source.calls {
                let included = tree.included(unit, call, &todo);
                queue.extend(included);
            }
        }
        tree
    }

    fn add(&mut self, source: &Rc<Source>, todo: &Todo) -> usize {
        let (unit, first) = (self.units.len(), self.nodes.len());
        for (scope, Scope { parent, module, condition, .. }) in source.scopes.iter().enumerate() {
            let node = self.nodes.len();
            let parent = parent.map(|parent| first + parent).or(todo.parent);
            // What is included is a part of what includes it.
            let is_module =
                if scope == 0 { todo.name.is_some() || parent.is_none() } else { module.is_some() };
            let name = if scope == 0 { todo.name.as_ref() } else { module.as_ref() };
            if let (Some(parent), Some(name)) = (parent, name) {
                self.nodes[parent].children.push((name.clone(), node));
            }
            let condition = todo.condition.and(condition);
            self.nodes.push(Node { parent, unit, scope, is_module, condition, children: Vec::new() });
        }
        self.units.push(Unit { path: todo.path.clone(), source: Rc::clone(source), first });
        unit
    }

    /// The files that a module may be in.
    fn declared(&self, unit: usize, declared: &Declared, within: &Todo, files: &dyn Files) -> Vec<Todo> {
        let Unit { path, source, first } = &self.units[unit];
        let folders = source.folders(declared.scope);
        let inner = folders.iter().fold(within.folder.clone(), |folder, name| folder.join(name));
        let node = first + declared.scope;
        let condition = self.nodes[node].condition.and(&declared.condition);
        let todo = |path: PathBuf, folder: PathBuf, condition: Condition| Todo {
            path: tidy(&path),
            parent: Some(self.module(node)),
            name: Some(declared.name.clone()),
            condition,
            folder: tidy(&folder),
            place: Some((unit, declared.at)),
        };
        let mut found = Vec::new();
        let base = if folders.is_empty() { parent(path) } else { inner.clone() };
        for (path, of_path) in &declared.paths {
            let path = base.join(path);
            found.push(todo(path.clone(), parent(&path), condition.and(of_path)));
        }
        if declared.paths.iter().all(|(_, of_path)| !of_path.is_certain()) {
            let name = &declared.name;
            let (flat, own) = (inner.join(format!("{name}.rs")), inner.join(name));
            let deep = own.join("mod.rs");
            let path = if !files.exists(&tidy(&flat)) && files.exists(&tidy(&deep)) { deep } else { flat };
            // Where a path may hold instead, this one need not be there.
            let perhaps = if declared.paths.is_empty() { None } else { declared.paths.first() };
            let condition = perhaps.map_or_else(
                || condition.clone(),
                |(_, of_path)| condition.and(&Condition { never: false, perhaps: of_path.perhaps.clone() }),
            );
            found.push(todo(path, own, condition));
        }
        found
    }

    fn included(&mut self, unit: usize, call: &Call, within: &Todo) -> Option<Todo> {
        let is_include = call.path.last().is_some_and(|name| name == "include");
        if !is_include || matches!(call.within, Within::Rules(_)) {
            return None;
        }
        let Unit { path, source, first } = &self.units[unit];
        let Some(file) = source.code.string(call.begin).filter(|_| call.end <= call.begin + 2) else {
            self.generated += 1;
            return None;
        };
        let node = first + call.scope;
        let path = tidy(&parent(path).join(file));
        let condition = self.nodes[node].condition.and(&call.condition);
        let folder = within.folder.clone();
        Some(Todo { path, parent: Some(node), name: None, condition, folder, place: None })
    }

    /// Under what a scope of a file is compiled.
    pub(super) fn condition(&self, unit: usize, scope: usize) -> &Condition {
        &self.nodes[self.units[unit].first + scope].condition
    }

    /// Whether a macro of this name is defined in any of the files.
    pub(super) fn defines(&self, name: &str) -> bool {
        let mut macros = self.units.iter().flat_map(|unit| &unit.source.macros);
        macros.any(|rules| rules.name == name)
    }

    /// What a path means in a scope of a file.
    pub(super) fn meaning(&self, unit: usize, scope: usize, path: &[String]) -> Named {
        self.resolve(self.units[unit].first + scope, path, Globs::Followed, DEPTH)
    }

    /// The module that a node is or stands in.
    fn module(&self, mut node: usize) -> usize {
        while let (false, Some(parent)) = (self.nodes[node].is_module, self.nodes[node].parent) {
            node = parent;
        }
        node
    }

    fn resolve(&self, node: usize, path: &[String], globs: Globs, depth: u32) -> Named {
        let Some((first, rest)) = path.split_first() else { return Named::Local };
        let mut named = match first.as_str() {
            "" => return self.foreign(rest.to_vec()),
            "crate" => Named::Module(0),
            "self" => Named::Module(self.module(node)),
            "super" => self.above(self.module(node)),
            name => self.find(node, name, globs, depth).unwrap_or_else(|| self.foreign(vec![first.clone()])),
        };
        for name in rest {
            named = match named {
                Named::Module(module) if name == "super" => self.above(module),
                Named::Module(module) => {
                    self.member(module, name, Globs::Followed, depth).unwrap_or(Named::Local)
                }
                Named::Local => Named::Local,
                Named::Foreign(mut path) => {
                    path.push(name.clone());
                    Named::Foreign(path)
                }
            };
        }
        named
    }

    /// A path that begins with a crate, by the name of its package.
    fn foreign(&self, mut path: Vec<String>) -> Named {
        if let Some(first) = path.first_mut()
            && let Some((_, package)) = self.renamed.iter().find(|(name, _)| name == first)
        {
            first.clone_from(package);
        }
        Named::Foreign(path)
    }

    fn above(&self, module: usize) -> Named {
        self.nodes[module].parent.map_or(Named::Local, |parent| Named::Module(self.module(parent)))
    }

    /// What a name means in a block or a module, those around a block included.
    fn find(&self, mut node: usize, name: &str, globs: Globs, depth: u32) -> Option<Named> {
        loop {
            if let Some(named) = self.member(node, name, globs, depth) {
                return Some(named);
            }
            if self.nodes[node].is_module {
                return None;
            }
            node = self.nodes[node].parent?;
        }
    }

    /// What a name means in this block or module alone.
    fn member(&self, node: usize, name: &str, globs: Globs, depth: u32) -> Option<Named> {
        let depth = depth.checked_sub(1)?;
        let Node { unit, scope, children, .. } = &self.nodes[node];
        let uses = &self.units[*unit].source.scopes[*scope].uses;
        if let Some(import) = uses.iter().find(|import| import.name.as_deref() == Some(name)) {
            // `use tokio;` and the like say nothing new.
            if import.path.len() == 1 && import.path[0] == name {
                return Some(self.foreign(import.path.clone()));
            }
            return Some(self.resolve(node, &import.path, Globs::Followed, depth));
        }
        if let Some((_, child)) = children.iter().find(|(child, _)| child == name) {
            return Some(Named::Module(*child));
        }
        let globs = uses.iter().filter(|import| import.name.is_none() && globs == Globs::Followed);
        // Where a glob leads, another one does not say: it could be the same.
        globs.map(|glob| self.resolve(node, &glob.path, Globs::PassedOver, depth)).find_map(|named| {
            match named {
                Named::Module(module) if module != node => self.member(module, name, Globs::Followed, depth),
                Named::Foreign(path) => exported(&path, name),
                _ => None,
            }
        })
    }
}

/// What other crates are known to export under a name to whoever imports all.
fn exported(path: &[String], name: &str) -> Option<Named> {
    let [krate, rest @ ..] = path else { return None };
    let is_there = match (krate.as_str(), rest) {
        ("async_harness", []) => ["async_test", "test", "test_factory", "main"].contains(&name),
        ("async_harness", [prelude]) if prelude == "prelude" => {
            ["async_test", "test", "test_factory"].contains(&name)
        }
        ("rstest", []) => name == "rstest",
        ("quickcheck", []) => name == "quickcheck",
        ("test_case", []) => name == "test_case" || name == "test_matrix",
        ("wasm_bindgen_test", []) => name == "wasm_bindgen_test",
        ("googletest", [prelude]) if prelude == "prelude" => name == "gtest" || name == "test",
        _ => false,
    };
    is_there.then(|| Named::Foreign(vec![krate.clone(), name.to_owned()]))
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

/// A path without `.` and without `..`, where that can be told from the path alone.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidy.components().next_back(), Some(Component::Normal(_))) => {
                tidy.pop();
            }
            other => tidy.push(other),
        }
    }
    tidy
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
