//! Settings from the environment: it belongs to the whole process, so who changes it has it alone, and gives it back.

use crate::support::fixtures::*;
use async_harness::prelude::*;
use shipments::config::{Config, ConfigError};
use std::path::Path;
use std::time::Duration;

/// The least that must be set.
const LEAST: [(&str, &str); 4] = [
    ("SHIPMENTS_CARRIER_URL", "https://carrier.example"),
    ("SHIPMENTS_CARRIER_TOKEN", "car_1"),
    ("SHIPMENTS_ADMIN_TOKEN", "adm_1"),
    ("SHIPMENTS_WEBHOOK_SECRET", "whsec_1"),
];

/// The least, and nothing else of ours.
#[fixture]
fn least(env: &mut EnvVars) {
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.as_encoded_bytes().starts_with(b"SHIPMENTS_")) {
        env.remove(name);
    }
    for (name, value) in LEAST {
        env.set(name, value);
    }
}

#[async_harness::test]
fn the_least_that_is_set_is_enough(_least: ()) -> Result<(), ConfigError> {
    let config = Config::from_env()?;
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database, "sqlite://shipments.db");
    assert_eq!(config.rate_ttl, Duration::from_secs(900));
    assert_eq!(config.export, Path::new("ledger.csv"));
    Ok(())
}

#[async_harness::test]
fn what_must_be_set_is_asked_for_by_name(
    #[values(
        "SHIPMENTS_CARRIER_URL",
        "SHIPMENTS_CARRIER_TOKEN",
        "SHIPMENTS_ADMIN_TOKEN",
        "SHIPMENTS_WEBHOOK_SECRET"
    )]
    missing: &'static str,
    _least: (),
    env: &mut EnvVars,
) {
    env.remove(missing);
    assert_eq!(Config::from_env().unwrap_err(), ConfigError::Missing(missing));
    env.set(missing, "  ");
    assert_eq!(Config::from_env().unwrap_err(), ConfigError::Missing(missing), "empty counts as not set");
}

#[async_harness::test]
fn every_setting_can_be_changed(_least: (), env: &mut EnvVars) -> Result<(), ConfigError> {
    env.set("SHIPMENTS_LISTEN", "[::1]:9000");
    env.set("SHIPMENTS_DATABASE", "sqlite:///var/lib/shipments.db");
    env.set("SHIPMENTS_RATE_TTL", "60");
    env.set("SHIPMENTS_EXPORT", "/srv/ledger.csv");
    let config = Config::from_env()?;
    assert_eq!(config.listen.port(), 9_000);
    assert_eq!(config.database, "sqlite:///var/lib/shipments.db");
    assert_eq!(config.rate_ttl, Duration::from_secs(60));
    assert_eq!(config.export, Path::new("/srv/ledger.csv"));
    Ok(())
}

#[async_harness::test]
#[case::listen("SHIPMENTS_LISTEN", "localhost", "an address, like 0.0.0.0:8080")]
#[case::no_time_at_all("SHIPMENTS_RATE_TTL", "0", "whole seconds, at least 1, like 900")]
#[case::time_that_is_over("SHIPMENTS_RATE_TTL", "-1", "whole seconds, at least 1, like 900")]
#[case::time_in_words("SHIPMENTS_RATE_TTL", "soon", "whole seconds, at least 1, like 900")]
#[case::half_seconds("SHIPMENTS_RATE_TTL", "1.5", "whole seconds, at least 1, like 900")]
#[case::no_scheme("SHIPMENTS_CARRIER_URL", "carrier.example", "an http URL")]
fn a_wrong_value_is_shown_beside_the_right_form(
    #[case] name: &str,
    #[case] value: &str,
    #[case] form: &str,
    _least: (),
    env: &mut EnvVars,
) {
    env.set(name, value);
    let error = Config::from_env().unwrap_err();
    assert_eq!(error.to_string(), format!("{name} must be {form} (was {value:?})"));
}

#[async_harness::test]
fn a_url_ends_without_a_slash(_least: (), env: &mut EnvVars) -> Result<(), ConfigError> {
    env.set("SHIPMENTS_CARRIER_URL", "http://carrier.example/api/");
    assert_eq!(Config::from_env()?.carrier_url, "http://carrier.example/api");
    Ok(())
}
