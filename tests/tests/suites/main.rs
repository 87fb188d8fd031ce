//! Runs suites as users run them, and compares with what libtest, cargo and nextest make of the same.
//!
//! All of it rests on output being captured in process, so it is for Linux alone.
#![cfg(target_os = "linux")]

mod again;
mod busy;
mod capture;
mod cases;
mod chosen;
mod crashes;
mod docs;
mod doctor;
mod editors;
mod faults;
mod fixtures;
mod hygiene;
mod isolate;
mod junit;
mod limits;
mod measured;
mod nextest;
mod parity;
mod phases;
mod pictures;
mod rayons;
mod readme;
mod registry;
mod runtimes;
mod scheduling;
mod settings;
mod soak;
mod terminal;
mod tidy;
mod timings;
