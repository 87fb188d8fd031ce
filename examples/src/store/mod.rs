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
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteOwnedBuf, SqlitePool, SqlitePoolOptions};
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
        let store = Self::connect(url).await?;
        migrate::up(&store.pool).await?;
        Ok(store)
    }

    /// A store in memory that begins as this image, which is left as it is: for a look at a backup, or for a test.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`] if it is not an image of a store.
    pub async fn of_image(image: &[u8]) -> Result<Self, StoreError> {
        const DOING: &str = "reading an image";
        let store = Self::connect("sqlite::memory:").await?;
        let image = SqliteOwnedBuf::try_from(image).doing(DOING)?;
        store.pool.acquire().await.doing(DOING)?.deserialize(None, image, false).await.doing(DOING)?;
        Ok(store)
    }

    /// Everything in it, as the bytes of a database file.
    ///
    /// # Errors
    ///
    /// [`StoreError::Query`].
    pub async fn image(&self) -> Result<Vec<u8>, StoreError> {
        const DOING: &str = "taking an image";
        let mut connection = self.pool.acquire().await.doing(DOING)?;
        Ok(connection.serialize(None).await.doing(DOING)?.to_vec())
    }

    async fn connect(url: &str) -> Result<Self, StoreError> {
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
