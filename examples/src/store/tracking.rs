//! What the carrier told about a shipment.

use super::error::{Doing, StoreError};
use super::shipments::set_state;
use super::{Store, rows};
use crate::shipment::{Shipment, State};
use crate::timestamp::Timestamp;
use crate::tracking::{Event, state_after};

impl Store {
    /// Keeps events that are new and moves the shipment to where they say it is. Tells how many were new, and where
    /// the shipment is now.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn add_events(
        &self,
        shipment: &Shipment,
        events: &[Event],
        now: Timestamp,
    ) -> Result<(usize, State), StoreError> {
        const DOING: &str = "keeping tracking events";
        let mut tx = self.begin().await?;
        let mut new = 0;
        for event in events {
            let done = sqlx::query(
                "INSERT INTO tracking_events (id, shipment_id, status, location, occurred_at)
                 VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            )
            .bind(&event.id)
            .bind(&shipment.id)
            .bind(event.status.name())
            .bind(&event.location)
            .bind(event.occurred_at.as_secs())
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
            new += done.rows_affected() as usize;
        }
        // The state as it is now that we hold the lock, not as it was when the shipment was read.
        let current = super::shipments::read(&mut tx, &shipment.account_id, &shipment.id).await?;
        let current = current.map_or(shipment.state, |shipment| shipment.state);
        let state = state_after(current, events);
        if state != current {
            set_state(&mut tx, &shipment.id, current, state, now).await?;
        }
        tx.commit().await.doing(DOING)?;
        Ok((new, state))
    }

    /// The events of a shipment, in the order in which they happened.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn events(&self, shipment_id: &str) -> Result<Vec<Event>, StoreError> {
        let rows =
            sqlx::query("SELECT * FROM tracking_events WHERE shipment_id = ? ORDER BY occurred_at, rowid")
                .bind(shipment_id)
                .fetch_all(&self.pool)
                .await
                .doing("reading tracking events")?;
        rows::all(&rows, rows::event).doing("reading tracking events")
    }
}
