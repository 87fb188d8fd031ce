//! What the operator decides, read from `SHIPMENTS_*` variables once, at the start.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The settings of a service.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the data is: `sqlite://shipments.db`.
    pub database: String,
    /// Where the carrier's API is.
    pub carrier_url: String,
    /// Who we are to the carrier.
    pub carrier_token: String,
    /// Who the operator is to us.
    pub admin_token: String,
    /// What the carrier signs its webhooks with.
    pub webhook_secret: String,
    /// How long a rate holds.
    pub rate_ttl: Duration,
    /// Where the ledger is exported to.
    pub export: PathBuf,
}

/// A setting that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is no default for it.
    #[error("{0} must be set")]
    Missing(&'static str),
    /// Its value cannot be read.
    #[error("{name} must be {form} (was {value:?})")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What is wanted.
        form: &'static str,
        /// What there was.
        value: String,
    },
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for the first setting that is missing or wrong. Secrets are never shown.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            listen: parsed("SHIPMENTS_LISTEN", "127.0.0.1:8080", "an address, like 0.0.0.0:8080")?,
            database: text("SHIPMENTS_DATABASE").unwrap_or_else(|| "sqlite://shipments.db".to_owned()),
            carrier_url: url("SHIPMENTS_CARRIER_URL")?,
            carrier_token: required("SHIPMENTS_CARRIER_TOKEN")?,
            admin_token: required("SHIPMENTS_ADMIN_TOKEN")?,
            webhook_secret: required("SHIPMENTS_WEBHOOK_SECRET")?,
            rate_ttl: seconds("SHIPMENTS_RATE_TTL", "900")?,
            export: text("SHIPMENTS_EXPORT").unwrap_or_else(|| "ledger.csv".to_owned()).into(),
        })
    }
}

/// The value of a variable; one that is empty counts as not set.
fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn required(name: &'static str) -> Result<String, ConfigError> {
    text(name).ok_or(ConfigError::Missing(name))
}

fn parsed<T: std::str::FromStr>(
    name: &'static str,
    default: &str,
    form: &'static str,
) -> Result<T, ConfigError> {
    let value = text(name).unwrap_or_else(|| default.to_owned());
    value.parse().map_err(|_| ConfigError::Invalid { name, form, value })
}

fn seconds(name: &'static str, default: &str) -> Result<Duration, ConfigError> {
    let form = "whole seconds, at least 1, like 900";
    let secs: u64 = parsed(name, default, form)?;
    if secs == 0 {
        return Err(ConfigError::Invalid { name, form, value: "0".to_owned() });
    }
    Ok(Duration::from_secs(secs))
}

fn url(name: &'static str) -> Result<String, ConfigError> {
    let value = required(name)?;
    if !value.starts_with("http://") && !value.starts_with("https://") {
        return Err(ConfigError::Invalid { name, form: "an http URL", value });
    }
    Ok(value.trim_end_matches('/').to_owned())
}
