//! The client of the carrier: what it sends, what it makes of the answers, and what it tries again.

use crate::support::{App, FakeCarrier, TRACKING_NUMBER, bare_carrier, samples};
use anyhow::Result;
use async_harness::prelude::*;
use serde_json::{Value, json};
use shipments::breaker::Breaker;
use shipments::carrier::{Carrier, CarrierError};
use shipments::money::{Currency, Money};
use shipments::retry::Retry;
use shipments::shipment::{Shipment, ShipmentForm};
use shipments::timestamp::Timestamp;
use std::time::Duration;
use wiremock::ResponseTemplate;

fn shipment() -> Shipment {
    let form: ShipmentForm = serde_json::from_value(samples::shipment()).unwrap();
    form.check("acc_1", Timestamp::from_secs(0)).unwrap()
}

/// What the client makes of this answer to each request for rates, and how often it asked.
async fn offers_when(answer: ResponseTemplate) -> (CarrierError, usize) {
    let (fake, client) = bare_carrier().await;
    fake.answers("POST", "rates", answer).await;
    let error = client.offers(&shipment(), Currency::Eur).await.unwrap_err();
    (error, fake.asked().await.len())
}

fn refusal(status: u16) -> ResponseTemplate {
    let body = json!({ "code": "no_service", "message": "we do not go there" });
    ResponseTemplate::new(status).set_body_json(body)
}

#[async_test]
async fn offers_are_read() -> Result<()> {
    let (fake, client) = bare_carrier().await;
    fake.sells().await;
    let offers = client.offers(&shipment(), Currency::Eur).await?;
    assert_eq!(offers.len(), 2);
    assert_eq!(offers[0].carrier_ref, "c-ground");
    assert_eq!(offers[0].cost, Money::new(750, Currency::Eur));
    Ok(())
}

#[async_test]
async fn every_request_says_who_we_are() -> Result<()> {
    let (fake, client) = bare_carrier().await;
    fake.sells().await;
    client.offers(&shipment(), Currency::Eur).await?;
    assert_eq!(fake.requests().await[0].headers["authorization"], "Bearer car_test");
    Ok(())
}

#[async_test]
async fn a_label_is_asked_for_with_everything_that_is_on_it() -> Result<()> {
    let (fake, client) = bare_carrier().await;
    fake.sells().await;
    let bought = client.buy(&shipment(), "c-ground", "key-1").await?;
    assert_eq!(bought.tracking_number, TRACKING_NUMBER);
    let request = &fake.requests().await[0];
    assert_eq!(request.headers["idempotency-key"], "key-1");
    let body: Value = serde_json::from_slice(&request.body)?;
    assert_eq!(body["rate"], "c-ground");
    assert_eq!(body["from"]["city"], "Berlin");
    assert_eq!(body["to"]["name"], "Jan Smit");
    assert_eq!(body["parcel"]["weight_g"], 1_200);
    Ok(())
}

#[async_test]
async fn a_refusal_is_told_in_the_carriers_words() {
    let (error, asked) = offers_when(refusal(422)).await;
    assert_eq!(error.to_string(), "the carrier refused: we do not go there (no_service)");
    assert_eq!(asked, 1);
}

#[async_test]
async fn a_refusal_without_a_reason_makes_no_sense() {
    let (error, asked) = offers_when(ResponseTemplate::new(400).set_body_string("<html>")).await;
    assert!(matches!(error, CarrierError::Malformed(_)), "{error}");
    assert_eq!(asked, 1);
}

#[async_test]
async fn bad_credentials_are_not_tried_again() {
    for status in [401, 403] {
        let (error, asked) = offers_when(ResponseTemplate::new(status)).await;
        assert!(matches!(error, CarrierError::Credentials), "{error}");
        assert_eq!(asked, 1);
    }
}

#[async_test]
async fn a_failure_is_tried_three_times() {
    let (error, asked) = offers_when(ResponseTemplate::new(502)).await;
    assert!(matches!(error, CarrierError::Failed(502)), "{error}");
    assert_eq!(asked, 3);
}

#[async_test]
async fn a_limit_is_respected_when_it_is_short() -> Result<()> {
    let (fake, client) = bare_carrier().await;
    fake.sells().await;
    let answer = ResponseTemplate::new(429).insert_header("retry-after", "0");
    fake.answers_first(1, "POST", "rates", answer).await;
    assert_eq!(client.offers(&shipment(), Currency::Eur).await?.len(), 2);
    Ok(())
}

#[async_test]
async fn a_long_limit_is_passed_on() {
    let answer = ResponseTemplate::new(429).insert_header("retry-after", "60");
    let (error, asked) = offers_when(answer).await;
    assert_eq!(asked, 1);
    match error {
        CarrierError::Limited { retry_after } => assert_eq!(retry_after, Some(Duration::from_secs(60))),
        error => panic!("{error}"),
    }
}

#[async_test]
async fn a_limit_without_an_end_is_tried_again() {
    let (error, asked) = offers_when(ResponseTemplate::new(429)).await;
    assert!(matches!(error, CarrierError::Limited { retry_after: None }), "{error}");
    assert_eq!(asked, 3);
}

#[async_test]
async fn half_an_answer_makes_no_sense() {
    let (error, asked) = offers_when(ResponseTemplate::new(200).set_body_string("{\"rates\": [")).await;
    assert!(error.to_string().starts_with("the carrier's answer makes no sense: EOF"), "{error}");
    assert_eq!(asked, 1);
}

