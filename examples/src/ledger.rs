//! The book of an account's money: what came in, what went out, and what was left each time.
//!
//! Entries are only ever added. A mistake is put right by a further entry.

use crate::money::Money;
use crate::timestamp::Timestamp;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// What an entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The account paid in.
    Deposit,
    /// A label was bought.
    Purchase,
    /// The carrier did not deliver the label: the purchase is undone.
    Reversal,
    /// A label was cancelled.
    Refund,
}

/// Not a kind of entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of entry: {0:?}")]
pub struct UnknownKind(String);

impl Kind {
    /// Its name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Purchase => "purchase",
            Self::Reversal => "reversal",
            Self::Refund => "refund",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        [Self::Deposit, Self::Purchase, Self::Reversal, Self::Refund]
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// An entry that is about to be made: the book knows what will be left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// What it is for.
    pub kind: Kind,
    /// What comes in; negative when it goes out.
    pub amount: Money,
    /// The shipment it is for, if any.
    pub shipment_id: Option<String>,
    /// Words for people: the reference of a payment.
    pub memo: String,
}

impl Posting {
    /// Money paid in.
    ///
    /// # Panics
    ///
    /// Unless the amount is positive.
    pub fn deposit(amount: Money, memo: &str) -> Self {
        Self::new(Kind::Deposit, amount, None, memo)
    }

    /// A label bought: the price goes out.
    ///
    /// # Panics
    ///
    /// Unless the price is positive.
    pub fn purchase(price: Money, shipment_id: &str) -> Self {
        Self::new(Kind::Purchase, price, Some(shipment_id), "label bought")
    }

    /// A purchase undone: the price comes back.
    ///
    /// # Panics
    ///
    /// Unless the price is positive.
    pub fn reversal(price: Money, shipment_id: &str) -> Self {
        Self::new(Kind::Reversal, price, Some(shipment_id), "label not delivered by the carrier")
    }

    /// A label cancelled: the price comes back.
    ///
    /// # Panics
    ///
    /// Unless the price is positive.
    pub fn refund(price: Money, shipment_id: &str) -> Self {
        Self::new(Kind::Refund, price, Some(shipment_id), "label cancelled")
    }

    fn new(kind: Kind, magnitude: Money, shipment_id: Option<&str>, memo: &str) -> Self {
        // A sign that is wrong here would give money away: better no entry than that one.
        assert!(magnitude.is_positive(), "a {kind} must be of more than nothing (was {magnitude})");
        let amount = if kind == Kind::Purchase { -magnitude } else { magnitude };
        Self { kind, amount, shipment_id: shipment_id.map(str::to_owned), memo: memo.to_owned() }
    }
}

/// An entry of the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// `led_…`
    pub id: String,
    /// Whose money it is.
    #[serde(skip)]
    pub account_id: String,
    /// What it is for.
    pub kind: Kind,
    /// What came in; negative when it went out.
    pub amount: Money,
    /// What was left.
    pub balance_after: Money,
    /// The shipment it is for, if any.
    pub shipment_id: Option<String>,
    /// Words for people.
    pub memo: String,
    /// When.
    pub at: Timestamp,
}

/// An entry that does not follow from the one before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {id} leaves {written}, but {expected} must be left")]
pub struct Discrepancy {
    /// The entry.
    pub id: String,
    /// What it says is left.
    pub written: Money,
    /// What is left.
    pub expected: Money,
}

/// What is left in the book of one account, oldest entry first, each entry checked against the one before; `None` of
/// an empty book.
///
/// # Errors
///
/// The first [`Discrepancy`].
pub fn reconcile(entries: &[Entry]) -> Result<Option<Money>, Discrepancy> {
    let mut left: Option<Money> = None;
    for entry in entries {
        let expected = left.map_or(entry.amount, |left| left + entry.amount);
        if entry.balance_after != expected {
            return Err(Discrepancy { id: entry.id.clone(), written: entry.balance_after, expected });
        }
        left = Some(expected);
    }
    Ok(left)
}
