//! The guide in `docs/`, done as written: each `rust` block is a whole test target, and each `text` block that begins
//! with `$ cargo test --test NAME` is what that target prints.
//!
//! - A block's first line names its file, as `// tests/first.rs`.
//! - What is marked `rust before` or `python before` shows how things are written elsewhere, and is left out.
//! - What is marked `rust mistake` must not compile, and the `text` block after it is in what rustc says.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

use async_harness_tests::{Output, Run, blocks, cargo, normal, standing_folder, write_if_changed};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// One fenced block of a page.
struct Block {
    /// What follows the fence's three backticks.
    info: String,
    text: String,
    line: usize,
}

impl Block {
    /// The name of the test target that it is.
    fn target(&self) -> &str {
        let first = self.text.lines().next().unwrap_or_default();
        let name = first.strip_prefix("// tests/").and_then(|rest| rest.strip_suffix(".rs"));
        name.unwrap_or_else(|| {
            panic!("line {}: begins with `{first}`, not `// tests/NAME.rs`", self.line + 1)
        })
    }

    /// The target and the arguments of the command that it shows, and what that prints.
    fn shown(&self) -> Option<(&str, &str, &str)> {
        let (command, printed) = self.text.strip_prefix("$ cargo test --test ")?.split_once('\n')?;
        let (target, args) = command.split_once(" -- ").unwrap_or((command, ""));
        Some((target, args, printed))
    }
}

/// The fenced blocks of a page, in their order.
fn fenced(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (line, number) in page.lines().zip(1..) {
        match (open.take(), line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block { info: info.to_owned(), text: String::new(), line: number });
            }
            (None, None) => {}
            (Some(block), Some(_)) => blocks.push(block),
            (Some(block), None) => {
                let text = format!("{}{line}\n", block.text);
                open = Some(Block { text, ..block });
            }
        }
    }
    assert!(open.is_none(), "a fence is left open");
    blocks
}

/// The blocks of a page, each of a kind that is known here.
fn page(name: &str) -> Vec<Block> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fenced(&fs::read_to_string(root.join("docs").join(name)).unwrap());
    let mut before = None;
    for block in &page {
        let known = match block.info.as_str() {
            "rust" | "rust mistake" | "rust before" | "python before" | "toml" => true,
            // Times, which are others in each run.
            "text figures" => true,
            "text" => block.shown().is_some() || before.is_some_and(is_mistake),
            _ => false,
        };
        assert!(known, "docs/{name}:{}: what is this block of `{}`?", block.line, block.info);
        assert!(
            !before.is_some_and(is_mistake) || block.info == "text",
            "docs/{name}:{}: comes after a mistake, of which it shows nothing",
            block.line
        );
        before = Some(block);
    }
    page
}

/// Whether the block after this one is what the compiler says about it.
fn is_mistake(block: &Block) -> bool {
    block.info == "rust mistake"
}

/// Puts these blocks into a crate of their own, a target each. It stays from run to run, so that cargo builds only what
/// has changed.
fn crate_of<'a>(name: &str, sources: impl Iterator<Item = &'a Block>) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = standing_folder(name);
    let mut manifest = format!(
        r#"[package]
name = "{name}"
edition = "2024"
autotests = false

[workspace]

[lib]
test = false

[dev-dependencies]
async-harness = {{ path = {:?} }}
tokio = {{ version = "1", features = ["io-util", "macros", "net", "rt-multi-thread", "sync", "test-util", "time"] }}

[profile.dev]
debug = "line-tables-only"
incremental = false
"#,
        root.join("harness")
    );
    for source in sources {
        let target = source.target();
        manifest += &format!("\n[[test]]\nname = {target:?}\nharness = false\n");
        write_if_changed(&folder.join(format!("tests/{target}.rs")), &source.text);
    }
    write_if_changed(&folder.join("src/lib.rs"), "");
    write_if_changed(&folder.join("Cargo.toml"), &manifest);
    // The versions of the workspace, so that nothing has to be fetched.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

/// The targets of a page, built.
struct Targets {
    folder: PathBuf,
    executables: BTreeMap<String, PathBuf>,
}

