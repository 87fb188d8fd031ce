//! The ways to die.

use super::plan::Death;
use std::process::{Command, Stdio};

pub fn die(death: Death) -> ! {
    match death {
        Death::Abort => std::process::abort(),
        // SAFETY: none; that is the point.
        Death::Segfault => unsafe { std::hint::black_box(std::ptr::null_mut::<u8>()).write_volatile(1) },
        Death::Illegal => illegal_instruction(),
        Death::Overflow => drop(std::hint::black_box(deeper(&[1; 512]))),
        Death::DoublePanic => {
            let _bomb = Bomb;
            panic!("the first");
        }
        Death::Exit(code) => std::process::exit(code),
        // SAFETY: neither has a requirement.
        Death::ExitAtOnce => unsafe { libc::_exit(0) },
        // SAFETY: likewise.
        Death::ExitQuickly => unsafe { quick_exit(0) },
        Death::OnAThread => drop(std::thread::spawn(|| std::process::abort()).join()),
        Death::WithAChild => {
            let mut sleep = Command::new("sleep");
            sleep.arg("1000").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            drop(sleep.spawn());
            std::process::abort();
        }
    }
    unreachable!("it lives");
}

unsafe extern "C" {
    fn quick_exit(code: i32) -> !;
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the second");
    }
}

fn illegal_instruction() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: none; that is the point.
    unsafe {
        std::arch::asm!("ud2")
    };
    #[cfg(target_arch = "aarch64")]
    // SAFETY: none; that is the point.
    unsafe {
        std::arch::asm!("udf #0")
    };
}

#[allow(unconditional_recursion)]
fn deeper(depth: &[u8; 512]) -> usize {
    let here = std::hint::black_box([depth[0]; 512]);
    deeper(&here) + usize::from(here[1])
}
