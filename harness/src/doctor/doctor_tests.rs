use super::*;

/// Files that are nowhere but here.
pub(super) struct InMemory(Vec<(PathBuf, String)>);

impl InMemory {
    /// Files of the package in `/p`, each with its text.
    pub(super) fn new<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let files = files.into_iter().map(|(path, text)| (Path::new("/p").join(path), text.to_owned()));
        InMemory(files.collect())
    }
}

impl Files for InMemory {
    fn read(&self, path: &Path) -> Option<String> {
        self.0.iter().find(|(other, _)| other == path).map(|(_, text)| text.clone())
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.iter().any(|(other, _)| other == path)
    }

    fn list(&self, folder: &Path) -> Vec<(String, bool)> {
        let mut names = Vec::new();
        for (path, _) in &self.0 {
            let Ok(below) = path.strip_prefix(folder) else { continue };
            let mut parts = below.iter().map(|part| part.to_string_lossy().into_owned());
            if let Some(first) = parts.next() {
                names.push((first, parts.next().is_some()));
            }
        }
        names.sort();
        names.dedup();
        names
    }
}

/// A test of the harness at this place.
fn test(path: &'static str, file: &'static str, line: u32) -> Test {
    let own_length = u32::try_from(path.rsplit("::").next().unwrap_or(path).len()).unwrap();
    Test {
        path: crate::test::TestPath::new(path),
        own_length,
        place: crate::place::Place { file, line, column: 1 },
        ..Test::PLAIN
    }
}

/// What is found in a package of these files, of which the first is the root of the target; tests are registered at these
/// lines of it.
fn examined(manifest: &str, files: &[(&str, &str)], lines: &[u32]) -> Vec<Section> {
    let root: &'static str = format!("p/{}", files[0].0).leak();
    let all = files.iter().copied().chain([("Cargo.toml", manifest)]);
    let tests = lines.iter().map(|line| &*Box::leak(Box::new(test("x::a", root, *line))));
    let patient = Patient {
        target: Target { package: Some("p"), root, ..Target::UNKNOWN },
        folders: vec![PathBuf::from("/elsewhere"), PathBuf::from("/p")],
        tests: tests.collect(),
        factories: Vec::new(),
        fixtures: Vec::new(),
        tags: &[],
        files: &InMemory::new(all),
    };
    examine(&patient)
}

/// The findings of a section, a line each.
fn findings(sections: &[Section], title: &str) -> String {
    let section = sections.iter().find(|section| section.title == title).unwrap();
    let line = |finding: &Finding| {
        let place = finding.place.as_ref().map_or_else(String::new, |place| format!("{place}: "));
        format!("{}: {place}{}\n", finding.severity.word(), finding.what)
    };
    section.findings.iter().map(line).collect()
}

const HARNESS: &str = "[package]\nname = \"p\"\n[[test]]\nname = \"a\"\nharness = false\n";

/// The tests of one file that never run, each as `error NAME line:column`.
fn never(text: &str, registered: &[u32], expected: &str) {
    let sections = examined(HARNESS, &[("tests/a.rs", text)], registered);
    let section = sections.iter().find(|section| section.title == "tests that never run").unwrap();
    let line = |finding: &Finding| {
        let place = finding.place.as_deref().unwrap().strip_prefix("p/tests/a.rs:").unwrap();
        let name = finding.what.split('`').nth(1).unwrap();
        format!("{} {name} {place}", finding.severity.word())
    };
    assert_eq!(section.findings.iter().map(line).collect::<Vec<_>>().join(", "), expected, "{text}");
}

