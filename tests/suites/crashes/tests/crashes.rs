//! Tests that kill their process, each in a way of its own, beside many that do nothing of the kind.

use async_harness::{async_test, fixture, serial, test_factory, xfail};
use std::time::Duration;
use tokio::time::sleep;

mod healthy {
    use super::*;

    /// Forty of them.
    #[async_test]
    async fn passes(#[values(0, 1, 2, 3, 4, 5, 6, 7)] a: u32, #[values(0, 1, 2, 3, 4)] b: u32) {
        println!("healthy {a} {b}");
        sleep(Duration::from_millis(1)).await;
    }

    #[async_test]
    #[serial]
    async fn serial_passes(#[values(0, 1)] a: u32) {
        println!("healthy {a} in the serial phase");
    }

    #[async_test]
    async fn unhealthy_but_alive() {
        println!("no crash");
        panic!("an ordinary failure");
    }

    #[async_harness::test]
    #[ignore = "not today"]
    fn ignored() {}
}

/// What outlives the process.
mod tries {
    use super::*;
    use std::io::Write;
    use std::path::PathBuf;

    pub fn folder() -> PathBuf {
        PathBuf::from(std::env::var_os("SUITE_FOLDER").expect("the driver names a folder"))
    }

    /// Which try of this test this is, from 1.
    pub fn count(test: &str) -> usize {
        let path = folder().join(test);
        let mut file = std::fs::File::options().append(true).create(true).open(&path).unwrap();
        writeln!(file, "{}", std::process::id()).unwrap();
        std::fs::read_to_string(path).unwrap().lines().count()
    }

    /// Waits until another test has begun.
    pub async fn begun(test: &str) {
        while !folder().join(test).exists() {
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Goes on for long the first time, which something is to put an end to.
    pub async fn long_at_first(test: &str) {
        if count(test) == 1 {
            sleep(Duration::from_secs(30)).await;
        }
    }
}

/// The ways to die.
mod ways {
    pub fn abort() {
        std::process::abort();
    }

    pub fn segfault() {
        let null = std::hint::black_box(std::ptr::null_mut::<u8>());
        unsafe { null.write_volatile(1) };
    }

    pub fn bus_error() {
        let file = std::fs::File::open("/proc/self/exe").unwrap();
        let length = usize::try_from(file.metadata().unwrap().len()).unwrap();
        let fd = std::os::fd::AsRawFd::as_raw_fd(&file);
        let size = length + (1 << 20);
        let map =
            unsafe { libc::mmap(std::ptr::null_mut(), size, libc::PROT_READ, libc::MAP_PRIVATE, fd, 0) };
        unsafe { map.cast::<u8>().add(size - 1).read_volatile() };
    }

    pub fn illegal_instruction() {
        #[cfg(target_arch = "x86_64")]
        unsafe {
            std::arch::asm!("ud2")
        };
        #[cfg(target_arch = "aarch64")]
        unsafe {
            std::arch::asm!("udf #0")
        };
    }

    #[allow(unconditional_recursion)]
    pub fn overflow() {
        fn deeper(depth: &[u8; 512]) -> usize {
            let here = std::hint::black_box([depth[0]; 512]);
            deeper(&here) + usize::from(here[1])
        }
        std::hint::black_box(deeper(&[1; 512]));
    }

    pub fn double_panic() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("the second");
            }
        }
        let _bomb = Bomb;
        panic!("the first");
    }

    pub fn exit_0() {
        std::process::exit(0);
    }

    pub fn exit_3() {
        std::process::exit(3);
    }
}

macro_rules! deaths {
    ($($way:ident)*) => {
        /// In the parallel phase.
        mod parallel { $(
            #[super::async_test]
            async fn $way() {
                println!("on the way to {}", stringify!($way));
                super::sleep(super::Duration::from_millis(2)).await;
                super::ways::$way();
            }
        )* }

        /// In the serial phase, on the main thread.
        mod last { $(
            #[super::async_test]
            #[super::serial]
            async fn $way() {
                println!("on the way to {}", stringify!($way));
                super::ways::$way();
            }
        )* }
    };
}

