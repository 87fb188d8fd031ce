//! The book of money: entries are added together with the balance they lead to.

use super::error::{Doing, StoreError};
use super::{Store, rows};
use crate::ledger::{Entry, Posting};
use crate::timestamp::Timestamp;
use sqlx::SqliteConnection;

const SELECT: &str =
    "SELECT ledger.*, accounts.currency FROM ledger JOIN accounts ON accounts.id = ledger.account_id";

impl Store {
    /// Enters money paid in; `None` if there is no such account in that currency.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn deposit(
        &self,
        account_id: &str,
        posting: &Posting,
        now: Timestamp,
    ) -> Result<Option<Entry>, StoreError> {
        let mut tx = self.begin().await?;
        let entry = post(&mut tx, account_id, posting, now).await?;
        tx.commit().await.doing("entering a deposit")?;
        Ok(entry)
    }

    /// Up to `limit` entries of an account, newest first, older than one if that is given.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn entries(
        &self,
        account_id: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let rows = sqlx::query(&format!(
            "{SELECT} WHERE account_id = ?1
             AND (?2 IS NULL OR seq < (SELECT seq FROM ledger WHERE id = ?2 AND account_id = ?1))
             ORDER BY seq DESC LIMIT ?3"
        ))
        .bind(account_id)
        .bind(after)
        .bind(limit)
        .fetch_all(&self.pool)
        .await
        .doing("reading the ledger")?;
        rows::all(&rows, rows::entry).doing("reading the ledger")
    }

    /// The whole book, account by account, oldest entries first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn book(&self) -> Result<Vec<Entry>, StoreError> {
        let rows = sqlx::query(&format!("{SELECT} ORDER BY accounts.rowid, seq"))
            .fetch_all(&self.pool)
            .await
            .doing("reading the whole ledger")?;
        rows::all(&rows, rows::entry).doing("reading the whole ledger")
    }
}

/// Enters a posting, unless the account is not there, not in that currency, or has not enough.
pub(super) async fn post(
    connection: &mut SqliteConnection,
    account_id: &str,
    posting: &Posting,
    now: Timestamp,
) -> Result<Option<Entry>, StoreError> {
    const DOING: &str = "entering into the ledger";
    // Check and debit in one statement: no two purchases can both have seen the same money.
    let left: Option<i64> = sqlx::query_scalar(
        "UPDATE accounts SET balance = balance + ?1
         WHERE id = ?2 AND currency = ?3 AND balance + ?1 >= 0 RETURNING balance",
    )
    .bind(posting.amount.amount)
    .bind(account_id)
    .bind(posting.amount.currency.code())
    .fetch_optional(&mut *connection)
    .await
    .doing(DOING)?;
    let Some(left) = left else { return Ok(None) };
    let entry = Entry {
        id: crate::id::new("led"),
        account_id: account_id.to_owned(),
        kind: posting.kind,
        amount: posting.amount,
        balance_after: crate::money::Money::new(left, posting.amount.currency),
        shipment_id: posting.shipment_id.clone(),
        memo: posting.memo.clone(),
        at: now,
    };
    sqlx::query(
        "INSERT INTO ledger (id, account_id, kind, amount, balance_after, shipment_id, memo, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&entry.id)
    .bind(&entry.account_id)
    .bind(entry.kind.name())
    .bind(entry.amount.amount)
    .bind(entry.balance_after.amount)
    .bind(&entry.shipment_id)
    .bind(&entry.memo)
    .bind(entry.at.as_secs())
    .execute(connection)
    .await
    .doing(DOING)?;
    Ok(Some(entry))
}
