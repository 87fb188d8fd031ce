//! The rates of a shipment.

use super::error::{Doing, StoreError};
use super::shipments::set_state;
use super::{Store, rows};
use crate::money::Currency;
use crate::rates::Rate;
use crate::shipment::{Shipment, State};
use crate::timestamp::Timestamp;

impl Store {
    /// Puts new rates in the place of a shipment's old ones, and the shipment down as priced. Tells whether it was
    /// still in the state it was seen in; if not, nothing is changed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn replace_rates(
        &self,
        shipment: &Shipment,
        rates: &[Rate],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keeping the rates of a shipment";
        let mut tx = self.begin().await?;
        if !set_state(&mut tx, &shipment.id, shipment.state, State::Priced, now).await? {
            return Ok(false);
        }
        sqlx::query("DELETE FROM rates WHERE shipment_id = ?")
            .bind(&shipment.id)
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        for rate in rates {
            sqlx::query(
                "INSERT INTO rates (id, shipment_id, carrier_ref, service, price, days, expires_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(&rate.id)
            .bind(&shipment.id)
            .bind(&rate.carrier_ref)
            .bind(rate.service.name())
            .bind(rate.price.amount)
            .bind(rate.days)
            .bind(rate.expires_at.as_secs())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        }
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    /// The rates of a shipment, cheapest first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn rates(&self, shipment_id: &str, currency: Currency) -> Result<Vec<Rate>, StoreError> {
        let rows = sqlx::query("SELECT * FROM rates WHERE shipment_id = ? ORDER BY price, days")
            .bind(shipment_id)
            .fetch_all(&self.pool)
            .await
            .doing("reading the rates of a shipment")?;
        rows::all(&rows, |row| rows::rate(row, currency)).doing("reading the rates of a shipment")
    }
}
