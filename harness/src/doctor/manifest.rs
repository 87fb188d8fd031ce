//! The targets of a package: those that its manifest names, and those that cargo finds by itself.

use super::Files;
use super::toml::{Table, Unread};
use std::path::{Path, PathBuf};

/// What a manifest says.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    pub(super) targets: Vec<Target>,
    /// Names of crates that are not those of their packages, each with that.
    pub(super) renamed: Vec<(String, String)>,
}

/// A target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// The file that is its root, as a path in the package.
    pub(super) root: PathBuf,
    /// The line of its section; nothing where cargo has found it.
    pub(super) line: Option<u32>,
    /// The line of `harness = false`.
    pub(super) harness_off: Option<u32>,
    /// Whether `cargo test` builds and runs it.
    pub(super) tested: bool,
    /// The line of `required-features`.
    pub(super) required_features: Option<u32>,
}

/// What kind of a target it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Lib,
    Bin,
    Test,
    Bench,
    Example,
}

impl Kind {
    const FOUND: [Kind; 4] = [Kind::Bin, Kind::Test, Kind::Bench, Kind::Example];

    /// Its key in a manifest.
    pub(super) fn key(self) -> &'static str {
        match self {
            Kind::Lib => "lib",
            Kind::Bin => "bin",
            Kind::Test => "test",
            Kind::Bench => "bench",
            Kind::Example => "example",
        }
    }

    /// Its section, as it is written.
    pub(super) fn section(self) -> String {
        if self == Kind::Lib { "[lib]".to_owned() } else { format!("[[{}]]", self.key()) }
    }

    /// Where cargo looks for it.
    fn folder(self) -> &'static str {
        match self {
            Kind::Lib => "src",
            Kind::Bin => "src/bin",
            Kind::Test => "tests",
            Kind::Bench => "benches",
            Kind::Example => "examples",
        }
    }

    /// What switches that off.
    fn auto(self) -> &'static str {
        match self {
            Kind::Lib => "autolib",
            Kind::Bin => "autobins",
            Kind::Test => "autotests",
            Kind::Bench => "autobenches",
            Kind::Example => "autoexamples",
        }
    }
}

impl Manifest {
    /// Reads the manifest of the package in this folder.
    ///
    /// # Errors
    ///
    /// [`Unread`] where its text is no TOML.
    pub(super) fn read(text: &str, folder: &Path, files: &dyn Files) -> Result<Self, Unread> {
        let table = Table::read(text)?;
        let package = table.table("package").and_then(|package| package.text("name")).unwrap_or_default();
        let mut targets = Vec::new();
        targets.extend(library(&table, package, folder, files));
        for kind in Kind::FOUND {
            let named: Vec<_> = table.tables(kind.key()).into_iter().collect();
            let named = named.into_iter().filter_map(|(line, section)| {
                let name = section.text("name")?;
                let root = match section.text("path") {
                    Some(path) => PathBuf::from(path),
                    None => default_root(kind, name, package, folder, files)?,
                };
                Some(target(kind, name, root, Some((line, section))))
            });
            let before = targets.len();
            targets.extend(named);
            if table.table("package").and_then(|package| package.bool(kind.auto())) != Some(false) {
                for (name, root) in found(kind, package, folder, files) {
                    if !targets[before..].iter().any(|target| target.name == name) {
                        targets.push(target(kind, &name, root, None));
                    }
                }
            }
        }
        let mut renamed = renamed(&table);
        renamed.extend(renamed_above(folder, files));
        Ok(Manifest { targets, renamed })
    }

    /// What sources call the crate of this package.
    pub(super) fn name_of<'a>(&'a self, package: &'a str) -> &'a str {
        let renamed = self.renamed.iter().find(|(_, other)| other == package);
        renamed.map_or(package, |(name, _)| name)
    }
}

fn target(kind: Kind, name: &str, root: PathBuf, section: Option<(u32, &Table)>) -> Target {
    let table = section.map(|(_, table)| table);
    let off = table
        .and_then(|table| table.entry("harness"))
        .filter(|_| table.and_then(|table| table.bool("harness")) == Some(false));
    let tested = table.and_then(|table| table.bool("test"));
    Target {
        kind,
        name: name.to_owned(),
        root,
        line: section.map(|(line, _)| line),
        harness_off: off.map(|(line, _)| line),
        tested: tested.unwrap_or(matches!(kind, Kind::Lib | Kind::Bin | Kind::Test)),
        required_features: table.and_then(|table| table.entry("required-features")).map(|(line, _)| line),
    }
}

fn library(table: &Table, package: &str, folder: &Path, files: &dyn Files) -> Option<Target> {
    let section = table.entry("lib").zip(table.table("lib")).map(|((line, _), table)| (line, table));
    let path = section.and_then(|(_, section)| section.text("path")).unwrap_or("src/lib.rs");
    let name = section.and_then(|(_, section)| section.text("name"));
    let name = name.map_or_else(|| package.replace('-', "_"), ToOwned::to_owned);
    (section.is_some() || files.exists(&folder.join(path)))
        .then(|| target(Kind::Lib, &name, path.into(), section))
}

/// The root of a target whose section names none.
fn default_root(kind: Kind, name: &str, package: &str, folder: &Path, files: &dyn Files) -> Option<PathBuf> {
    let base = Path::new(kind.folder());
    let own = (kind == Kind::Bin && name == package).then(|| PathBuf::from("src/main.rs"));
    let candidates = [Some(base.join(format!("{name}.rs"))), Some(base.join(name).join("main.rs")), own];
    candidates.into_iter().flatten().find(|root| files.exists(&folder.join(root)))
}

