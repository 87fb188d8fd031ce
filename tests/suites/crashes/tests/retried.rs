//! Crashes beside tests that are repeated, tried again or expected to fail.

use async_harness::fixtures::{CurrentDir, TmpDir, cwd, tmp_dir};
use async_harness::{async_test, fixture, xfail};
use std::path::PathBuf;
use std::time::Duration;

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("SUITE_FOLDER").expect("the driver names a folder"))
}

/// Has its users run on the session runtime, whose threads are nobody's.
#[fixture(scope = "session")]
async fn pool() -> u32 {
    1
}

mod repeated {
    use super::*;

    struct Boom;

    impl Drop for Boom {
        fn drop(&mut self) {
            panic!("a second panic");
        }
    }

    #[async_test(retries = 2)]
    async fn a_aborts() {
        let _boom = Boom;
        panic!("the first");
    }

    #[async_test]
    async fn b_aborts_in_a_task(_pool: &u32) {
        tokio::task::spawn_blocking(|| std::process::abort()).await.unwrap()
    }
}

mod in_a_task {
    use super::*;

    #[async_test(retries = 4)]
    async fn a_aborts(pool: &u32) {
        assert_eq!(*pool, 1);
        tokio::spawn(async { std::process::abort() }).await.unwrap();
    }

    #[async_test]
    async fn b_passes() {}

    #[async_test]
    async fn c_passes() {}
}

mod expected {
    use super::*;

    #[async_test]
    #[xfail]
    async fn to_crash(tmp_dir: &TmpDir) {
        std::fs::write(tmp_dir.path().join("file"), "not kept").unwrap();
        std::process::abort();
    }
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
