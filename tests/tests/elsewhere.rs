//! What stands in for that which only Linux, or only systems with signals, can do compiles without a warning. There is no
//! other system here: so it is taken from the sources that there is this one.
#![cfg(target_os = "linux")]

use async_harness_tests::{Run, standing_folder, write_if_changed};
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn other_systems_of_the_unix_family_are_compiled_for() {
    check("elsewhere-unix", &[("target_os = \"linux\"", "target_os = \"fuchsia\"")]);
}

#[test]
fn systems_without_signals_are_compiled_for() {
    check("elsewhere", &[("target_os = \"linux\"", "target_os = \"fuchsia\""), ("unix", "windows")]);
}

/// Has clippy look at the harness, with other words in its conditions: of systems that this is not.
fn check(name: &str, words: &[(&str, &str)]) {
    let (from, to) = (Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), standing_folder(name));
    for package in ["harness", "harness-macros"] {
        for file in files(&from.join(package)) {
            let Ok(text) = fs::read_to_string(&file) else { continue };
            let is_rust = file.extension().is_some_and(|extension| extension == "rs");
            let text = if is_rust { changed(&text, words) } else { text };
            let path = file.strip_prefix(&from).expect("a file of a folder stands in it");
            write_if_changed(&to.join(path), &text);
        }
    }
    let manifest = fs::read_to_string(from.join("Cargo.toml")).expect("the workspace has a manifest");
    let all = "members = [\"harness\", \"harness-macros\", \"examples\", \"tests\"]";
    assert!(manifest.contains(all), "{manifest}");
    write_if_changed(
        &to.join("Cargo.toml"),
        &manifest.replace(all, "members = [\"harness\", \"harness-macros\"]"),
    );
    for file in ["Cargo.lock", "clippy.toml"] {
        let text = fs::read_to_string(from.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        write_if_changed(&to.join(file), &text);
    }

    for features in [None, Some("--no-default-features")] {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let found = Run::new(Path::new(&cargo))
            .line("clippy --quiet --package async-harness --lib --tests")
            .args(features)
            .line("-- -D warnings")
            .env("CARGO_TARGET_DIR", standing_folder("elsewhere-target"))
            .inside(&to)
            .limit(600)
            .run();
        assert!(found.passed(), "{features:?}\n{}", found.stderr);
    }
}

fn changed(text: &str, words: &[(&str, &str)]) -> String {
    let mut is_condition = false;
    let lines = text.split_inclusive('\n').map(|line| {
        // It may go on in further lines.
        is_condition |= line.trim_start().starts_with("#[cfg") || line.starts_with("#![cfg");
        if !is_condition {
            return line.to_owned();
        }
        is_condition = !line.contains(']');
        words.iter().fold(line.to_owned(), |line, (from, to)| line.replace(from, to))
    });
    lines.collect()
}

/// All files of a folder and of those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
