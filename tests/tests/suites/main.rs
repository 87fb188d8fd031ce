//! Runs suites as users run them, and compares with what libtest, cargo and nextest make of the same.

mod capture;
mod editors;
mod faults;
mod nextest;
mod parity;
mod phases;
mod rayons;
mod registry;
mod runtimes;
mod soak;
