//! Serves the shipments API: settings from `SHIPMENTS_*` variables, until interrupted.

use shipments::breaker::Breaker;
use shipments::carrier::Carrier;
use shipments::clock::Clock;
use shipments::config::Config;
use shipments::limiter::Limiter;
use shipments::retry::Retry;
use shipments::service::{Parts, Service};
use shipments::store::Store;
use std::error::Error;
use std::time::Duration;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    let config = Config::from_env()?;
    let store = Store::open(&config.database).await?;
    let breaker = Breaker::new(5, Duration::from_secs(30));
    let service = Service::new(Parts {
        store: store.clone(),
        carrier: Carrier::new(&config.carrier_url, &config.carrier_token, Retry::default(), breaker)?,
        clock: Clock::system(),
        limiter: Limiter::new(100, Duration::from_millis(20)),
        rate_ttl: config.rate_ttl,
        admin_token: config.admin_token,
        webhook_secret: config.webhook_secret,
        export: config.export,
    });
    let resumed = service.resume_purchases().await?;
    let listener = TcpListener::bind(config.listen).await?;
    tracing::info!(listen = %config.listen, resumed, "serving");
    shipments::serve(listener, service, interrupted()).await?;
    store.close().await;
    Ok(())
}

async fn interrupted() {
    // Without a handler there is nothing to wait for, and stopping at once would be worse than never being asked to.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
