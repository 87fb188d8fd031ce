//! The steps of a purchase that must happen together: money and state, before and after the carrier is asked.

use super::error::{Doing, StoreError};
use super::ledger::post;
use super::shipments::{read, set_state};
use super::{Store, rows};
use crate::account::Account;
use crate::carrier::Bought;
use crate::error::Error;
use crate::ledger::Posting;
use crate::rates::Rate;
use crate::shipment::{Shipment, State};
use crate::timestamp::Timestamp;

/// A purchase that is paid for, with the carrier yet to be asked.
#[derive(Debug, Clone)]
pub struct Purchase {
    /// What is sent, as it was before.
    pub shipment: Shipment,
    /// What was chosen.
    pub rate: Rate,
}

impl Store {
    /// Takes the money and puts the shipment down as being bought, or changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is no such shipment or rate, the rate has expired, the shipment is in another state or the
    /// account has not enough.
    pub async fn begin_purchase(
        &self,
        account: &Account,
        shipment_id: &str,
        rate_id: &str,
        now: Timestamp,
    ) -> Result<Purchase, Error> {
        const DOING: &str = "beginning a purchase";
        let mut tx = self.begin().await?;
        let shipment = read(&mut tx, &account.id, shipment_id).await?.ok_or(Error::NotFound("shipment"))?;
        shipment.state.becomes(State::Purchasing)?;
        let row = sqlx::query("SELECT * FROM rates WHERE id = ? AND shipment_id = ?")
            .bind(rate_id)
            .bind(shipment_id)
            .fetch_optional(&mut *tx)
            .await
            .doing(DOING)?
            .ok_or(Error::NotFound("rate"))?;
        let rate = rows::rate(&row, account.currency).doing(DOING)?;
        if rate.is_expired(now) {
            return Err(Error::RateExpired { at: rate.expires_at });
        }
        let posting = Posting::purchase(rate.price, shipment_id);
        if post(&mut tx, &account.id, &posting, now).await?.is_none() {
            return Err(Error::NotEnough { price: rate.price });
        }
        sqlx::query("UPDATE shipments SET state = ?, rate_id = ?, price = ?, updated_at = ? WHERE id = ?")
            .bind(State::Purchasing.name())
            .bind(rate_id)
            .bind(rate.price.amount)
            .bind(now.as_secs())
            .bind(shipment_id)
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)?;
        Ok(Purchase { shipment, rate })
    }

    /// Keeps the label that the carrier gave for a purchase.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn complete_purchase(
        &self,
        shipment_id: &str,
        bought: &Bought,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE shipments SET state = ?, tracking_number = ?, label_url = ?, updated_at = ?
             WHERE id = ? AND state = ?",
        )
        .bind(State::Purchased.name())
        .bind(&bought.tracking_number)
        .bind(&bought.label_url)
        .bind(now.as_secs())
        .bind(shipment_id)
        .bind(State::Purchasing.name())
        .execute(&self.pool)
        .await
        .doing("completing a purchase")?;
        Ok(())
    }

    /// Gives the money of a purchase back and puts the shipment down as priced, once.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn undo_purchase(&self, purchase: &Purchase, now: Timestamp) -> Result<(), StoreError> {
        let Purchase { shipment, rate } = purchase;
        let mut tx = self.begin().await?;
        if set_state(&mut tx, &shipment.id, State::Purchasing, State::Priced, now).await? {
            post(&mut tx, &shipment.account_id, &Posting::reversal(rate.price, &shipment.id), now).await?;
        }
        tx.commit().await.doing("undoing a purchase")
    }

    /// The purchases that were begun and neither completed nor undone: those under way, and those that a crash left.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn open_purchases(&self) -> Result<Vec<Purchase>, StoreError> {
        const DOING: &str = "looking for open purchases";
        let rows = sqlx::query(
            "SELECT shipments.*, accounts.currency FROM shipments JOIN accounts ON accounts.id = account_id
             WHERE state = ? ORDER BY seq",
        )
        .bind(State::Purchasing.name())
        .fetch_all(&self.pool)
        .await
        .doing(DOING)?;
        let mut purchases = Vec::new();
        for row in &rows {
            let shipment = rows::shipment(row).doing(DOING)?;
            let rate = sqlx::query(
                "SELECT rates.*, accounts.currency FROM shipments
                 JOIN rates ON rates.id = shipments.rate_id
                 JOIN accounts ON accounts.id = shipments.account_id WHERE shipments.id = ?",
            )
            .bind(&shipment.id)
            .fetch_one(&self.pool)
            .await
            .doing(DOING)?;
            let rate = rows::rate_with_currency(&rate).doing(DOING)?;
            purchases.push(Purchase { shipment, rate });
        }
        Ok(purchases)
    }

    /// Puts a shipment down as cancelled and gives its price back. Tells whether it still had a label to cancel.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn refund(&self, shipment: &Shipment, now: Timestamp) -> Result<bool, StoreError> {
        let Some(label) = &shipment.label else { return Ok(false) };
        let mut tx = self.begin().await?;
        if !set_state(&mut tx, &shipment.id, State::Purchased, State::Cancelled, now).await? {
            return Ok(false);
        }
        post(&mut tx, &shipment.account_id, &Posting::refund(label.price, &shipment.id), now).await?;
        tx.commit().await.doing("refunding a label")?;
        Ok(true)
    }
}