impl Targets {
    fn build(name: &str, page: &[Block]) -> Self {
        let folder = crate_of(name, page.iter().filter(|block| block.info == "rust"));
        let args = ["test", "--no-run", "--message-format=json-render-diagnostics"];
        let output = cargo(&args).inside(&folder).limit(300).run().exits_with(0);
        assert!(!output.stderr.contains("--> tests/"), "an example has warnings:\n{}", output.stderr);
        let executables = output.stdout.lines().filter_map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            let executable = message["executable"].as_str()?.into();
            Some((message["target"]["name"].as_str()?.to_owned(), executable))
        });
        Targets { executables: executables.collect(), folder }
    }

    fn run(&self, target: &str, args: &str) -> Output {
        let executable =
            self.executables.get(target).unwrap_or_else(|| panic!("there is no target {target}"));
        Run::new(executable).inside(&self.folder).line(args).run()
    }

    /// What is wrong with an output as it is shown, if something is.
    fn differs(&self, block: &Block) -> Option<String> {
        let (target, args, shown) = block.shown()?;
        let shown = settled(shown);
        let code =
            if shown.contains("test result: FAILED") || shown.starts_with("error: ") { 101 } else { 0 };
        for threads in threads(args) {
            let output = self.run(target, &format!("{args} {threads}"));
            let printed = settled(&format!("{}{}", output.stdout, output.stderr));
            // Several threads settle the order of lines and nothing else.
            let same = match *threads {
                "-n 4" => blocks(&printed) == blocks(&shown),
                _ => printed.trim_end() == shown.trim_end(),
            };
            if !same || output.code() != code {
                let line = block.line;
                return Some(format!(
                    "line {line}, {threads}\n== shown\n{shown}== printed\n{printed}== exit {}\n",
                    output.code()
                ));
            }
        }
        None
    }

    /// What a target prints that does not pass.
    fn fails(&self, target: &str) -> Option<String> {
        let outputs = threads("").iter().map(|threads| self.run(target, threads));
        outputs.filter(|output| !output.passed()).map(|output| format!("{target}: {}\n", output.all())).next()
    }
}

/// The numbers of threads to run with; a listing has none, and a command may name its own.
fn threads(args: &str) -> &'static [&'static str] {
    let says = |flag: &&str| args.contains(*flag);
    if ["--fixtures", "--setup-plan", "--list", "-threads"].iter().any(says) {
        &[""]
    } else {
        &["-n 1", "-n 4"]
    }
}

/// Replaces what no two runs have in common.
fn settled(text: &str) -> String {
    let line = |line: &str| match line.split_once("tmp_dir kept: ") {
        Some((before, _)) => format!("{before}tmp_dir kept: [path]\n"),
        None => format!("{line}\n"),
    };
    // Each page is a package of its own here.
    let mut parts = text.split(" -p docs-");
    let first = parts.next().unwrap_or_default().to_owned();
    let text =
        parts.fold(first, |text, part| format!("{text} -p shop{}", &part[part.find(' ').unwrap_or(0)..]));
    normal(&text).lines().map(line).collect()
}

/// Compiles what must not compile, and looks for what is shown in what rustc says.
fn mistakes_are_told_as_shown(name: &str, page: &[Block]) {
    if !page.iter().any(is_mistake) {
        return;
    }
    let folder = crate_of(name, page.iter().filter(|block| is_mistake(block)));
    let output =
        cargo(&["build", "--tests", "--keep-going"]).inside(&folder).limit(300).run().exits_with(101);
    for pair in page.windows(2).filter(|pair| is_mistake(&pair[0])) {
        for said in [pair[1].text.trim_end(), &format!("--> tests/{}.rs:", pair[0].target())] {
            assert!(output.stderr.contains(said), "{said}\nis not in\n{}", output.stderr);
        }
    }
}

/// Compiles and runs a page.
fn works_as_written(name: &str) {
    let page = page(&format!("{name}.md"));
    let targets = Targets::build(&format!("docs-{name}"), &page);
    let has_run = |printed: &str| printed.contains("\ntest result: ") || printed.starts_with("error: ");
    let shown: Vec<_> = page
        .iter()
        .filter_map(Block::shown)
        .filter(|(.., printed)| has_run(printed))
        .map(|shown| shown.0)
        .collect();
    let sources = page.iter().filter(|block| block.info == "rust").map(Block::target);
    let differences = page.iter().filter_map(|block| targets.differs(block));
    let failures =
        sources.filter(|target| !shown.contains(target)).filter_map(|target| targets.fails(target));
    let wrong: String = differences.chain(failures).collect();
    assert!(wrong.is_empty(), "docs/{name}.md: {wrong}");
    if page.iter().any(is_mistake) {
        mistakes_are_told_as_shown(&format!("docs-{name}-mistakes"), &page);
    }
}

#[test]
fn the_guide_to_fixtures_works_as_written() {
    works_as_written("fixtures");
    let targets = ["built_in", "cases", "first", "keyed", "picked", "pool"].map(|target| ["--test", target]);
    let nextest = cargo(&["nextest", "run"]).args(targets.concat()).env("NEXTEST_HIDE_PROGRESS_BAR", "1");
    let _ = nextest.inside(&standing_folder("docs-fixtures")).run().exits_with(0);
}

#[test]
fn the_guide_to_attributes_works_as_written() {
    works_as_written("attributes");
}

#[test]
fn the_guide_to_isolation_works_as_written() {
    works_as_written("isolation");
}

#[test]
fn the_reference_of_settings_works_as_written() {
    works_as_written("configuration");
}

#[test]
fn the_guide_to_migrating_works_as_written() {
    works_as_written("migrating");
}

#[test]
fn the_guide_to_parallelism_works_as_written() {
    works_as_written("parallelism");
}

#[test]
fn the_guide_to_faults_works_as_written() {
    works_as_written("faults");
}

#[test]
fn the_guide_to_reports_works_as_written() {
    works_as_written("reports");
}
