//! The suite of the shipments service: a module a noun or a deed, a test a claim.
#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is what an error should be")]

mod accounts;
mod address;
mod breaker;
mod buy;
mod cancel;
mod carrier_client;
mod config;
mod create;
mod export;
mod idempotency;
mod ids;
mod ledger;
mod list;
mod metrics;
mod money;
mod parcel;
mod rates;
mod retry;
mod server;
mod state;
mod store;
mod support;
mod timestamp;
mod track;
mod validation;
mod webhooks;

async_harness::main!();
