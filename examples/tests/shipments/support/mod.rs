//! What the suite leans on: an app in this process, customers with a key, a carrier that says what it is told to.
//!
//! A test asks for them by name; `fixtures` is the list. What is slow to make is made once for the run and shared, what a
//! test could change is its own: a database in memory, a clock that stands still, an account at the carrier.

mod app;
mod carrier;
mod customer;
pub(crate) mod fixtures;
mod reply;
pub(crate) mod samples;

pub(crate) use app::{ADMIN_TOKEN, App, Options, WEBHOOK_SECRET};
pub(crate) use carrier::{CarrierServer, FakeCarrier, TRACKING_NUMBER};
pub(crate) use customer::Customer;
pub(crate) use reply::Reply;
