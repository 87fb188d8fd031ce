//! The lines of a source around a place in it.

use super::cause::Spot;
use crate::target::Target;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// How many lines stand before the one in question, and after it.
const BEFORE: usize = 2;
const AFTER: usize = 2;

/// What is longer is shown up to here, in characters: a line of data is no help.
const LONGEST: usize = 160;

/// Where the sources of a target are.
#[derive(Debug)]
pub(super) struct Sources {
    /// What relative paths begin from: cargo compiles each package of a workspace in the folder of the workspace.
    root: Option<PathBuf>,
}

impl Sources {
    /// Those of this target: where its root is found, seen from the folder of its package or one around that; if the sources
    /// have moved since they were built, from the folder of the process.
    pub(super) fn of(target: Target) -> Self {
        let here = std::env::current_dir().ok();
        let folders = target.folder.map(PathBuf::from).into_iter().chain(here);
        let around = |folder: PathBuf| {
            let mut around = folder.ancestors();
            around.find(|folder| folder.join(target.root).is_file()).map(Path::to_owned)
        };
        Sources { root: folders.filter_map(around).next() }
    }

    /// The file of a place as it is called from the root; nothing for one that is not in there, as the library of another.
    pub(super) fn inside(&self, spot: &Spot) -> Option<PathBuf> {
        let root = self.root.as_deref()?;
        let path = root.join(&spot.file);
        let inside = path.strip_prefix(root).ok().map(Path::to_owned);
        inside.filter(|_| path.is_file())
    }

    /// Whether any of them can be found.
    pub(super) fn are_found(&self) -> bool {
        self.root.is_some()
    }

    /// The whole path of a file that was [found inside](Sources::inside).
    pub(super) fn whole(&self, inside: &Path) -> PathBuf {
        self.root.as_deref().map_or_else(|| inside.to_owned(), |root| root.join(inside))
    }

    /// The lines around a place, where it is inside and can be read.
    pub(super) fn excerpt(&self, spot: &Spot) -> Option<String> {
        let inside = self.inside(spot)?;
        let bytes = fs::read(self.whole(&inside)).ok()?;
        excerpt(&String::from_utf8_lossy(&bytes), spot)
    }
}

/// The lines around a place in this text, as the compiler shows them.
fn excerpt(text: &str, spot: &Spot) -> Option<String> {
    let Spot { file, line, column } = spot;
    let first = line.checked_sub(1)?.saturating_sub(BEFORE);
    let lines: Vec<_> = text.lines().skip(first).take(line + AFTER - first).collect();
    let at = lines.get(line - 1 - first)?;
    let width = (first + lines.len()).to_string().len();
    let mut excerpt = format!("{:width$}--> {file}:{line}:{column}\n{:width$} |\n", "", "");
    for (number, text) in (first + 1..).zip(&lines) {
        let text: String = text.chars().take(LONGEST).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(excerpt, "{}", format!("{number:width$} | {text}").trim_end());
        if number == *line {
            // Tabs are kept, so that the mark stands below its character however wide they are.
            let before = at.chars().take(column.saturating_sub(1)).take(LONGEST);
            let blank: String = before.map(|c| if c == '\t' { c } else { ' ' }).collect();
            let _ = writeln!(excerpt, "{:width$} | {blank}^", "");
        }
    }
    Some(excerpt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, line: usize, column: usize, expected: Expect) {
        let spot = Spot { file: "tests/a.rs".to_owned(), line, column };
        expected.assert_eq(&excerpt(text, &spot).unwrap_or_default());
    }

    #[test]
    fn the_lines_around_a_place_are_shown() {
        let text: String = (1..=12).map(|n| format!("\tline({n});\n")).collect();
        check(
            &text,
            9,
            2,
            expect![[r#"
                  --> tests/a.rs:9:2
                   |
                 7 | 	line(7);
                 8 | 	line(8);
                 9 | 	line(9);
                   | 	^
                10 | 	line(10);
                11 | 	line(11);
            "#]],
        );
    }

    #[test]
    fn the_ends_of_a_file_are_no_trouble() {
        check(
            "assert!(false)",
            1,
            1,
            expect![[r#"
                 --> tests/a.rs:1:1
                  |
                1 | assert!(false)
                  | ^
            "#]],
        );
        check("one line\n", 2, 1, expect![[""]]);
        check("one line\n", 0, 0, expect![[""]]);
        check("", 1, 1, expect![[""]]);
    }

    #[test]
    fn files_are_found_from_the_folder_of_the_workspace() {
        let folder = std::path::absolute(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
        let target = Target {
            root: "harness/src/lib.rs",
            folder: Some(folder.to_string_lossy().into_owned().leak()),
            ..Target::UNKNOWN
        };
        let sources = Sources::of(target);
        let spot = |file: &str| Spot { file: file.to_owned(), line: 1, column: 1 };
        assert!(
            sources
                .excerpt(&spot(file!()))
                .is_some_and(|text| text.contains("1 | //! The lines of a source"))
        );
        let whole = folder.join("lib.rs");
        let inside = sources.inside(&spot(&whole.to_string_lossy()));
        assert_eq!(inside.as_deref(), Some(Path::new("harness/src/lib.rs")));
        for elsewhere in
            ["/rustc/0123/library/core/src/option.rs", "/etc/hostname", "harness/src/gone.rs", ""]
        {
            assert_eq!(sources.inside(&spot(elsewhere)), None, "{elsewhere}");
        }
    }
}