deaths! { abort segfault bus_error illegal_instruction overflow double_panic exit_0 exit_3 }

mod odd {
    use super::*;

    #[async_harness::test]
    fn without_a_runtime() {
        eprint!("no line's end");
        ways::segfault();
    }

    #[async_test]
    async fn on_a_thread_of_its_own() {
        std::thread::Builder::new()
            .spawn(|| {
                println!("from the thread");
                ways::overflow();
            })
            .unwrap()
            .join()
            .unwrap();
    }

    #[async_test]
    async fn on_a_blocking_thread() {
        tokio::task::spawn_blocking(ways::abort).await.unwrap();
    }

    #[async_test(flavor = "multi_thread")]
    async fn on_a_worker_thread() {
        tokio::spawn(async { ways::exit_0() }).await.unwrap();
    }

    #[async_test]
    #[should_panic]
    async fn instead_of_a_panic() {
        ways::abort();
    }

    #[async_test]
    #[xfail = "known"]
    async fn as_expected() {
        ways::segfault();
    }

    #[async_harness::test]
    fn by_a_signal_of_its_own() {
        unsafe { libc::raise(libc::SIGTRAP) };
    }

    #[async_harness::test]
    fn in_a_function_that_cannot_unwind() {
        extern "C" fn cannot() {
            panic!("up to here");
        }
        cannot();
    }

    /// A fork is another process: what it does to itself is nobody's crash.
    #[async_harness::test]
    fn in_a_fork() {
        for way in [ways::exit_3, ways::abort] {
            let mut status = 0;
            unsafe {
                let child = libc::fork();
                if child == 0 {
                    way();
                }
                libc::waitpid(child, &mut status, 0);
            }
            assert_ne!(status, 0);
        }
    }

    /// Until somebody kills it.
    #[async_test]
    #[ignore = "never ends"]
    async fn waits() {
        sleep(Duration::from_secs(30)).await;
    }

    #[async_harness::test]
    fn much_output() {
        for n in 0..20_000 {
            println!("line {n}");
        }
        ways::abort();
    }
}

mod together {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static THERE: AtomicUsize = AtomicUsize::new(0);

    /// Waits for the other; not for ever, for it may have died before.
    fn meet() {
        THERE.fetch_add(1, Ordering::SeqCst);
        let begin = std::time::Instant::now();
        while THERE.load(Ordering::SeqCst) < 2 && begin.elapsed().as_secs() < 1 {
            std::hint::spin_loop();
        }
    }

    #[async_harness::test]
    fn first() {
        meet();
        ways::segfault();
    }

    #[async_harness::test]
    fn second() {
        meet();
        ways::exit_0();
    }
}

mod behind {
    use super::*;

    fn print_much(name: &str) {
        tries::count(name);
        let line = "\u{1b}[31mmuch\u{1b}[0m ".repeat(80);
        (0..4_000).for_each(|_| println!("{line}"));
    }

    #[async_harness::test]
    fn much_a() {
        print_much("much_a");
    }

    #[async_harness::test]
    fn much_b() {
        print_much("much_b");
    }

    #[async_harness::test]
    fn the_one() {
        std::process::abort();
    }
}

mod around {
    use super::*;
    use async_harness::fixtures::{TmpDir, tmp_dir};

