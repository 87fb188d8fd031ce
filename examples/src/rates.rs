//! What a shipment would cost, by service, and until when that holds.

use crate::money::{Currency, Money};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A level of service that is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// By road, when it comes.
    Ground,
    /// In a few days.
    Express,
    /// By the next morning.
    Overnight,
}

/// Not a service that is sold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such service: {0:?}")]
pub struct UnknownService(String);

impl Service {
    /// Its name in the API, in the store and at the carrier's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ground => "ground",
            Self::Express => "express",
            Self::Overnight => "overnight",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Service {
    type Err = UnknownService;

    fn from_str(name: &str) -> Result<Self, UnknownService> {
        [Self::Ground, Self::Express, Self::Overnight]
            .into_iter()
            .find(|service| service.name() == name)
            .ok_or_else(|| UnknownService(name.to_owned()))
    }
}

/// What the carrier asks of us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The carrier's name for it, given back when buying.
    pub carrier_ref: String,
    /// The carrier's name for the service: it may have some that are not sold here.
    pub service: String,
    /// What it costs us.
    pub cost: Money,
    /// How long it takes.
    pub days: u32,
}

/// What we ask of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// `rat_…`
    pub id: String,
    /// The carrier's name for it.
    #[serde(skip)]
    pub carrier_ref: String,
    /// The level of service.
    pub service: Service,
    /// What it costs the account.
    pub price: Money,
    /// How long it takes.
    pub days: u32,
    /// From when on it cannot be bought any more.
    pub expires_at: Timestamp,
}

impl Rate {
    /// Whether it can no longer be bought.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }
}

/// The terms on which offers become rates.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The account's currency.
    pub currency: Currency,
    /// The account's margin, in hundredths of a percent.
    pub margin_bp: u32,
    /// How long a rate holds.
    pub ttl: Duration,
}

impl Terms {
    /// The rates for some offers, cheapest first, and of equal price the fastest.
    ///
    /// Left out are services that are not sold, other currencies, and offers of nothing or less, which no carrier
    /// makes on purpose.
    pub fn rates(&self, offers: Vec<Offer>, now: Timestamp) -> Vec<Rate> {
        let mut rates: Vec<Rate> = offers.into_iter().filter_map(|offer| self.rate(offer, now)).collect();
        rates.sort_by_key(|rate| (rate.price.amount, rate.days));
        rates
    }

    fn rate(&self, offer: Offer, now: Timestamp) -> Option<Rate> {
        if offer.cost.currency != self.currency || !offer.cost.is_positive() {
            tracing::warn!(offer.carrier_ref, cost = %offer.cost, "an offer that cannot be sold");
            return None;
        }
        Some(Rate {
            id: crate::id::new("rat"),
            service: offer.service.parse().ok()?,
            price: offer.cost.with_margin(self.margin_bp).ok()?,
            carrier_ref: offer.carrier_ref,
            days: offer.days,
            expires_at: now.after(self.ttl),
        })
    }
}
