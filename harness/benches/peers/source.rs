//! The sources of the suites: the same tests, registered as each peer has it.

use super::peer::Peer;
use std::fmt::Write;

/// A suite, which is one test target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suite {
    /// 2,000 tests that do nothing.
    Empty,
    /// 500 tests that print 200 lines each.
    Chatty,
    /// 1,000 tests of which every tenth panics.
    Failing,
    /// 2,000 tests on the session runtime that do nothing.
    Session,
    /// 2,000 tests on the session runtime that borrow three fixtures of it.
    Borrowing,
}

impl Suite {
    /// The suites that a peer has.
    pub(crate) fn of(peer: Peer) -> &'static [Suite] {
        match peer {
            Peer::Bare => &[Suite::Empty],
            Peer::Ours => &[Suite::Empty, Suite::Chatty, Suite::Failing, Suite::Session, Suite::Borrowing],
            _ => &[Suite::Empty, Suite::Chatty, Suite::Failing],
        }
    }

    /// The name of its test target.
    pub(crate) fn target(self) -> &'static str {
        match self {
            Suite::Empty => "empty",
            Suite::Chatty => "chatty",
            Suite::Failing => "failing",
            Suite::Session => "session",
            Suite::Borrowing => "borrowing",
        }
    }

    /// How many tests it has.
    pub(crate) const fn tests(self) -> usize {
        match self {
            Suite::Empty | Suite::Session | Suite::Borrowing => 2_000,
            Suite::Chatty => 500,
            Suite::Failing => 1_000,
        }
    }

    /// How many of them fail.
    pub(crate) const fn failures(self) -> usize {
        match self {
            Suite::Empty | Suite::Chatty | Suite::Session | Suite::Borrowing => 0,
            Suite::Failing => self.tests() / 10,
        }
    }

    fn body(self, test: usize) -> &'static str {
        match self {
            Suite::Empty | Suite::Session | Suite::Borrowing => "{}",
            Suite::Chatty => "{ for line in 0..200 { println!(\"line {line} of what a test says\"); } }",
            Suite::Failing if test.is_multiple_of(10) => "{ panic!(\"every tenth test panics\") }",
            Suite::Failing => "{}",
        }
    }

    /// The root file of the target.
    pub(crate) fn source(self, peer: Peer) -> String {
        let tests = 0..self.tests();
        let functions_of = |attribute: &str, parameters: &str| {
            tests.clone().fold(String::new(), |mut text, test| {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{attribute}async fn t{test}({parameters}) {}", self.body(test));
                text
            })
        };
        let functions = |attribute: &str| functions_of(attribute, "");
        match peer {
            Peer::Ours => {
                let tests = match self {
                    Suite::Borrowing => {
                        FIXTURES.to_owned() + &functions_of("#[async_test] ", "_a: &A, _b: &B, _c: &C")
                    }
                    Suite::Session => functions("#[async_test(runtime = \"session\")] "),
                    Suite::Empty | Suite::Chatty | Suite::Failing => functions("#[async_test] "),
                };
                format!("use async_harness::async_test;\n\n{tests}\nasync_harness::main!();\n")
            }
            Peer::Libtest => functions("#[tokio::test] "),
            Peer::Mimic => {
                let trials: String = tests
                    .clone()
                    .map(|test| format!("        trial(\"t{test}\", || Box::pin(t{test}())),\n"))
                    .collect();
                MIMIC.replace("TRIALS", &trials) + "\n" + &functions("")
            }
            Peer::Bare => BARE.replace("TESTS", &tests.end.to_string()),
        }
    }
}

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
