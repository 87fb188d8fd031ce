//! What is printed past everything that a Rust program knows of.

use async_harness::{async_test, test};
use std::ffi::c_int;
use std::io::Write;
use std::process::Command;

unsafe extern "C" {
    fn printf(format: *const libc::c_char, ...) -> c_int;
}

fn c_says(number: c_int) {
    // SAFETY: the format asks for one number and ends with a nul byte.
    unsafe { printf(c"c_says %d\n".as_ptr(), number) };
}

#[test]
fn by_c_code() {
    println!("rust 1");
    c_says(2);
    eprintln!("rust 3");
    c_says(4);
}

#[test]
fn by_c_code_without_an_end() {
    // SAFETY: the format asks for nothing and ends with a nul byte.
    unsafe { printf(c"half a line of C".as_ptr()) };
}

#[test]
fn by_children() {
    println!("parent 1");
    Command::new("sh").args(["-c", "echo child 2; echo child 3 >&2"]).status().unwrap();
    println!("parent 4");
}

#[async_test]
async fn by_a_task_on_the_blocking_pool() {
    tokio::task::spawn_blocking(|| println!("pool")).await.unwrap();
}

#[test]
fn without_an_end() {
    print!("half a line");
}

#[test]
fn much() {
    let line = [b'x'; 1023];
    for _ in 0..2048 {
        std::io::stdout().write_all(&line).unwrap();
        println!();
    }
}

#[test]
fn bytes_that_are_no_text() {
    std::io::stdout().write_all(b"\0\xff\0async-harness \0\n").unwrap();
}

#[test]
fn c_code_then_crash() {
    println!("rust before");
    c_says(1);
    Command::new("echo").arg("child before").status().unwrap();
    std::process::abort();
}

/// Whoever tests a program that does so does not lose its own output.
#[test]
fn makes_its_output_not_wait() {
    // SAFETY: has no requirement.
    unsafe {
        let flags = libc::fcntl(1, libc::F_GETFL);
        libc::fcntl(1, libc::F_SETFL, flags | libc::O_NONBLOCK);
    }
    println!("does not wait");
}

#[test]
fn reads_an_empty_input() {
    let mut line = String::new();
    assert_eq!(std::io::stdin().read_line(&mut line).unwrap(), 0);
    println!("empty");
}

#[test]
fn silent() {}

/// Prints on when its test is over: into the next test, or between two.
#[test]
fn z_leaves_a_child_that_prints() {
    Command::new("sh").args(["-c", "sleep 0.3; echo late"]).spawn().unwrap();
}

async_harness::main!();
