//! Short tests, each of which sees on which cores it may run: those of the main thread, wherever its worker has been moved.

use async_harness::{TestCase, test_factory};

/// What a thread may use, by the kernel's words on it.
fn allowed(status: &str) -> String {
    let status = std::fs::read_to_string(status).unwrap();
    let line = status.lines().find(|line| line.starts_with("Cpus_allowed_list"));
    line.unwrap().to_owned()
}

#[test_factory]
fn short() -> Vec<TestCase> {
    let case = |nth| {
        TestCase::new(format!("{nth:03}"), || async {
            let own = allowed("/proc/thread-self/status");
            assert_eq!(own, allowed("/proc/self/status"));
            // Whatever a test starts may go wherever the test could.
            let of_task = tokio::task::spawn_blocking(|| allowed("/proc/thread-self/status")).await.unwrap();
            assert_eq!(of_task, own);
        })
    };
    (0..400).map(case).collect()
}

async_harness::main!();
