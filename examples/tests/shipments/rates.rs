//! Rates: from the carrier's offers to what a customer may choose from.

use crate::support::fixtures::*;
use crate::support::samples;
use async_harness::prelude::*;
use serde_json::{Value, json};
use shipments::money::{Currency, Money};
use shipments::rates::{Offer, Rate, Service, Terms};
use shipments::timestamp::Timestamp;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_secs(1_000);
const TERMS: Terms = Terms { currency: Currency::Eur, margin_bp: 0, ttl: Duration::from_secs(900) };

fn offer(service: &str, cents: i64, days: u32) -> Offer {
    let cost = Money::new(cents, Currency::Eur);
    Offer { carrier_ref: format!("c-{service}"), service: service.to_owned(), cost, days }
}

fn prices(rates: &[Rate]) -> Vec<(Service, i64)> {
    rates.iter().map(|rate| (rate.service, rate.price.amount)).collect()
}

#[async_harness::test]
#[case::the_cheapest_first(
    vec![offer("overnight", 2_500, 1), offer("ground", 700, 5)],
    &[(Service::Ground, 700), (Service::Overnight, 2_500)],
)]
#[case::of_equal_price_the_fastest_first(
    vec![offer("ground", 700, 5), offer("express", 700, 2)],
    &[(Service::Express, 700), (Service::Ground, 700)],
)]
#[case::no_service_that_is_not_sold(
    vec![offer("drone", 100, 1), offer("ground", 700, 5)],
    &[(Service::Ground, 700)],
)]
#[case::no_offer_for_nothing(vec![offer("ground", 0, 5), offer("express", -100, 2)], &[])]
#[case::nothing_of_nothing(Vec::new(), &[])]
fn a_customer_is_shown(#[case] offers: Vec<Offer>, #[case] shown: &[(Service, i64)]) {
    assert_eq!(prices(&TERMS.rates(offers, NOW)), shown);
}

#[async_harness::test]
fn another_currency_is_left_out() {
    let dollars = Offer { cost: Money::new(700, Currency::Usd), ..offer("ground", 0, 5) };
    assert!(TERMS.rates(vec![dollars], NOW).is_empty());
}

#[async_harness::test]
fn the_margin_can_change_the_price_but_not_the_order() {
    let terms = Terms { margin_bp: 1_250, ..TERMS };
    let rates = terms.rates(vec![offer("express", 801, 2), offer("ground", 800, 5)], NOW);
    assert_eq!(prices(&rates), [(Service::Ground, 900), (Service::Express, 901)]);
}

#[async_harness::test]
fn a_rate_expires_with_its_last_second() {
    let rate = TERMS.rates(vec![offer("ground", 700, 5)], NOW).pop().unwrap();
    assert!(!rate.is_expired(Timestamp::from_secs(1_899)));
    assert!(rate.is_expired(Timestamp::from_secs(1_900)));
}

#[async_test]
async fn a_draft_becomes_priced(carrier: &FakeCarrier, customer: &Customer) {
    carrier.sells();
    let (id, _) = customer.priced().await;
    assert_eq!(customer.state(&id).await, "priced");
}

#[async_test]
async fn a_rate_tells_what_a_customer_needs_to_choose(carrier: &FakeCarrier, customer: &Customer) {
    carrier.sells();
    let id = customer.draft().await;
    let rates = customer.act(&format!("/v1/shipments/{id}/rates")).await.expect(200);
    let rate = &rates["items"][0];
    assert_eq!(rate["service"], "ground");
    assert_eq!(rate["days"], 4);
    assert_eq!(rate["price"], json!({ "amount": 750, "currency": "EUR" }));
    assert_eq!(rate["expires_at"], "2026-03-01T12:15:00Z");
    assert!(rate.get("carrier_ref").is_none(), "the carrier's name for it is not the customer's business");
}

#[async_test]
async fn rates_can_be_read_again(carrier: &FakeCarrier, customer: &Customer) {
    carrier.sells();
    let id = customer.draft().await;
    let path = format!("/v1/shipments/{id}/rates");
    let given = customer.act(&path).await.expect(200);
    assert_eq!(customer.get(&path).await.expect(200), given);
    assert_eq!(carrier.asked().len(), 1);
}

