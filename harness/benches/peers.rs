//! Measures async-harness beside its peers: the same tests under libtest with `#[tokio::test]`, the same with serial_test,
//! under nextest, test-r and libtest-mimic wired up by hand, and under async-harness.
//!
//! ```text
//! cargo bench -p async-harness --bench peers
//! cargo bench -p async-harness --bench peers -- --quick
//! cargo bench -p async-harness --bench peers -- --rounds 15 --peer libtest empty chatty
//! cargo bench -p async-harness --bench peers -- --builds --markdown docs/benchmarks.md
//! ```
//!
//! What it prints was measured in that run, in rounds that take the peers in turn, so that whatever else the machine does
//! meets all of them alike; the ratios travel between machines, the times do not. It is no micro-benchmark: each figure
//! is a whole process, from its start to its end, of which the summary was checked. A run with a wrong one does not count.
#![allow(clippy::print_stdout, reason = "a table on standard output is what this program is for")]

mod peers {
    pub(crate) mod args;
    pub(crate) mod builds;
    pub(crate) mod child;
    pub(crate) mod load;
    pub(crate) mod loads;
    pub(crate) mod machine;
    pub(crate) mod markdown;
    pub(crate) mod nextest;
    pub(crate) mod peer;
    pub(crate) mod rounds;
    pub(crate) mod sample;
    pub(crate) mod source;
    pub(crate) mod start;
    pub(crate) mod suite;
    pub(crate) mod table;
    pub(crate) mod workspace;
}

use peers::args::{Args, Request};
use peers::loads::LOADS;
use peers::markdown::Page;
use peers::peer::Peer;
use peers::workspace::Workspaces;
use peers::{builds, machine, nextest, rounds};
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
    let page = args.markdown.as_deref().map(Page::open).transpose()?;
    let mut peers = args.peers();
    peers.retain(|peer| *peer != Peer::Nextest || nextest::version().is_some());
    let workspaces = Workspaces::generate()?;
    // A lock file that lacks a peer gets it with its first build.
    workspaces.resolve(&peers)?;
    let heading = machine::describe(args, &workspaces, load.as_deref())?;
    println!("{}\n", heading.join("\n"));

    let mut rows = Vec::new();
    for load in LOADS.iter().filter(|load| args.wants_load(load)) {
        let measured = rounds::measure(load, &peers, args.rounds(), &workspaces)?;
        let wanted = measured.into_iter().filter(|row| args.wants(&row.name));
        rows.extend(wanted.inspect(|row| println!("{row}")));
    }
    rows.extend(builds::measure(args, &workspaces)?.into_iter().inspect(|row| println!("{row}")));
    page.map_or(Ok(()), |page| page.write(&heading, &rows))
}
