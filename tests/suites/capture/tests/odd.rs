//! Tests that print in ways that no one should, or more than anyone should.

use async_harness::{async_test, test};
use std::panic::resume_unwind;
use std::time::Duration;
use tokio::sync::Notify;

fn fail() {
    resume_unwind(Box::new("without a word"));
}

fn raw(bytes: &[u8]) {
    // SAFETY: the slice is readable for its length.
    let written = unsafe { libc::write(libc::STDOUT_FILENO, bytes.as_ptr().cast(), bytes.len()) };
    assert_eq!(usize::try_from(written), Ok(bytes.len()));
}

#[async_test]
async fn ten_thousand_lines() {
    for number in 0..10_000 {
        println!("line {number}");
    }
    fail();
}

#[async_test]
async fn invalid_text() {
    raw(b"before \xff\xfe after\n");
    fail();
}

#[async_test]
async fn half_a_character() {
    raw("ä".split_at(0).1.as_bytes().split_at(1).0);
    raw("ä\n".as_bytes().split_at(1).1);
    fail();
}

#[test]
fn stdout_to_dev_null() {
    let null = std::fs::OpenOptions::new().write(true).open("/dev/null").unwrap();
    println!("before");
    // SAFETY: both descriptors are open.
    unsafe { libc::dup2(std::os::fd::AsRawFd::as_raw_fd(&null), libc::STDOUT_FILENO) };
    println!("after");
    fail();
}

#[test]
fn stdout_closed() {
    println!("before");
    // SAFETY: nothing here uses the descriptor afterwards but those who write to standard output.
    unsafe { libc::close(libc::STDOUT_FILENO) };
    fail();
}

/// Rust starts its processes without `fork` alone; C does not.
#[test]
fn a_fork_that_prints() {
    // SAFETY: the child calls only what is allowed after a fork.
    match unsafe { libc::fork() } {
        0 => {
            let text = b"from a fork\n";
            // SAFETY: the text is readable for its length; `_exit` never returns.
            unsafe {
                libc::write(libc::STDOUT_FILENO, text.as_ptr().cast(), text.len());
                libc::_exit(0);
            }
        }
        child => {
            // SAFETY: a null pointer asks for no status.
            unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
        }
    }
}

#[test]
fn a_child_that_prints() {
    let status = std::process::Command::new("echo").arg("from a child").status().unwrap();
    assert!(status.success());
}

#[async_test]
async fn without_an_end() {
    print!("no end of this line");
}

#[async_test]
async fn json_lookalike() {
    println!("{{ no json");
    println!("{{ \"type\": \"test\" }}");
}

/// Two tests that pass only beside each other; the second prints on a thread of the global pool of rayon, which the
/// first may have started.
mod global_pool {
    use super::*;

    static FIRST: Notify = Notify::const_new();
    static SECOND: Notify = Notify::const_new();
    const PATIENCE: Duration = Duration::from_secs(20);

    async fn print_in_global_pool(text: &'static str) {
        tokio::task::spawn_blocking(move || rayon::scope(|scope| scope.spawn(|_| println!("{text}"))))
            .await
            .unwrap();
    }

    #[async_test]
    async fn first() {
        print_in_global_pool("of the first").await;
        FIRST.notify_one();
        tokio::time::timeout(PATIENCE, SECOND.notified()).await.unwrap();
        fail();
    }

    #[async_test]
    async fn second() {
        tokio::time::timeout(PATIENCE, FIRST.notified()).await.unwrap();
        print_in_global_pool("of the second").await;
        SECOND.notify_one();
        fail();
    }
}

/// Two tests that pass only beside each other: the first begins a line and waits, the second prints one meanwhile.
mod begun_line {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::sync::{LazyLock, Mutex};

    static FIRST: LazyLock<(Sender<()>, Mutex<Receiver<()>>)> = LazyLock::new(|| {
        let (sender, receiver) = channel();
        (sender, Mutex::new(receiver))
    });
    static SECOND: Notify = Notify::const_new();
    const PATIENCE: Duration = Duration::from_secs(20);

    #[async_test]
    async fn first() {
        print!("begun by the first, ");
        // Waits, which is when what it has begun comes out.
        tokio::time::sleep(Duration::from_millis(10)).await;
        FIRST.0.send(()).unwrap();
        tokio::time::timeout(PATIENCE, SECOND.notified()).await.unwrap();
        println!("ended by the first");
        fail();
    }

    /// Not async: a test that waits as a future does brings out what stands in std's buffer, whoever began it.
    #[async_harness::test]
    fn second() {
        FIRST.1.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        println!("by the second");
        SECOND.notify_one();
        fail();
    }
}

/// A thread of nobody: that of a fixture which outlives tests, and prints for whoever uses it.
mod stray {
    use super::*;
    use async_harness::fixture;
    use std::sync::Mutex;
    use std::sync::mpsc::{Sender, channel};

    struct Printer(Mutex<Sender<&'static str>>);

    #[fixture(scope = "session")]
    fn printer() -> Printer {
        let (sender, lines) = channel();
        std::thread::spawn(move || lines.iter().for_each(|line| println!("{line}")));
        Printer(Mutex::new(sender))
    }

    #[async_test]
    async fn by_a_thread_of_nobody(printer: &Printer) {
        printer.0.lock().unwrap().send("from a thread of nobody").unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    #[async_test]
    async fn beside_it() {
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

/// The first of them starts rayon's pool, which works for the other as well.
mod pool_of_all {
    use super::*;

    async fn print_in_global_pool(text: &'static str) {
        let (sender, printed) = tokio::sync::oneshot::channel();
        rayon::spawn(move || {
            println!("{text}");
            sender.send(()).unwrap();
        });
        printed.await.unwrap();
    }

    #[async_test]
    async fn first() {
        print_in_global_pool("of the first").await;
        fail();
    }

    #[async_test]
    async fn second() {
        print_in_global_pool("of the second").await;
        fail();
    }
}

/// Prints more than is kept, of which some is no text.
#[async_harness::test]
fn a_flood() {
    use std::io::Write;
    println!("the first line");
    let line = "flood ".repeat(200);
    (0..8_000).for_each(|_| println!("{line}"));
    std::io::stdout().write_all(b"no text: \xff\xfe\0\n").unwrap();
    println!("the last line");
    panic!("too much");
}

/// Prints after its test is over.
#[async_test]
async fn late() {
    std::thread::spawn(|| {
        std::thread::sleep(Duration::from_millis(50));
        println!("too late for its test");
    });
}

#[async_test]
async fn later() {
    tokio::time::sleep(Duration::from_millis(200)).await;
}

async_harness::main!();
