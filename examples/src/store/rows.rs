//! How rows become the domain's values, and back.

use crate::account::{Account, ApiKey};
use crate::ledger::Entry;
use crate::money::{Currency, Money};
use crate::rates::Rate;
use crate::shipment::{Label, Shipment};
use crate::timestamp::Timestamp;
use crate::tracking::{Event, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::str::FromStr;

type Decoded<T> = Result<T, sqlx::Error>;

pub(super) fn account(row: &SqliteRow) -> Decoded<Account> {
    let currency = parsed(row, "currency")?;
    Ok(Account {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        currency,
        margin_bp: row.try_get("margin_bp")?,
        balance: Money::new(row.try_get("balance")?, currency),
        created_at: time(row, "created_at")?,
    })
}

pub(super) fn api_key(row: &SqliteRow) -> Decoded<ApiKey> {
    let revoked_at: Option<i64> = row.try_get("revoked_at")?;
    Ok(ApiKey {
        id: row.try_get("id")?,
        label: row.try_get("label")?,
        created_at: time(row, "created_at")?,
        revoked_at: revoked_at.map(Timestamp::from_secs),
    })
}

/// Of a row of `shipments` with its account's `currency`.
pub(super) fn shipment(row: &SqliteRow) -> Decoded<Shipment> {
    let tracking_number: Option<String> = row.try_get("tracking_number")?;
    let label = match tracking_number {
        None => None,
        Some(tracking_number) => {
            let price = Money::new(row.try_get("price")?, parsed(row, "currency")?);
            Some(Label { tracking_number, url: row.try_get("label_url")?, price })
        }
    };
    Ok(Shipment {
        id: row.try_get("id")?,
        account_id: row.try_get("account_id")?,
        reference: row.try_get("reference")?,
        state: parsed(row, "state")?,
        from: json(row, "sender")?,
        to: json(row, "recipient")?,
        parcel: json(row, "parcel")?,
        label,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
    })
}

/// Of a row of `rates` with its account's `currency`.
pub(super) fn rate_with_currency(row: &SqliteRow) -> Decoded<Rate> {
    rate(row, parsed(row, "currency")?)
}

pub(super) fn rate(row: &SqliteRow, currency: Currency) -> Decoded<Rate> {
    Ok(Rate {
        id: row.try_get("id")?,
        carrier_ref: row.try_get("carrier_ref")?,
        service: parsed(row, "service")?,
        price: Money::new(row.try_get("price")?, currency),
        days: row.try_get("days")?,
        expires_at: time(row, "expires_at")?,
    })
}

/// Of a row of `ledger` with its account's `currency`.
pub(super) fn entry(row: &SqliteRow) -> Decoded<Entry> {
    let currency: Currency = parsed(row, "currency")?;
    Ok(Entry {
        id: row.try_get("id")?,
        account_id: row.try_get("account_id")?,
        kind: parsed(row, "kind")?,
        amount: Money::new(row.try_get("amount")?, currency),
        balance_after: Money::new(row.try_get("balance_after")?, currency),
        shipment_id: row.try_get("shipment_id")?,
        memo: row.try_get("memo")?,
        at: time(row, "at")?,
    })
}

pub(super) fn event(row: &SqliteRow) -> Decoded<Event> {
    let status: String = row.try_get("status")?;
    Ok(Event {
        id: row.try_get("id")?,
        status: Status::from_name(&status),
        location: row.try_get("location")?,
        occurred_at: time(row, "occurred_at")?,
    })
}

/// All rows, or the first that cannot be read.
pub(super) fn all<T>(rows: &[SqliteRow], read: impl Fn(&SqliteRow) -> Decoded<T>) -> Decoded<Vec<T>> {
    rows.iter().map(read).collect()
}

/// How values without columns of their own are written.
pub(super) fn to_json(value: &impl Serialize) -> Decoded<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Decoded<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|error| unreadable(column, error))
}

fn parsed<T>(row: &SqliteRow, column: &str) -> Decoded<T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let text: String = row.try_get(column)?;
    text.parse().map_err(|error| unreadable(column, error))
}

fn time(row: &SqliteRow, column: &str) -> Decoded<Timestamp> {
    row.try_get(column).map(Timestamp::from_secs)
}

fn unreadable(column: &str, source: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(source) }
}
