//! Tests that change what outlives `execve`, and crash, or have a neighbour that does.

use async_harness::serial;
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("SUITE_FOLDER").expect("the driver names a folder"))
}

/// Whether this is the first time that this is asked for.
fn is_first(name: &str) -> bool {
    std::fs::File::options().write(true).create_new(true).open(folder().join(name)).is_ok()
}

/// Says that it is there, once in all images, and waits until its neighbour crashes.
fn wait_for_the_crash(name: &str) {
    if is_first(name) {
        std::thread::sleep(Duration::from_secs(30));
    }
}

fn wait_for(name: &str) {
    while !folder().join(name).exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn limit(resource: libc::__rlimit_resource_t, soft: Option<libc::rlim_t>) -> libc::rlim_t {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    unsafe {
        libc::getrlimit(resource, &mut limit);
        let before = limit.rlim_cur;
        if let Some(soft) = soft {
            limit.rlim_cur = soft;
            libc::setrlimit(resource, &limit);
        }
        before
    }
}

/// For a while nothing can be written.
mod file_size {
    use super::*;

    #[async_harness::test]
    fn a_lowers_the_limit() {
        let before = limit(libc::RLIMIT_FSIZE, Some(0));
        std::thread::sleep(Duration::from_millis(60));
        limit(libc::RLIMIT_FSIZE, Some(before));
    }

    #[async_harness::test]
    fn b_others(#[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)] _n: u32) {
        std::thread::sleep(Duration::from_millis(5));
    }

    /// What finished under the limit has to be known afterwards.
    #[async_harness::test]
    #[serial]
    fn c_aborts() {
        std::process::abort();
    }

    #[async_harness::test]
    #[serial]
    fn d_aborts_under_the_limit() {
        limit(libc::RLIMIT_FSIZE, Some(0));
        std::process::abort();
    }

    #[async_harness::test]
    #[serial]
    fn e_is_there() {}
}

/// They are sent to the thread that is to execute the process again, which has them wait.
mod pending {
    use super::*;

    #[async_harness::test]
    fn crashes(
        #[values(libc::SIGSEGV, libc::SIGABRT, libc::SIGXFSZ, libc::SIGUSR1, libc::SIGALRM, 40)] signal: i32,
    ) {
        let (process, thread) = unsafe { (libc::getpid(), libc::gettid()) };
        if signal == 40 {
            // Nobody else takes that one.
            unsafe {
                let mut mask = std::mem::zeroed();
                libc::sigaddset(&mut mask, signal);
                libc::pthread_sigmask(libc::SIG_BLOCK, &mask, std::ptr::null_mut());
            }
        }
        std::thread::spawn(move || {
            loop {
                unsafe { libc::syscall(libc::SYS_tgkill, process, thread, signal) };
                std::thread::yield_now();
            }
        });
        std::process::abort();
    }

    /// Not in the handler of a signal.
    #[async_harness::test]
    fn exits() {
        let thread = unsafe { libc::gettid() };
        std::thread::spawn(move || {
            loop {
                unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, libc::SIGUSR1) };
                std::thread::yield_now();
            }
        });
        std::process::exit(0);
    }

    #[async_harness::test]
    fn one() {}

    #[async_harness::test]
    #[serial]
    fn in_the_end() {}
}

mod timers {
    use super::*;

    /// It would come while another image begins, again and again.
    #[async_harness::test]
    fn starts_one(#[values(libc::ITIMER_REAL, libc::ITIMER_VIRTUAL, libc::ITIMER_PROF)] timer: i32) {
        let often = libc::timeval { tv_sec: 0, tv_usec: 500 };
        let interval = libc::itimerval { it_interval: often, it_value: often };
        unsafe { libc::setitimer(timer as _, &interval, std::ptr::null_mut()) };
        std::process::abort();
    }

    /// The next image would have come far before this.
    #[async_harness::test]
    #[serial]
    fn one_that_waits() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

mod limits {
    use super::*;

    static LOWERED: AtomicBool = AtomicBool::new(false);

    #[async_harness::test]
    fn a_lowers_them() {
        if is_first("lowers") {
            limit(libc::RLIMIT_NOFILE, Some(3));
            limit(libc::RLIMIT_FSIZE, Some(0));
            LOWERED.store(true, Ordering::SeqCst);
            std::thread::sleep(Duration::from_secs(30));
        }
    }

    #[async_harness::test]
    fn b_aborts() {
        while !LOWERED.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        std::process::abort();
    }

    #[async_harness::test]
    #[serial]
    fn c_finds_them_as_they_were() {
        assert!(limit(libc::RLIMIT_NOFILE, None) > 3);
        assert!(limit(libc::RLIMIT_FSIZE, None) > 0);
    }
}

mod streams {
    use super::*;

    /// As what keeps the output of a test does.
    #[async_harness::test]
    fn a_redirects_them() {
        let to = std::fs::File::create(folder().join("redirected")).unwrap();
        for descriptor in [0, 1, 2] {
            unsafe { libc::dup2(to.as_raw_fd(), descriptor) };
        }
        wait_for_the_crash("redirects");
    }

    #[async_harness::test]
    fn b_aborts() {
        wait_for("redirects");
        std::process::abort();
    }

    /// All but the copies.
    #[async_harness::test]
    fn c_closes_them() {
        for descriptor in [0, 1, 2] {
            unsafe { libc::close(descriptor) };
        }
        std::process::abort();
    }

    /// What a test opens where the copies were is not written to, nor read.
    #[async_harness::test]
    #[serial]
    fn d_takes_the_place_of_the_copies() {
        let other = std::fs::File::create(folder().join("other")).unwrap();
        // Nobody can look at a descriptor and write to it at once: what there is to tell of the tests before is to be told by now.
        std::thread::sleep(Duration::from_millis(200));
        let of = |descriptor: i32| std::fs::read_link(format!("/proc/self/fd/{descriptor}")).ok();
        for descriptor in (3..100).filter(|descriptor| (0..3).any(|own| of(own) == of(*descriptor))) {
            unsafe { libc::dup2(other.as_raw_fd(), descriptor) };
        }
        std::process::abort();
    }
}

mod rest {
    use super::*;

    #[async_harness::test]
    fn a_changes_it() {
        unsafe {
            libc::signal(libc::SIGCHLD, libc::SIG_IGN);
            libc::signal(libc::SIGUSR1, libc::SIG_IGN);
            libc::umask(0o777);
            let mut cores: libc::cpu_set_t = std::mem::zeroed();
            libc::CPU_SET(libc::sched_getcpu() as usize, &mut cores);
            libc::sched_setaffinity(0, size_of_val(&cores), &cores);
        }
        std::process::abort();
    }

    /// Says how the process finds itself.
    #[async_harness::test]
    #[serial]
    fn b_tells() {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let told = ["SigIgn:", "SigBlk:", "SigPnd:", "ShdPnd:", "Umask:", "Cpus_allowed:"];
        for line in status.lines().filter(|line| told.iter().any(|word| line.starts_with(word))) {
            println!("{line}");
        }
        panic!("to show it");
    }
}

async_harness::main!();
