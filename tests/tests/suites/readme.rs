//! The quick start of the README, done as written: its files in a crate of their own, which depends on the harness by
//! path, and `cargo test`.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

use async_harness_tests::{cargo, folder, suites_manifest};
use std::fs;
use std::path::Path;

/// The blocks of a language in the README's section of this heading, in their order.
fn blocks(heading: &str, language: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, section) = readme.split_once(&format!("\n{heading}\n")).unwrap();
    let depth = heading.split(' ').next().unwrap().len();
    let ends = |line: &str| line.starts_with('#') && line.split(' ').next().unwrap().len() <= depth;
    let mut fence: Option<(&str, String)> = None;
    let mut blocks = Vec::new();
    for line in section.lines() {
        match (&mut fence, line.strip_prefix("```")) {
            (None, Some(opened)) => fence = Some((opened, String::new())),
            (None, None) if ends(line) => break,
            (Some(_), Some(_)) => blocks.extend(fence.take()),
            (Some((_, text)), None) => *text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    blocks.into_iter().filter(|(opened, _)| *opened == language).map(|(_, text)| text).collect()
}

/// Runs `cargo test` on a crate of these files and gives what it printed.
fn tested(name: &str, manifest: &str, files: &[(&str, &str)]) -> String {
    let harness = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("harness");
    let crate_folder = folder(name);
    let published = "async-harness = \"0.1\"";
    assert!(manifest.contains(published), "{manifest}");
    let manifest = manifest.replace(published, &format!("async-harness = {{ path = {harness:?} }}"));
    let package = format!("[package]\nname = {name:?}\nedition = \"2024\"\n\n[workspace]\n\n{manifest}");
    fs::write(crate_folder.join("Cargo.toml"), package).unwrap();
    // The same versions as the suites have: nothing is to be fetched or built a second time.
    fs::copy(suites_manifest().with_extension("lock"), crate_folder.join("Cargo.lock")).unwrap();
    fs::create_dir_all(crate_folder.join("src")).unwrap();
    fs::write(crate_folder.join("src/lib.rs"), "").unwrap();
    for (path, text) in files {
        let path = crate_folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let output = cargo(&["test"]).inside(&crate_folder).run().exits_with(0);
    fs::remove_dir_all(&crate_folder).unwrap();
    output.stdout
}

#[test]
fn the_quick_start_works_as_written() {
    let manifests = blocks("## Quick start", "toml");
    let sources = blocks("## Quick start", "rust");
    let shown = blocks("## Quick start", "text").concat();
    let printed = tested("quick-start", &manifests[0], &[("tests/ledger.rs", &sources[0])]);
    let results = |text: &str| -> Vec<String> {
        let mut results: Vec<_> =
            text.lines().filter(|line| line.starts_with("test ")).map(without_time).collect();
        results.sort();
        results
    };
    for result in results(&shown) {
        assert!(results(&printed).contains(&result), "`{result}` is not in\n{printed}");
    }
}

#[test]
fn fixtures_work_as_written() {
    let manifest = &blocks("## Quick start", "toml")[0];
    let source = &blocks("### Fixtures", "rust")[0];
    let printed = tested("fixtures", manifest, &[("tests/ledger.rs", source)]);
    assert!(printed.contains("test an_entry_is_more_than_nothing::case_2_many ... ok"), "{printed}");
}

#[test]
fn unit_tests_work_as_written() {
    let dependencies = &blocks("## Quick start", "toml")[0];
    let library = &blocks("### Unit tests", "toml")[0];
    let source = &blocks("### Unit tests", "rust")[0];
    let manifest = format!("{}\n{library}", dependencies.split("[[test]]").next().unwrap());
    let printed = tested("unit-tests", &manifest, &[("src/lib.rs", source)]);
    assert!(printed.contains("test tests::two_is_doubled ... ok"), "{printed}");
}

fn without_time(line: &str) -> String {
    line.split("; finished in").next().unwrap_or(line).to_owned()
}
