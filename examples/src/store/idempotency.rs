//! Requests that were answered before, by the key that their client gave them.

use super::Store;
use super::error::{Doing, StoreError};
use crate::timestamp::Timestamp;
use sqlx::Row;
use std::time::Duration;

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a request may be under way; past it the process that answered it is gone.
const UNDER_WAY: Duration = Duration::from_secs(60);

/// What became of a claim to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The key is ours: answer the request, then keep the answer or let go of the key.
    New,
    /// The same request was answered before.
    Answered(Reply),
    /// The same request is being answered.
    UnderWay,
    /// The key was used for another request.
    Other,
}

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its HTTP status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

impl Store {
    /// Claims a key of an account for the request of a fingerprint.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn claim(
        &self,
        account_id: &str,
        key: &str,
        fingerprint: &str,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        const DOING: &str = "claiming an idempotency key";
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM idempotency WHERE created_at <= ? - iif(status IS NULL, ?, ?)")
            .bind(now.as_secs())
            .bind(UNDER_WAY.as_secs() as i64)
            .bind(KEPT.as_secs() as i64)
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        let row =
            sqlx::query("SELECT fingerprint, status, body FROM idempotency WHERE account_id = ? AND key = ?")
                .bind(account_id)
                .bind(key)
                .fetch_optional(&mut *tx)
                .await
                .doing(DOING)?;
        let Some(row) = row else {
            sqlx::query(
                "INSERT INTO idempotency (account_id, key, fingerprint, created_at) VALUES (?, ?, ?, ?)",
            )
            .bind(account_id)
            .bind(key)
            .bind(fingerprint)
            .bind(now.as_secs())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
            tx.commit().await.doing(DOING)?;
            return Ok(Claim::New);
        };
        let before: String = row.try_get("fingerprint").doing(DOING)?;
        let status: Option<u16> = row.try_get("status").doing(DOING)?;
        match status {
            _ if before != fingerprint => Ok(Claim::Other),
            None => Ok(Claim::UnderWay),
            Some(status) => Ok(Claim::Answered(Reply { status, body: row.try_get("body").doing(DOING)? })),
        }
    }

    /// Keeps the answer to the request of a key.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn keep_reply(&self, account_id: &str, key: &str, reply: &Reply) -> Result<(), StoreError> {
        sqlx::query("UPDATE idempotency SET status = ?, body = ? WHERE account_id = ? AND key = ?")
            .bind(reply.status)
            .bind(&reply.body)
            .bind(account_id)
            .bind(key)
            .execute(&self.pool)
            .await
            .doing("keeping an answer")?;
        Ok(())
    }

    /// Lets go of a key, so that its request can be made again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn release(&self, account_id: &str, key: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM idempotency WHERE account_id = ? AND key = ? AND status IS NULL")
            .bind(account_id)
            .bind(key)
            .execute(&self.pool)
            .await
            .doing("releasing an idempotency key")?;
        Ok(())
    }
}
