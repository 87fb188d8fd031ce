//! The client of the carrier: what it sends, what it makes of the answers, and what it tries again.

use crate::support::fixtures::*;
use crate::support::{Options, TRACKING_NUMBER};
use anyhow::Result;
use async_harness::prelude::*;
use serde_json::{Value, json};
use shipments::breaker::Breaker;
use shipments::carrier::{Carrier, CarrierError};
use shipments::money::{Currency, Money};
use shipments::retry::Retry;
use shipments::shipment::Shipment;
use shipments::store::Store;
use std::time::Duration;
use wiremock::ResponseTemplate;

/// What the client makes of this answer to each request for rates, and how often it asked.
async fn offers_when(
    carrier: &FakeCarrier,
    shipment: &Shipment,
    answer: ResponseTemplate,
) -> (CarrierError, usize) {
    carrier.answers("POST", "rates", answer);
    let error = carrier.client().offers(shipment, Currency::Eur).await.unwrap_err();
    (error, carrier.asked().len())
}

fn refusal(status: u16) -> ResponseTemplate {
    let body = json!({ "code": "no_service", "message": "we do not go there" });
    ResponseTemplate::new(status).set_body_json(body)
}

#[async_test]
async fn offers_are_read(carrier: &FakeCarrier, shipment: &Shipment) -> Result<()> {
    carrier.sells();
    let offers = carrier.client().offers(shipment, Currency::Eur).await?;
    assert_eq!(offers.len(), 2);
    assert_eq!(offers[0].carrier_ref, "c-ground");
    assert_eq!(offers[0].cost, Money::new(750, Currency::Eur));
    Ok(())
}

#[async_test]
async fn every_request_says_who_we_are(carrier: &FakeCarrier, shipment: &Shipment) -> Result<()> {
    carrier.sells();
    carrier.client().offers(shipment, Currency::Eur).await?;
    let expected = format!("Bearer {}", carrier.token);
    assert_eq!(carrier.requests()[0].headers["authorization"], expected);
    Ok(())
}

#[async_test]
async fn a_label_is_asked_for_with_everything_that_is_on_it(
    carrier: &FakeCarrier,
    shipment: &Shipment,
) -> Result<()> {
    carrier.sells();
    let bought = carrier.client().buy(shipment, "c-ground", "key-1").await?;
    assert_eq!(bought.tracking_number, TRACKING_NUMBER);
    let request = &carrier.requests()[0];
    assert_eq!(request.headers["idempotency-key"], "key-1");
    let body: Value = serde_json::from_slice(&request.body)?;
    assert_eq!(body["rate"], "c-ground");
    assert_eq!(body["from"]["city"], "Berlin");
    assert_eq!(body["to"]["name"], "Jan Smit");
    assert_eq!(body["parcel"]["weight_g"], 1_200);
    Ok(())
}

#[async_test]
async fn a_refusal_is_told_in_the_carriers_words(carrier: &FakeCarrier, shipment: &Shipment) {
    let (error, asked) = offers_when(carrier, shipment, refusal(422)).await;
    assert_eq!(error.to_string(), "the carrier refused: we do not go there (no_service)");
    assert_eq!(asked, 1);
}

#[async_test]
#[case::unauthorized(401)]
#[case::forbidden(403)]
async fn bad_credentials_are_not_tried_again(
    #[case] status: u16,
    carrier: &FakeCarrier,
    shipment: &Shipment,
) {
    let (error, asked) = offers_when(carrier, shipment, ResponseTemplate::new(status)).await;
    assert!(matches!(error, CarrierError::Credentials), "{error}");
    assert_eq!(asked, 1);
}

#[async_test]
async fn a_failure_is_tried_three_times(
    #[values(500, 502, 503, 504)] status: u16,
    carrier: &FakeCarrier,
    shipment: &Shipment,
) {
    let (error, asked) = offers_when(carrier, shipment, ResponseTemplate::new(status)).await;
    assert!(matches!(error, CarrierError::Failed(failed) if failed == status), "{error}");
    assert_eq!(asked, 3);
}

#[async_test]
async fn a_limit_is_respected_when_it_is_short(carrier: &FakeCarrier, shipment: &Shipment) -> Result<()> {
    carrier.sells();
    let answer = ResponseTemplate::new(429).insert_header("retry-after", "0");
    carrier.answers_next(1, "POST", "rates", answer);
    assert_eq!(carrier.client().offers(shipment, Currency::Eur).await?.len(), 2);
    Ok(())
}

#[async_test]
async fn a_long_limit_is_passed_on(carrier: &FakeCarrier, shipment: &Shipment) {
    let answer = ResponseTemplate::new(429).insert_header("retry-after", "60");
    let (error, asked) = offers_when(carrier, shipment, answer).await;
    assert_eq!(asked, 1);
    match error {
        CarrierError::Limited { retry_after } => assert_eq!(retry_after, Some(Duration::from_secs(60))),
        error => panic!("{error}"),
    }
}

#[async_test]
async fn a_limit_without_an_end_is_tried_again(carrier: &FakeCarrier, shipment: &Shipment) {
    let (error, asked) = offers_when(carrier, shipment, ResponseTemplate::new(429)).await;
    assert!(matches!(error, CarrierError::Limited { retry_after: None }), "{error}");
    assert_eq!(asked, 3);
}

