//! Output from every source there is. Each test prints its name and a number, as often as `LINES` says, and fails
//! without a word of its own.

use async_harness::{async_test, serial, test};
use std::io::Write;
use std::panic::resume_unwind;
use std::time::Duration;

/// As often as each test prints.
const LINES: u32 = 20;

fn fail() {
    resume_unwind(Box::new("without a word"));
}

/// Calls `print` with each line, and lets other tests go on between.
async fn print_lines(name: &str, print: impl Fn(String)) {
    for number in 0..LINES {
        print(format!("{name} {number}"));
        tokio::time::sleep(Duration::from_micros(100)).await;
    }
}

macro_rules! sources {
    ($($name:ident => $print:expr;)*) => { $(
        #[async_test]
        async fn $name() {
            print_lines(stringify!($name), $print).await;
            fail();
        }
    )* };
}

sources! {
    by_println => |line| println!("{line}");
    by_eprintln => |line| eprintln!("{line}");
    by_both => |line| if line.ends_with(['1', '3', '5', '7', '9']) { println!("{line}") } else { eprintln!("{line}") };
    by_print_and_flush => |line| {
        begin_line(&line);
        println!();
    };
    by_writeln => |line| writeln!(std::io::stdout().lock(), "{line}").unwrap();
    by_a_raw_write => |line| raw(libc::STDOUT_FILENO, &(line + "\n"));
    by_a_raw_write_to_stderr => |line| raw(libc::STDERR_FILENO, &(line + "\n"));
    by_a_thread => |line| std::thread::spawn(move || println!("{line}")).join().unwrap();
    by_a_scoped_thread => |line| std::thread::scope(|scope| { scope.spawn(|| println!("{line}")); });
    by_a_thread_of_a_thread => |line| {
        std::thread::spawn(|| std::thread::spawn(move || eprintln!("{line}")).join().unwrap()).join().unwrap();
    };
    by_a_runtime_of_a_thread => |line| {
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
            runtime.block_on(runtime.spawn(async move { println!("{line}") })).unwrap();
        })
        .join()
        .unwrap();
    };
}

fn raw(fd: libc::c_int, text: &str) {
    // SAFETY: the text is readable for its length.
    let written = unsafe { libc::write(fd, text.as_ptr().cast(), text.len()) };
    assert_eq!(usize::try_from(written), Ok(text.len()));
}

#[async_test]
async fn by_dbg() {
    print_lines("by_dbg", |line| {
        dbg!(line);
    })
    .await;
    fail();
}

#[async_test]
async fn by_tracing() {
    let subscriber = tracing_subscriber::fmt().without_time().with_ansi(false).with_target(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    print_lines("by_tracing", |line| tracing::info!("{line}")).await;
    fail();
}

#[async_test]
async fn by_a_task() {
    for number in 0..LINES {
        tokio::spawn(async move { println!("by_a_task {number}") }).await.unwrap();
    }
    fail();
}

#[async_test]
async fn by_a_blocking_task() {
    for number in 0..LINES {
        tokio::task::spawn_blocking(move || println!("by_a_blocking_task {number}")).await.unwrap();
    }
    fail();
}

#[async_test(flavor = "multi_thread", worker_threads = 2)]
async fn by_a_worker() {
    for number in 0..LINES {
        tokio::spawn(async move { println!("by_a_worker {number}") }).await.unwrap();
    }
    fail();
}

#[async_test(flavor = "local")]
async fn by_a_local_task() {
    for number in 0..LINES {
        tokio::task::spawn_local(async move { println!("by_a_local_task {number}") }).await.unwrap();
    }
    fail();
}

#[test]
fn by_a_sync_test() {
    for number in 0..LINES {
        println!("by_a_sync_test {number}");
        std::thread::sleep(Duration::from_micros(100));
    }
    fail();
}

#[async_test]
#[serial]
async fn by_a_serial_test() {
    print_lines("by_a_serial_test", |line| println!("{line}")).await;
    fail();
}

#[async_test]
async fn by_print_without_an_end() {
    begin_line("by_print_without_an_end");
    fail();
}

/// std keeps the begin of a line in a buffer that all threads share: no other must print before it is flushed.
fn begin_line(line: &str) {
    let mut stdout = std::io::stdout().lock();
    print!("{line}");
    stdout.flush().unwrap();
}

async_harness::main!();
