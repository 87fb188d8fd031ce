//! The service as its clients meet it: over a socket, until it is stopped.

use crate::support::fixtures::*;
use crate::support::samples;
use anyhow::Result;
use async_harness::prelude::*;
use reqwest::Client;
use serde_json::Value;
use shipments::store::Store;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wiremock::ResponseTemplate;

/// A server in a task of its own.
struct Server {
    app: App,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start(app: App) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(shipments::serve(listener, app.service.clone(), async {
            let _ = stopped.await;
        }));
        Ok(Self { app, address, stop, task })
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn stop(self) -> Result<()> {
        let _ = self.stop.send(());
        Ok(self.task.await??)
    }
}

/// The service as it runs for months: one for all tests that leave it running, each with customers of its own.
#[fixture(scope = "module", teardown = Server::stop)]
async fn shared_server(empty_database: &[u8], carrier_server: &CarrierServer) -> Result<Server> {
    let store = Store::of_image(empty_database).await?;
    Server::start(App::start(&store, &carrier_server.account())).await
}

#[async_test]
async fn a_healthy_service_says_so(shared_server: &Server, http: &Client) -> Result<()> {
    let answer = http.get(shared_server.url("/health")).send().await?;
    assert_eq!(answer.text().await?, "ok");
    Ok(())
}

#[async_test]
async fn a_service_without_its_store_is_not_healthy(app: &App, http: &Client) -> Result<()> {
    let server = Server::start(app.clone_parts()).await?;
    app.service.store.close().await;
    let answer = http.get(server.url("/health")).send().await?;
    assert_eq!(answer.status(), 500);
    server.stop().await
}

#[async_test]
async fn a_shipment_goes_over_the_wire(shared_server: &Server, http: &Client) -> Result<()> {
    let customer = shared_server.app.customer("EUR").await;
    let answer = http
        .post(shared_server.url("/v1/shipments"))
        .bearer_auth(&customer.key)
        .json(&samples::shipment())
        .send()
        .await?;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.json::<Value>().await?["to"]["city"], "Utrecht");
    Ok(())
}

#[async_test]
async fn a_connection_is_kept_for_the_next_request(shared_server: &Server, http: &Client) -> Result<()> {
    for _ in 0..5 {
        let answer = http.get(shared_server.url("/metrics")).send().await?;
        assert!(answer.text().await?.contains("shipments_labels_bought_total"));
    }
    Ok(())
}

#[async_test]
async fn many_clients_are_served_at_once(shared_server: &Server) -> Result<()> {
    let customer = shared_server.app.customer("EUR").await;
    let mut clients = tokio::task::JoinSet::new();
    for number in 0..20 {
        // Each has a connection of its own, as clients do.
        let request = Client::builder()
            .no_proxy()
            .build()?
            .post(shared_server.url("/v1/shipments"))
            .bearer_auth(&customer.key)
            .json(&samples::shipment_with(&format!("order {number}")));
        clients.spawn(async move { request.send().await.map(|answer| answer.status()) });
    }
    while let Some(status) = clients.join_next().await {
        assert_eq!(status??, 201);
    }
    let list = customer.get("/v1/shipments?limit=100").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 20);
    Ok(())
}

#[async_test]
async fn a_request_under_way_is_answered_before_the_service_stops(
    app: &App,
    carrier: &FakeCarrier,
    customer: &Customer,
    http: &Client,
) -> Result<()> {
    let offers = serde_json::json!({ "rates": [] });
    let slow = ResponseTemplate::new(200).set_body_json(offers).set_delay(Duration::from_millis(10));
    carrier.answers("POST", "rates", slow);
    let id = customer.draft().await;
    let server = Server::start(app.clone_parts()).await?;
    let url = server.url(&format!("/v1/shipments/{id}/rates"));
    let request = http.post(url).bearer_auth(&customer.key).send();
    let stop = async {
        carrier.is_asked().await;
        server.stop().await
    };
    let (answer, stopped) = tokio::join!(request, stop);
    stopped?;
    assert_eq!(answer?.status(), 200);
    Ok(())
}

#[async_test]
async fn a_stopped_service_takes_no_more_requests(app: &App, http: &Client) -> Result<()> {
    let server = Server::start(app.clone_parts()).await?;
    let url = server.url("/health");
    server.stop().await?;
    assert!(http.get(url).send().await.unwrap_err().is_connect());
    Ok(())
}

/// Where a subscriber writes to, so that a test can read it.
///
/// A subscriber is a thread's own, but who listens to what is remembered for the whole process: a line that another
/// thread reached first, with nobody listening there, may never be heard here. So the tests that read logs run alone.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[async_test]
#[serial]
async fn a_failure_of_ours_is_logged_in_full(app: &App, customer: &Customer) {
    let log = Log::default();
    let to = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || to.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    app.service.store.close().await;
    customer.get("/v1/account").await.problem(500, "internal");
    assert!(log.text().contains("a request failed"), "{}", log.text());
    assert!(log.text().contains("failed looking up an API key"), "{}", log.text());
}

#[async_test]
#[serial]
async fn no_secret_is_logged(app: &App) {
    let log = Log::default();
    let to = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || to.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let customer = app.customer_with(100).await;
    customer.draft().await;
    assert!(log.text().contains("account opened"), "{}", log.text());
    assert!(!log.text().contains(&customer.key));
}
