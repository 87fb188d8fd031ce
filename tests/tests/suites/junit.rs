//! JUnit's XML, as systems read it that show results: each file is read by a parser of XML.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

use async_harness_tests::{Output, Run, cargo, folder, suite};
use roxmltree::{Document, Node};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// A run that writes to a file of its own.
struct Written {
    folder: PathBuf,
    output: Output,
}

impl Written {
    fn new(test: &str, target: &str, args: &str) -> Self {
        Written::of(test, suite(target).line(args))
    }

    fn of(test: &str, run: Run) -> Self {
        let folder = folder(test);
        let path = folder.join("made/on/demand.xml");
        let output = run.env("ASYNC_HARNESS_HISTORY", "off").env("ASYNC_HARNESS_JUNIT", &path).run();
        Written { folder, output }
    }

    fn text(&self) -> String {
        let path = self.folder.join("made/on/demand.xml");
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{error}: {}", self.output.all()))
    }
}

fn child<'a>(case: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    case.children().find(|node| node.has_tag_name(name))
}

fn text<'a>(case: Node<'a, 'a>, name: &str) -> &'a str {
    child(case, name).and_then(|node| node.text()).unwrap_or_default()
}

/// What a case amounts to.
fn status(case: Node<'_, '_>) -> &'static str {
    let words = ["failure", "error", "skipped", "flakyFailure"];
    words.into_iter().find(|word| child(case, word).is_some()).unwrap_or("ok")
}

fn cases<'a>(document: &'a Document<'a>) -> BTreeMap<&'a str, Node<'a, 'a>> {
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
    cases.map(|case| (case.attribute("name").unwrap(), case)).collect()
}

/// The rules of JUnit's schema, as Jenkins and GitLab check them: which element may stand where, which attributes it needs,
/// and that the numbers are those of the elements.
fn check(document: &Document<'_>) {
    let root = document.root_element();
    assert!(root.has_tag_name("testsuites"));
    for node in root.descendants().filter(Node::is_element) {
        let (name, parent) = (node.tag_name().name(), node.parent().unwrap().tag_name().name());
        let parents: &[&str] = match name {
            "testsuites" => &[""],
            "testsuite" => &["testsuites"],
            "testcase" => &["testsuite"],
            "properties" => &["testsuite", "testcase"],
            "property" => &["properties"],
            "failure" | "error" | "skipped" | "flakyFailure" | "rerunFailure" => &["testcase"],
            "system-out" | "system-err" => &["testsuite", "testcase", "flakyFailure", "rerunFailure"],
            "stackTrace" => &["flakyFailure", "rerunFailure"],
            other => panic!("no element is called {other}"),
        };
        assert!(parents.contains(&parent), "{name} in {parent}");
        let needed: &[&str] = match name {
            "testsuite" => &["name", "tests", "errors", "failures", "timestamp", "time"],
            "testcase" => &["name", "classname", "time", "timestamp"],
            "property" => &["name", "value"],
            "failure" | "error" | "flakyFailure" | "rerunFailure" => &["message", "type"],
            _ => &[],
        };
        for attribute in needed {
            assert!(node.has_attribute(*attribute), "{name} without {attribute}");
        }
    }
    for suite in root.children().filter(|node| node.has_tag_name("testsuite")) {
        let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
        let count = |word| cases.iter().filter(|case| status(**case) == word).count().to_string();
        assert_eq!(suite.attribute("tests").unwrap(), cases.len().to_string());
        assert_eq!(suite.attribute("failures").unwrap(), count("failure"));
        assert_eq!(suite.attribute("errors").unwrap(), count("error"));
        assert_eq!(suite.attribute("skipped").unwrap_or("0"), count("skipped"));
    }
}

