//! What lives once per worker process, and what a test finds there.

use async_harness::fixtures::{TestInfo, TmpDir, Worker, test_info, tmp_dir, worker};
use async_harness::{async_test, fixture, serial, test};
use std::time::Duration;

/// A line for whoever looks at the run from outside.
fn say(text: &str) {
    use std::io::Write;
    let Some(path) = std::env::var_os("SUITE_TRACE") else { return };
    let mut file = std::fs::File::options().append(true).create(true).open(path).unwrap();
    // One write, so that lines of several processes do not mix.
    file.write_all(format!("{text} {}\n", std::process::id()).as_bytes()).unwrap();
}

struct Server(u32);

#[fixture(scope = "session", teardown = stop)]
async fn server() -> Server {
    say("up");
    println!("the server is up");
    Server(std::process::id())
}

async fn stop(server: Server) {
    assert_eq!(server.0, std::process::id());
    say("down");
}

#[fixture(scope = "worker", teardown = forget)]
async fn database(worker: &Worker) -> usize {
    say("database");
    worker.id()
}

async fn forget(_: usize) {
    say("forgotten");
}

#[async_test]
async fn uses_the_server_1(server: &Server) {
    assert_eq!(server.0, std::process::id());
    tokio::time::sleep(Duration::from_millis(50)).await;
}

#[async_test]
async fn uses_the_server_2(server: &Server) {
    assert_eq!(server.0, std::process::id());
    tokio::time::sleep(Duration::from_millis(50)).await;
}

#[async_test]
async fn uses_the_server_3(server: &Server, database: &usize, worker: &Worker) {
    assert_eq!(server.0, std::process::id());
    assert_eq!(*database, worker.id());
    assert!(worker.id() < worker.count());
    say(&format!("run {}", worker.run_id()));
}

#[async_test]
#[serial]
async fn uses_the_server_on_the_main_thread(server: &Server, worker: &Worker) {
    assert_eq!(server.0, std::process::id());
    assert_eq!(worker.id(), 0);
    say(&format!("run {}", worker.run_id()));
    // SAFETY: has no requirement.
    assert_eq!(unsafe { libc::gettid() }, unsafe { libc::getpid() });
}

#[fixture(scope = "session")]
async fn broken() -> Result<u32, String> {
    Err("no such luck".to_owned())
}

#[async_test]
async fn needs_what_is_broken_1(broken: &u32) {
    assert_eq!(*broken, 0);
}

#[async_test]
async fn needs_what_is_broken_2(broken: &u32) {
    assert_eq!(*broken, 0);
}

#[fixture(scope = "session", teardown = fail)]
async fn heavy() -> u32 {
    7
}

async fn fail(_: u32) -> Result<(), String> {
    println!("said in the teardown");
    Err("too heavy".to_owned())
}

#[async_test]
async fn needs_what_cannot_be_torn_down(heavy: &u32) {
    assert_eq!(*heavy, 7);
}

#[fixture(scope = "session", teardown = die)]
async fn fatal() -> u32 {
    8
}

async fn die(_: u32) {
    println!("last words");
    std::process::abort();
}

#[async_test]
#[ignore = "crashes in the teardown"]
async fn needs_what_crashes_at_the_end(fatal: &u32) {
    assert_eq!(*fatal, 8);
}

#[async_test]
#[ignore = "crashes"]
async fn crashes_with_the_server(server: &Server) {
    assert_ne!(server.0, 0);
    std::process::abort();
}

/// Passes where an earlier attempt has left nothing behind.
#[async_test]
#[ignore = "is flaky in a process of its own"]
async fn passes_in_a_fresh_process(test_info: &TestInfo) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    println!("attempt {} with {count} before it", test_info.attempt());
    say("tries");
    assert!(test_info.attempt() == 3 && count == 0);
}

#[async_test]
#[ignore = "keeps its folder"]
async fn keeps_its_folder(tmp_dir: &TmpDir) {
    std::fs::write(tmp_dir.path().join("kept"), "here").unwrap();
    panic!("for the folder");
}

#[test]
fn finds_no_trace_of_the_worker() {
    assert!(std::env::vars().all(|(name, _)| !name.contains("WORKER")));
}

/// More than fit at once, for `--in-flight`.
#[async_harness::test_factory]
fn waits() -> Vec<async_harness::TestCase> {
    let wait = |n: usize| {
        async_harness::TestCase::new(format!("{n:02}"), || async {
            say("begin");
            tokio::time::sleep(Duration::from_millis(200)).await;
            say("end");
        })
    };
    (0..8).map(wait).collect()
}

/// Waits for whoever interrupts the run.
#[async_test]
#[ignore = "waits for an interrupt"]
async fn waits_with_the_server(server: &Server) {
    assert_ne!(server.0, 0);
    say("waits");
    std::future::pending::<()>().await;
}

#[async_test]
#[ignore = "waits for an interrupt"]
async fn blocks_with_the_server(server: &Server) {
    assert_ne!(server.0, 0);
    say("blocks");
    loop {
        std::thread::park();
    }
}

async_harness::main!();
