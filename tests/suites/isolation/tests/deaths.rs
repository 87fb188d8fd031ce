//! Many ways for a test to take its process along, among forty that are well.

use async_harness::{TestCase, async_test, serial, test, test_factory, xfail};
use std::time::Duration;

#[test_factory]
fn healthy() -> Vec<TestCase> {
    let case = |n: usize| {
        TestCase::new(format!("{n:02}"), move || async move {
            println!("healthy {n:02}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        })
    };
    (0..40).map(case).collect()
}

#[async_test]
async fn aborts() {
    println!("before the abort");
    tokio::task::yield_now().await;
    std::process::abort();
}

#[test]
fn writes_to_null() {
    println!("before the write");
    let nowhere = std::hint::black_box(std::ptr::null_mut::<u8>());
    // SAFETY: there is none; this is what crashes.
    unsafe { nowhere.write_volatile(1) };
}

#[test]
fn overflows_its_stack() {
    println!("before the overflow");
    #[allow(unconditional_recursion, reason = "it is what overflows")]
    fn deeper(depth: u64) -> u64 {
        let room = std::hint::black_box([depth; 512]);
        deeper(depth + 1) + room[17]
    }
    std::hint::black_box(deeper(0));
}

#[async_test]
async fn exits_with_0() {
    println!("before the exit");
    std::process::exit(0);
}

#[test]
fn exits_with_3() {
    eprintln!("before the exit");
    std::process::exit(3);
}

#[test]
fn is_killed() {
    println!("before the kill");
    // SAFETY: neither call has a requirement.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    std::thread::sleep(Duration::from_secs(60));
}

#[async_test]
async fn panics_while_panicking() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("the second");
        }
    }
    let _bomb = Bomb;
    panic!("the first");
}

#[async_test]
async fn aborts_on_a_thread() {
    let thread = std::thread::spawn(|| {
        println!("on a thread");
        std::process::abort()
    });
    thread.join().unwrap();
}

/// Blocks its thread; needs a time limit.
#[async_test]
async fn blocks_for_ever() {
    println!("before it blocks");
    print!("in the midst of a line");
    loop {
        std::thread::park();
    }
}

/// Waits; needs a time limit, at which it is cancelled and not killed.
#[async_test]
async fn waits_for_ever() {
    struct Witness;
    impl Drop for Witness {
        fn drop(&mut self) {
            println!("unwound");
        }
    }
    let _witness = Witness;
    std::future::pending::<()>().await;
}

#[async_test]
#[serial]
async fn z_serial_aborts() {
    println!("serial");
    std::process::abort();
}

#[async_test]
#[serial]
async fn zz_serial_goes_on() {}

#[async_test]
#[xfail = "it crashes"]
async fn known_to_abort() {
    std::process::abort();
}

#[async_test]
#[should_panic]
async fn should_panic_and_aborts() {
    std::process::abort();
}

#[test]
#[should_panic = "as expected"]
fn should_panic_and_does() {
    panic!("as expected");
}

#[async_test]
async fn skips() {
    async_harness::skip!("no {}", "reason");
}

#[async_test]
async fn fails() {
    panic!("an ordinary failure");
}

/// Fails with all that comes after it unless it is shown that it is alone.
#[async_test]
#[ignore = "closes what its process answers by"]
async fn closes_all_descriptors() {
    for descriptor in 0..1024 {
        // SAFETY: this is what the test is about; nothing else of this process matters any more.
        unsafe { libc::close(descriptor) };
    }
}

/// A process that is stopped keeps no limit.
#[test]
#[ignore = "stops its process"]
fn stops_its_process() {
    // SAFETY: neither call has a requirement.
    unsafe { libc::kill(libc::getpid(), libc::SIGSTOP) };
}

/// The child holds everything open that its parent had.
#[test]
#[ignore = "leaves a child behind"]
fn forks_and_aborts() {
    // SAFETY: the child makes system calls only.
    match unsafe { libc::fork() } {
        0 => loop {
            // SAFETY: has no requirement.
            unsafe { libc::sleep(600) };
        },
        child => println!("child {child}"),
    }
    std::process::abort();
}

/// A process that dies while its worker waits for a key.
mod later {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    fn note() -> PathBuf {
        std::env::var_os("SUITE_NOTE").unwrap().into()
    }

    #[async_test]
    #[ignore = "leaves a thread behind"]
    async fn aborts() {
        std::thread::spawn(|| {
            std::thread::sleep(Duration::from_millis(20));
            println!("left behind");
            fs::write(note(), std::process::id().to_string()).unwrap();
            std::process::abort();
        });
    }

    #[async_test]
    #[ignore = "waits for the end of another process"]
    #[serial(key)]
    async fn b_holds_the_key() {
        loop {
            let other = fs::read_to_string(note()).unwrap_or_default();
            let stat = fs::read_to_string(format!("/proc/{other}/stat"));
            let lives = stat.is_ok_and(|stat| !stat.contains(") Z "));
            if !other.is_empty() && !lives {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    #[async_test]
    #[ignore = "waits for a key"]
    #[serial(key)]
    async fn c_needs_the_key() {}
}

async_harness::main!();
