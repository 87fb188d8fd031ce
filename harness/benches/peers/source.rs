//! The sources of the suites: the same tests, registered as each peer has it.

use super::peer::Peer;
use super::suite::{Does, KEYS, Suite, Test};
use std::fmt::Write;

/// The root file of a suite's target.
pub(crate) fn source(suite: Suite, peer: Peer) -> String {
    let tests: Vec<Test> = suite.tests().collect();
    match peer {
        Peer::Ours if suite == Suite::Parameters => {
            let tests = parameters("async_test", "");
            format!(
                "use async_harness::{{async_test, fixture}};\n\n{PARAMETERS}{tests}\nasync_harness::main!();\n"
            )
        }
        Peer::Rstest => {
            let tests = parameters("rstest] #[tokio::test", "#[future(awt)] ");
            format!("use rstest::{{fixture, rstest}};\n\n{PARAMETERS}{tests}")
        }
        Peer::Ours => ours(suite, &tests),
        Peer::Libtest | Peer::Nextest => functions(&tests, |_| "#[tokio::test] ".to_owned()),
        Peer::Serial => functions(&tests, |test| match test.key {
            Some(key) => format!("#[tokio::test] #[serial_test::serial({key})] "),
            None => "#[tokio::test] ".to_owned(),
        }),
        Peer::TestR => test_r(tests),
        Peer::Mimic => {
            let trials: String = tests
                .iter()
                .map(|Test { name, .. }| format!("        trial(\"{name}\", || Box::pin({name}())),\n"))
                .collect();
            MIMIC.replace("TRIALS", &trials) + "\n" + &functions(&tests, |_| String::new())
        }
        Peer::Bare => BARE.replace("TESTS", &tests.len().to_string()),
    }
}

fn ours(suite: Suite, tests: &[Test]) -> String {
    let (fixtures, parameters) = match suite {
        Suite::Borrowing => (FIXTURES, "_a: &A, _b: &B, _c: &C"),
        _ => ("", ""),
    };
    let attribute = match suite {
        Suite::Session => "#[async_test(runtime = \"session\")] ",
        _ => "#[async_test] ",
    };
    let text = functions_of(tests, parameters, |test| match test.key {
        Some(key) => format!("{attribute}#[async_harness::serial({key})] "),
        None => attribute.to_owned(),
    });
    format!("use async_harness::async_test;\n\n{fixtures}{text}\nasync_harness::main!();\n")
}

/// The tests of [`Suite::Parameters`]: 100 functions of three cases each, and 200 without any.
fn parameters(test: &str, awaited: &str) -> String {
    let mut text = String::new();
    for place in 0..100 {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "#[{test}]\n#[case(\"US\", {place})]\n#[case::germany(\"DE\", 12)]\n#[case(\"FR\", 9)]\n\
             async fn c{place}(#[case] country: &str, #[case] days: u32, {awaited}client: Client) {{\n    \
             assert!(client.limit > days && country.len() == 2);\n}}\n"
        );
    }
    for place in 0..200 {
        let _ = writeln!(
            text,
            "#[{test}]\nasync fn t{place}({awaited}client: Client, settings: Settings) {{\n    \
             assert!(client.limit >= settings.limit);\n}}\n"
        );
    }
    text
}

/// A key is a module there, of which the tests run one after the other.
fn test_r(tests: Vec<Test>) -> String {
    let attributed = |tests: &[Test]| functions(tests, |_| "#[test] ".to_owned());
    let (keyed, free): (Vec<_>, Vec<_>) = tests.into_iter().partition(|test| test.key.is_some());
    let mut text = format!("test_r::enable!();\n\nuse test_r::test;\n\n{}", attributed(&free));
    let (first, second): (Vec<_>, Vec<_>) = keyed.into_iter().partition(|test| test.key == Some(KEYS[0]));
    for (key, tests) in KEYS.iter().zip([first, second]).filter(|(_, tests)| !tests.is_empty()) {
        let tests = attributed(&tests);
        text += &format!("\n#[test_r::sequential]\nmod {key} {{\nuse test_r::test;\n\n{tests}}}\n");
    }
    text
}

fn functions(tests: &[Test], attributes: impl Fn(&Test) -> String) -> String {
    functions_of(tests, "", attributes)
}

fn functions_of(tests: &[Test], parameters: &str, attributes: impl Fn(&Test) -> String) -> String {
    tests.iter().fold(String::new(), |mut text, test| {
        let (name, body) = (&test.name, body(test.does));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}async fn {name}({parameters}) {body}", attributes(test));
        text
    })
}

fn body(does: Does) -> String {
    match does {
        Does::Nothing => "{}".to_owned(),
        Does::Sleep(time) => {
            format!("{{ tokio::time::sleep(std::time::Duration::from_millis({time})).await }}")
        }
        Does::Print => "{ for line in 0..200 { println!(\"line {line} of what a test says\"); } }".to_owned(),
        Does::Panic => "{ panic!(\"every tenth test panics\") }".to_owned(),
    }
}

const PARAMETERS: &str = "pub struct Settings {
    limit: u32,
}

pub struct Client {
    limit: u32,
}

#[fixture]
fn settings() -> Settings {
    Settings { limit: 100 }
}

#[fixture]
async fn client(#[from(settings)] of: Settings) -> Client {
    Client { limit: of.limit }
}

";

const FIXTURES: &str = "pub struct A;
pub struct B;
pub struct C;

#[async_harness::fixture(scope = \"session\")]
async fn a() -> A {
    A
}

#[async_harness::fixture(scope = \"session\")]
async fn b(_a: &A) -> B {
    B
}

#[async_harness::fixture(scope = \"session\")]
async fn c(_b: &B) -> C {
    C
}

";

// One function starts all trials, so that tokio's `block_on` is compiled once and not 2,000 times.
const MIMIC: &str = r"use libtest_mimic::{Arguments, Trial};
use std::pin::Pin;
use std::process::ExitCode;
use tokio::runtime::Builder;

type Start = fn() -> Pin<Box<dyn Future<Output = ()>>>;

fn trial(name: &str, start: Start) -> Trial {
    Trial::test(name, move || {
        Builder::new_current_thread().enable_all().build()?.block_on(start());
        Ok(())
    })
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = vec![
TRIALS    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}
";

const BARE: &str = r#"use tokio::runtime::Builder;

fn main() {
    let threads = [0, 1].map(|_| {
        std::thread::spawn(|| {
            for _ in 0..TESTS / 2 {
                drop(Builder::new_current_thread().enable_all().build().expect("a runtime"));
            }
        })
    });
    for thread in threads {
        thread.join().expect("a loop that does not panic");
    }
    println!("built and dropped TESTS runtimes");
}
"#;
