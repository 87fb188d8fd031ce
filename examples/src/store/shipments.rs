//! Shipments, and lists of them.

use super::error::{Doing, StoreError};
use super::{Store, rows};
use crate::postal::Country;
use crate::shipment::{Shipment, State};
use crate::timestamp::Timestamp;
use sqlx::{QueryBuilder, SqliteConnection};

/// Which shipments are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<State>,
    /// Going there.
    pub to_country: Option<Country>,
    /// Of this reference.
    pub reference: Option<String>,
    /// Described then or later.
    pub created_since: Option<Timestamp>,
    /// Older than this shipment.
    pub after: Option<String>,
}

const SELECT: &str = "SELECT shipments.*, accounts.currency
    FROM shipments JOIN accounts ON accounts.id = shipments.account_id";

impl Store {
    /// Adds a shipment.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`]; it [is a duplicate](StoreError::is_duplicate) if the account has one of that reference.
    pub async fn add_shipment(&self, shipment: &Shipment) -> Result<(), StoreError> {
        const DOING: &str = "adding a shipment";
        sqlx::query(
            "INSERT INTO shipments (id, account_id, reference, state, sender, recipient, parcel, to_country,
                created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&shipment.id)
        .bind(&shipment.account_id)
        .bind(&shipment.reference)
        .bind(shipment.state.name())
        .bind(rows::to_json(&shipment.from).doing(DOING)?)
        .bind(rows::to_json(&shipment.to).doing(DOING)?)
        .bind(rows::to_json(&shipment.parcel).doing(DOING)?)
        .bind(shipment.to.country.code())
        .bind(shipment.created_at.as_secs())
        .bind(shipment.updated_at.as_secs())
        .execute(&self.pool)
        .await
        .doing(DOING)?;
        Ok(())
    }

    /// A shipment of an account, if it has one of that id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn shipment(&self, account_id: &str, id: &str) -> Result<Option<Shipment>, StoreError> {
        let mut connection = self.pool.acquire().await.doing("reading a shipment")?;
        read(&mut connection, account_id, id).await
    }

    /// The shipment that a tracking number belongs to, whoever's it is.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn shipment_by_tracking(&self, number: &str) -> Result<Option<Shipment>, StoreError> {
        let row = sqlx::query(&format!("{SELECT} WHERE tracking_number = ?"))
            .bind(number)
            .fetch_optional(&self.pool)
            .await
            .doing("looking up a tracking number")?;
        row.as_ref().map(rows::shipment).transpose().doing("looking up a tracking number")
    }

    /// Up to `limit` shipments of an account, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn shipments(
        &self,
        account_id: &str,
        filter: &Filter,
        limit: u32,
    ) -> Result<Vec<Shipment>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query.push(" WHERE account_id = ").push_bind(account_id);
        if let Some(state) = filter.state {
            query.push(" AND state = ").push_bind(state.name());
        }
        if let Some(country) = filter.to_country {
            query.push(" AND to_country = ").push_bind(country.code());
        }
        if let Some(reference) = &filter.reference {
            query.push(" AND reference = ").push_bind(reference);
        }
        if let Some(since) = filter.created_since {
            query.push(" AND shipments.created_at >= ").push_bind(since.as_secs());
        }
        if let Some(after) = &filter.after {
            query.push(" AND seq < (SELECT seq FROM shipments WHERE id = ").push_bind(after);
            query.push(" AND account_id = ").push_bind(account_id).push(")");
        }
        query.push(" ORDER BY seq DESC LIMIT ").push_bind(limit);
        let rows = query.build().fetch_all(&self.pool).await.doing("listing shipments")?;
        rows::all(&rows, rows::shipment).doing("listing shipments")
    }

    /// Moves a shipment on, if it is still in the state it was seen in. Tells whether it was.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn move_shipment(
        &self,
        id: &str,
        from: State,
        to: State,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut connection = self.pool.acquire().await.doing("moving a shipment on")?;
        set_state(&mut connection, id, from, to, now).await
    }
}

pub(super) async fn read(
    connection: &mut SqliteConnection,
    account_id: &str,
    id: &str,
) -> Result<Option<Shipment>, StoreError> {
    let row = sqlx::query(&format!("{SELECT} WHERE shipments.id = ? AND account_id = ?"))
        .bind(id)
        .bind(account_id)
        .fetch_optional(connection)
        .await
        .doing("reading a shipment")?;
    row.as_ref().map(rows::shipment).transpose().doing("reading a shipment")
}

pub(super) async fn set_state(
    connection: &mut SqliteConnection,
    id: &str,
    from: State,
    to: State,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query("UPDATE shipments SET state = ?, updated_at = ? WHERE id = ? AND state = ?")
        .bind(to.name())
        .bind(now.as_secs())
        .bind(id)
        .bind(from.name())
        .execute(connection)
        .await
        .doing("moving a shipment on")?;
    Ok(done.rows_affected() == 1)
}
