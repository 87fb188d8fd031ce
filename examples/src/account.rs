//! Who ships, and the keys they prove it with.

use crate::issues::Issues;
use crate::money::{Currency, Money};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The most that may be put on top of a carrier's price: as much again.
const MAX_MARGIN_BP: u32 = 10_000;

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// `acc_…`
    pub id: String,
    /// The company.
    pub name: String,
    /// What it pays in; never changes.
    pub currency: Currency,
    /// What goes on top of the carrier's price, in hundredths of a percent.
    #[serde(skip)]
    pub margin_bp: u32,
    /// What it has paid in and not yet spent.
    pub balance: Money,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// An account as the operator sent it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountForm {
    name: String,
    currency: String,
    margin_bp: u32,
}

impl AccountForm {
    /// A new account with nothing in it.
    ///
    /// # Errors
    ///
    /// [`Issues`] with everything that is wrong with it.
    pub fn check(&self, now: Timestamp) -> Result<Account, Issues> {
        let mut issues = Issues::default();
        let name = issues.text("name", &self.name, 80);
        let currency: Option<Currency> = match self.currency.parse() {
            Ok(currency) => Some(currency),
            Err(error) => {
                issues.add("currency", "currency", format!("{error}"));
                None
            }
        };
        if self.margin_bp > MAX_MARGIN_BP {
            let message = format!("must be at most {MAX_MARGIN_BP} (was {})", self.margin_bp);
            issues.add("margin_bp", "out_of_range", message);
        }
        match (name, currency) {
            (Some(name), Some(currency)) if issues.is_empty() => Ok(Account {
                id: crate::id::new("acc"),
                name,
                currency,
                margin_bp: self.margin_bp,
                balance: Money::zero(currency),
                created_at: now,
            }),
            _ => Err(issues),
        }
    }
}

/// A key of an account. The secret itself is shown once and never kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApiKey {
    /// `key_…`
    pub id: String,
    /// What it is for, in its owner's words.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was called back.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    /// A new key, and its secret.
    pub fn issue(label: &str, now: Timestamp) -> (Self, String) {
        let key =
            Self { id: crate::id::new("key"), label: label.to_owned(), created_at: now, revoked_at: None };
        (key, crate::id::secret("sk"))
    }
}

/// What is kept of a secret. It holds 160 random bits, so that a fast hash without salt gives nothing away.
pub fn digest(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
