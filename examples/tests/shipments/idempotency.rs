//! Requests that are sent twice: answered twice, done once.

use crate::support::fixtures::*;
use crate::support::samples;
use async_harness::prelude::*;
use serde_json::json;
use shipments::store::Claim;
use std::time::Duration;
use wiremock::ResponseTemplate;

#[async_test]
async fn a_repeated_request_gets_the_same_answer(customer: &Customer) {
    let first = customer.post_once("k1", "/v1/shipments", samples::shipment()).await;
    let again = customer.post_once("k1", "/v1/shipments", samples::shipment()).await;
    assert_eq!(first.expect(201), again.expect(201));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert!(first.headers.get("idempotent-replayed").is_none());
}

#[async_test]
async fn a_repeated_request_is_done_once(customer: &Customer) {
    for _ in 0..3 {
        customer.post_once("k1", "/v1/shipments", samples::shipment()).await.expect(201);
    }
    let list = customer.get("/v1/shipments").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[async_test]
async fn without_a_key_two_requests_are_two(customer: &Customer) {
    assert_ne!(customer.draft().await, customer.draft().await);
}

#[async_test]
async fn a_repeated_purchase_is_paid_once(buyer: &Customer) {
    let (id, rate) = buyer.priced().await;
    let path = format!("/v1/shipments/{id}/buy");
    let first = buyer.post_once("k1", &path, json!({ "rate": rate })).await;
    let again = buyer.post_once("k1", &path, json!({ "rate": rate })).await;
    assert_eq!(first.expect(200), again.expect(200));
    assert_eq!(buyer.balance().await, 9_250);
}

#[async_test]
async fn a_key_is_not_used_for_another_body(customer: &Customer) {
    customer.post_once("k1", "/v1/shipments", samples::shipment()).await.expect(201);
    let other = customer.post_once("k1", "/v1/shipments", samples::shipment_with("order 1")).await;
    other.problem(422, "key_reused");
}

#[async_test]
async fn a_key_is_not_used_for_another_path(buyer: &Customer) {
    let (one, two) = (buyer.draft().await, buyer.draft().await);
    buyer.post_once("k1", &format!("/v1/shipments/{one}/cancel"), json!({})).await.expect(200);
    let other = buyer.post_once("k1", &format!("/v1/shipments/{two}/cancel"), json!({})).await;
    other.problem(422, "key_reused");
    assert_eq!(buyer.state(&two).await, "draft");
}

#[async_test]
async fn two_accounts_may_use_one_key(app: &App) {
    for _ in 0..2 {
        let customer = app.customer("EUR").await;
        let reply = customer.post_once("k1", "/v1/shipments", samples::shipment()).await;
        assert!(reply.headers.get("idempotent-replayed").is_none());
    }
}

#[async_test]
async fn a_refusal_is_repeated_too(customer: &Customer) {
    let bad = samples::without(samples::shipment(), "/parcel/weight_g");
    let first = customer.post_once("k1", "/v1/shipments", bad.clone()).await.problem(422, "invalid");
    let again = customer.post_once("k1", "/v1/shipments", bad).await;
    assert_eq!(again.problem(422, "invalid"), first);
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[async_test]
async fn a_failure_of_ours_can_be_tried_again(carrier: &FakeCarrier, buyer: &Customer) {
    carrier.answers_next(3, "POST", "labels", ResponseTemplate::new(500));
    let (id, rate) = buyer.priced().await;
    let path = format!("/v1/shipments/{id}/buy");
    let body = json!({ "rate": rate });
    buyer.post_once("k1", &path, body.clone()).await.problem(502, "carrier_failed");
    buyer.post_once("k1", &path, body).await.expect(200);
}

#[async_test]
async fn a_request_under_way_is_not_started_again(carrier: &FakeCarrier, customer: &Customer) {
    let offers = json!({ "rates": [] });
    let slow = ResponseTemplate::new(200).set_body_json(offers).set_delay(Duration::from_millis(5));
    carrier.answers("POST", "rates", slow);
    let path = format!("/v1/shipments/{}/rates", customer.draft().await);
    let (one, two) =
        tokio::join!(customer.post_once("k1", &path, json!({})), customer.post_once("k1", &path, json!({})));
    one.expect(200);
    two.problem(409, "under_way");
    assert_eq!(carrier.asked().len(), 1);
}

#[async_test]
async fn an_answer_is_kept_for_a_day(app: &App, customer: &Customer) {
    let first = customer.post_once("k1", "/v1/shipments", samples::shipment()).await.expect(201);
    app.hand.advance(Duration::from_secs(24 * 60 * 60 - 1));
    let kept = customer.post_once("k1", "/v1/shipments", samples::shipment()).await.expect(201);
    assert_eq!(kept["id"], first["id"]);
    app.hand.advance(Duration::from_secs(1));
    let new = customer.post_once("k1", "/v1/shipments", samples::shipment()).await.expect(201);
    assert_ne!(new["id"], first["id"]);
}

#[async_test]
async fn a_key_of_a_crashed_request_is_free_after_a_minute(
    app: &App,
    customer: &Customer,
) -> anyhow::Result<()> {
    let store = &app.service.store;
    let claim = || async { store.claim(&customer.id, "k1", "print", app.service.clock.now()).await };
    assert_eq!(claim().await?, Claim::New);
    app.hand.advance(Duration::from_secs(59));
    assert_eq!(claim().await?, Claim::UnderWay);
    app.hand.advance(Duration::from_secs(1));
    assert_eq!(claim().await?, Claim::New);
    Ok(())
}

#[async_test]
async fn the_longest_key_fits(customer: &Customer) {
    customer.post_once(&"k".repeat(64), "/v1/shipments", samples::shipment()).await.expect(201);
}

#[async_test]
#[case::nothing("")]
#[case::spaces("  ")]
#[case::too_much(&"k".repeat(65))]
async fn a_key_must_fit(#[case] key: &str, customer: &Customer) {
    let reply = customer.post_once(key, "/v1/shipments", samples::shipment()).await;
    assert_eq!(reply.issues(), ["Idempotency-Key malformed"]);
}

#[async_test]
async fn a_key_under_a_question_means_nothing(app: &App, customer: &Customer) {
    let headers = [("idempotency-key", "k1")];
    let ask = || app.request("GET", "/v1/shipments", Some(&customer.key), &headers, None);
    ask().await.expect(200);
    customer.draft().await;
    assert_eq!(ask().await.expect(200)["items"].as_array().unwrap().len(), 1);
}
