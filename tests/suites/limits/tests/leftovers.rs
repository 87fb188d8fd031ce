//! What is left of what was ended from outside: destructors that panic, and threads that go on.

use async_harness::fixtures::{TestInfo, test_info};
use async_harness::{async_test, fixture, serial};
use std::future::pending;
use std::io::Write;
use std::thread::sleep;
use std::time::Duration;

fn note(what: &str) {
    if let Some(path) = std::env::var_os("NOTES") {
        let mut file = std::fs::File::options().create(true).append(true).open(path).unwrap();
        writeln!(file, "{what}").unwrap();
    }
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("in a destructor");
    }
}

async fn wait_with_a_bomb() {
    let _bomb = Bomb;
    pending().await
}

/// What outlives the tests takes its time to go.
mod lingering {
    use super::*;

    #[fixture(scope = "session", teardown = linger)]
    fn server() -> u8 {
        1
    }

    #[fixture(scope = "worker", teardown = linger)]
    async fn desk() -> u8 {
        1
    }

    async fn linger(of: u8) {
        tokio::time::sleep(Duration::from_millis(350) * u32::from(of)).await;
    }

    #[async_test]
    async fn has_both(server: &u8, desk: &u8) {
        assert_eq!(server, desk);
    }
}

/// A task that a test has left is dropped with its runtime, within a limit.
mod dropped {
    use super::*;

    struct Slow;

    impl Drop for Slow {
        fn drop(&mut self) {
            sleep(Duration::from_secs(3600));
        }
    }

    async fn leave_a_task() {
        tokio::spawn(async {
            let _slow = Slow;
            pending::<()>().await;
        });
        tokio::task::yield_now().await;
    }

    #[async_test(timeout = "200ms")]
    async fn a_leaves_a_task() {
        leave_a_task().await;
    }

    #[async_test(flavor = "multi_thread", worker_threads = 1, timeout = "200ms")]
    async fn b_leaves_a_task_to_a_worker() {
        leave_a_task().await;
    }

    #[async_test(timeout = "200ms")]
    async fn c_is_late_besides() {
        leave_a_task().await;
        pending::<()>().await;
    }

    #[async_test]
    async fn d_comes_next() {}

    #[async_test(timeout = "200ms")]
    #[serial]
    async fn e_leaves_a_task_serially() {
        leave_a_task().await;
    }

    #[async_test]
    #[serial]
    async fn f_comes_last() {}
}

/// What a test has changed that was left behind is put back before the next one comes, and stays so.
mod given_up {
    use super::*;
    use async_harness::fixtures::{CurrentDir, EnvVars, cwd, env};

    fn change(env: &mut EnvVars, cwd: &mut CurrentDir, to: &str) {
        env.set("SUITE_OWN", to);
        let _ = cwd.set(to);
    }

    #[async_harness::test(timeout = "50ms")]
    fn a_blocks(env: &mut EnvVars, cwd: &mut CurrentDir) {
        change(env, cwd, "/usr");
        sleep(Duration::from_millis(500));
        change(env, cwd, "/etc");
        sleep(Duration::from_millis(100));
    }

    #[async_harness::test]
    fn b_comes_next(env: &mut EnvVars, cwd: &mut CurrentDir) {
        assert_eq!(env.get("SUITE_OWN"), None);
        assert!(std::env::current_dir().unwrap().ends_with("limits"));
        change(env, cwd, "/dev");
        sleep(Duration::from_millis(800));
        assert_eq!(env.get("SUITE_OWN").unwrap(), "/dev");
        assert_eq!(std::env::current_dir().unwrap(), std::path::Path::new("/dev"));
    }

    #[async_harness::test]
    fn c_comes_last(env: &mut EnvVars, cwd: &mut CurrentDir) {
        assert_eq!(env.get("SUITE_OWN"), None);
        assert_eq!(std::env::current_dir().unwrap(), cwd.original());
        assert!(cwd.original().ends_with("limits"));
    }
}

/// Those are ended at their time limit.
mod limited {
    use super::*;

    #[async_test(timeout = "100ms")]
    async fn test() {
        wait_with_a_bomb().await;
    }

    #[async_test(timeout = "100ms")]
    #[should_panic]
    async fn test_that_should_panic() {
        wait_with_a_bomb().await;
    }

    #[fixture(scope = "session", timeout = "100ms")]
    async fn shared() {
        wait_with_a_bomb().await;
    }

