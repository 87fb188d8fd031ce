//! Taking shipments back, and the money with them.

use crate::support::fixtures::*;
use crate::support::{TRACKING_NUMBER, samples};
use async_harness::prelude::*;
use serde_json::json;
use wiremock::ResponseTemplate;

#[async_test]
async fn a_draft_can_be_cancelled(customer: &Customer) {
    let id = customer.draft().await;
    assert_eq!(customer.cancel(&id).await.expect(200)["state"], "cancelled");
}

#[async_test]
async fn a_priced_shipment_is_cancelled_without_the_carrier(carrier: &FakeCarrier, customer: &Customer) {
    carrier.sells();
    let (id, _) = customer.priced().await;
    customer.cancel(&id).await.expect(200);
    assert_eq!(carrier.asked(), ["POST /v1/rates"]);
    assert!(customer.ledger_kinds().await.is_empty());
}

#[async_test]
async fn a_cancelled_label_is_refunded_in_full(carrier: &FakeCarrier, buyer: &Customer, bought: &str) {
    carrier.takes_back();
    assert_eq!(buyer.cancel(bought).await.expect(200)["state"], "cancelled");
    assert_eq!(buyer.balance().await, 10_000);
    assert_eq!(buyer.ledger_kinds().await, ["deposit", "purchase", "refund"]);
}

#[async_test]
async fn a_cancelled_label_is_refunded_once(carrier: &FakeCarrier, buyer: &Customer, bought: &str) {
    carrier.takes_back();
    buyer.cancel(bought).await.expect(200);
    buyer.cancel(bought).await.problem(409, "wrong_state");
    assert_eq!(buyer.balance().await, 10_000);
}

#[async_test]
async fn two_cancellations_at_once_refund_once(carrier: &FakeCarrier, buyer: &Customer, bought: &str) {
    carrier.takes_back();
    let (one, two) = tokio::join!(buyer.cancel(bought), buyer.cancel(bought));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(buyer.balance().await, 10_000);
}

#[async_test]
async fn the_carrier_is_asked_for_the_label_by_its_number(
    carrier: &FakeCarrier,
    buyer: &Customer,
    bought: &str,
) {
    carrier.takes_back();
    buyer.cancel(bought).await.expect(200);
    assert_eq!(carrier.asked().pop(), Some(format!("DELETE /v1/labels/{TRACKING_NUMBER}")));
}

#[async_test]
async fn a_label_that_was_used_is_not_refunded(carrier: &FakeCarrier, buyer: &Customer, bought: &str) {
    let refusal = json!({ "code": "already_used", "message": "the parcel was handed over" });
    carrier.answers("DELETE", "labels/.+", ResponseTemplate::new(409).set_body_json(refusal));
    buyer.cancel(bought).await.problem(422, "carrier_refused");
    assert_eq!(buyer.balance().await, 9_250);
    assert_eq!(buyer.state(bought).await, "purchased");
}

#[async_test]
async fn a_carrier_that_is_down_keeps_the_label_valid(carrier: &FakeCarrier, buyer: &Customer, bought: &str) {
    carrier.answers("DELETE", "labels/.+", ResponseTemplate::new(500));
    buyer.cancel(bought).await.problem(502, "carrier_failed");
    assert_eq!(buyer.state(bought).await, "purchased");
    assert_eq!(buyer.balance().await, 9_250);
}

#[async_test]
async fn a_label_that_is_gone_already_is_refunded(carrier: &FakeCarrier, buyer: &Customer, bought: &str) {
    carrier.answers("DELETE", "labels/.+", ResponseTemplate::new(404));
    buyer.cancel(bought).await.expect(200);
    assert_eq!(buyer.balance().await, 10_000);
}

#[async_test]
async fn a_shipment_under_way_cannot_be_cancelled(
    app: &App,
    carrier: &FakeCarrier,
    buyer: &Customer,
    bought: &str,
) {
    let notice = samples::notice("evt_1", TRACKING_NUMBER, "in_transit", "2026-03-01T15:00:00Z");
    app.webhook(notice).await.expect(200);
    let problem = buyer.cancel(bought).await.problem(409, "wrong_state");
    assert_eq!(problem["detail"], "a shipment that is in_transit cannot become cancelled");
    assert!(!carrier.asked().iter().any(|request| request.starts_with("DELETE")));
}

#[async_test]
async fn a_scan_during_the_cancellation_wins(
    app: &App,
    carrier: &FakeCarrier,
    buyer: &Customer,
    bought: &str,
) {
    carrier.takes_back();
    let account = app.service.store.account(&buyer.id).await.unwrap().unwrap();
    let seen = app.service.store.shipment(&account.id, bought).await.unwrap().unwrap();
    let notice = samples::notice("evt_1", TRACKING_NUMBER, "accepted", "2026-03-01T15:00:00Z");
    app.webhook(notice).await.expect(200);
    // The cancellation saw it before the scan, and comes to the store after it.
    let refunded = app.service.store.refund(&seen, app.service.clock.now()).await.unwrap();
    assert!(!refunded);
    assert_eq!(buyer.balance().await, 9_250);
    assert_eq!(buyer.state(bought).await, "in_transit");
}

#[async_test]
async fn a_cancelled_shipment_keeps_its_label_in_the_books(
    carrier: &FakeCarrier,
    buyer: &Customer,
    bought: &str,
) {
    carrier.takes_back();
    let shipment = buyer.cancel(bought).await.expect(200);
    assert_eq!(shipment["label"]["price"]["amount"], 750);
}

#[async_test]
async fn a_cancelled_shipment_cannot_be_priced(customer: &Customer) {
    let id = customer.draft().await;
    customer.cancel(&id).await.expect(200);
    customer.act(&format!("/v1/shipments/{id}/rates")).await.problem(409, "wrong_state");
}

#[async_test]
async fn a_stranger_cannot_cancel_it(customer: &Customer, stranger: &Customer) {
    let id = customer.draft().await;
    stranger.cancel(&id).await.problem(404, "not_found");
}

#[async_test]
async fn the_money_comes_back_for_the_next_label(app: &App, carrier: &FakeCarrier) {
    carrier.sells();
    carrier.takes_back();
    let customer = app.customer_with(750).await;
    let id = customer.bought().await;
    customer.cancel(&id).await.expect(200);
    customer.bought().await;
    assert_eq!(customer.balance().await, 0);
}
