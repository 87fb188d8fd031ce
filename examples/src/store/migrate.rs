//! Brings the schema up to date: numbered scripts, each run once, the number of the last kept in the file itself.

use super::error::{Doing, StoreError};
use sqlx::SqlitePool;

const SCRIPTS: [&str; 3] = [
    include_str!("migrations/0001_core.sql"),
    include_str!("migrations/0002_tracking.sql"),
    include_str!("migrations/0003_idempotency.sql"),
];

pub(super) async fn up(pool: &SqlitePool) -> Result<(), StoreError> {
    const DOING: &str = "bringing the schema up to date";
    // One at a time, when several processes start on one file.
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.doing(DOING)?;
    let found: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *tx).await.doing(DOING)?;
    let known = SCRIPTS.len() as i64;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, script) in (1..).zip(SCRIPTS).filter(|(version, _)| *version > found) {
        sqlx::raw_sql(script).execute(&mut *tx).await.doing(DOING)?;
        // A pragma takes no parameters; the number is ours.
        sqlx::raw_sql(&format!("PRAGMA user_version = {version}")).execute(&mut *tx).await.doing(DOING)?;
    }
    tx.commit().await.doing(DOING)
}
