//! Does what the plan says.

use super::notes::{begin, note};
use super::plan::{Behaviour, EXPECTED, Prints, Test, family, test};
use super::{deaths, watch};
use rayon::prelude::*;
use std::io::Write;
use std::process::Command;
use std::time::Duration;

/// The seed that the driver has chosen.
pub fn seed() -> u64 {
    std::env::var("SOAK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

/// The test of this name.
pub fn named(name: &str) -> Test {
    let (family_name, _) = name.split_once("::").expect("a test stands in the module of its family");
    let digits = name.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    let index = digits.parse().expect("a test's name ends with its index");
    test(seed(), family(family_name), index)
}

/// Does what a test with a runtime has to do.
pub async fn act(test: Test, attempt: u32) -> Result<(), String> {
    let name = test.name();
    let _span = begin(&name);
    print(&test);
    match test.behaviour {
        Behaviour::Sleep(pause) => tokio::time::sleep(Duration::from_millis(pause)).await,
        Behaviour::Hang => std::future::pending().await,
        Behaviour::TaskPanics => {
            let task = tokio::spawn(async { panic!("in a task") });
            while !task.is_finished() {
                tokio::task::yield_now().await;
            }
        }
        Behaviour::LeaveBlocking => {
            let left = name.clone();
            tokio::task::spawn_blocking(move || print_later(&left));
        }
        Behaviour::LeaveTasks => {
            for _ in 0..3 {
                tokio::spawn(std::future::pending::<()>());
                tokio::spawn(tokio::time::sleep(Duration::from_secs(1_000)));
            }
        }
        _ => return without_runtime(test, attempt, &name),
    }
    println!("[[/{name}]]");
    Ok(())
}

/// The same without one.
pub fn act_without_runtime(test: Test, attempt: u32) -> Result<(), String> {
    let name = test.name();
    let _span = begin(&name);
    print(&test);
    without_runtime(test, attempt, &name)
}

fn without_runtime(test: Test, attempt: u32, name: &str) -> Result<(), String> {
    match test.behaviour {
        Behaviour::BlockShortly(pause) => std::thread::sleep(Duration::from_millis(pause)),
        Behaviour::CaughtPanic => drop(std::panic::catch_unwind(|| panic!("caught"))),
        Behaviour::LeaveThread => {
            let left = name.to_owned();
            std::thread::spawn(move || print_later(&left));
        }
        Behaviour::Rayon => {
            let sum: usize = (0..1_000_usize).into_par_iter().map(|n| n % 7).sum();
            assert_eq!(sum, (0..1_000).map(|n| n % 7).sum());
        }
        Behaviour::Child => {
            // What a child prints is captured in worker processes alone.
            let child = Command::new("true").status().expect("there is a program `true`");
            assert!(child.success());
        }
        Behaviour::Block => loop {
            std::thread::sleep(Duration::from_secs(1_000));
        },
        Behaviour::Spin => loop {
            std::hint::spin_loop();
        },
        Behaviour::Watch => watch::nothing_is_left(),
        _ => {}
    }
    println!("[[/{name}]]");
    match test.behaviour {
        Behaviour::Panic | Behaviour::BothFail => panic!("told by {name}"),
        Behaviour::PanicAsExpected => panic!("told by {name}, {EXPECTED}"),
        Behaviour::Flaky(fails) if attempt <= fails => panic!("told by {name} in attempt {attempt}"),
        Behaviour::Error => Err(format!("told by {name}")),
        Behaviour::Skip => async_harness::skip!("skipped by {name}"),
        Behaviour::Die(death) => {
            note("end", name);
            deaths::die(death)
        }
        _ => Ok(()),
    }
}

/// What a test leaves behind goes on for a moment.
fn print_later(name: &str) {
    std::thread::sleep(Duration::from_millis(30));
    println!("((left by {name}))");
}

fn print(test: &Test) {
    println!("[[{}]]", test.name());
    match test.prints {
        Prints::Nothing => {}
        Prints::Lines(lines) => (0..lines).for_each(|line| match line % 2 {
            0 => println!("line {line}"),
            _ => eprintln!("line {line}"),
        }),
        Prints::NoText => {
            let _ = std::io::stdout().write_all(b"no text: \xff\xfe\xc3\x28 \xf0\x9f\x92\n");
        }
        Prints::Flood => {
            let line = "flood ".repeat(170) + "\n";
            (0..4_000).for_each(|_| print!("{line}"));
        }
    }
}
