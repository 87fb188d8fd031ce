//! An allocator that prints, as one does that warns of large allocations.

use async_harness::{async_test, test};
use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{IoSlice, Write};

struct Warning;

fn warn(what: &[u8]) {
    // SAFETY: the slice is readable for its length.
    unsafe { libc::write(libc::STDERR_FILENO, what.as_ptr().cast(), what.len()) };
}

// SAFETY: it hands everything to the system's allocator.
unsafe impl GlobalAlloc for Warning {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() > 500_000 {
            warn(b"large allocation\n");
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if layout.size() > 500_000 {
            warn(b"large deallocation\n");
        }
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static GLOBAL: Warning = Warning;

#[async_test]
async fn prints_a_lot() {
    for _ in 0..40_000 {
        println!("{}", "x".repeat(49));
    }
}

#[test]
fn prints_a_flood_to_both() {
    for number in 0..400_000 {
        if number % 2 == 0 { println!("{number:07}") } else { eprintln!("{number:07}") }
    }
}

#[test]
fn prints_much_at_once() {
    std::io::stderr().write_all(&vec![b'x'; 3 << 20]).unwrap();
    let part = vec![b'y'; 600_000];
    let parts = [IoSlice::new(&part), IoSlice::new(&part)];
    assert_eq!(std::io::stderr().write_vectored(&parts).unwrap(), 1_200_000);
}

#[test]
fn leaves_a_thread_behind_that_prints() {
    std::thread::spawn(|| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        (0..20_000).for_each(|_| println!("{}", "z".repeat(49)));
    });
}

async_harness::main!();
