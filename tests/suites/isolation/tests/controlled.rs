//! Tests that use the terminal of their run.

use async_harness::test;
use std::fs::File;
use std::io::Read;
use std::os::fd::AsRawFd;

#[test]
fn a_reads() {
    let error = File::open("/dev/tty").unwrap().read(&mut [0]).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EIO));
}

#[test]
fn b_changes_settings() {
    let terminal = File::options().read(true).write(true).open("/dev/tty").unwrap();
    // SAFETY: the settings are read into a valid place and written from there.
    unsafe {
        let mut settings = std::mem::zeroed();
        assert_eq!(libc::tcgetattr(terminal.as_raw_fd(), &raw mut settings), 0);
        assert_eq!(libc::tcsetattr(terminal.as_raw_fd(), libc::TCSANOW, &raw const settings), 0);
    }
}

async_harness::main!();
