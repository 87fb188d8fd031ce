//! The whole service, without a socket.

use super::{Customer, FakeCarrier, Reply};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use shipments::breaker::Breaker;
use shipments::carrier::Carrier;
use shipments::clock::{Clock, Hand};
use shipments::limiter::Limiter;
use shipments::retry::Retry;
use shipments::service::{Parts, Service};
use shipments::signature::sign;
use shipments::store::Store;
use shipments::timestamp::Timestamp;
use std::path::PathBuf;
use std::time::Duration;
use tower::ServiceExt;

pub(crate) const ADMIN_TOKEN: &str = "adm_test";
pub(crate) const WEBHOOK_SECRET: &str = "whsec_test";

/// 2026-03-01T12:00:00Z, a Sunday.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_772_366_400);

/// What an app is started with, where it matters to a test.
pub(crate) struct Options {
    pub(crate) carrier_url: String,
    pub(crate) carrier_token: String,
    pub(crate) retry: Retry,
    pub(crate) breaker_threshold: u32,
    pub(crate) burst: u32,
    pub(crate) export: PathBuf,
}

impl Options {
    pub(crate) fn new(carrier: &FakeCarrier) -> Self {
        Self {
            carrier_url: carrier.url.clone(),
            carrier_token: carrier.token.clone(),
            retry: Retry {
                attempts: 3,
                timeout: Duration::from_secs(10),
                base: Duration::from_millis(1),
                cap: Duration::from_millis(2),
            },
            breaker_threshold: 50,
            burst: 1_000,
            export: PathBuf::from("nowhere/ledger.csv"),
        }
    }
}

pub(crate) struct App {
    pub(crate) service: Service,
    pub(crate) hand: Hand,
    router: Router,
}

impl App {
    pub(crate) fn start(store: &Store, carrier: &FakeCarrier) -> Self {
        Self::start_with(store, Options::new(carrier))
    }

    pub(crate) fn start_with(store: &Store, options: Options) -> Self {
        let (clock, hand) = Clock::by_hand(START);
        let breaker = Breaker::new(options.breaker_threshold, Duration::from_secs(30));
        let service = Service::new(Parts {
            store: store.clone(),
            carrier: Carrier::new(&options.carrier_url, &options.carrier_token, options.retry, breaker)
                .unwrap(),
            clock,
            limiter: Limiter::new(options.burst, Duration::from_secs(1)),
            rate_ttl: Duration::from_secs(900),
            admin_token: ADMIN_TOKEN.to_owned(),
            webhook_secret: WEBHOOK_SECRET.to_owned(),
            export: options.export,
        });
        let router = shipments::api::router(service.clone());
        Self { service, hand, router }
    }

    /// A customer with nothing paid in, who pays what the carrier asks.
    pub(crate) async fn customer(&self, currency: &str) -> Customer {
        self.customer_of(json!({ "name": "Acme", "currency": currency })).await
    }

    /// A customer in euros who has paid in so many cents.
    pub(crate) async fn customer_with(&self, cents: i64) -> Customer {
        let customer = self.customer("EUR").await;
        customer.pay_in(cents).await;
        customer
    }

    pub(crate) async fn customer_of(&self, account: Value) -> Customer {
        let opened = self.admin("POST", "/v1/accounts", Some(account)).await.expect(201);
        Customer::new(self.clone_parts(), &opened)
    }

    /// A request of the operator's.
    pub(crate) async fn admin(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        self.request(method, path, Some(ADMIN_TOKEN), &[], body).await
    }

    /// A request in JSON, with whatever token and headers.
    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// A request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        Reply::read(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// A webhook of the carrier's, signed now.
    pub(crate) async fn webhook(&self, notice: Value) -> Reply {
        let body = notice.to_string();
        let signature = sign(WEBHOOK_SECRET, self.service.clock.now(), body.as_bytes());
        self.signed_webhook(&signature, body).await
    }

    pub(crate) async fn signed_webhook(&self, signature: &str, body: impl Into<Body>) -> Reply {
        let request = Request::post("/v1/webhooks/carrier").header("carrier-signature", signature);
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Another handle of the same app.
    pub(crate) fn clone_parts(&self) -> Self {
        Self { service: self.service.clone(), hand: self.hand.clone(), router: self.router.clone() }
    }
}
