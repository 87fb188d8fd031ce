//! Finds the sources of a target and has them examined.

use super::found::{Section, Severity, counted};
use super::manifest::Manifest;
use super::never::{Counted, Registered, Search};
use super::registered::look_at_tests;
use super::targets::Package;
use super::tree::{Library, Tree, tidy};
use super::{Files, Patient};
use std::path::{Path, PathBuf};

/// Where a target's sources are.
struct Located {
    /// The folder of its package.
    folder: PathBuf,
    /// What rustc's names of files are relative to.
    base: PathBuf,
    /// The root of the target.
    root: PathBuf,
}

/// Where the root of a target is, whose name is relative to where rustc ran: the folder of the package or one above it.
fn locate(patient: &Patient<'_>) -> Option<Located> {
    let located = patient.folders.iter().filter_map(|folder| {
        let root = |base: &Path| tidy(&base.join(patient.target.root));
        let base = folder.ancestors().find(|base| patient.files.exists(&root(base)))?;
        Some(Located { folder: folder.clone(), base: base.to_owned(), root: root(base) })
    });
    // A root may stand outside its package, if nothing better is found.
    let mut all: Vec<_> = located.collect();
    let inside = all.iter().position(|located| located.root.starts_with(&located.folder)).unwrap_or(0);
    (inside < all.len()).then(|| all.swap_remove(inside))
}

/// What sources and registry say: what was looked at, tests that never run, targets, files, what nobody uses.
pub(crate) fn examine(patient: &Patient<'_>) -> Vec<Section> {
    let mut sources = Section::new("sources", "");
    let Some(Located { folder, base, root }) = locate(patient) else {
        let looked: Vec<_> = patient.folders.iter().map(|folder| format!("`{}`", folder.display())).collect();
        let what = format!(
            "`{}` is not found from {}: nothing can be said of tests that never run",
            patient.target.root,
            if looked.is_empty() { "here".to_owned() } else { looked.join(" nor from ") },
        );
        sources.find(Severity::Error, None, what);
        return vec![sources, look_at_tests(patient, &|_| false)];
    };
    let shown = |path: &Path| path.strip_prefix(&base).unwrap_or(path).display().to_string();
    let path = folder.join("Cargo.toml");
    let manifest_shown = shown(&path);
    let manifest = manifest(&path, &folder, patient.files, &manifest_shown, &mut sources);
    let mut library = Library::default();
    let renamed = manifest.as_ref().map_or(&[][..], |manifest| &manifest.renamed);
    let harness = manifest.as_ref().map_or("async_harness", |manifest| manifest.name_of("async_harness"));
    let tree = Tree::of(&root, renamed, &mut library, patient.files);

    let mut never = Section::new("tests that never run", "none");
    let all = patient.tests.iter().chain(&patient.factories).copied();
    let registered = Registered::new(all, &base);
    let search = Search { tree: &tree, registered: &registered, harness, shown: &shown };
    let counted = search.run(&mut never);
    looked_at(&tree, &counted, &shown, &mut sources);

    let mut targets = Section::new("targets of the package", "all as their sources want them");
    let mut files = Section::new("files of the package", "all part of a target");
    let mut trees = Vec::new();
    if let Some(manifest) = &manifest {
        for target in &manifest.targets {
            let root = tidy(&folder.join(&target.root));
            trees.push((target.clone(), Tree::of(&root, &manifest.renamed, &mut library, patient.files)));
        }
        if !trees.iter().any(|(target, _)| tidy(&folder.join(&target.root)) == root) {
            let what = format!("no target of {manifest_shown} has the root {}", shown(&root));
            sources.find(Severity::Note, None, what);
        }
        let package = Package {
            folder: &folder,
            manifest,
            manifest_shown,
            trees: &trees,
            files: patient.files,
            shown: &shown,
        };
        package.check_targets(&mut targets);
        let count = package.check_files(&mut library, &mut files);
        sources.fact("package", super::found::counted(count, "file") + " in its `src` and `tests`");
    }
    let is_shared = |file: &str| {
        let path = tidy(&base.join(file));
        let has_it = |tree: &Tree| tree.units.iter().any(|unit| unit.path == path);
        trees.iter().filter(|(_, tree)| has_it(tree)).count() > 1
    };
    let used = look_at_tests(patient, &is_shared);
    vec![sources, never, targets, files, used]
}

fn manifest(
    path: &Path,
    folder: &Path,
    files: &dyn Files,
    shown: &str,
    sources: &mut Section,
) -> Option<Manifest> {
    let Some(text) = files.read(path) else {
        let what = "there is no manifest here: targets and files of the package are not looked at".to_owned();
        sources.find(Severity::Warning, shown.to_owned(), what);
        return None;
    };
    match Manifest::read(&text, folder, files) {
        Ok(manifest) => {
            sources.fact("manifest", format!("{shown}: {}", counted(manifest.targets.len(), "target")));
            Some(manifest)
        }
        Err(unread) => {
            let what = format!("{}: targets and files of the package are not looked at", unread.what);
            sources.find(Severity::Warning, format!("{shown}:{}", unread.line), what);
            None
        }
    }
}

fn looked_at(tree: &Tree, found: &Counted, shown: &dyn Fn(&Path) -> String, sources: &mut Section) {
    let Counted { run, never, left_out } = *found;
    let root = tree.units.first().map(|unit| shown(&unit.path)).unwrap_or_default();
    sources.fact("target", format!("{} from {root} along its modules", counted(tree.units.len(), "file")));
    let mut functions = format!("{run} that run, {never} that never do");
    if left_out > 0 {
        functions += &format!(", {left_out} not compiled here");
    }
    sources.fact("test functions", functions);
    for (unit, at, name) in &tree.missing {
        let unit = &tree.units[*unit];
        let place = format!("{}:{}", shown(&unit.path), unit.source.code.place(*at).0);
        sources.find(
            Severity::Note,
            place,
            format!("the file of module `{name}` is not found, and not looked at"),
        );
    }
    if tree.generated > 0 {
        let what = format!("{} that a build makes not looked at", counted(tree.generated, "included file"));
        sources.find(Severity::Note, None, what);
    }
}
