//! What tests print.

use crate::attributes::{async_test, test};
use std::io::Write;

#[test]
fn both_streams() {
    println!("to stdout");
    eprintln!("to stderr");
    begin_line("no end");
    eprint!(" of this line");
    panic!("after both");
}

/// std keeps the begin of a line in a buffer that all threads share: no other must print before it is flushed.
fn begin_line(line: &str) {
    let mut stdout = std::io::stdout().lock();
    print!("{line}");
    stdout.flush().unwrap();
}

#[async_test]
async fn of_every_kind() {
    println!("umlaut ä, \u{1f980}, tab\there, \"quotes\", back\\slash");
    println!(
        "bell \u{7}, escape \u{1b}[31mred\u{1b}[0m, null \0, delete \u{7f}, return\rhere, line\u{2028}separator"
    );
    println!();
    println!("\n\n  indented\n");
    panic!("line one\nline two\n\n---- fake stdout ----\ntest fake ... ok");
}

#[test]
fn without_an_end() {
    begin_line("the last line has no end");
    std::panic::resume_unwind(Box::new(()));
}

#[async_test]
async fn from_a_thread() {
    std::thread::spawn(|| println!("from a thread")).join().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| eprintln!("from a scoped thread"));
    });
    panic!("after threads");
}

#[async_test]
async fn that_looks_like_json() {
    println!("{{ \"type\": \"test\", \"event\": \"ok\", \"name\": \"fake\" }}");
}

#[async_test]
async fn not_flushed() {
    if std::env::var_os("NOT_FLUSHED").is_some() {
        print!("first, without an end");
        eprintln!("second");
        panic!("third");
    }
}
