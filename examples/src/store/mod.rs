//! Everything that outlives the process, in SQLite.
//!
//! What must happen together happens in one transaction here, and no rule of the domain is decided here that is not
//! about that. Nothing waits for the carrier while it holds a transaction.

mod accounts;
mod error;
mod idempotency;
mod ledger;
mod migrate;
mod purchases;
mod rates;
mod rows;
mod shipments;
mod tracking;

pub use error::StoreError;
pub use idempotency::{Claim, Reply};
pub use purchases::Purchase;
pub use shipments::Filter;

use error::Doing;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use sqlx::{Sqlite, Transaction};
use std::str::FromStr;
use std::time::Duration;

/// Where everything is kept.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
}

impl Store {
    /// Opens the database at a URL (`sqlite://shipments.db`, `sqlite::memory:`), creates it when it is missing, and
    /// brings its schema up to date.
    ///
    /// # Errors
    ///
    /// [`StoreError::Newer`] for a database of a later version, [`StoreError::Query`] for the rest.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let is_memory = url.contains(":memory:");
        let options = SqliteConnectOptions::from_str(url)
            .doing("reading the database's URL")?
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(if is_memory { SqliteJournalMode::Memory } else { SqliteJournalMode::Wal })
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new()
            // A database in memory lives and dies with its connection: there must be one, for ever.
            .max_connections(if is_memory { 1 } else { 4 })
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options)
            .await
            .doing("opening the database")?;
        migrate::up(&pool).await?;
        Ok(Self { pool })
    }

    /// Lets go of the database, once nothing uses it any more.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Whether the database answers.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`] if it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await.doing("asking for a sign of life")?;
        Ok(())
    }

    /// A transaction that will write: it takes its place in the queue of writers at once, since one that began by
    /// reading could find, when it comes to write, that what it read has changed.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.pool.begin_with("BEGIN IMMEDIATE").await.doing("beginning a transaction")
    }
}
