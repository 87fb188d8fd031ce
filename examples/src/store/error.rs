//! What can go wrong with the store.

/// Why something could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("failed {doing}")]
    Query {
        /// What was being done.
        doing: &'static str,
        /// What it said.
        source: sqlx::Error,
    },
    /// A later version of the service was here.
    #[error("the database has schema {found}, this version knows {known}: start the newer one")]
    Newer {
        /// The database's schema.
        found: i64,
        /// The latest one known here.
        known: i64,
    },
}

impl StoreError {
    /// Whether the database refused a row because there is one like it.
    pub fn is_duplicate(&self) -> bool {
        match self {
            Self::Query { source: sqlx::Error::Database(error), .. } => error.is_unique_violation(),
            _ => false,
        }
    }
}

/// Says what was being done when a query failed.
pub(super) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Query { doing, source })
    }
}
