//! A test factory that ends the process.

use async_harness::{TestCase, test_factory};

#[test_factory]
fn made() -> Vec<TestCase> {
    match std::env::var("WAY").as_deref() {
        Ok("abort") => std::process::abort(),
        Ok("segfault") => unsafe { std::hint::black_box(std::ptr::null_mut::<u8>()).write_volatile(1) },
        Ok("overflow") => assert_eq!(deeper(&[1; 512]), 0),
        Ok("usr1") => assert_eq!(unsafe { libc::raise(libc::SIGUSR1) }, 0),
        Ok("exit") => std::process::exit(0),
        Ok("fork") => in_a_fork(),
        _ => {}
    }
    vec![TestCase::new("one", || async {})]
}

#[allow(unconditional_recursion)]
fn deeper(depth: &[u8; 512]) -> usize {
    let here = std::hint::black_box([depth[0]; 512]);
    deeper(&here) + usize::from(here[1])
}

/// Which may end as it likes.
fn in_a_fork() {
    let mut status = 0;
    unsafe {
        let child = libc::fork();
        if child == 0 {
            std::process::abort();
        }
        libc::waitpid(child, &mut status, 0);
    }
    assert!(libc::WIFSIGNALED(status));
}

async_harness::main!();
