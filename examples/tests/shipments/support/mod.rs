//! What the suite leans on: an app in this process, a customer with a key, a carrier that says what it is told to.
//!
//! Every app has a database of its own in memory and a clock that stands still, so that tests share nothing.

mod app;
mod carrier;
mod customer;
pub(crate) mod env;
mod reply;
pub(crate) mod samples;
mod temp;

pub(crate) use app::{ADMIN_TOKEN, App, Options, WEBHOOK_SECRET};
pub(crate) use carrier::{FakeCarrier, TRACKING_NUMBER, bare_carrier};
pub(crate) use customer::Customer;
pub(crate) use reply::{Reply, issue_codes};
pub(crate) use temp::TempDir;
