//! Opening accounts, giving out keys, taking money in, and telling the accountants.

use super::Service;
use crate::account::{Account, AccountForm, ApiKey, digest};
use crate::error::Error;
use crate::export;
use crate::issues::Issues;
use crate::ledger::{Entry, Posting, reconcile};
use crate::money::Money;
use serde::{Deserialize, Serialize};

/// An account that was just opened.
#[derive(Debug, Serialize)]
pub struct Opened {
    /// The account.
    #[serde(flatten)]
    pub account: Account,
    /// The secret of its first key, told this once.
    pub api_key: String,
}

/// Money paid in, as the operator sent it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositForm {
    amount: Money,
    #[serde(default)]
    memo: String,
}

impl Service {
    /// Opens an account with a first key.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a form that breaks the rules, [`Error::Store`].
    pub async fn open_account(&self, form: &AccountForm) -> Result<Opened, Error> {
        let account = form.check(self.clock.now())?;
        self.store.add_account(&account).await?;
        let (_, api_key) = self.issue_key(&account.id, "first key").await?;
        tracing::info!(account.id, "account opened");
        Ok(Opened { account, api_key })
    }

    /// Gives an account a further key, and tells its secret this once.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a label that is empty or too long, [`Error::Store`].
    pub async fn issue_key(&self, account_id: &str, label: &str) -> Result<(ApiKey, String), Error> {
        let mut issues = Issues::default();
        let label = issues.text("label", label, 40).ok_or(issues)?;
        let (key, secret) = ApiKey::issue(&label, self.clock.now());
        self.store.add_key(account_id, &key, &digest(&secret)).await?;
        Ok((key, secret))
    }

    /// The account that a secret belongs to.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn account_of(&self, secret: &str) -> Result<Option<Account>, Error> {
        Ok(self.store.account_by_key(&digest(secret)).await?)
    }

    /// Calls back a key of an account.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it has no such key, [`Error::Store`].
    pub async fn revoke_key(&self, account_id: &str, id: &str) -> Result<(), Error> {
        let was_there = self.store.revoke_key(account_id, id, self.clock.now()).await?;
        if was_there { Ok(()) } else { Err(Error::NotFound("key")) }
    }

    /// Enters money that an account paid in.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for no money or the wrong money, [`Error::NotFound`] without the account, [`Error::Store`].
    pub async fn deposit(&self, account_id: &str, form: &DepositForm) -> Result<Entry, Error> {
        let account = self.store.account(account_id).await?.ok_or(Error::NotFound("account"))?;
        let mut issues = Issues::default();
        let memo = issues.optional_text("memo", Some(&form.memo), 80).unwrap_or_default();
        if form.amount.currency != account.currency {
            let message = format!("must be in {} (was in {})", account.currency, form.amount.currency);
            issues.add("amount.currency", "currency", message);
        } else if !form.amount.is_positive() || account.balance.checked_add(form.amount).is_err() {
            issues.add("amount.amount", "out_of_range", "must be more than nothing, and fit the account");
        }
        if !issues.is_empty() {
            return Err(issues.into());
        }
        let posting = Posting::deposit(form.amount, &memo);
        let entry = self.store.deposit(account_id, &posting, self.clock.now()).await?;
        entry.ok_or(Error::NotFound("account"))
    }

    /// Writes the whole book to the export file. Tells how many entries it has.
    ///
    /// # Errors
    ///
    /// [`Error::Export`], [`Error::Store`].
    pub async fn export_ledger(&self) -> Result<usize, Error> {
        let book = self.store.book().await?;
        for account in book.chunk_by(|a, b| a.account_id == b.account_id) {
            if let Err(error) = reconcile(account) {
                // The accountants want the book as it is; that it does not add up is for us to look into.
                tracing::error!(account = account[0].account_id, %error, "the ledger does not add up");
            }
        }
        let (count, path) = (book.len(), self.export.clone());
        let written = tokio::task::spawn_blocking(move || export::write(&path, &book)).await?;
        written.map_err(Error::Export)?;
        Ok(count)
    }
}
