//! Measures async-harness beside its peers: the same tests under libtest with `#[tokio::test]`, under libtest-mimic
//! wired up by hand, and under async-harness.
//!
//! ```text
//! cargo bench -p async-harness
//! cargo bench -p async-harness -- --rounds 15 empty chatty
//! cargo bench -p async-harness -- --builds build
//! ```
//!
//! What it prints was measured in that run, in rounds that take the peers in turn, so that whatever else the machine does
//! meets all of them alike; the ratios travel between machines, the times do not. It is no micro-benchmark: each figure
//! is a whole process, from its start to its end, of which the summary was checked.
#![allow(clippy::print_stdout, reason = "a table on standard output is what this program is for")]

mod peers {
    pub(crate) mod args;
    pub(crate) mod builds;
    pub(crate) mod child;
    pub(crate) mod load;
    pub(crate) mod machine;
    pub(crate) mod peer;
    pub(crate) mod rounds;
    pub(crate) mod sample;
    pub(crate) mod source;
    pub(crate) mod table;
    pub(crate) mod workspace;
}

use peers::args::{Args, Request};
use peers::load::LOADS;
use peers::workspace::Workspaces;
use peers::{builds, machine, rounds, table};
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match Args::read(std::env::args().skip(1)) {
        Ok(Request::Measure(args)) => measure(&args),
        Ok(Request::Say(text)) => {
            println!("{text}");
            Ok(())
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Result<(), String> {
    // Asked before the builds, which are a load of their own.
    let load = machine::load();
    let workspaces = Workspaces::generate()?;
    println!("{}", machine::describe(&workspaces, load.as_deref())?);
    println!("{} rounds after a warm-up, 2 threads; median (min–max), × ours\n", args.rounds);
    println!("{}", table::head());
    for load in LOADS.iter().filter(|load| load.rows().any(|row| args.wants(&row))) {
        for row in rounds::measure(load, args.rounds, &workspaces)? {
            if args.wants(&row.name) {
                println!("{row}");
            }
        }
    }
    for row in builds::measure(args, &workspaces)? {
        println!("{row}");
    }
    Ok(())
}
