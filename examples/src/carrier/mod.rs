//! The carrier's API: rates, labels, tracking.
//!
//! Requests that failed for the carrier's own reasons are tried again; a label is asked for under a key of its own, so
//! that asking twice does not buy two. A carrier that keeps failing is given a rest.

mod error;
mod wire;

pub use error::CarrierError;

use crate::breaker::Breaker;
use crate::metrics;
use crate::money::Currency;
use crate::rates::Offer;
use crate::retry::Retry;
use crate::shipment::Shipment;
use crate::tracking::{self, Event};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A client of the carrier.
#[derive(Debug)]
pub struct Carrier {
    http: Client,
    url: String,
    token: String,
    retry: Retry,
    breaker: Breaker,
}

/// What the carrier gives for its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bought {
    /// After UPU S10.
    pub tracking_number: String,
    /// Where to print the label from.
    pub label_url: String,
}

impl Carrier {
    /// A client of the carrier at a URL, known to it by a token.
    ///
    /// # Errors
    ///
    /// Those of building an HTTP client.
    pub fn new(url: &str, token: &str, retry: Retry, breaker: Breaker) -> Result<Self, reqwest::Error> {
        // The carrier is a fixed peer: no proxy of the environment, no redirect to somewhere else.
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { http, url: url.to_owned(), token: token.to_owned(), retry, breaker })
    }

    /// What it would charge for a shipment.
    ///
    /// # Errors
    ///
    /// [`CarrierError`], after the last attempt.
    pub async fn offers(&self, shipment: &Shipment, currency: Currency) -> Result<Vec<Offer>, CarrierError> {
        let body = wire::RateRequest::new(shipment, currency);
        let reply: wire::RateReply = self.json(|| self.request(Method::POST, "rates").json(&body)).await?;
        Ok(reply.rates.into_iter().map(Offer::from).collect())
    }

    /// Buys a label at an offered rate. The same key brings the same label, however often it is asked for.
    ///
    /// # Errors
    ///
    /// [`CarrierError`], after the last attempt.
    pub async fn buy(&self, shipment: &Shipment, rate: &str, key: &str) -> Result<Bought, CarrierError> {
        let body =
            wire::LabelRequest { rate, from: &shipment.from, to: &shipment.to, parcel: &shipment.parcel };
        let request = || self.request(Method::POST, "labels").header("idempotency-key", key).json(&body);
        let reply: wire::LabelReply = self.json(request).await?;
        if !tracking::is_tracking_number(&reply.tracking_number) {
            let message = format!("{:?} is not a tracking number", reply.tracking_number);
            return Err(CarrierError::Malformed(message));
        }
        Ok(Bought { tracking_number: reply.tracking_number, label_url: reply.label_url })
    }

    /// Calls a label back. One that is gone already is fine.
    ///
    /// # Errors
    ///
    /// [`CarrierError::Refused`] if the label was used, others after the last attempt.
    pub async fn void(&self, tracking_number: &str) -> Result<(), CarrierError> {
        let path = format!("labels/{tracking_number}");
        match self.send(|| self.request(Method::DELETE, &path)).await {
            // An earlier attempt may have worked without its answer reaching us.
            Ok(_) | Err(CarrierError::Unknown) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// What happened to a shipment so far.
    ///
    /// # Errors
    ///
    /// [`CarrierError::Unknown`] before the first scan, others after the last attempt.
    pub async fn events(&self, tracking_number: &str) -> Result<Vec<Event>, CarrierError> {
        let path = format!("tracking/{tracking_number}");
        let reply: wire::TrackingReply = self.json(|| self.request(Method::GET, &path)).await?;
        Ok(reply.events)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/v1/{path}", self.url)).bearer_auth(&self.token)
    }

    async fn json<T: DeserializeOwned>(
        &self,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, CarrierError> {
        let body = self.send(request).await?;
        serde_json::from_slice(&body).map_err(|error| CarrierError::Malformed(error.to_string()))
    }

    /// The body of the answer. An attempt lasts until its body is there: a carrier may also stall in the middle of one.
    async fn send(&self, request: impl Fn() -> RequestBuilder) -> Result<Vec<u8>, CarrierError> {
        self.retry
            .run(|_| async {
                let permit = self
                    .breaker
                    .admit()
                    .map_err(|open| CarrierError::Resting { retry_after: open.retry_after })?;
                let result = self.retry.in_time(answer(request())).await;
                if result.is_err() {
                    metrics::CARRIER_FAILURES.increment();
                }
                match &result {
                    Err(error) if error.is_outage() => permit.failed(),
                    _ => permit.succeeded(),
                }
                result
            })
            .await
    }
}

async fn answer(request: RequestBuilder) -> Result<Vec<u8>, CarrierError> {
    let response = request.send().await.map_err(CarrierError::Unreachable)?;
    let status = response.status();
    if status.is_success() {
        return Ok(response.bytes().await.map_err(CarrierError::Unreachable)?.to_vec());
    }
    Err(failure(status, response).await)
}

async fn failure(status: StatusCode, response: Response) -> CarrierError {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => CarrierError::Credentials,
        StatusCode::NOT_FOUND => CarrierError::Unknown,
        StatusCode::TOO_MANY_REQUESTS => CarrierError::Limited { retry_after: retry_after(&response) },
        _ if status.is_client_error() => match response.json::<wire::Refusal>().await {
            Ok(wire::Refusal { code, message }) => CarrierError::Refused { code, message },
            Err(_) => CarrierError::Malformed(format!("status {status} without a reason")),
        },
        _ if status.is_server_error() => CarrierError::Failed(status.as_u16()),
        _ => CarrierError::Malformed(format!("status {status}")),
    }
}

/// Seconds only: the carrier never sends the form with a date.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}