    /// Sets everything up otherwise than the process was started with, and leaves things behind.
    #[async_harness::test]
    fn a_changed_process() {
        std::env::set_current_dir("/").unwrap();
        unsafe {
            std::env::set_var("SUITE_FOLDER", "/nowhere");
            std::env::set_var("ASYNC_HARNESS_SPURIOUS", "1");
            let mut mask = std::mem::zeroed();
            libc::sigaddset(&mut mask, libc::SIGUSR1);
            libc::pthread_sigmask(libc::SIG_BLOCK, &mask, std::ptr::null_mut());
            // Neither is closed when another image is executed, if nobody sees to it.
            libc::dup2(1, 77);
            libc::dup2(1, 300);
        }
        let child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        println!("child {}", child.id());
        std::process::Command::new("true").spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20));
        ways::segfault();
    }

    /// Says how the process finds itself.
    #[async_harness::test]
    #[serial]
    fn b_the_state_of_the_process() {
        let mut fds: Vec<_> = std::fs::read_dir("/proc/self/fd")
            .unwrap()
            .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
            .map(|link| link.display().to_string())
            .collect();
        fds.sort();
        println!("descriptors {}", fds.len());
        println!("folder {}", std::env::current_dir().unwrap().display());
        println!("arguments {:?}", std::env::args().skip(1).collect::<Vec<_>>());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ASYNC_HARNESS")) {
            println!("variable {name}");
        }
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        status.lines().filter(|line| line.starts_with("SigBlk")).for_each(|line| println!("{line}"));
        let children =
            std::fs::read_to_string(format!("/proc/self/task/{}/children", std::process::id())).unwrap();
        println!("children {:?}", children.trim());
        println!("comm {}", std::fs::read_to_string("/proc/self/comm").unwrap().trim());
        std::fs::metadata(tries::folder()).unwrap();
        panic!("to show it");
    }

    /// Holds on to its turn while its neighbour dies, the first time.
    #[async_test]
    async fn a_neighbour() {
        println!("a neighbour's output");
        tries::long_at_first("neighbour").await;
        panic!("the second try");
    }

    #[async_test]
    async fn the_one_beside_it() {
        tries::begun("neighbour").await;
        ways::abort();
    }

    #[async_test]
    async fn folders_of_one_that_crashes(tmp_dir: &TmpDir) {
        println!("folder {}", tmp_dir.path().display());
        std::fs::write(tmp_dir.path().join("file"), "kept").unwrap();
        tries::begun("with-a-folder").await;
        ways::abort();
    }

    #[async_test]
    async fn folders_of_its_neighbour(tmp_dir: &TmpDir) {
        std::fs::write(tmp_dir.path().join("file"), "not kept").unwrap();
        tries::long_at_first("with-a-folder").await;
    }

    /// `execve` takes no more than the stack may hold a part of.
    #[async_harness::test]
    fn that_cannot_be_executed_again() {
        let limit = libc::rlimit { rlim_cur: 64 * 1024, rlim_max: 64 * 1024 };
        unsafe { libc::setrlimit(libc::RLIMIT_STACK, &limit) };
        ways::abort();
    }
}

/// Until somebody interrupts them.
mod interrupted {
    use super::*;

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            ways::abort();
        }
    }

    #[async_test]
    #[ignore = "never ends"]
    async fn a_dies_of_it() {
        let _bomb = Bomb;
        sleep(Duration::from_secs(30)).await;
    }

    #[async_test]
    #[ignore = "only beside the other"]
    #[serial]
    async fn b_is_not_to_run() {}
}

mod fixtures {
    use super::*;

    #[fixture(scope = "session", teardown = close)]
    async fn pool() -> u32 {
        println!("pool is set up");
        7
    }

    async fn close(pool: u32) {
        println!("pool {pool} is torn down");
    }

    #[async_test]
    async fn a_uses_the_pool(pool: &u32) {
        assert_eq!(*pool, 7);
    }

    #[async_test]
    async fn b_crashes_with_the_pool(pool: &u32) {
        println!("with {pool}");
        ways::segfault();
    }

    #[async_test]
    async fn c_uses_the_pool_too(pool: &u32) {
        assert_eq!(*pool, 7);
    }

    #[fixture(scope = "session")]
    async fn broken() -> u32 {
        println!("on the way up");
        ways::abort();
        0
    }

    #[async_test]
    async fn broken_a(broken: &u32) {
        assert_eq!(*broken, 0);
    }

    #[async_test]
    async fn broken_b(broken: &u32) {
        assert_eq!(*broken, 0);
    }

    #[fixture(scope = "session", teardown = crash)]
    async fn ends_badly() -> u32 {
        1
    }

    async fn crash(_: u32) {
        println!("on the way down");
        ways::segfault();
    }

    #[async_test]
    async fn ended_badly(ends_badly: &u32) {
        assert_eq!(*ends_badly, 1);
    }

