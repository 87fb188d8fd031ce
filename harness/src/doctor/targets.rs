//! Holds the manifest of a package to the roots of its targets, and looks for files that are part of none.

use super::Files;
use super::found::{Section, Severity, counted};
use super::manifest::{Kind, Manifest, Target};
use super::marks::{Mark, mark};
use super::source::{Source, Within};
use super::tree::{Library, Named, Tree};
use crate::sorted::sort_by;
use std::path::{Path, PathBuf};

/// Folders in folders are followed so far.
const DEPTH: u32 = 24;

/// A package, as it stands in its folder.
pub(super) struct Package<'a> {
    pub(super) folder: &'a Path,
    pub(super) manifest: &'a Manifest,
    /// The manifest, as it is shown.
    pub(super) manifest_shown: String,
    /// Each target with its files.
    pub(super) trees: &'a [(Target, Tree)],
    pub(super) files: &'a dyn Files,
    /// A path as it is shown.
    pub(super) shown: &'a dyn Fn(&Path) -> String,
}

/// What there is in the files of a target.
#[derive(Debug, Default)]
struct Has {
    /// A call of `main!`.
    main: bool,
    /// A call of it in the definition of a macro: somebody else knows whether it is called.
    main_perhaps: bool,
    /// A `main` of its own.
    own_main: bool,
    /// Tests of this harness.
    ours: usize,
    /// Tests that rustc drops without libtest, and the place of the first.
    dropped: usize,
    first: Option<(usize, usize)>,
}

fn has(tree: &Tree) -> Has {
    let own_main = tree.units.first().is_some_and(|unit| unit.source.has_main);
    let mut has = Has { own_main, ..Has::default() };
    for (unit, file) in tree.units.iter().enumerate() {
        let source: &Source = &file.source;
        for call in source.calls.iter().filter(|call| call.path.last().is_some_and(|name| name == "main")) {
            match call.within {
                Within::Rules(_) => has.main_perhaps = true,
                _ if tree.condition(unit, call.scope).and(&call.condition).never => {}
                _ => has.main |= is_main(&tree.meaning(unit, call.scope, &call.path)),
            }
        }
        for function in &source.functions {
            let never = tree.condition(unit, function.scope).and(&function.condition).never;
            if never || function.within != Within::Code {
                continue;
            }
            let there = function.attributes.iter().filter(|attribute| !attribute.condition.never);
            for mark in there.map(|attribute| mark(tree, unit, function.scope, attribute)) {
                match mark {
                    Mark::Ours => has.ours += 1,
                    Mark::Dropped(_) => {
                        has.dropped += 1;
                        has.first.get_or_insert((unit, function.at));
                        break;
                    }
                    Mark::Perhaps | Mark::Nothing => {}
                }
            }
        }
    }
    has
}

fn is_main(named: &Named) -> bool {
    match named {
        Named::Foreign(path) => {
            matches!(path.as_slice(), [krate, main] if krate == "async_harness" && main == "main")
        }
        _ => false,
    }
}

