//! The fixtures of the suite, longest-lived first. `use crate::support::fixtures::*` brings them and their types.

use super::app::START;
use super::samples;
use async_harness::fixture;
use async_harness::skip;
use shipments::shipment::{Shipment, ShipmentForm};
use shipments::store::{Store, StoreError};
use std::path::{Path, PathBuf};

pub(crate) use super::{App, CarrierServer, Customer, FakeCarrier};
pub(crate) use async_harness::fixtures::{EnvVars, TmpDir, env, tmp_dir};

/// The carrier's server, one for the run: what is said there belongs to an account, and each test has its own.
///
/// It runs on a thread of its own, so its tests keep runtimes of theirs.
#[fixture(scope = "session", runtime = "any")]
pub(crate) async fn carrier_server() -> CarrierServer {
    CarrierServer::start().await
}

/// A database with nothing in it but the schema, as the bytes of a file: migrated once, copied by every test.
#[fixture(scope = "session", runtime = "any")]
pub(crate) async fn empty_database() -> Result<Vec<u8>, StoreError> {
    let store = Store::open("sqlite::memory:").await?;
    let image = store.image().await?;
    store.close().await;
    Ok(image)
}

/// A client of whoever speaks HTTP, with connections that tests leave to each other. They are driven by the runtime
/// that opened them: the session's.
#[fixture(scope = "session", runtime = "session")]
pub(crate) fn http() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().build()
}

/// The test's account at the carrier, which has yet to be told what to say. Whatever else it is asked fails the test.
#[fixture(teardown = FakeCarrier::leave)]
pub(crate) async fn carrier(carrier_server: &CarrierServer) -> FakeCarrier {
    carrier_server.account()
}

/// A database of the test's own, in memory.
#[fixture]
pub(crate) async fn store(empty_database: &[u8]) -> Result<Store, StoreError> {
    Store::of_image(empty_database).await
}

/// A database of the test's own in a file, as several connections need one.
#[fixture]
pub(crate) fn database_file(empty_database: &[u8], tmp_dir: &TmpDir) -> std::io::Result<PathBuf> {
    let path = tmp_dir.path().join("shipments.db");
    std::fs::write(&path, empty_database)?;
    Ok(path)
}

/// Its URL.
#[fixture]
pub(crate) fn database_url(database_file: &Path) -> String {
    format!("sqlite://{}", database_file.display())
}

/// The store in that file.
#[fixture(teardown = close)]
pub(crate) async fn store_on_disk(database_url: &str) -> Result<Store, StoreError> {
    Store::open(database_url).await
}

async fn close(store: Store) {
    store.close().await;
}

/// The whole service, without a socket.
#[fixture]
pub(crate) async fn app(store: &Store, carrier: &FakeCarrier) -> App {
    App::start(store, carrier)
}

/// The same, on disk.
#[fixture]
pub(crate) async fn app_on_disk(store_on_disk: &Store, carrier: &FakeCarrier) -> App {
    App::start(store_on_disk, carrier)
}

/// Somebody who pays in euros, and has paid nothing in.
#[fixture]
pub(crate) async fn customer(app: &App) -> Customer {
    app.customer("EUR").await
}

/// Somebody else.
#[fixture]
pub(crate) async fn stranger(app: &App) -> Customer {
    app.customer("EUR").await
}

/// Somebody with 100 €, of a service whose carrier sells labels.
#[fixture]
pub(crate) async fn buyer(app: &App, carrier: &FakeCarrier) -> Customer {
    carrier.sells();
    app.customer_with(10_000).await
}

/// The id of a shipment of the buyer's, with a label for 7.50 €.
#[fixture]
pub(crate) async fn bought(buyer: &Customer) -> String {
    buyer.bought().await
}

/// A shipment that nobody has seen yet.
#[fixture]
pub(crate) fn shipment() -> Shipment {
    let form: ShipmentForm = serde_json::from_value(samples::shipment()).unwrap();
    form.check("acc_1", START).unwrap()
}

/// Where the carrier lets its clients try things out.
pub(crate) struct Sandbox {
    pub(crate) url: String,
    pub(crate) token: String,
}

/// The carrier's sandbox, for who has credentials; the others skip its tests.
#[fixture(parallel(env))]
pub(crate) fn sandbox() -> Sandbox {
    let var =
        |name: &str| std::env::var(name).unwrap_or_else(|_| skip!("the carrier's sandbox needs {name}"));
    Sandbox { url: var("SHIPMENTS_SANDBOX_URL"), token: var("SHIPMENTS_SANDBOX_TOKEN") }
}