    #[fixture(scope = "session")]
    async fn fails() -> Result<u32, String> {
        Err("no luck".to_owned())
    }

    #[async_test]
    async fn failed_a(fails: &u32) {
        assert_eq!(*fails, 0);
    }

    #[async_test]
    #[serial]
    async fn failed_z_in_the_serial_phase(fails: &u32) {
        assert_eq!(*fails, 0);
    }

    /// Its task runs on a thread of nobody.
    #[async_test]
    async fn nobody_crashes(pool: &u32) {
        println!("gives a task away, with {pool}");
        tries::begun("1").await;
        tries::begun("2").await;
        tokio::spawn(async { ways::abort() });
        sleep(Duration::from_secs(30)).await;
    }

    #[async_test]
    async fn nobody_crashes_beside_it(pool: &u32, #[values(1, 2)] n: u32) {
        assert!(*pool > n);
        tries::long_at_first(&n.to_string()).await;
    }
}

mod left {
    use super::*;

    #[async_harness::test]
    fn behind() {
        std::thread::spawn(|| {
            while !tries::folder().join("told").exists() {
                std::thread::sleep(Duration::from_millis(1));
            }
            ways::abort();
        });
    }

    /// Runs after the others, beside that thread.
    #[async_test]
    #[serial]
    async fn waiting() {
        std::fs::write(tries::folder().join("told"), "").unwrap();
        tries::long_at_first("waiting").await;
    }
}

mod with_the_reports {
    use super::*;

    /// As what overwrites the heap may: the thread that reports is the next one to use it.
    #[async_harness::test]
    fn it_dies() {
        if tries::count("it_dies") > 1 {
            return;
        }
        let found = || {
            std::fs::read_dir("/proc/self/task").unwrap().map(|entry| entry.unwrap()).find_map(|task| {
                let name = std::fs::read_to_string(task.path().join("comm")).ok()?;
                let number = task.file_name().to_str()?.parse::<i32>().ok();
                number.filter(|_| name.trim() == "test-reports")
            })
        };
        // It may be about to begin.
        let thread = loop {
            if let Some(thread) = found() {
                break thread;
            }
            std::thread::yield_now();
        };
        unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, libc::SIGSEGV) };
        std::thread::sleep(Duration::from_secs(30));
    }

    #[async_harness::test]
    fn one() {}

    #[async_harness::test]
    #[serial]
    fn in_the_end() {}
}

mod thread_locals {
    use super::*;

    struct Exits;

    impl Drop for Exits {
        fn drop(&mut self) {
            std::process::exit(0);
        }
    }

    struct Aborts;

    impl Drop for Aborts {
        fn drop(&mut self) {
            std::process::abort();
        }
    }

    thread_local! {
        static EXITS: Exits = const { Exits };
        static ABORTS: Aborts = const { Aborts };
    }

    #[async_harness::test]
    fn exits() {
        EXITS.with(|_| ());
    }

    #[async_harness::test]
    fn aborts() {
        ABORTS.with(|_| ());
    }

    #[async_harness::test]
    #[serial]
    fn fails() {
        panic!("as it does");
    }
}

mod at_the_end {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    static NOW: AtomicBool = AtomicBool::new(false);
    static READY: AtomicBool = AtomicBool::new(false);

    #[fixture(scope = "session", teardown = over)]
    fn whole_run() -> u32 {
        1
    }

    /// The last thing before the run is over. The thread that reports rests by now, and hears of the end rather than of the
    /// crash.
    async fn over(_: u32) {
        std::thread::sleep(Duration::from_millis(30));
        NOW.store(true, Ordering::SeqCst);
        while !READY.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(1));
    }

    #[async_harness::test]
    fn leaves_a_thread(whole_run: &u32) {
        assert_eq!(*whole_run, 1);
        std::thread::spawn(|| {
            while !NOW.load(Ordering::SeqCst) {
                std::hint::spin_loop();
            }
            READY.store(true, Ordering::SeqCst);
            ways::abort();
        });
    }
}

