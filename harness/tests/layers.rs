//! Holds the modules to the table of layers in `docs/architecture.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_module_uses_its_own_layer_or_a_lower_one() {
    let layers = layers();
    for (module, file) in sources() {
        let own = layer(&layers, &module);
        for used in uses(&file) {
            let other = layer(&layers, &used);
            assert!(other <= own, "{} is of layer {own} and uses `{used}` of layer {other}", file.display());
        }
    }
}

#[test]
fn modules_of_one_layer_use_each_other_in_one_direction() {
    let mut edges = BTreeMap::<String, Vec<String>>::new();
    for (module, file) in sources() {
        let used = uses(&file).into_iter().filter(|used| *used != module);
        edges.entry(module.clone()).or_default().extend(used);
    }
    for start in edges.keys() {
        let mut reached = Vec::new();
        let mut next = edges[start].clone();
        while let Some(module) = next.pop() {
            assert_ne!(module, *start, "`{start}` reaches itself through {reached:?}");
            if !reached.contains(&module) {
                next.extend(edges.get(&module).cloned().unwrap_or_default());
                reached.push(module);
            }
        }
    }
}

#[test]
fn only_the_files_that_the_architecture_names_allow_unsafe_code() {
    let mut allowing: Vec<_> = sources()
        .into_iter()
        .map(|(_, file)| file)
        .filter(|file| read(file).contains("allow(unsafe_code"))
        .collect();
    allowing.sort();
    let files = [
        "capture/interpose/roll.rs",
        "capture/interpose.rs",
        "crash/actions.rs",
        "crash/circumstances.rs",
        "crash/culprit.rs",
        "crash/exits.rs",
        "crash/handler.rs",
        "crash/held.rs",
        "crash/image.rs",
        "execute/spread.rs",
        "fixtures/env_vars.rs",
        "interrupt.rs",
        "isolate/system.rs",
    ];
    assert_eq!(allowing, files.map(|file| root().join("harness/src").join(file)));
    let table = read(&root().join("docs/architecture.md"));
    for file in files {
        assert!(table.contains(&format!("`{file}`")), "{file} is not named in the architecture");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package stands in the workspace").to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The layer of each module that the table names.
fn layers() -> BTreeMap<String, u32> {
    let table = read(&root().join("docs/architecture.md"));
    let mut layers = BTreeMap::new();
    for row in table.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let Some(layer) = cells[1].split(' ').next().and_then(|number| number.parse().ok()) else { continue };
        for module in cells[2].split(',') {
            layers.insert(module.trim().trim_matches('`').to_owned(), layer);
        }
    }
    assert!(layers.len() > 10, "the table is not where it was: {layers:?}");
    layers
}

fn layer(layers: &BTreeMap<String, u32>, module: &str) -> u32 {
    *layers.get(module).unwrap_or_else(|| panic!("`{module}` is not in the table of layers"))
}

/// Each source file with the top-level module that it is or belongs to.
fn sources() -> Vec<(String, PathBuf)> {
    let source = root().join("harness/src");
    let mut files = Vec::new();
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the package can be read") {
            let path = entry.expect("its entries too").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    let module = |file: &PathBuf| {
        let first = file.strip_prefix(&source).ok()?.iter().next()?.to_str()?;
        Some(first.trim_end_matches(".rs").trim_end_matches("_tests").to_owned())
    };
    files.into_iter().filter_map(|file| Some((module(&file)?, file))).collect()
}

/// The top-level modules that a file names after `crate::`.
fn uses(file: &Path) -> Vec<String> {
    let text = read(file);
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut used = Vec::new();
    for line in code {
        for rest in line.split("crate::").skip(1) {
            let names = rest.strip_prefix('{').map_or(vec![rest], |names| names.split(',').collect());
            for name in names {
                let name: String =
                    name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if name.starts_with(char::is_lowercase) {
                    used.push(name);
                }
            }
        }
    }
    used.retain(|name| {
        !matches!(name.as_str(), "async_test" | "parallel" | "serial" | "test_factory" | "xfail")
    });
    used
}
