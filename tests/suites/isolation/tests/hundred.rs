//! A hundred and twenty crashes among as many tests that are well.

use async_harness::{TestCase, serial, test, test_factory};
use std::fs;

#[test_factory]
fn crashes() -> Vec<TestCase> {
    let case = |n: usize| {
        TestCase::new(format!("{n:03}"), move || async move {
            println!("crash {n:03}");
            match n % 3 {
                0 => std::process::abort(),
                1 => std::process::exit(0),
                // SAFETY: has no requirement.
                _ => unsafe { libc::_exit(7) },
            }
        })
    };
    (0..120).map(case).collect()
}

#[test_factory]
fn passes() -> Vec<TestCase> {
    (0..120)
        .map(|n| TestCase::new(format!("{n:03}"), move || async move { println!("pass {n:03}") }))
        .collect()
}

/// Looks at the run from its last process: there is no other, dead or alive, and few descriptors are open.
#[test]
#[serial]
fn nothing_is_left_of_them() {
    let run = std::os::unix::process::parent_id();
    let is_child = |stat: &str| {
        let fields = stat.rsplit_once(") ").map(|(_, rest)| rest.split(' ').nth(1).unwrap().to_owned());
        fields == Some(run.to_string())
    };
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let entry = entry.unwrap();
        entry.file_name().to_str()?.parse::<u32>().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        is_child(&stat).then_some(stat)
    });
    let children: Vec<_> = processes.collect();
    assert_eq!(children.len(), 1, "{children:?}");
    let descriptors = fs::read_dir(format!("/proc/{run}/fd")).unwrap().count();
    // Three streams, copies of two of them, what is read and written for this process, and what the run came with.
    assert!(descriptors < 24, "{descriptors}");
    println!("{descriptors} descriptors");
}

async_harness::main!();
