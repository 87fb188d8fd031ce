//! Tests that panic, hang, crash, leak, print and exit, each as a seed says.

#[path = "soak/behave.rs"]
mod behave;
#[path = "soak/deaths.rs"]
mod deaths;
#[path = "soak/fixtures.rs"]
mod fixtures;
#[path = "soak/notes.rs"]
mod notes;
#[allow(dead_code, reason = "the driver is told the same, and more of it")]
#[path = "soak/plan.rs"]
mod plan;
#[path = "soak/watch.rs"]
mod watch;

use async_harness::fixtures::{TestInfo, TmpDir, test_info, tmp_dir};
use async_harness::{TestCase, async_test, parallel, serial, test_factory, xfail};
use fixtures::{Up, module, own, own_of_worker, session};

/// The tests of a family, as a factory makes them.
fn made(family: &'static str) -> Vec<TestCase> {
    if family == plan::WATCH.name {
        // Factories run once in each process, and once more where it is executed again.
        notes::note("image", "-");
    }
    let tests = plan::of_family(behave::seed(), plan::family(family));
    let case = |test: plan::Test| {
        TestCase::new(format!("{:03}", test.index), move || async move { behave::act(test, 1).await })
    };
    tests.into_iter().map(case).collect()
}

/// Families whose tests are made at start-up.
macro_rules! made {
    ($($(#[$attribute:meta])* $family:ident $(($($args:tt)*))?;)*) => { $(
        mod $family {
            use super::*;

            #[test_factory $(($($args)*))?]
            $(#[$attribute])*
            fn t() -> Vec<TestCase> {
                made(stringify!($family))
            }
        }
    )* };
}

made! {
    plain;
    many_threads(flavor = "multi_thread", worker_threads = 2);
    hurried(timeout = "400ms");
    #[should_panic(expected = "as it should")] should_panic;
    #[xfail = "known"] known;
    #[serial(a)] writes_a;
    #[serial(b)] writes_b;
    #[serial(a, b)] writes_both;
    #[parallel(a)] reads_a;
    heavy(threads_required = 2);
    heaviest(threads_required = 64);
    strict_tasks(task_panics = "fail");
    #[ignore = "left out"] left_out;
    #[serial] last;
    #[serial] last_hurried(timeout = "400ms");
    #[serial] zz_watch;
}

mod without_runtime {
    use super::*;

    #[async_harness::test]
    fn t(#[values(0, 1, 2, 3, 4, 5, 6, 7)] n: usize) -> Result<(), String> {
        behave::act_without_runtime(plan::test(behave::seed(), plan::family("without_runtime"), n), 1)
    }
}

/// Families whose tests have fixtures.
macro_rules! listed {
    ($($family:ident($($fixture:ident: $type:ty),*) $(($($args:tt)*))?;)*) => { $(
        mod $family {
            use super::*;

            #[async_test $(($($args)*))?]
            async fn t(
                #[values(0, 1, 2, 3, 4, 5, 6, 7)] n: usize,
                test_info: &TestInfo,
                $($fixture: $type),*
            ) -> Result<(), String> {
                let test = plan::test(behave::seed(), plan::family(stringify!($family)), n);
                assert_eq!(test_info.name(), test.name());
                behave::act(test, test_info.attempt()).await
            }
        }
    )* };
}

listed! {
    again() (retries = 2);
    with_session(_session: &Up);
    with_module(_module: &Up);
    with_worker(_own_of_worker: &mut Up);
    with_own(_own: &Up);
    with_folder(_tmp_dir: &TmpDir);
}

async_harness::main!();