impl Package<'_> {
    /// What the manifest says of targets, and what they are.
    pub(super) fn check_targets(&self, section: &mut Section) {
        for (target, tree) in self.trees {
            self.check_target(target, tree, &has(tree), section);
        }
    }

    fn check_target(&self, target: &Target, tree: &Tree, has: &Has, section: &mut Section) {
        let name = &target.name;
        let harness = self.manifest.name_of("async_harness");
        let place = |line: Option<u32>| match line.or(target.line) {
            Some(line) => format!("{}:{line}", self.manifest_shown),
            None => self.manifest_shown.clone(),
        };
        let add = match target.line {
            Some(_) => format!("add `harness = false` to its `{}`", target.kind.section()),
            None if target.kind == Kind::Lib => "add `[lib]` with `harness = false`".to_owned(),
            None => format!("add `{}` with `name = \"{name}\"` and `harness = false`", target.kind.section()),
        };
        let found = if target.line.is_none() { ", which cargo has found by itself," } else { "" };
        if has.main && target.tested && target.harness_off.is_none() {
            let what = format!(
                "target `{name}`{found} calls `{harness}::main!` and is built with libtest, which runs none of its \
                 tests: {add}"
            );
            section.find(Severity::Error, place(None), what);
        } else if has.ours > 0 && !has.main_perhaps && target.tested && target.harness_off.is_none() {
            let what = format!(
                "target `{name}`{found} has {} of this harness and is built with libtest, which runs none of them: {add}, \
                 and `{harness}::main!();` to {}",
                counted(has.ours, "test"),
                (self.shown)(&self.folder.join(&target.root)),
            );
            section.find(Severity::Error, place(None), what);
        }
        if has.main && has.dropped > 0 && target.tested && target.harness_off.is_none() {
            // Its other tests will be lost as soon as the section is there.
            let tests = counted(has.dropped, "test");
            let what =
                format!("target `{name}`: {tests} of libtest will no longer run then: migrate them too");
            section.find(Severity::Note, self.first(tree, has), what);
        }
        let Some(line) = target.harness_off else { return };
        let tests = target.kind != Kind::Bench && target.kind != Kind::Example;
        if !target.tested && tests {
            let what = match has.main {
                true => format!(
                    "target `{name}` has `test = false`: `cargo test` leaves it out, with all its tests"
                ),
                false => {
                    format!("target `{name}` has `test = false`: there, `harness = false` changes nothing")
                }
            };
            section.find(if has.main { Severity::Warning } else { Severity::Note }, place(Some(line)), what);
        }
        if has.main || has.main_perhaps {
            if let Some(line) = target.required_features {
                let what = format!(
                    "target `{name}` has `required-features`: without them `cargo test` leaves it out and says nothing"
                );
                section.find(Severity::Note, place(Some(line)), what);
            }
            return;
        }
        if target.tested && !has.own_main && has.ours + has.dropped > 0 {
            let what = format!(
                "target `{name}` has `harness = false` and no `main`: end {} with `{harness}::main!();`, or remove the \
                 setting",
                (self.shown)(&self.folder.join(&target.root)),
            );
            section.find(Severity::Error, place(Some(line)), what);
        } else if target.tested && has.own_main && has.ours + has.dropped > 0 {
            let what = format!(
                "target `{name}` has `harness = false` and a `main` of its own, so that {}: call `{harness}::main!` in \
                 place of it, or remove the setting and the `main`",
                never_run(has.ours + has.dropped),
            );
            section.find(Severity::Error, place(Some(line)), what);
        }
    }

    fn first(&self, tree: &Tree, has: &Has) -> Option<String> {
        let (unit, at) = has.first?;
        let unit = tree.units.get(unit)?;
        Some(format!("{}:{}", (self.shown)(&unit.path), unit.source.code.place(at).0))
    }

    /// Files of `tests` and `src` that are part of no target; answers how many files there are.
    pub(super) fn check_files(&self, library: &mut Library, section: &mut Section) -> usize {
        let mut all = Vec::new();
        for folder in ["tests", "src"] {
            self.walk(&self.folder.join(folder), DEPTH, &mut all);
        }
        let count = all.len();
        let units = self.trees.iter().flat_map(|(_, tree)| &tree.units);
        let mut parts: Vec<_> = units.map(|unit| unit.path.as_path()).collect();
        sort_by(&mut parts, |a, b| a < b);
        all.retain(|path| parts.binary_search(&path.as_path()).is_err());
        let named = self.named_as_text(&all);
        let trees: Vec<_> =
            all.iter().map(|path| Tree::of(path, &self.manifest.renamed, library, self.files)).collect();
        let (mut data, mut strays) = (0, Vec::new());
        for (nth, (path, tree)) in all.iter().zip(&trees).enumerate() {
            let is_inner = trees.iter().enumerate().any(|(other, tree)| {
                other != nth && tree.units.iter().skip(1).any(|unit| unit.path == *path)
            });
            let has = has(tree);
            // What tests compile themselves is no part of them.
            if named[nth] || has.own_main {
                data += 1;
            } else if !is_inner {
                strays.push((path, has));
            }
        }
        for (path, has) in strays {
            self.stray(path, &has, section);
        }
        if data > 0 {
            let noun = if data == 1 { "1 file is" } else { &format!("{data} files are") };
            section.fact(
                "data",
                format!("{noun} part of no target, and named as text or programs by themselves"),
            );
        }
        count
    }

    fn stray(&self, path: &Path, has: &Has, section: &mut Section) {
        let in_package = path.strip_prefix(self.folder).unwrap_or(path);
        let is_test = in_package.starts_with("tests");
        let tests = has.ours + has.dropped;
        let add = match is_test {
            true => "name it by `mod` in a file that is, or give it a `[[test]]` with its `path`",
            false => "name it by `mod` in a file that is",
        };
        let place = (self.shown)(path);
        let generated = self.trees.iter().any(|(_, tree)| tree.generated > 0);
        if has.main {
            let harness = self.manifest.name_of("async_harness");
            let what = format!(
                "this file calls `{harness}::main!` and is the root of no target, so that {}: give it a `[[test]]` with \
                 `harness = false`",
                never_run(tests),
            );
            section.find(Severity::Error, place, what);
        } else if tests > 0 {
            let what = format!("this file is part of no target, so that {}: {add}", never_run(tests));
            // A build may have a hand in it.
            section.find(if generated { Severity::Warning } else { Severity::Error }, place, what);
        } else if is_test {
            section.find(
                Severity::Warning,
                place,
                format!("this file is part of no target: {add}, or remove it"),
            );
        }
    }

    /// The files of Rust below a folder that are of this package.
    fn walk(&self, folder: &Path, depth: u32, into: &mut Vec<PathBuf>) {
        if depth == 0 || self.files.exists(&folder.join("Cargo.toml")) {
            return;
        }
        for (name, is_folder) in self.files.list(folder) {
            let path = folder.join(&name);
            if name.starts_with('.') {
            } else if is_folder {
                self.walk(&path, depth - 1, into);
            } else if name.ends_with(".rs") {
                into.push(path);
            }
        }
    }

    /// Which of these files, or folders of them, are named as text in the sources: `cases.compile_fail("tests/ui/*.rs")`.
    fn named_as_text(&self, all: &[PathBuf]) -> Vec<bool> {
        let mut named = vec![false; all.len()];
        if all.is_empty() {
            return named;
        }
        let units = self.trees.iter().flat_map(|(_, tree)| &tree.units);
        for text in units.flat_map(|unit| unit.source.strings()) {
            let text = text.split(['*', '{', '?']).next().unwrap_or_default();
            let text = text.trim_start_matches("./").trim_matches('/');
            if text.is_empty() || text.contains(char::is_whitespace) {
                continue;
            }
            for (path, named) in all.iter().zip(&mut named) {
                *named = *named || is_named(path.strip_prefix(self.folder).unwrap_or(path), Path::new(text));
            }
        }
        named
    }
}

