//! Holds files that stand in two packages to each other: each package is published by itself, so neither can include the
//! other's.

use std::fs;
use std::path::Path;

#[test]
fn the_macros_read_durations_as_the_harness_does() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package stands in the workspace");
    let read = |package: &str| {
        let path = root.join(package).join("src/duration.rs");
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    assert!(read("harness") == read("harness-macros"), "the two files `duration.rs` differ");
}
