//! Settings from the environment. It belongs to the whole process, so these tests run alone.

use crate::support::env::Vars;
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

/// What comes of the least and these.
fn config_with(more: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let _vars = Vars::set(LEAST.iter().chain(more).copied());
    Config::from_env()
}

#[async_harness::test]
#[serial]
fn the_least_that_is_set_is_enough() -> Result<(), ConfigError> {
    let config = config_with(&[])?;
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database, "sqlite://shipments.db");
    assert_eq!(config.rate_ttl, Duration::from_secs(900));
    assert_eq!(config.export, Path::new("ledger.csv"));
    Ok(())
}

#[async_harness::test]
#[serial]
fn what_must_be_set_is_asked_for_by_name() {
    for (missing, _) in LEAST {
        let _vars = Vars::set(LEAST.into_iter().filter(|(name, _)| *name != missing));
        assert_eq!(Config::from_env().unwrap_err().to_string(), format!("{missing} must be set"));
    }
}

#[async_harness::test]
#[serial]
fn an_empty_variable_counts_as_not_set() {
    let error = config_with(&[("SHIPMENTS_ADMIN_TOKEN", "  ")]).unwrap_err();
    assert_eq!(error, ConfigError::Missing("SHIPMENTS_ADMIN_TOKEN"));
}

#[async_harness::test]
#[serial]
fn every_setting_can_be_changed() -> Result<(), ConfigError> {
    let config = config_with(&[
        ("SHIPMENTS_LISTEN", "[::1]:9000"),
        ("SHIPMENTS_DATABASE", "sqlite:///var/lib/shipments.db"),
        ("SHIPMENTS_RATE_TTL", "60"),
        ("SHIPMENTS_EXPORT", "/srv/ledger.csv"),
    ])?;
    assert_eq!(config.listen.port(), 9_000);
    assert_eq!(config.database, "sqlite:///var/lib/shipments.db");
    assert_eq!(config.rate_ttl, Duration::from_secs(60));
    assert_eq!(config.export, Path::new("/srv/ledger.csv"));
    Ok(())
}

#[async_harness::test]
#[serial]
fn a_wrong_value_is_shown_beside_the_right_form() {
    let error = config_with(&[("SHIPMENTS_LISTEN", "localhost")]).unwrap_err();
    let expected = "SHIPMENTS_LISTEN must be an address, like 0.0.0.0:8080 (was \"localhost\")";
    assert_eq!(error.to_string(), expected);
}

#[async_harness::test]
#[serial]
fn rates_must_hold_for_some_time() {
    for value in ["0", "-1", "soon", "1.5"] {
        let error = config_with(&[("SHIPMENTS_RATE_TTL", value)]).unwrap_err();
        assert!(matches!(error, ConfigError::Invalid { name: "SHIPMENTS_RATE_TTL", .. }), "{value}: {error}");
    }
}

#[async_harness::test]
#[serial]
fn the_carrier_is_found_by_url() -> Result<(), ConfigError> {
    let config = config_with(&[("SHIPMENTS_CARRIER_URL", "http://carrier.example/api/")])?;
    assert_eq!(config.carrier_url, "http://carrier.example/api");
    assert!(config_with(&[("SHIPMENTS_CARRIER_URL", "carrier.example")]).is_err());
    Ok(())
}
