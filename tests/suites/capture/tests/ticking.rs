//! The handler of a signal prints while tests print: to do so with `write` is allowed at any time.

use async_harness::{TestCase, async_test, serial, test_factory};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How often it has printed.
static TICKS: AtomicUsize = AtomicUsize::new(0);

extern "C" fn tick(_: libc::c_int) {
    // SAFETY: where `errno` is, is known as long as the thread lives, and the slice is readable for its length.
    unsafe {
        let errno = *libc::__errno_location();
        libc::write(libc::STDOUT_FILENO, b"tick\n".as_ptr().cast(), 5);
        *libc::__errno_location() = errno;
    }
    TICKS.fetch_add(1, Ordering::Relaxed);
}

/// Has this thread hear of a signal as often as `TICK` says, in microseconds; and all threads of those of a timer.
fn begin() {
    static ONCE: Once = Once::new();
    let every = std::env::var("TICK").ok().and_then(|every| every.parse().ok()).unwrap_or(500);
    ONCE.call_once(|| {
        // SAFETY: the handler does only what a handler may.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = tick as extern "C" fn(libc::c_int) as usize;
            action.sa_flags = libc::SA_RESTART;
            libc::sigaction(libc::SIGALRM, &raw const action, std::ptr::null_mut());
            let every = libc::timeval { tv_sec: 0, tv_usec: every };
            let timer = libc::itimerval { it_interval: every, it_value: every };
            libc::setitimer(libc::ITIMER_REAL, &raw const timer, std::ptr::null_mut());
        }
        // A timer's signals mostly go to the main thread. These go to whoever lives.
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_micros(every.unsigned_abs()));
                for task in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
                    if let Some(thread) = task.file_name().to_str().and_then(|name| name.parse::<i32>().ok())
                    {
                        // SAFETY: where the thread is gone, nothing is sent.
                        unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, libc::SIGALRM) };
                    }
                }
            }
        });
    });
}

/// Prints by itself and by another thread.
async fn prints(number: usize) {
    begin();
    let text = move |from: &'static str| {
        for line in 0..10 {
            println!("{from} {number} {line}");
        }
        eprintln!("{from} {number}");
    };
    text("test");
    if number.is_multiple_of(4) {
        std::thread::spawn(move || text("thread")).join().unwrap();
    }
    tokio::task::yield_now().await;
}

#[test_factory]
fn many() -> Vec<TestCase> {
    (0..600).map(|number| TestCase::new(format!("n{number:03}"), move || prints(number))).collect()
}

/// Ticks until it has heard some, and says how many there were at least.
#[async_test]
#[serial]
async fn says_how_many() {
    begin();
    while TICKS.load(Ordering::Relaxed) < 20 {
        std::thread::yield_now();
    }
    println!("{} ticks", TICKS.load(Ordering::Relaxed));
}

async_harness::main!();
