//! Taking shipments back, and the money with them.

use crate::support::{App, Customer, FakeCarrier, TRACKING_NUMBER, samples};
use async_harness::prelude::*;
use serde_json::json;
use wiremock::ResponseTemplate;

/// A customer with 92.50 € left and a label for 7.50 €.
async fn buyer() -> (App, FakeCarrier, Customer, String) {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let id = customer.bought().await;
    (app, carrier, customer, id)
}

#[async_test]
async fn a_draft_can_be_cancelled() {
    let app = App::start().await;
    let customer = app.customer("EUR").await;
    let id = customer.draft().await;
    assert_eq!(customer.cancel(&id).await.expect(200)["state"], "cancelled");
}

#[async_test]
async fn a_priced_shipment_is_cancelled_without_the_carrier() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer("EUR").await;
    let (id, _) = customer.priced().await;
    customer.cancel(&id).await.expect(200);
    assert_eq!(carrier.asked().await, ["POST /v1/rates"]);
    assert!(customer.ledger_kinds().await.is_empty());
}

#[async_test]
async fn a_cancelled_label_is_refunded_in_full() {
    let (_app, carrier, customer, id) = buyer().await;
    carrier.takes_back().await;
    assert_eq!(customer.cancel(&id).await.expect(200)["state"], "cancelled");
    assert_eq!(customer.balance().await, 10_000);
    assert_eq!(customer.ledger_kinds().await, ["deposit", "purchase", "refund"]);
}

#[async_test]
async fn a_cancelled_label_is_refunded_once() {
    let (_app, carrier, customer, id) = buyer().await;
    carrier.takes_back().await;
    customer.cancel(&id).await.expect(200);
    customer.cancel(&id).await.problem(409, "wrong_state");
    assert_eq!(customer.balance().await, 10_000);
}

#[async_test]
async fn two_cancellations_at_once_refund_once() {
    let (_app, carrier, customer, id) = buyer().await;
    carrier.takes_back().await;
    let (one, two) = tokio::join!(customer.cancel(&id), customer.cancel(&id));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(customer.balance().await, 10_000);
}

#[async_test]
async fn the_carrier_is_asked_for_the_label_by_its_number() {
    let (_app, carrier, customer, id) = buyer().await;
    carrier.takes_back().await;
    customer.cancel(&id).await.expect(200);
    assert_eq!(carrier.asked().await.pop(), Some(format!("DELETE /v1/labels/{TRACKING_NUMBER}")));
}

#[async_test]
async fn a_label_that_was_used_is_not_refunded() {
    let (_app, carrier, customer, id) = buyer().await;
    let refusal = json!({ "code": "already_used", "message": "the parcel was handed over" });
    carrier.answers("DELETE", "labels/.+", ResponseTemplate::new(409).set_body_json(refusal)).await;
    customer.cancel(&id).await.problem(422, "carrier_refused");
    assert_eq!(customer.balance().await, 9_250);
    assert_eq!(customer.state(&id).await, "purchased");
}

#[async_test]
async fn a_carrier_that_is_down_keeps_the_label_valid() {
    let (_app, carrier, customer, id) = buyer().await;
    carrier.answers("DELETE", "labels/.+", ResponseTemplate::new(500)).await;
    customer.cancel(&id).await.problem(502, "carrier_failed");
    assert_eq!(customer.state(&id).await, "purchased");
    assert_eq!(customer.balance().await, 9_250);
}

#[async_test]
async fn a_label_that_is_gone_already_is_refunded() {
    let (_app, carrier, customer, id) = buyer().await;
    carrier.answers("DELETE", "labels/.+", ResponseTemplate::new(404)).await;
    customer.cancel(&id).await.expect(200);
    assert_eq!(customer.balance().await, 10_000);
}

#[async_test]
async fn a_shipment_under_way_cannot_be_cancelled() {
    let (app, carrier, customer, id) = buyer().await;
    let notice = samples::notice("evt_1", TRACKING_NUMBER, "in_transit", "2026-03-01T15:00:00Z");
    app.webhook(notice).await.expect(200);
    let problem = customer.cancel(&id).await.problem(409, "wrong_state");
    assert_eq!(problem["detail"], "a shipment that is in_transit cannot become cancelled");
    assert!(!carrier.asked().await.iter().any(|request| request.starts_with("DELETE")));
}

#[async_test]
async fn a_scan_during_the_cancellation_wins() {
    let (app, carrier, customer, id) = buyer().await;
    carrier.takes_back().await;
    let account = app.service.store.account(&customer.id).await.unwrap().unwrap();
    let seen = app.service.store.shipment(&account.id, &id).await.unwrap().unwrap();
    let notice = samples::notice("evt_1", TRACKING_NUMBER, "accepted", "2026-03-01T15:00:00Z");
    app.webhook(notice).await.expect(200);
    // The cancellation saw it before the scan, and comes to the store after it.
    let refunded = app.service.store.refund(&seen, app.service.clock.now()).await.unwrap();
    assert!(!refunded);
    assert_eq!(customer.balance().await, 9_250);
    assert_eq!(customer.state(&id).await, "in_transit");
}

#[async_test]
async fn a_cancelled_shipment_keeps_its_label_in_the_books() {
    let (_app, carrier, customer, id) = buyer().await;
    carrier.takes_back().await;
    let shipment = customer.cancel(&id).await.expect(200);
    assert_eq!(shipment["label"]["price"]["amount"], 750);
}

#[async_test]
async fn a_cancelled_shipment_cannot_be_priced() {
    let app = App::start().await;
    let customer = app.customer("EUR").await;
    let id = customer.draft().await;
    customer.cancel(&id).await.expect(200);
    customer.act(&format!("/v1/shipments/{id}/rates")).await.problem(409, "wrong_state");
}

#[async_test]
async fn a_stranger_cannot_cancel_it() {
    let app = App::start().await;
    let id = app.customer("EUR").await.draft().await;
    let stranger = app.customer("EUR").await;
    stranger.cancel(&id).await.problem(404, "not_found");
}

#[async_test]
async fn the_money_comes_back_for_the_next_label() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    carrier.takes_back().await;
    let customer = app.customer_with(750).await;
    let id = customer.bought().await;
    customer.cancel(&id).await.expect(200);
    customer.bought().await;
    assert_eq!(customer.balance().await, 0);
}