#[test]
fn every_kind_of_test_that_rustc_drops_is_found() {
    never("#[test] fn a() {}", &[], "error a 1:12");
    never("#[tokio::test] async fn a() {}", &[], "error a 1:25");
    never("#[::tokio::test(flavor = \"multi_thread\")]\n\nasync fn a() {}", &[], "error a 3:10");
    never("#[rstest::rstest] #[tokio::test] async fn a() {}", &[], "error a 1:43");
    never("use rstest::rstest; #[rstest] #[case(1)] fn a(#[case] x: u8) {}", &[], "error a 1:45");
    never("#[test_log::test] fn a() {}", &[], "error a 1:22");
    never("use test_log::test; #[test] fn a() {}", &[], "error a 1:32");
    never("#[cfg_attr(not(miri), tokio::test)] async fn a() {}", &[], "error a 1:46");
    never("#[cfg_attr(feature = \"x\", tokio::test)] async fn a() {}", &[], "error a 1:50");
    never("use tokio::test as t; #[t] async fn a() {}", &[], "error a 1:37");
    never("use tokio as k; #[k::test] async fn a() {}", &[], "error a 1:37");
    never("#[core::prelude::v1::test] fn a() {}", &[], "error a 1:31");
    never(
        "#[sqlx::test] async fn a(p: Pool) {} #[actix_rt::test] async fn b() {}",
        &[],
        "error a 1:24, error b 1:65",
    );
    never("use test_case::test_case; #[test_case(1)] fn a(x: u8) {}", &[], "error a 1:46");
    never("#[bench] fn a(b: &mut Bencher) {}", &[], "error a 1:13");
    never("mod inner { #[test] fn a() {} }", &[], "error a 1:24");
    never("mod test { #[test] fn a() {} } #[test] fn b() {}", &[], "error a 1:23, error b 1:43");
    never("#[serial_test::serial] #[test] fn a() {}", &[], "error a 1:35");
    never("#[test] #[ignore] #[should_panic] fn a() {}", &[], "error a 1:38");
    never("proptest! { #[test] fn a(x in 0..1) {} }", &[], "error a 1:24");
}

#[test]
fn locks_of_serial_test_on_tests_of_ours_are_found() {
    let ours = "#[async_harness::async_test]\n#[serial(a)]\nasync fn a() {}";
    for (text, expected) in [
        (format!("use serial_test::serial;\n{ours}"), "warning a 4:10"),
        (format!("use serial_test::*;\n{ours}"), ""),
        (format!("use async_harness::serial;\n{ours}"), ""),
        ("#[serial_test::parallel(a)]\n#[async_harness::test]\nfn a() {}".to_owned(), "warning a 3:4"),
        ("#[serial_test::file_serial(a)]\n#[async_harness::test]\nfn a() {}".to_owned(), ""),
    ] {
        never(&text, &[1, 2, 3, 4], expected);
    }
}

#[test]
fn what_quickcheck_is_given_is_a_test_without_an_attribute() {
    for (text, expected) in [
        ("quickcheck! { fn a(x: u8) -> bool { true } }", "error a 1:18"),
        (
            "quickcheck::quickcheck! {\n    fn a() -> bool { fn c() {} true }\n    #[should_panic]\n    fn b() -> bool { false }\n}",
            "error a 2:8, error b 4:8",
        ),
        ("use quickcheck::quickcheck; quickcheck! { fn a() -> bool { true } }", "error a 1:46"),
        ("use quickcheck::quickcheck as q; q! { fn a() -> bool { true } }", "error a 1:42"),
        (
            "use quickcheck::*; mod m { use super::*; quickcheck! { fn a() -> bool { true } } }",
            "error a 1:59",
        ),
        ("#[macro_use] extern crate quickcheck; quickcheck! { fn a() -> bool { true } }", "error a 1:56"),
        // Rustc reads its own attribute first, and drops the function with all the others.
        ("quickcheck! { #[test] #[async_harness::test] fn a() -> bool { true } }", "error a 1:49"),
        ("quickcheck! { #[cfg(any())] fn a() -> bool { true } fn b() -> bool { true } }", "error b 1:56"),
        ("#[cfg(any())] quickcheck! { fn a() -> bool { true } fn b() -> bool { true } }", ""),
        ("#[cfg(any())] m! { quickcheck! { fn a() -> bool { true } } }", ""),
        ("cfg_if! { if #[cfg(unix)] { quickcheck! { fn a() -> bool { true } } } }", "error a 1:46"),
        ("m! { quickcheck! { fn a() -> bool { true } } }", "note a 1:23"),
        (
            "macro_rules! m { ($n:ident) => { quickcheck! { fn $n() -> bool { true } } } }\nm!(a);",
            "error m! 2:1",
        ),
        // These are none of it.
        ("macro_rules! quickcheck { ($($t:tt)*) => {} } quickcheck! { fn a() -> bool { true } }", ""),
        ("use self::m::quickcheck; quickcheck! { fn a() -> bool { true } }", ""),
        ("fn a() { quickcheck::quickcheck(b as fn(x: u8) -> bool) } fn b(x: u8) -> bool { true }", ""),
        ("proptest! { fn a(x in 0..1) {} }", ""),
    ] {
        never(text, &[], expected);
    }
    // What `#[test]` is there, it is for the macro as well.
    let ours = "use async_harness::test; quickcheck! {\n fn a() -> bool { true }\n }";
    never(ours, &[2], "");
}