#[test]
fn one_of_everything_is_told_in_junits_words() {
    for args in ["-n 2", "-n 0", "-n 2 --isolate"] {
        let written = Written::new("junit-everything", "reported", args);
        let xml = written.text();
        let document = Document::parse(&xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
        check(&document);
        let cases = cases(&document);
        let statuses: BTreeMap<_, _> = cases.iter().map(|(name, case)| (*name, status(*case))).collect();
        let wanted = BTreeMap::from([
            ("comes_last", "ok"),
            ("fixture fragile", "error"),
            ("flaky", "flakyFailure"),
            ("hangs", "failure"),
            ("ignored", "skipped"),
            ("known_to_fail", "skipped"),
            ("never_passes", "failure"),
            ("prints_on_both", "ok"),
            ("prints_what_no_xml_may_hold", "failure"),
            ("returns_an_error", "failure"),
            ("skips_itself", "skipped"),
            ("uses_what_breaks_later", "ok"),
            ("uses_what_is_broken", "failure"),
        ]);
        assert_eq!(statuses, wanted, "{args}: {xml}");
        let message = |name: &str| {
            let case = cases[name];
            let told = child(case, status(case)).unwrap();
            (told.attribute("type").unwrap(), told.attribute("message").unwrap())
        };
        assert_eq!(message("ignored"), ("ignored", "needs \"a\" network"));
        assert_eq!(message("skips_itself"), ("ignored", "no carrier 7 today"));
        assert_eq!(message("known_to_fail"), ("xfail", "known since May"));
        assert_eq!(message("hangs"), ("timeout", "timed out after 50ms"));
        assert_eq!(message("returns_an_error"), ("error", "Error: \"no <such> carrier\""));
        let (kind, panic) = message("never_passes");
        assert_eq!(kind, "panic", "{args}: {xml}");
        assert!(
            panic.starts_with("panicked at tests/reported.rs:") || panic.contains("reported.rs:"),
            "{panic}"
        );
        assert!(panic.ends_with(": never"), "{panic}");
        assert_eq!(message("uses_what_is_broken").0, "fixture");
        let broken = text(cases["uses_what_is_broken"], "failure");
        assert!(broken.contains("no server"), "{args}: {broken}");
        let reruns = |name: &str, word| cases[name].children().filter(|node| node.has_tag_name(word)).count();
        assert_eq!((reruns("flaky", "flakyFailure"), reruns("never_passes", "rerunFailure")), (2, 1));
        for (name, case) in &cases {
            let of_test = !name.starts_with("fixture");
            assert_eq!(case.attribute("file").is_some_and(|file| file.ends_with("reported.rs")), of_test);
            assert_eq!(case.attribute("line").is_some_and(|line| line.parse::<u32>().is_ok()), of_test);
            assert!(case.attribute("classname").unwrap().ends_with("::reported"), "{xml}");
        }
    }
}

#[test]
fn standard_output_and_standard_error_are_apart() {
    let written = Written::new("junit-apart", "reported", "prints_on_both");
    let xml = written.text();
    let document = Document::parse(&xml).unwrap();
    let case = cases(&document)["prints_on_both"];
    assert_eq!(text(case, "system-out"), "on standard output <&>\non standard output again\n");
    assert_eq!(text(case, "system-err"), "on standard error\n");
}

#[test]
fn a_report_is_named_before_the_last_line() {
    let written = Written::new("junit-named", "reported", "prints_on_both");
    let line = format!("report written: {}", written.folder.join("made/on/demand.xml").display());
    let stdout = &written.output.stdout;
    let (before, after) = stdout.split_once(&line).unwrap_or_else(|| panic!("{}", written.output.all()));
    assert!(!before.contains("test result:") && after.contains("test result: ok"), "{stdout}");
    let json = Written::new("junit-named-json", "reported", "prints_on_both --format json");
    assert!(json.output.stderr.contains("report written: "), "{}", json.output.all());
    assert!(json.output.stdout.lines().all(|line| line.starts_with('{')), "{}", json.output.all());
}

#[test]
fn crashes_leave_a_whole_file() {
    let written = Written::new("junit-crashes", "crashes", "-n 2 healthy parallel");
    let xml = written.text();
    let document = Document::parse(&xml).unwrap();
    check(&document);
    let cases = cases(&document);
    let failed: Vec<_> = cases.iter().filter(|(_, case)| status(**case) == "failure").collect();
    assert_eq!((cases.len(), failed.len()), (52, 9), "{xml}");
    let crashed = failed.iter().filter(|(_, case)| {
        let failure = child(**case, "failure").unwrap();
        failure.attribute("type") == Some("crash")
    });
    assert_eq!(crashed.count(), 8, "{xml}");
    let way = text(cases["parallel::segfault"], "system-out");
    assert!(way.contains("on the way to segfault"), "{way}");
}

#[test]
fn a_file_that_cannot_be_written_fails_the_run_after_its_results() {
    let path = "/proc/no/such/place.xml";
    let output = suite("reported").line("prints_on_both --junit").args([path]).run().exits_with(101);
    assert!(output.stdout.contains("test result: ok. 1 passed"), "{}", output.all());
    assert!(output.stderr.contains(&format!("could not write to {path}: ")), "{}", output.all());
    assert!(!output.stdout.contains("report written"), "{}", output.all());
}

#[test]
fn a_path_may_name_its_target_and_bazel_names_it_by_a_variable() {
    let folder = folder("junit-paths");
    let path = folder.join("{target}.xml");
    let _ = suite("reported").line("prints_on_both --junit").args([&path]).run().exits_with(0);
    assert!(folder.join("reported.xml").is_file());
    let path = folder.join("{package}/{target}.xml");
    let _ = suite("registry").line("--junit").args([&path]).run();
    assert!(folder.join("registry/lib-registry.xml").is_file());
    let path = folder.join("bazel.xml");
    let _ = suite("reported").line("prints_on_both").env("XML_OUTPUT_FILE", &path).run().exits_with(0);
    Document::parse(&fs::read_to_string(path).unwrap()).unwrap();
    let _ = suite("reported").line("prints_on_both").env("XML_OUTPUT_FILE", "").run().exits_with(0);
    let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn what_is_no_file_is_written_to_and_a_link_stays_one() {
    let folder = folder("junit-links");
    let (link, file) = (folder.join("link.xml"), folder.join("file.xml"));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let _ = suite("reported").line("prints_on_both --junit").args([&link]).run().exits_with(0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    Document::parse(&fs::read_to_string(&file).unwrap()).unwrap();
    let pipe = folder.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    let _ = suite("reported").line("prints_on_both --junit").args([&pipe]).run().exits_with(0);
    Document::parse(&reader.join().unwrap()).unwrap();
    assert!(!fs::symlink_metadata(&pipe).unwrap().is_file());
}

#[test]
fn tests_that_were_not_run_are_counted() {
    let written = Written::new("junit-not-run", "reported", "-n 1 --fail-fast");
    let xml = written.text();
    let document = Document::parse(&xml).unwrap();
    check(&document);
    let property = document.descendants().find(|node| node.attribute("name") == Some("not-run"));
    let not_run: usize = property.unwrap().attribute("value").unwrap().parse().unwrap();
    let told = cases(&document).keys().filter(|name| !name.starts_with("fixture ")).count();
    assert_eq!(told + not_run, 12, "{xml}");
}

#[test]
fn nextest_tells_the_same_of_the_same_tests() {
    let folder = folder("junit-nextest");
    let config = folder.join("nextest.toml");
    let theirs = folder.join("theirs.xml");
    let text = format!("[profile.ci]\nfail-fast = false\n[profile.ci.junit]\npath = {theirs:?}\n");
    fs::write(&config, text).unwrap();
    // A package of its own, with the same tests: cargo links it anew, and nobody else runs it.
    let run = cargo(&["nextest", "run", "--package", "reported", "--profile", "ci"]);
    // Its XML has what no XML may hold, and cannot be read.
    let run = run.args(["-E", "not test(prints_what_no_xml_may_hold)"]);
    let run = run.args(["--config-file".as_ref(), config.as_os_str()]).run();
    let theirs = fs::read_to_string(theirs).unwrap_or_else(|error| panic!("{error}: {}", run.all()));
    let ours = Written::new("junit-ours", "reported", "-n 2").text();
    let (theirs, ours) = (Document::parse(&theirs).unwrap(), Document::parse(&ours).unwrap());
    let (theirs, ours) = (cases(&theirs), cases(&ours));
    for (name, case) in theirs {
        let ours = ours[name];
        // A failed teardown fails the test of a process of its own; the rest is told alike.
        if name != "uses_what_breaks_later" && name != "flaky" && name != "known_to_fail" {
            let ours = status(ours);
            assert!(
                status(case) == ours || (name == "skips_itself" && status(case) == "ok"),
                "{name}: {ours}"
            );
        }
        let classes = [case, ours].map(|case| case.attribute("classname").unwrap());
        assert_eq!(classes, ["reported::reported_there", "capture::reported"], "{name}");
    }
}
