//! Accounts and their keys.

use super::error::{Doing, StoreError};
use super::{Store, rows};
use crate::account::{Account, ApiKey};
use crate::timestamp::Timestamp;

impl Store {
    /// Opens an account.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn add_account(&self, account: &Account) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO accounts (id, name, currency, margin_bp, created_at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(&account.id)
        .bind(&account.name)
        .bind(account.currency.code())
        .bind(account.margin_bp)
        .bind(account.created_at.as_secs())
        .execute(&self.pool)
        .await
        .doing("opening an account")?;
        Ok(())
    }

    /// An account, if there is one of that id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn account(&self, id: &str) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query("SELECT * FROM accounts WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
            .doing("reading an account")?;
        row.as_ref().map(rows::account).transpose().doing("reading an account")
    }

    /// The account that a key belongs to, unless the key was called back.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn account_by_key(&self, digest: &str) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query(
            "SELECT accounts.* FROM accounts JOIN api_keys ON api_keys.account_id = accounts.id
             WHERE api_keys.digest = ? AND api_keys.revoked_at IS NULL",
        )
        .bind(digest)
        .fetch_optional(&self.pool)
        .await
        .doing("looking up an API key")?;
        row.as_ref().map(rows::account).transpose().doing("looking up an API key")
    }

    /// Gives an account a key, known by its digest.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`], if there is no such account too.
    pub async fn add_key(&self, account_id: &str, key: &ApiKey, digest: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO api_keys (id, account_id, digest, label, created_at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(&key.id)
        .bind(account_id)
        .bind(digest)
        .bind(&key.label)
        .bind(key.created_at.as_secs())
        .execute(&self.pool)
        .await
        .doing("adding an API key")?;
        Ok(())
    }

    /// The keys of an account, oldest first, those called back included.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn keys(&self, account_id: &str) -> Result<Vec<ApiKey>, StoreError> {
        let rows = sqlx::query("SELECT * FROM api_keys WHERE account_id = ? ORDER BY rowid")
            .bind(account_id)
            .fetch_all(&self.pool)
            .await
            .doing("listing API keys")?;
        rows::all(&rows, rows::api_key).doing("listing API keys")
    }

    /// Calls a key back. Tells whether the account had it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn revoke_key(&self, account_id: &str, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let done = sqlx::query(
            // The first time counts: who revokes it again does not move it.
            "UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE account_id = ? AND id = ?",
        )
        .bind(now.as_secs())
        .bind(account_id)
        .bind(id)
        .execute(&self.pool)
        .await
        .doing("revoking an API key")?;
        Ok(done.rows_affected() == 1)
    }
}