#[async_test]
async fn an_answer_without_what_was_asked_for_makes_no_sense() {
    let (error, _) = offers_when(ResponseTemplate::new(200).set_body_json(json!({ "prices": [] }))).await;
    assert!(error.to_string().contains("missing field `rates`"), "{error}");
}

#[async_test]
async fn a_redirect_is_not_followed() {
    let answer = ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:9/v1/rates");
    let (error, asked) = offers_when(answer).await;
    assert!(matches!(error, CarrierError::Malformed(_)), "{error}");
    assert_eq!(asked, 1);
}

#[async_test]
async fn a_carrier_that_hangs_is_left_in_time() {
    let fake = FakeCarrier::start().await;
    let client = fake.client_with(Duration::from_millis(2), 50);
    fake.answers("POST", "rates", ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
    let error = client.offers(&shipment(), Currency::Eur).await.unwrap_err();
    assert!(matches!(error, CarrierError::TimedOut(_)), "{error}");
}

#[async_test]
async fn a_carrier_that_is_gone_cannot_be_reached() {
    let app = App::start().await;
    let error = app.service.carrier.offers(&shipment(), Currency::Eur).await.unwrap_err();
    assert!(matches!(error, CarrierError::Unreachable(_)), "{error}");
    assert!(std::error::Error::source(&error).is_some(), "the cause is lost");
}

#[async_test]
async fn a_carrier_that_keeps_failing_is_given_a_rest() {
    let fake = FakeCarrier::start().await;
    let client = fake.client_with(Duration::from_secs(10), 2);
    fake.answers("POST", "rates", ResponseTemplate::new(500)).await;
    let error = client.offers(&shipment(), Currency::Eur).await.unwrap_err();
    assert!(matches!(error, CarrierError::Resting { .. }), "{error}");
    assert_eq!(fake.asked().await.len(), 2, "it was asked while it rests");
}

#[async_test]
async fn refusals_do_not_tire_a_carrier() {
    let fake = FakeCarrier::start().await;
    let client = fake.client_with(Duration::from_secs(10), 2);
    fake.answers("POST", "rates", refusal(422)).await;
    for _ in 0..4 {
        let error = client.offers(&shipment(), Currency::Eur).await.unwrap_err();
        assert!(matches!(error, CarrierError::Refused { .. }), "{error}");
    }
}

#[async_test]
async fn a_resting_carrier_is_told_to_our_clients() {
    let options = crate::support::Options { breaker_threshold: 1, ..Default::default() };
    let (app, carrier) = App::with_carrier_and(options).await;
    carrier.answers("POST", "rates", ResponseTemplate::new(500)).await;
    let customer = app.customer("EUR").await;
    let id = customer.draft().await;
    let reply = customer.act(&format!("/v1/shipments/{id}/rates")).await;
    reply.problem(503, "carrier_resting");
    assert_eq!(reply.header("retry-after"), "30");
}

#[async_test]
async fn a_limiting_carrier_is_told_to_our_clients() {
    let (app, carrier) = App::with_carrier().await;
    let answer = ResponseTemplate::new(429).insert_header("retry-after", "60");
    carrier.answers("POST", "rates", answer).await;
    let customer = app.customer("EUR").await;
    let id = customer.draft().await;
    let reply = customer.act(&format!("/v1/shipments/{id}/rates")).await;
    reply.problem(503, "carrier_busy");
    assert_eq!(reply.header("retry-after"), "60");
}

#[async_test]
async fn our_bad_credentials_are_not_our_clients_fault() {
    let (app, carrier) = App::with_carrier().await;
    carrier.answers("POST", "rates", ResponseTemplate::new(401)).await;
    let customer = app.customer("EUR").await;
    let id = customer.draft().await;
    customer.act(&format!("/v1/shipments/{id}/rates")).await.problem(502, "carrier_failed");
}

#[async_test]
#[ignore = "needs the carrier's sandbox: SHIPMENTS_SANDBOX_URL and SHIPMENTS_SANDBOX_TOKEN"]
async fn the_sandbox_makes_offers() -> Result<()> {
    let url = std::env::var("SHIPMENTS_SANDBOX_URL")?;
    let token = std::env::var("SHIPMENTS_SANDBOX_TOKEN")?;
    let breaker = Breaker::new(5, Duration::from_secs(30));
    let client = Carrier::new(&url, &token, Default::default(), breaker)?;
    assert!(!client.offers(&shipment(), Currency::Eur).await?.is_empty());
    Ok(())
}

#[async_test]
async fn after_its_rest_the_carrier_is_asked_again() -> Result<()> {
    let fake = FakeCarrier::start().await;
    let breaker = Breaker::new(1, Duration::from_millis(3));
    let once = Retry { attempts: 1, ..Retry::default() };
    let client = Carrier::new(&fake.url(), "car_test", once, breaker)?;
    fake.sells().await;
    fake.answers_first(1, "POST", "rates", ResponseTemplate::new(500)).await;
    assert!(client.offers(&shipment(), Currency::Eur).await.is_err());
    tokio::time::sleep(Duration::from_millis(4)).await;
    assert_eq!(client.offers(&shipment(), Currency::Eur).await?.len(), 2);
    Ok(())
}
