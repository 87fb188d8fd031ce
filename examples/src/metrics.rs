//! Counters of the whole process, in Prometheus' text form.
//!
//! They are statics: a process is what a scraper asks, however many services run in it.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Something that is counted.
#[derive(Debug)]
pub struct Counter {
    name: &'static str,
    help: &'static str,
    value: AtomicU64,
}

impl Counter {
    const fn new(name: &'static str, help: &'static str) -> Self {
        Self { name, help, value: AtomicU64::new(0) }
    }

    /// One more.
    pub fn increment(&self) {
        self.value.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were.
    pub fn get(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }
}

/// Labels that were bought.
pub static LABELS_BOUGHT: Counter = Counter::new("shipments_labels_bought_total", "Labels bought.");
/// Labels that were cancelled.
pub static LABELS_CANCELLED: Counter =
    Counter::new("shipments_labels_cancelled_total", "Labels cancelled and refunded.");
/// Requests to the carrier that failed, those that were tried again included.
pub static CARRIER_FAILURES: Counter =
    Counter::new("shipments_carrier_failures_total", "Failed requests to the carrier.");
/// Webhooks that were not believed.
pub static WEBHOOKS_REFUSED: Counter =
    Counter::new("shipments_webhooks_refused_total", "Webhooks with a bad signature.");

static ALL: [&Counter; 4] = [&LABELS_BOUGHT, &LABELS_CANCELLED, &CARRIER_FAILURES, &WEBHOOKS_REFUSED];

/// All counters, as a scraper reads them.
pub fn render() -> String {
    let mut out = String::new();
    for Counter { name, help, value } in ALL {
        let value = value.load(Ordering::Relaxed);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}");
    }
    out
}

/// Sets all counters to zero, as a process that starts anew has them.
pub fn reset() {
    for counter in ALL {
        counter.value.store(0, Ordering::Relaxed);
    }
}
