//! A shipment and the states it goes through.
//!
//! ```text
//! draft -> priced -> purchasing -> purchased -> in_transit -> delivered
//!   |        |           |             |             |            |
//!   |        |           v             |             +-> returned <-+
//!   |        |        (priced)         |
//!   +--------+-------------------------+--> cancelled
//! ```

use crate::address::{Address, AddressForm};
use crate::issues::Issues;
use crate::money::Money;
use crate::parcel::{Lane, Parcel, ParcelForm};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How far a shipment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Just described.
    Draft,
    /// Rates were asked for.
    Priced,
    /// The label is paid for, the carrier has yet to answer.
    Purchasing,
    /// There is a label.
    Purchased,
    /// The carrier has it.
    InTransit,
    /// It has arrived.
    Delivered,
    /// It went back to its sender.
    Returned,
    /// It will not be sent.
    Cancelled,
}

/// A step that a shipment cannot take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a shipment that is {from} cannot become {to}")]
pub struct WrongState {
    /// Where it is.
    pub from: State,
    /// Where it was to go.
    pub to: State,
}

/// Not a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such state: {0:?}")]
pub struct UnknownState(String);

impl State {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Priced,
        Self::Purchasing,
        Self::Purchased,
        Self::InTransit,
        Self::Delivered,
        Self::Returned,
        Self::Cancelled,
    ];

    /// Its name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Priced => "priced",
            Self::Purchasing => "purchasing",
            Self::Purchased => "purchased",
            Self::InTransit => "in_transit",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether it may become `next`.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Draft => matches!(next, Self::Priced | Self::Cancelled),
            Self::Priced => matches!(next, Self::Priced | Self::Purchasing | Self::Cancelled),
            Self::Purchasing => matches!(next, Self::Purchased | Self::Priced),
            // Carriers miss scans: the first one seen may be the last.
            Self::Purchased => {
                matches!(next, Self::InTransit | Self::Delivered | Self::Returned | Self::Cancelled)
            }
            Self::InTransit => matches!(next, Self::Delivered | Self::Returned),
            Self::Delivered => matches!(next, Self::Returned),
            Self::Returned | Self::Cancelled => false,
        }
    }

    /// The next state.
    ///
    /// # Errors
    ///
    /// [`WrongState`] if there is no such step.
    pub fn becomes(self, next: Self) -> Result<Self, WrongState> {
        if self.may_become(next) { Ok(next) } else { Err(WrongState { from: self, to: next }) }
    }

    /// Whether nothing can follow.
    pub fn is_final(self) -> bool {
        Self::ALL.iter().all(|&next| !self.may_become(next))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(name: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.name() == name).ok_or_else(|| UnknownState(name.to_owned()))
    }
}

/// A shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shipment {
    /// `shp_…`
    pub id: String,
    /// Whose it is.
    #[serde(skip)]
    pub account_id: String,
    /// What its account calls it; no two of an account share one.
    pub reference: Option<String>,
    /// How far it has come.
    pub state: State,
    /// The sender.
    pub from: Address,
    /// The recipient.
    pub to: Address,
    /// What is sent.
    pub parcel: Parcel,
    /// What was paid and what came of it, once it was.
    pub label: Option<Label>,
    /// When it was described.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a purchase brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// After UPU S10.
    pub tracking_number: String,
    /// Where to print it from.
    pub url: String,
    /// What the account paid.
    pub price: Money,
}

impl Shipment {
    /// Whether it crosses a border.
    pub fn lane(&self) -> Lane {
        if self.from.country == self.to.country { Lane::Domestic } else { Lane::International }
    }

    /// The weight that is paid for, in grams.
    pub fn billable_g(&self) -> u64 {
        self.parcel.billable_g(self.lane())
    }
}

/// A shipment as a client sent it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShipmentForm {
    reference: Option<String>,
    from: AddressForm,
    to: AddressForm,
    parcel: ParcelForm,
}

impl ShipmentForm {
    /// A draft of it, for an account.
    ///
    /// # Errors
    ///
    /// [`Issues`] with everything that is wrong with it.
    pub fn check(&self, account_id: &str, now: Timestamp) -> Result<Shipment, Issues> {
        let mut issues = Issues::default();
        let reference = issues.optional_text("reference", self.reference.as_deref(), 40);
        let from = self.from.check("from", &mut issues);
        let to = self.to.check("to", &mut issues);
        let parcel = self.parcel.check("parcel", &mut issues);
        match (from, to, parcel) {
            (Some(from), Some(to), Some(parcel)) if issues.is_empty() => Ok(Shipment {
                id: crate::id::new("shp"),
                account_id: account_id.to_owned(),
                reference,
                state: State::Draft,
                from,
                to,
                parcel,
                label: None,
                created_at: now,
                updated_at: now,
            }),
            _ => Err(issues),
        }
    }
}
