//! The pictures that the pages show: each is there, is one that the program `pictures` makes, and is shown somewhere.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

use async_harness_tests::Picture;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// No page should take long to come.
const LARGEST: u64 = 250_000;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The README and the pages of the guide.
fn pages() -> Vec<PathBuf> {
    let guide = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    guide
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .chain([root().join("README.md")])
        .collect()
}

/// What a page shows, as it is linked: in Markdown or in HTML.
fn shown(page: &str) -> Vec<&str> {
    // Neither a macro's call nor an attribute is a picture.
    let begins = |at: &usize| page[..*at].chars().next_back().is_none_or(char::is_whitespace);
    let begins = page.match_indices("![").map(|(at, _)| at).filter(begins);
    let markdown = begins.filter_map(|at| page[at..].split_once("](")?.1.split(')').next());
    let of = |attribute| page.split(attribute).skip(1).filter_map(|rest: &str| rest.split('"').next());
    markdown.chain(of("src=\"")).chain(of("srcset=\"")).collect()
}

#[test]
fn each_picture_is_there_made_by_the_program_and_shown() {
    let folder = root().join("docs/pictures");
    let made: BTreeSet<_> = Picture::ALL.iter().map(|picture| folder.join(picture.file())).collect();
    let there: BTreeSet<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(there, made, "what is there and what `pictures` makes");
    let mut all = BTreeSet::new();
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        for link in shown(&page) {
            let picture = path.parent().unwrap().join(link);
            assert!(picture.is_file(), "{} shows {link}, which is not there", path.display());
            all.insert(picture);
        }
    }
    assert_eq!(all, made, "what the pages show and what `pictures` makes");
    for picture in &made {
        let size = fs::metadata(picture).unwrap().len();
        assert!(size <= LARGEST, "{} has {size} bytes", picture.display());
    }
}

#[test]
fn links_to_pictures_are_found_in_both_languages() {
    let page = "![a [b] c](x.svg) and <img alt=\"d\" src=\"y.png\">\n<source srcset=\"z.png\">[no](picture.md) #![a] vec![1][no](x.md)";
    assert_eq!(shown(page), ["x.svg", "y.png", "z.png"]);
}
