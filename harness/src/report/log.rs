//! The log of a run: what happened, a line of JSON for each event, as `docs/events.md` describes it. Both `--events` and the
//! page of `--timings` are made of it.

mod head;
mod line;
mod lines;
mod read;
#[cfg(test)]
pub(super) mod tests;

pub(crate) use head::Head;
pub(super) use lines::Lines;
pub(super) use read::{Fault, check, fields};

/// The version of the format. It changes when something means something else, and not when something is added.
const VERSION: u64 = 1;

/// What the first line says that it begins.
const FORMAT: &str = "async-harness events";
