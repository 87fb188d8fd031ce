//! A small shipments service: describe a parcel, see what sending it costs, buy a label, follow it, or take it back.
//!
//! | layer | modules |
//! |---|---|
//! | words | [`money`], [`postal`], [`address`], [`parcel`], [`shipment`], [`rates`], [`tracking`], [`account`], [`ledger`], [`issues`], [`timestamp`], [`id`] |
//! | tools | [`clock`], [`retry`], [`breaker`], [`limiter`], [`signature`], [`export`], [`metrics`] |
//! | outside | [`store`] (SQLite), [`carrier`] (HTTP) |
//! | use cases | [`service`] |
//! | door | [`api`], [`config`], and [`serve`] |
//!
//! It is an example, of a service and of its suite: the carrier is made up, and nobody's parcels move.

pub mod account;
pub mod address;
pub mod api;
pub mod breaker;
pub mod carrier;
pub mod clock;
pub mod config;
pub mod error;
pub mod export;
pub mod id;
pub mod issues;
pub mod ledger;
pub mod limiter;
pub mod metrics;
pub mod money;
pub mod parcel;
pub mod postal;
pub mod rates;
pub mod retry;
pub mod service;
pub mod shipment;
pub mod signature;
pub mod store;
pub mod timestamp;
pub mod tracking;

use crate::service::Service;
use std::io;
use tokio::net::TcpListener;

/// Serves the API until `stop` is ready, then lets the requests under way come to their end.
///
/// # Errors
///
/// Those of the listener.
pub async fn serve(
    listener: TcpListener,
    service: Service,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, api::router(service)).with_graceful_shutdown(stop).await
}