mod again {
    use super::*;
    use async_harness::fixtures::{TestInfo, test_info};

    #[async_test(retries = 2)]
    async fn fails_and_then_crashes(test_info: &TestInfo) {
        assert!(test_info.attempt() > 1, "the first attempt");
        ways::abort();
    }

    #[async_test(retries = 2)]
    async fn crashes_once(test_info: &TestInfo) {
        println!("attempt {} says this", test_info.attempt());
        if tries::count("crashes_once") == 1 {
            ways::abort();
        }
    }

    #[async_test(retries = 1)]
    #[serial]
    async fn exits_once() {
        if tries::count("exits_once") == 1 {
            std::process::exit(0);
        }
    }
}

mod signals {
    use super::*;

    #[async_harness::test]
    fn of_its_own() {
        println!("before it");
        unsafe { libc::raise(libc::SIGUSR1) };
    }

    #[async_harness::test]
    fn of_a_limit() {
        unsafe { libc::raise(libc::SIGXCPU) };
    }

    #[async_harness::test]
    fn of_files() {
        unsafe { libc::raise(libc::SIGIO) };
    }

    #[async_harness::test]
    fn of_power() {
        unsafe { libc::raise(libc::SIGPWR) };
    }

    #[cfg(target_arch = "x86_64")]
    #[async_harness::test]
    fn of_a_coprocessor() {
        unsafe { libc::raise(libc::SIGSTKFLT) };
    }

    /// It goes to the process, not to a thread; whose it was shows when it runs alone.
    #[async_test]
    async fn of_a_timer() {
        unsafe { libc::alarm(1) };
        sleep(Duration::from_secs(30)).await;
    }

    /// One that says its number where others say who sent them.
    #[async_test]
    async fn of_another_timer() {
        unsafe {
            let mut timer = std::mem::zeroed();
            libc::timer_create(libc::CLOCK_MONOTONIC, std::ptr::null_mut(), &mut timer);
            let (soon, never) = (100_000_000, libc::timespec { tv_sec: 0, tv_nsec: 0 });
            let once =
                libc::itimerspec { it_interval: never, it_value: libc::timespec { tv_nsec: soon, ..never } };
            libc::timer_settime(timer, 0, &once, std::ptr::null_mut());
        }
        sleep(Duration::from_secs(30)).await;
    }

    #[async_harness::test]
    fn one() {}

    #[async_harness::test]
    #[serial]
    fn afterwards() {}
}

mod past_the_guards {
    use super::*;

    unsafe extern "C" {
        fn quick_exit(code: i32) -> !;
        fn _Exit(code: i32) -> !;
    }

    #[async_harness::test]
    fn at_once() {
        unsafe { libc::_exit(0) }
    }

    #[async_harness::test]
    fn at_once_as_in_c() {
        unsafe { _Exit(4) }
    }

    #[async_harness::test]
    fn quickly() {
        unsafe { quick_exit(0) }
    }

    /// A child may end as it likes.
    #[async_harness::test]
    fn as_a_child_may() {
        let child = unsafe { libc::fork() };
        if child == 0 {
            unsafe { libc::_exit(7) }
        }
        let mut status = 0;
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        assert_eq!(libc::WEXITSTATUS(status), 7);
    }
}

/// All of them call it at about the same time.
#[test_factory]
fn at_once() -> Vec<async_harness::TestCase> {
    let case = |n: usize| {
        async_harness::TestCase::new(format!("n{n:02}"), move || async move {
            std::thread::sleep(Duration::from_millis(50));
            if n % 2 == 0 { ways::exit_0() } else { ways::exit_3() }
        })
    };
    (0..12).map(case).collect()
}

/// Each of many crashes.
#[test_factory]
fn many() -> Vec<async_harness::TestCase> {
    let ways = [ways::abort, ways::exit_0, ways::segfault, ways::exit_3];
    let case = |n: usize| {
        async_harness::TestCase::new(format!("n{n:03}"), move || async move {
            if n % 2 == 0 {
                ways[n / 2 % 4]();
            }
        })
    };
    (0..200).map(case).collect()
}

async_harness::main!();
