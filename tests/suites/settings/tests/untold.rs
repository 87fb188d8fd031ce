//! A target that says nothing of itself, and tests of which many fail.

use async_harness::async_test;
use async_harness::fixtures::{TmpDir, tmp_dir};

#[async_test(tags(slow))]
#[case::a(0)]
#[case::b(1)]
#[case::c(2)]
#[case::d(3)]
#[case::e(4)]
async fn fails(#[case] n: u32) {
    panic!("for the {n}th time");
}

#[async_harness::test]
fn passes() {}

#[async_test]
#[ignore = "fails, to keep its folder"]
async fn keeps_its_folder(tmp_dir: &TmpDir) {
    panic!("{}", tmp_dir.path().display());
}

#[async_harness::test]
#[ignore = "ends the process, as nothing can catch"]
fn is_killed() {
    let own = std::process::id().to_string();
    std::process::Command::new("kill").args(["-9", &own]).status().unwrap();
    loop {
        std::thread::park();
    }
}

async_harness::main!();