    #[async_test]
    async fn set_up_of_a_shared_fixture(_shared: &()) {}

    #[async_test]
    async fn set_up_of_a_shared_fixture_again(_shared: &()) {}

    #[fixture(scope = "worker", timeout = "100ms")]
    async fn of_worker() {
        wait_with_a_bomb().await;
    }

    #[async_test]
    #[serial]
    async fn set_up_of_a_worker(_of_worker: &()) {}

    #[async_test]
    #[serial]
    async fn set_up_of_a_worker_again(_of_worker: &()) {}

    #[fixture(timeout = "100ms")]
    async fn own() {
        wait_with_a_bomb().await;
    }

    #[async_test]
    async fn set_up_of_its_own(_own: &()) {}

    async fn detonate(_: u8) {
        wait_with_a_bomb().await;
    }

    #[fixture(scope = "session", timeout = "100ms", teardown = detonate)]
    fn shared_in_vain() -> u8 {
        1
    }

    #[async_test]
    async fn teardown_of_a_shared_fixture(_shared_in_vain: &u8) {}

    async fn note_end(name: String) {
        note(&name);
    }

    #[fixture(teardown = note_end)]
    fn noted(test_info: &TestInfo) -> String {
        test_info.name().to_owned()
    }

    #[fixture(timeout = "100ms", teardown = detonate)]
    fn in_vain(_noted: &str) -> u8 {
        1
    }

    #[async_test]
    async fn teardown_of_its_own(_in_vain: &u8) {}
}

/// A thread that was left behind comes back, and what its worker had is dropped there.
mod back {
    use super::*;

    #[fixture(scope = "worker")]
    fn bomb() -> Bomb {
        Bomb
    }

    #[async_test(timeout = "100ms")]
    async fn too_late(_bomb: &Bomb) {
        sleep(Duration::from_millis(600));
    }

    #[async_test]
    #[serial]
    async fn others_go_on() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// The run is interrupted while a fixture is set up that cannot be.
mod interrupted {
    use super::*;
    use std::process::Command;

    async fn stop(name: &'static str) {
        note(name);
    }

    /// Plain, so that nobody can end it.
    fn start(so_long: Duration) {
        Command::new("kill").args(["-INT", &std::process::id().to_string()]).status().unwrap();
        sleep(so_long);
    }

    #[fixture(scope = "worker", teardown = stop)]
    fn desk() -> &'static str {
        "desk"
    }

    #[fixture(teardown = stop)]
    fn chair() -> &'static str {
        "chair"
    }

    #[fixture(scope = "session", teardown = stop)]
    fn short() -> &'static str {
        start(Duration::from_millis(50));
        "short"
    }

    #[fixture(scope = "session")]
    fn on_top(short: &str) -> String {
        format!("on {short}")
    }

    #[async_test]
    async fn waits_for_a_short_one(_desk: &str, _chair: &str, _on_top: &str) {}

    #[fixture(scope = "session", teardown = stop)]
    fn long() -> &'static str {
        start(Duration::from_secs(1_000));
        "long"
    }

    #[async_test]
    async fn waits_for_a_long_one(_desk: &str, _chair: &str, _long: &str) {}
}

/// Those are run several times.
mod repeated {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// How many copies of one test are at it.
    struct Counted<'a>(&'a AtomicUsize);

    impl<'a> Counted<'a> {
        fn new(running: &'a AtomicUsize) -> Self {
            assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0, "it runs beside itself");
            Self(running)
        }
    }

    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }

    #[async_test(timeout = "100ms")]
    async fn blocks_for_good() {
        static RUNNING: AtomicUsize = AtomicUsize::new(0);
        let _counted = Counted::new(&RUNNING);
        sleep(Duration::from_secs(1_000));
    }

    #[async_test(timeout = "100ms")]
    #[serial(turns)]
    async fn blocks_once() {
        static RUNNING: AtomicUsize = AtomicUsize::new(0);
        static BLOCKED: AtomicUsize = AtomicUsize::new(0);
        let _counted = Counted::new(&RUNNING);
        if BLOCKED.fetch_add(1, Ordering::SeqCst) == 0 {
            sleep(Duration::from_millis(700));
        }
    }

    /// Its turns come between those of the other.
    #[async_test]
    #[serial(turns)]
    async fn waits() {
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

async_harness::main!();
