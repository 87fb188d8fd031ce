//! Tests that close what is not theirs, beside tests that run on. They are sync, for a runtime has descriptors too.

use async_harness::{serial, test};
use std::fs::File;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(10);

/// As code does that is about to execute another program, or believes to be a service.
fn close_all() {
    for descriptor in 3..256 {
        // SAFETY: this is what the suite is about; nothing of this process but the harness has any of them.
        unsafe { libc::close(descriptor) };
    }
}

#[test]
fn a_passes() {
    sleep(SHORT);
}

#[test]
fn closes() {
    close_all();
    println!("closed");
}

#[test]
fn passes() {
    sleep(SHORT);
}

#[test]
fn says_so_and_fails() {
    sleep(SHORT);
    println!("still kept");
    panic!("still told");
}

#[test]
#[serial]
fn serial() {}

/// Gets the numbers for its own files that the harness has had.
#[test]
#[ignore = "needs a folder"]
fn opens_its_own() {
    close_all();
    let folder = PathBuf::from(std::env::var_os("FOLDER").unwrap());
    let files: Vec<_> = (0..16).map(|number| File::create(folder.join(number.to_string())).unwrap()).collect();
    // What is told of other tests meanwhile must not get there.
    sleep(5 * SHORT);
    println!("opened");
    assert!(files.iter().all(|file| file.metadata().unwrap().len() == 0));
    std::mem::forget(files);
}

#[test]
#[ignore = "aborts"]
fn then_aborts() {
    close_all();
    std::process::abort();
}

#[test]
#[ignore = "waits to be interrupted"]
fn waits_for_long() {
    close_all();
    println!("waiting");
    sleep(Duration::from_secs(60));
}

async_harness::main!();