#[async_test]
async fn a_draft_has_no_rates_yet(customer: &Customer) {
    let id = customer.draft().await;
    let rates = customer.get(&format!("/v1/shipments/{id}/rates")).await.expect(200);
    assert_eq!(rates["items"], json!([]));
}

#[async_test]
async fn the_carrier_is_told_the_weight_that_is_paid_for(carrier: &FakeCarrier, customer: &Customer) {
    carrier.sells();
    let bulky = json!({ "weight_g": 2_000, "length_mm": 600, "width_mm": 500, "height_mm": 400 });
    let id = customer.create(samples::with(samples::shipment(), "/parcel", bulky)).await;
    customer.price(&id).await;
    let asked: Value = serde_json::from_slice(&carrier.requests()[0].body).unwrap();
    assert_eq!(
        asked,
        json!({
            "from_country": "DE", "from_postal_code": "10119", "to_country": "NL", "to_postal_code": "3511 AB",
            "billable_g": 24_000, "currency": "EUR",
        })
    );
}

#[async_test]
async fn a_shipment_within_a_country_goes_by_road(carrier: &FakeCarrier, customer: &Customer) {
    carrier.sells();
    let bulky = json!({ "weight_g": 2_000, "length_mm": 600, "width_mm": 500, "height_mm": 400 });
    let domestic = samples::with(samples::shipment(), "/to", samples::berlin());
    let id = customer.create(samples::with(domestic, "/parcel", bulky)).await;
    customer.price(&id).await;
    let asked: Value = serde_json::from_slice(&carrier.requests()[0].body).unwrap();
    assert_eq!(asked["billable_g"], 20_000);
}

#[async_test]
async fn no_offers_are_no_rates(carrier: &FakeCarrier, customer: &Customer) {
    carrier.offers(json!([]));
    let id = customer.draft().await;
    let rates = customer.act(&format!("/v1/shipments/{id}/rates")).await.expect(200);
    assert_eq!(rates["items"], json!([]));
}

#[async_test]
async fn yen_are_priced_in_yen(app: &App, carrier: &FakeCarrier) {
    let offer = json!({ "id": "c-1", "service": "ground", "amount": 1_800, "currency": "JPY", "days": 9 });
    carrier.offers(json!([offer]));
    let account = json!({ "name": "Shoten", "currency": "JPY", "margin_bp": 333 });
    let customer = app.customer_of(account).await;
    let id = customer.draft().await;
    let rates = customer.act(&format!("/v1/shipments/{id}/rates")).await.expect(200);
    // 3.33 % of 1,800 is 59.94: no fractions of a yen.
    assert_eq!(rates["items"][0]["price"], json!({ "amount": 1_860, "currency": "JPY" }));
}

#[async_test]
async fn a_bought_shipment_is_not_priced_again(buyer: &Customer) {
    let id = buyer.bought().await;
    buyer.act(&format!("/v1/shipments/{id}/rates")).await.problem(409, "wrong_state");
}

#[async_test]
async fn a_failed_pricing_keeps_the_old_rates(carrier: &FakeCarrier, buyer: &Customer) {
    let (id, rate) = buyer.priced().await;
    carrier.answers_next(3, "POST", "rates", wiremock::ResponseTemplate::new(500));
    buyer.act(&format!("/v1/shipments/{id}/rates")).await.problem(502, "carrier_failed");
    buyer.buy(&id, &rate).await.expect(200);
}

#[async_test]
async fn a_purchase_during_the_pricing_wins(app: &App, buyer: &Customer) {
    let (id, rate) = buyer.priced().await;
    let account = app.service.store.account(&buyer.id).await.unwrap().unwrap();
    let seen = app.service.store.shipment(&account.id, &id).await.unwrap().unwrap();
    buyer.buy(&id, &rate).await.expect(200);
    let kept = app.service.store.replace_rates(&seen, &[], app.service.clock.now()).await.unwrap();
    assert!(!kept);
    assert_eq!(buyer.state(&id).await, "purchased");
}