/// What cargo finds by itself.
fn found(kind: Kind, package: &str, folder: &Path, files: &dyn Files) -> Vec<(String, PathBuf)> {
    let base = Path::new(kind.folder());
    let mut found = Vec::new();
    if kind == Kind::Bin && files.exists(&folder.join("src/main.rs")) {
        found.push((package.to_owned(), PathBuf::from("src/main.rs")));
    }
    for (name, is_folder) in files.list(&folder.join(base)) {
        let main = base.join(&name).join("main.rs");
        match name.strip_suffix(".rs") {
            _ if name.starts_with('.') => {}
            Some(stem) if !is_folder => found.push((stem.to_owned(), base.join(&name))),
            _ if is_folder && files.exists(&folder.join(&main)) => found.push((name, main)),
            _ => {}
        }
    }
    found
}

/// The dependencies under another name, wherever they are named: `tokio = { package = "tokio-uring" }`.
fn renamed(table: &Table) -> Vec<(String, String)> {
    const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let mut tables = vec![table];
    tables.extend(table.table("workspace"));
    for (_, target) in table.table("target").map_or_else(Vec::new, Table::all) {
        tables.extend(target.as_table());
    }
    let mut renamed = Vec::new();
    for table in tables {
        for kind in KINDS {
            for (name, dependency) in table.table(kind).map_or_else(Vec::new, Table::all) {
                if let Some(package) = dependency.as_table().and_then(|table| table.text("package")) {
                    renamed.push((name.replace('-', "_"), package.replace('-', "_")));
                }
            }
        }
    }
    renamed
}

/// The same of the workspace that the package is in, whose names its packages take over.
fn renamed_above(folder: &Path, files: &dyn Files) -> Vec<(String, String)> {
    let above = folder.ancestors().skip(1).filter_map(|folder| files.read(&folder.join("Cargo.toml")));
    let mut tables = above.filter_map(|text| Table::read(&text).ok());
    let workspace = tables.find(|table| table.get("workspace").is_some());
    workspace.map_or_else(Vec::new, |table| renamed(&table))
}

#[cfg(test)]
mod tests {
    use super::super::tests::InMemory;
    use super::*;

    /// Targets as `kind name root`, with what is unusual of each.
    fn check(manifest: &str, files: &[&str], expected: &[&str]) {
        let files = InMemory::new(files.iter().map(|file| (*file, "")));
        let read = Manifest::read(manifest, Path::new("/p"), &files).expect("TOML");
        let shown = read.targets.iter().map(|target| {
            let mut text = format!("{} {} {}", target.kind.key(), target.name, target.root.display());
            let mut add = |is, word: &str| text += if is { word } else { "" };
            add(target.line.is_none(), " found");
            add(target.harness_off.is_some(), " own-harness");
            add(!target.tested, " untested");
            add(target.required_features.is_some(), " features");
            text
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn targets_are_those_that_cargo_knows() {
        check(
            "[package]\nname = \"a-b\"",
            &[
                "src/lib.rs",
                "src/main.rs",
                "src/bin/c.rs",
                "src/bin/d/main.rs",
                "src/bin/e/f.rs",
                "tests/g.rs",
                "tests/h/main.rs",
                "tests/i/mod.rs",
                "tests/data.txt",
                "benches/j.rs",
                "examples/k.rs",
            ],
            &[
                "lib a_b src/lib.rs found",
                "bin a-b src/main.rs found",
                "bin c src/bin/c.rs found",
                "bin d src/bin/d/main.rs found",
                "test g tests/g.rs found",
                "test h tests/h/main.rs found",
                "bench j benches/j.rs found untested",
                "example k examples/k.rs found untested",
            ],
        );
    }

    #[test]
    fn sections_come_before_what_is_found() {
        check(
            "[package]\nname = \"a\"\n[lib]\nharness = false\ntest = false\n[[test]]\nname = \"g\"\nharness = false\n\
             [[test]]\nname = \"h\"\npath = \"elsewhere/h.rs\"\nrequired-features = [\"x\"]\n[[bin]]\nname = \"a\"\n\
             harness = true\n[[test]]\nname = \"lost\"",
            &["src/lib.rs", "src/main.rs", "tests/g.rs", "tests/h.rs", "tests/i.rs"],
            &[
                "lib a src/lib.rs own-harness untested",
                "bin a src/main.rs",
                "test g tests/g.rs own-harness",
                "test h elsewhere/h.rs features",
                "test i tests/i.rs found",
            ],
        );
    }

    #[test]
    fn nothing_is_found_where_that_is_switched_off() {
        check(
            "package = { name = \"a\", autotests = false }\ntest = [{ name = \"g\", harness = false }]",
            &["tests/g.rs", "tests/h.rs"],
            &["test g tests/g.rs own-harness"],
        );
    }

    #[test]
    fn crates_may_have_other_names() {
        let manifest = "[package]\nname = \"a\"\n[dev-dependencies]\nh = { package = \"async-harness\", path = \"x\" }\n\
                        [target.'cfg(unix)'.dependencies.t-k]\npackage = \"tokio\"\nversion = \"1\"";
        let above = "[workspace.dependencies]\nw = { package = \"rstest\" }\nsame = \"1\"";
        let files = InMemory::new([("../Cargo.toml", above)]);
        let read = Manifest::read(manifest, Path::new("/p/../p"), &files).expect("TOML");
        let renamed = read.renamed.iter().map(|(name, package)| format!("{name}={package}"));
        assert_eq!(renamed.collect::<Vec<_>>(), ["h=async_harness", "t_k=tokio", "w=rstest"]);
        assert_eq!(["async_harness", "x"].map(|name| read.name_of(name)), ["h", "x"]);
    }
}