#[test]
fn what_is_no_test_or_one_of_the_harness_is_not() {
    never(
        "// #[test]\n/* #[test] */ fn a() {} const B: &str = \"#[test] fn b() {}\"; /// #[test]\nfn c() {}",
        &[],
        "",
    );
    never(
        "const A: &str = r#\"#[test] fn b() {}\"#; const B: char = '\"'; const C: &str = \"#[test] fn a() {}\";",
        &[],
        "",
    );
    never("#[cfg(any())] mod a { #[test] fn b() {} } #[cfg(not(test))] #[test] fn c() {}", &[], "");
    never("macro_rules! m { () => { #[test] fn a() {} } }", &[], "");
    never("use async_harness::test; #[test] fn a() {}\n#[test] fn b() {}", &[1, 2], "");
    never(
        "use async_harness::prelude::*; #[test] fn a() {}\nmod m { use super::*; #[async_test] async fn b() {} }",
        &[1, 2],
        "",
    );
    never(
        "#[async_harness::test] fn a() {}\n#[cfg(feature = \"x\")] #[async_harness::test] fn b() {}",
        &[1],
        "",
    );
    never(
        "#[cfg_attr(windows_only, doc = \"x\")] #[allow(dead_code)] fn a() {} #[cfg_attr(any(), test)] fn b() {}",
        &[],
        "",
    );
    // Whatever it is called, the registry knows it.
    never("#[some::other_test] fn a() {}", &[1], "");
    never("#[our::test]\n#[case(1)]\n#[case(2)]\nfn a(#[case] x: u8) {}", &[3], "");
    never("m! { #[test] fn a() {}\n }", &[1], "");
    never("#[traced_test] fn a() {} #[test_context(X)] fn b() {}", &[], "");
}

#[test]
fn what_cannot_be_told_is_a_note() {
    never("#[db_test] async fn a() {}", &[], "note a 1:21");
    never("m! { #[test] fn a() {} }", &[], "note a 1:17");
}

#[test]
fn a_macro_that_makes_tests_is_found_where_it_is_called() {
    never(
        "macro_rules! m { ($n:ident) => { #[test] fn $n() {} } }\nm!(a);\nmod x { m! { b } }",
        &[],
        "error m! 2:1, error m! 3:9",
    );
    never(
        "macro_rules! m { ($n:ident) => { #[test] fn $n() {} } }\nuse async_harness::test; m!(a);",
        &[2],
        "",
    );
    never("macro_rules! m { () => { #[test] fn a() {} } }\n#[cfg(any())] mod x { m!(); }", &[], "");
}

#[test]
fn a_test_of_the_harness_that_is_not_registered_is_found() {
    let text = "use async_harness::async_test; #[async_test] async fn a() {}\n#[async_test] async fn b() {}";
    never(text, &[1], "error b 2:24");
    // Where no place fits any test, the build has given files other names.
    never(text, &[], "");
}

#[test]
fn what_to_do_is_said() {
    let manifest =
        format!("{HARNESS}[dev-dependencies]\nh = {{ package = \"async-harness\", version = \"1\" }}\n");
    let text =
        "#[test] fn a() {}\n#[cfg(feature = \"x\")]\n#[tokio::test]\nasync fn b() {}\n#[h::test] fn c() {}\n";
    let sections = examined(&manifest, &[("tests/a.rs", text)], &[5]);
    expect_test::expect![[r#"
        error: p/tests/a.rs:1:12: `a` is `#[test]`: write `#[h::test]`
        error: p/tests/a.rs:4:10: `b` is `#[tokio::test]` (under `feature = "x"`): write `#[h::async_test]`
    "#]]
    .assert_eq(&findings(&sections, "tests that never run"));
    let facts: Vec<_> =
        sections[0].facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value)).collect();
    assert_eq!(
        facts,
        [
            "manifest: p/Cargo.toml: 1 target",
            "target: 1 file from p/tests/a.rs along its modules",
            "test functions: 1 that run, 2 that never do",
            "package: 1 file in its `src` and `tests`",
        ]
    );
}

