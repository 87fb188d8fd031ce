//! Crashes beside tests that are repeated, tried again or expected to fail.

use async_harness::async_test;
use async_harness::fixtures::{CurrentDir, cwd};
use std::path::PathBuf;
use std::time::Duration;

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("SUITE_FOLDER").expect("the driver names a folder"))
}

mod elsewhere {
    use super::*;

    /// Whether a thread may have a folder of its own; a container can forbid that.
    fn may_part() -> bool {
        std::thread::spawn(|| unsafe { libc::unshare(libc::CLONE_FS) == 0 }).join().unwrap()
    }

    /// Looks where it is, until its neighbour has crashed; says so where it is not where it went.
    #[async_test]
    async fn a_stays_in_its_folder(cwd: &mut CurrentDir) {
        let folder = folder().canonicalize().unwrap();
        cwd.set(&folder).unwrap();
        if std::fs::File::options().write(true).create_new(true).open("there").is_err() {
            return;
        }
        loop {
            let here = std::env::current_dir().unwrap();
            if here != folder && may_part() {
                std::fs::write(folder.join("moved"), here.as_os_str().as_encoded_bytes()).unwrap();
            }
        }
    }

    #[async_test]
    async fn b_aborts() {
        let there = folder().join("there");
        while !there.exists() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        std::process::abort();
    }
}

async_harness::main!();
