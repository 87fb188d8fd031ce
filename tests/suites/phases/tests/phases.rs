//! Tests of the parallel and of the serial phase, among one another by name and by place.

use async_harness::{async_test, serial, test};
use trace::{begin, number, until_running};

/// A parallel test: waits until as many run at once as the run was told to wait for.
macro_rules! parallel {
    ($($name:ident)*) => { $(
        #[async_test]
        async fn $name() {
            let _span = begin(stringify!($name));
            until_running(number("BESIDE").unwrap_or(1)).await;
        }
    )* };
}

parallel! { parallel_01 parallel_02 parallel_03 parallel_04 parallel_05 parallel_06 parallel_07 parallel_08 }
parallel! { parallel_09 parallel_10 parallel_11 parallel_12 parallel_13 parallel_14 parallel_15 parallel_16 }

#[async_test]
#[serial]
async fn a_serial_below() {
    let _span = begin("a_serial_below");
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
}

#[serial]
#[async_test]
async fn q_serial_above() {
    let _span = begin("q_serial_above");
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
}

#[test]
#[serial]
fn b_serial_sync() {
    let _span = begin("b_serial_sync");
}

#[async_harness::serial]
#[async_harness::async_test]
async fn c_serial_by_path() {
    let _span = begin("c_serial_by_path");
}

#[async_test]
#[cfg_attr(all(), serial)]
async fn d_serial_by_cfg_attr() {
    let _span = begin("d_serial_by_cfg_attr");
}

#[cfg_attr(all(), serial)]
#[async_test]
async fn e_serial_by_cfg_attr_above() {
    let _span = begin("e_serial_by_cfg_attr_above");
}

#[async_test]
#[cfg_attr(any(), serial)]
async fn parallel_by_cfg_attr() {
    let _span = begin("parallel_by_cfg_attr");
    until_running(number("BESIDE").unwrap_or(1)).await;
}

/// A serial test may start threads of its own, as long as it waits for them.
#[async_test(flavor = "multi_thread", worker_threads = 2)]
#[serial]
async fn f_serial_with_threads() {
    let _span = begin("f_serial_with_threads");
    tokio::spawn(async {}).await.unwrap();
}

#[async_test]
#[serial]
#[should_panic]
async fn g_serial_that_panics() {
    let _span = begin("g_serial_that_panics");
    panic!("as wanted");
}

#[async_test]
#[serial]
#[ignore = "but serial"]
async fn h_serial_ignored() {
    let _span = begin("h_serial_ignored");
}

async_harness::main!();
