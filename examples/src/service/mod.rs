//! What the service does, a use case a file. It knows no HTTP of its own: `api` puts these into requests and answers.

mod accounts;
mod buy;
mod cancel;
mod price;
mod shipments;
mod track;

pub use accounts::{DepositForm, Opened};
pub use shipments::{ListQuery, Page};
pub use track::{Applied, Notice};

use crate::carrier::Carrier;
use crate::clock::Clock;
use crate::limiter::Limiter;
use crate::store::Store;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The service: cheap to clone, all clones are one.
#[derive(Debug, Clone)]
pub struct Service(Arc<Parts>);

/// What a service is made of.
#[derive(Debug)]
pub struct Parts {
    /// Where everything is kept.
    pub store: Store,
    /// Who carries.
    pub carrier: Carrier,
    /// What time it is.
    pub clock: Clock,
    /// How much a client may ask.
    pub limiter: Limiter,
    /// How long a rate holds.
    pub rate_ttl: Duration,
    /// Who the operator is.
    pub admin_token: String,
    /// What the carrier signs with.
    pub webhook_secret: String,
    /// Where the ledger is exported to.
    pub export: PathBuf,
}

impl Service {
    /// A service of these parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for Service {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