#[async_test]
#[case::a_refusal_without_a_reason(ResponseTemplate::new(400).set_body_string("<html>"), "status 400 Bad Request without a reason")]
#[case::half_an_answer(ResponseTemplate::new(200).set_body_string("{\"rates\": ["), "EOF")]
#[case::nothing_that_was_asked_for(ResponseTemplate::new(200).set_body_json(json!({ "prices": [] })), "missing field `rates`")]
#[case::a_redirect(ResponseTemplate::new(302).insert_header("location", "/v1/elsewhere"), "status 302 Found")]
async fn an_answer_without_sense_is_not_asked_for_again(
    #[case] answer: ResponseTemplate,
    #[case] why: &str,
    carrier: &FakeCarrier,
    shipment: &Shipment,
) {
    let (error, asked) = offers_when(carrier, shipment, answer).await;
    assert!(matches!(error, CarrierError::Malformed(_)), "{error}");
    assert!(error.to_string().starts_with(&format!("the carrier's answer makes no sense: {why}")), "{error}");
    assert_eq!(asked, 1);
}

#[async_test]
async fn a_carrier_that_hangs_is_left_in_time(carrier: &FakeCarrier, shipment: &Shipment) {
    let client = carrier.client_with(Duration::from_millis(2), 50);
    carrier.answers("POST", "rates", ResponseTemplate::new(200).set_delay(Duration::from_secs(60)));
    let error = client.offers(shipment, Currency::Eur).await.unwrap_err();
    assert!(matches!(error, CarrierError::TimedOut(_)), "{error}");
}

#[async_test]
async fn a_carrier_that_is_gone_cannot_be_reached(shipment: &Shipment) -> Result<()> {
    let once = Retry { attempts: 1, ..Retry::default() };
    let breaker = Breaker::new(5, Duration::from_secs(30));
    // A port that nobody listens on any more.
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let client = Carrier::new(&format!("http://{address}"), "car_test", once, breaker)?;
    let error = client.offers(shipment, Currency::Eur).await.unwrap_err();
    assert!(matches!(error, CarrierError::Unreachable(_)), "{error}");
    assert!(std::error::Error::source(&error).is_some(), "the cause is lost");
    Ok(())
}

#[async_test]
async fn a_carrier_that_keeps_failing_is_given_a_rest(carrier: &FakeCarrier, shipment: &Shipment) {
    let client = carrier.client_with(Duration::from_secs(10), 2);
    carrier.answers("POST", "rates", ResponseTemplate::new(500));
    let error = client.offers(shipment, Currency::Eur).await.unwrap_err();
    assert!(matches!(error, CarrierError::Resting { .. }), "{error}");
    assert_eq!(carrier.asked().len(), 2, "it was asked while it rests");
}

#[async_test]
async fn refusals_do_not_tire_a_carrier(carrier: &FakeCarrier, shipment: &Shipment) {
    let client = carrier.client_with(Duration::from_secs(10), 2);
    carrier.answers("POST", "rates", refusal(422));
    for _ in 0..4 {
        let error = client.offers(shipment, Currency::Eur).await.unwrap_err();
        assert!(matches!(error, CarrierError::Refused { .. }), "{error}");
    }
}

#[async_test]
async fn a_resting_carrier_is_told_to_our_clients(store: &Store, carrier: &FakeCarrier) {
    let app = App::start_with(store, Options { breaker_threshold: 1, ..Options::new(carrier) });
    carrier.answers("POST", "rates", ResponseTemplate::new(500));
    let customer = app.customer("EUR").await;
    let id = customer.draft().await;
    let reply = customer.act(&format!("/v1/shipments/{id}/rates")).await;
    reply.problem(503, "carrier_resting");
    assert_eq!(reply.header("retry-after"), "30");
}

#[async_test]
async fn a_limiting_carrier_is_told_to_our_clients(carrier: &FakeCarrier, customer: &Customer) {
    let answer = ResponseTemplate::new(429).insert_header("retry-after", "60");
    carrier.answers("POST", "rates", answer);
    let id = customer.draft().await;
    let reply = customer.act(&format!("/v1/shipments/{id}/rates")).await;
    reply.problem(503, "carrier_busy");
    assert_eq!(reply.header("retry-after"), "60");
}

#[async_test]
async fn our_bad_credentials_are_not_our_clients_fault(carrier: &FakeCarrier, customer: &Customer) {
    carrier.answers("POST", "rates", ResponseTemplate::new(401));
    let id = customer.draft().await;
    customer.act(&format!("/v1/shipments/{id}/rates")).await.problem(502, "carrier_failed");
}

#[async_test]
async fn the_sandbox_makes_offers(sandbox: &Sandbox, shipment: &Shipment) -> Result<()> {
    let breaker = Breaker::new(5, Duration::from_secs(30));
    let client = Carrier::new(&sandbox.url, &sandbox.token, Retry::default(), breaker)?;
    assert!(!client.offers(shipment, Currency::Eur).await?.is_empty());
    Ok(())
}

#[async_test]
async fn after_its_rest_the_carrier_is_asked_again(carrier: &FakeCarrier, shipment: &Shipment) -> Result<()> {
    let breaker = Breaker::new(1, Duration::from_millis(3));
    let once = Retry { attempts: 1, ..Retry::default() };
    let client = Carrier::new(&carrier.url, &carrier.token, once, breaker)?;
    carrier.sells();
    carrier.answers_next(1, "POST", "rates", ResponseTemplate::new(500));
    assert!(client.offers(shipment, Currency::Eur).await.is_err());
    tokio::time::sleep(Duration::from_millis(4)).await;
    assert_eq!(client.offers(shipment, Currency::Eur).await?.len(), 2);
    Ok(())
}
