//! What can go wrong with a request, in the service's own words. How it is said over HTTP is `api::problem`'s business.

use crate::carrier::CarrierError;
use crate::issues::Issues;
use crate::money::Money;
use crate::shipment::WrongState;
use crate::store::StoreError;
use crate::timestamp::Timestamp;
use std::time::Duration;

/// Why a request was not fulfilled.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was sent breaks the rules.
    #[error("{0}")]
    Invalid(#[from] Issues),
    /// There is none, or none that this client may see.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// There is one already.
    #[error("there is a {0} of this {1} already")]
    Duplicate(&'static str, &'static str),
    /// A shipment cannot take this step.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Somebody else changed it in the meantime.
    #[error("the shipment was changed by another request")]
    Changed,
    /// The rate no longer holds.
    #[error("the rate expired at {at}")]
    RateExpired {
        /// When.
        at: Timestamp,
    },
    /// The account cannot pay for it.
    #[error("the balance does not cover {price}")]
    NotEnough {
        /// What it costs.
        price: Money,
    },
    /// The client asks too much.
    #[error("too many requests")]
    TooMany {
        /// When to come back.
        retry_after: Duration,
    },
    /// The carrier stands in the way.
    #[error(transparent)]
    Carrier(#[from] CarrierError),
    /// The store stands in the way.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The export could not be written.
    #[error("the export could not be written")]
    Export(#[source] std::io::Error),
    /// A task of ours died.
    #[error("the work was broken off")]
    BrokenOff(#[from] tokio::task::JoinError),
}
