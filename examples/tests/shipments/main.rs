//! The suite of the shipments service, by noun and by deed.
#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

mod buy;
mod cancel;
mod money;
mod support;

async_harness::main!();
