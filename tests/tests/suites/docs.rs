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
            // Commands and files of other tools.
            "sh" | "yaml" | "starlark" => true,
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
    // Figures are others in each run.
    let exact = page.iter().filter(|block| block.info == "text");
    let differences = exact.filter_map(|block| targets.differs(block));
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

#[test]
fn the_guide_to_ci_works_as_written() {
    works_as_written("ci");
    let folder = standing_folder("docs-ci");
    let page = page("ci.md");
    let config = page.iter().find(|block| block.text.starts_with("# .config/nextest.toml")).unwrap();
    write_if_changed(&folder.join(".config/nextest.toml"), &config.text);
    // Each command that it shows of nextest, as it stands there.
    let shown = page.iter().filter(|block| block.info == "sh").flat_map(|block| block.text.lines());
    let shown: Vec<_> = shown.filter_map(|line| line.strip_prefix("cargo nextest ")).collect();
    assert_eq!(shown.len(), 2);
    for line in shown {
        let run = cargo(&["nextest"]).line(line).env("NEXTEST_HIDE_PROGRESS_BAR", "1");
        let _ = run.inside(&folder).run().exits_with(0);
    }
    assert!(folder.join("target/nextest/ci/junit.xml").exists(), "{}", folder.display());
    // What the workflows tell a run by variables.
    let history = folder.join("history");
    let run = cargo(&["test", "--no-fail-fast"]).env("ASYNC_HARNESS_HISTORY", &history);
    let run = run
        .env("ASYNC_HARNESS_TIMEOUT", "60s")
        .env("ASYNC_HARNESS_JUNIT", "target/junit/{package}/{target}.xml");
    let _ = run.clone().inside(&folder).run().exits_with(0);
    for target in ["orders", "rates"] {
        assert!(folder.join(format!("target/junit/docs-ci/{target}.xml")).exists(), "{target}");
    }
    let shards = ["1/2", "2/2"].map(|shard| {
        let run = run.clone().env("ASYNC_HARNESS_PARTITION", format!("time:{shard}")).inside(&folder);
        run.run().exits_with(0).stdout.matches(" ... ok\n").count()
    });
    assert_eq!(shards.iter().sum::<usize>(), 5, "{shards:?}");
}

#[test]
fn the_guide_to_the_doctor_works_as_written() {
    works_as_written("doctor");
    let output = cargo(&["test", "--test", "half", "--", "--doctor"]).inside(&standing_folder("docs-doctor"));
    let output = output.run().exits_with(101);
    let page = page("doctor.md");
    let shown = page.iter().find(|block| block.info == "text figures").unwrap();
    // All but what depends on the machine.
    let findings = shown.text.lines().filter(|line| line.contains("error") || line.contains("warning: "));
    for line in findings {
        assert!(output.stdout.contains(line), "`{line}` is not in {}", output.all());
    }
}

#[test]
fn what_is_said_of_troubles_works_as_written() {
    works_as_written("troubleshooting");
}

/// Pages lead to each other, and to headings that are there.
#[test]
fn links_between_pages_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read =
        |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let pages: Vec<_> = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let mut wrong = String::new();
    for page in pages
        .into_iter()
        .filter(|page| page.extension().is_some_and(|extension| extension == "md"))
        .chain([root.join("README.md")])
    {
        let text = read(&page);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") || link.contains(char::is_whitespace) {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let other = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let found = other.exists()
                && (heading.is_empty()
                    || read(&other).lines().any(|line| anchor(line).as_deref() == Some(heading)));
            if !found {
                wrong += &format!("{}: {link}\n", page.display());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a heading is linked by.
fn anchor(line: &str) -> Option<String> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')?;
    let kept = title.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    Some(kept.map(|c| if c == ' ' { '-' } else { c }).collect())
}