fn never_run(tests: usize) -> String {
    if tests == 1 { "1 test in it never runs".to_owned() } else { format!("{tests} tests in it never run") }
}

/// Whether a text names a file or a folder that it is in: from the package, from its folder of tests, or alone.
fn is_named(file: &Path, text: &Path) -> bool {
    let mut below = file.components();
    let first = below.next();
    let below = below.as_path();
    let is_alone = || text.components().count() == 1;
    let mut folders = below.parent().into_iter().flat_map(Path::components);
    match first {
        Some(first) if text.as_os_str() == first.as_os_str() => false,
        _ if text.extension().is_some_and(|extension| extension == "rs") => file.ends_with(text),
        _ => {
            file.starts_with(text)
                || below.starts_with(text)
                || is_alone() && folders.any(|folder| folder.as_os_str() == text.as_os_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_text_in_many_ways() {
        for (file, text, expected) in [
            ("tests/ui/pass/a.rs", "tests/ui", true),
            ("tests/ui/pass/a.rs", "ui/pass", true),
            ("tests/ui/pass/a.rs", "ui", true),
            ("tests/ui/pass/a.rs", "a.rs", true),
            ("tests/ui/pass/a.rs", "pass/a.rs", true),
            ("tests/ui/pass/a.rs", "tests", false),
            ("tests/ui/pass/a.rs", "b.rs", false),
            ("tests/ui/pass/a.rs", "a", false),
            ("tests/ui/pass/a.rs", "u", false),
            ("tests/a.rs", "a", false),
        ] {
            assert_eq!(is_named(Path::new(file), Path::new(text)), expected, "{file} by {text}");
        }
    }
}
