//! A target whose name is not that of its file, and whose tests have names that a shell reads otherwise.

use async_harness::{TestCase, test_factory};

#[test_factory]
fn names() -> Vec<TestCase> {
    ["with space", "it's $HOME", "a\nb"]
        .into_iter()
        .map(|name| TestCase::new(name, async || panic!("of this name")))
        .collect()
}

async_harness::main!();