#[test]
fn what_to_do_is_said_for_tests_of_others() {
    let text = "\
        #[actix_rt::test] async fn a() {}\n\
        #[actix_web::test] async fn b() {}\n\
        mod m { use actix::test; #[test] async fn c() {} }\n\
        quickcheck! { fn d(x: Vec<u8>,\n  y: u8) -> bool { true } }\n\
        #[cfg(feature = \"x\")] quickcheck! { fn e() -> bool { true } }\n\
        m! { quickcheck! { fn f() -> bool { true } } }\n\
        macro_rules! props { ($n:ident) => { quickcheck! { fn $n(x: u8) -> bool { true } } } }\n\
        props!(g);\n";
    let sections = examined(HARNESS, &[("tests/a.rs", text)], &[]);
    expect_test::expect![[r#"
        error: p/tests/a.rs:1:28: `a` is `#[actix_rt::test]`: write `#[async_harness::async_test(flavor = "local")]`
        error: p/tests/a.rs:2:29: `b` is `#[actix_web::test]`: write `#[async_harness::async_test(flavor = "local")]`
        error: p/tests/a.rs:3:43: `c` is `#[test]`: write `#[async_harness::async_test(flavor = "local")]`
        error: p/tests/a.rs:4:18: `d` is `#[test]`, which `quickcheck!` writes and rustc drops here: with `use async_harness::test;` in its module it runs
        error: p/tests/a.rs:6:40: `e` is `#[test]`, which `quickcheck!` writes and rustc drops here (under `feature = "x"`): with `use async_harness::test;` in its module it runs
        note: p/tests/a.rs:7:23: `f` is given to `m!` as `#[test]`, which `quickcheck!` writes and rustc drops here: it never runs if the macro hands that on
        error: p/tests/a.rs:9:1: `props!` makes a test that is `#[test]`, which `quickcheck!` writes and rustc drops here: in its definition, with `use async_harness::test;` in its module it runs
    "#]].assert_eq(&findings(&sections, "tests that never run"));
}

#[test]
fn settings_of_targets_are_held_to_their_roots() {
    let manifest = "[package]\nname = \"p\"\n[[test]]\nname = \"a\"\nharness = false\n[[test]]\nname = \"on\"\n\
                    [[test]]\nname = \"own\"\nharness = false\n[[test]]\nname = \"no_main\"\nharness = false\n\
                    [lib]\nharness = false\ntest = false\n[[test]]\nname = \"left_out\"\nharness = false\ntest = false\n\
                    [[test]]\nname = \"criterion_like\"\nharness = false\n";
    let sections = examined(
        manifest,
        &[
            ("tests/a.rs", "async_harness::main!();"),
            ("tests/on.rs", "#[test] fn a() {} async_harness::main!();"),
            ("tests/found.rs", "use async_harness::main; main!(threads = 1);"),
            ("tests/marked.rs", "#[async_harness::async_test] async fn a() {}"),
            ("tests/own.rs", "fn main() {} #[test] fn a() {} #[tokio::test] async fn b() {}"),
            ("tests/no_main.rs", "#[test] fn a() {}"),
            ("tests/left_out.rs", "async_harness::main!();"),
            ("tests/criterion_like.rs", "fn main() {}"),
            ("tests/of_libtest.rs", "#[test] fn a() {} // async_harness::main!();"),
            ("src/lib.rs", ""),
        ],
        &[],
    );
    expect_test::expect![[r#"
        note: p/Cargo.toml:15: target `p` has `test = false`: there, `harness = false` changes nothing
        error: p/Cargo.toml:6: target `on` calls `async_harness::main!` and is built with libtest, which runs none of its tests: add `harness = false` to its `[[test]]`
        note: p/tests/on.rs:1: target `on`: 1 test of libtest will no longer run then: migrate them too
        error: p/Cargo.toml:10: target `own` has `harness = false` and a `main` of its own, so that 2 tests in it never run: call `async_harness::main!` in place of it, or remove the setting and the `main`
        error: p/Cargo.toml:13: target `no_main` has `harness = false` and no `main`: end p/tests/no_main.rs with `async_harness::main!();`, or remove the setting
        warning: p/Cargo.toml:19: target `left_out` has `test = false`: `cargo test` leaves it out, with all its tests
        error: p/Cargo.toml: target `found`, which cargo has found by itself, calls `async_harness::main!` and is built with libtest, which runs none of its tests: add `[[test]]` with `name = "found"` and `harness = false`
        error: p/Cargo.toml: target `marked`, which cargo has found by itself, has 1 test of this harness and is built with libtest, which runs none of them: add `[[test]]` with `name = "marked"` and `harness = false`, and `async_harness::main!();` to p/tests/marked.rs
    "#]]
    .assert_eq(&findings(&sections, "targets of the package"));
}

#[test]
fn files_of_no_target_are_found() {
    let manifest = "[package]\nname = \"p\"\nautotests = false\n[[test]]\nname = \"a\"\nharness = false\n";
    let sections = examined(
        manifest,
        &[
            (
                "tests/a.rs",
                "mod used; #[cfg(any())] mod elsewhere; fn f() { cases(\"tests/ui/*.rs\"); }\nasync_harness::main!();",
            ),
            ("tests/used.rs", ""),
            ("tests/elsewhere.rs", ""),
            (
                "tests/forgotten.rs",
                "use async_harness::async_test; #[async_test] async fn a() {} async_harness::main!();",
            ),
            ("tests/old/mod.rs", "mod inner; #[test] fn a() {}"),
            ("tests/old/inner.rs", "#[test] fn b() {}"),
            ("tests/helper.rs", "fn help() {}"),
            ("tests/ui/wrong.rs", "#[test] fn a() {}"),
            ("tests/program.rs", "#[test] fn a() {} fn main() {}"),
            ("tests/other/Cargo.toml", ""),
            ("tests/other/tests/a.rs", "#[test] fn a() {}"),
            ("tests/data.txt", ""),
            ("src/lib.rs", ""),
            ("src/lost.rs", "#[cfg(test)] mod tests { #[test] fn a() {} }"),
            ("src/helper.rs", ""),
        ],
        &[],
    );
    expect_test::expect![[r#"
        error: p/tests/forgotten.rs: this file calls `async_harness::main!` and is the root of no target, so that 1 test in it never runs: give it a `[[test]]` with `harness = false`
        warning: p/tests/helper.rs: this file is part of no target: name it by `mod` in a file that is, or give it a `[[test]]` with its `path`, or remove it
        error: p/tests/old/mod.rs: this file is part of no target, so that 2 tests in it never run: name it by `mod` in a file that is, or give it a `[[test]]` with its `path`
        error: p/src/lost.rs: this file is part of no target, so that 1 test in it never runs: name it by `mod` in a file that is
    "#]]
    .assert_eq(&findings(&sections, "files of the package"));
}

#[test]
fn where_there_is_nothing_to_look_at_that_is_an_error() {
    let patient = Patient {
        target: Target { root: "tests/a.rs", ..Target::UNKNOWN },
        folders: vec![PathBuf::from("/gone")],
        tests: Vec::new(),
        factories: Vec::new(),
        fixtures: Vec::new(),
        tags: &[],
        files: &InMemory::new([]),
    };
    let sections = examine(&patient);
    expect_test::expect![[r#"
        error: `tests/a.rs` is not found from `/gone`: nothing can be said of tests that never run
    "#]]
    .assert_eq(&findings(&sections, "sources"));
    let sections = examined("[package]\nname = ", &[("tests/a.rs", "mod b;")], &[]);
    expect_test::expect![[r#"
        warning: p/Cargo.toml:2: a value is missing: targets and files of the package are not looked at
        note: p/tests/a.rs:1: the file of module `b` is not found, and not looked at
    "#]]
    .assert_eq(&findings(&sections, "sources"));
}
