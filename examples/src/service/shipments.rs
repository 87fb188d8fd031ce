//! Describing shipments, and finding them again.

use super::Service;
use crate::account::Account;
use crate::error::Error;
use crate::issues::Issues;
use crate::shipment::{Shipment, ShipmentForm};
use crate::store::Filter;
use serde::{Deserialize, Serialize};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// Some of a longer list.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// What to ask for `after` to see more, if there is more.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page out of one item more than fits on it, if there is one more.
    fn cut(mut items: Vec<T>, limit: u32, id: impl Fn(&T) -> &str) -> Self {
        let limit = limit as usize;
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(|item| id(item).to_owned());
        Self { items, next }
    }
}

/// What to list, as a client sent it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListQuery {
    limit: Option<String>,
    after: Option<String>,
    state: Option<String>,
    to_country: Option<String>,
    reference: Option<String>,
    created_since: Option<String>,
}

impl ListQuery {
    fn limit(&self, issues: &mut Issues) -> u32 {
        let Some(text) = &self.limit else { return DEFAULT_LIMIT };
        match text.parse() {
            Ok(limit) if (1..=MAX_LIMIT).contains(&limit) => limit,
            _ => {
                issues.add(
                    "limit",
                    "out_of_range",
                    format!("must be between 1 and {MAX_LIMIT} (was {text:?})"),
                );
                DEFAULT_LIMIT
            }
        }
    }

    fn filter(&self, issues: &mut Issues) -> Filter {
        Filter {
            state: read("state", self.state.as_deref(), issues),
            to_country: read("to_country", self.to_country.as_deref(), issues),
            reference: self.reference.clone(),
            created_since: read("created_since", self.created_since.as_deref(), issues),
            after: self.after.clone(),
        }
    }
}

fn read<T>(field: &'static str, value: Option<&str>, issues: &mut Issues) -> Option<T>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    value?.parse().map_err(|error| issues.add(field, field, format!("{error}"))).ok()
}

impl Service {
    /// Takes down a draft.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a form that breaks the rules, [`Error::Duplicate`] for a reference that the account has
    /// used, [`Error::Store`].
    pub async fn create(&self, account: &Account, form: &ShipmentForm) -> Result<Shipment, Error> {
        let shipment = form.check(&account.id, self.clock.now())?;
        match self.store.add_shipment(&shipment).await {
            Err(error) if error.is_duplicate() => Err(Error::Duplicate("shipment", "reference")),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(shipment),
        }
    }

    /// A shipment of an account.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], also for one of another account; [`Error::Store`].
    pub async fn shipment(&self, account: &Account, id: &str) -> Result<Shipment, Error> {
        self.store.shipment(&account.id, id).await?.ok_or(Error::NotFound("shipment"))
    }

    /// A page of an account's shipments.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a query that breaks the rules, [`Error::Store`].
    pub async fn list(&self, account: &Account, query: &ListQuery) -> Result<Page<Shipment>, Error> {
        let mut issues = Issues::default();
        let limit = query.limit(&mut issues);
        let filter = query.filter(&mut issues);
        if !issues.is_empty() {
            return Err(issues.into());
        }
        let shipments = self.store.shipments(&account.id, &filter, limit + 1).await?;
        Ok(Page::cut(shipments, limit, |shipment| &shipment.id))
    }

    /// A page of an account's ledger: of the query only `limit` and `after` make sense.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a limit that breaks the rules, [`Error::Store`].
    pub async fn ledger(
        &self,
        account: &Account,
        query: &ListQuery,
    ) -> Result<Page<crate::ledger::Entry>, Error> {
        let mut issues = Issues::default();
        let limit = query.limit(&mut issues);
        if !issues.is_empty() {
            return Err(issues.into());
        }
        let entries = self.store.entries(&account.id, query.after.as_deref(), limit + 1).await?;
        Ok(Page::cut(entries, limit, |entry| &entry.id))
    }
}
