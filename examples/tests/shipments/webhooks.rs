//! What the carrier tells us: believed when signed, taken once, in any order.

use crate::support::fixtures::*;
use crate::support::{TRACKING_NUMBER, WEBHOOK_SECRET, samples};
use async_harness::prelude::*;
use serde_json::{Value, json};
use shipments::signature::{SignatureError, sign, verify};
use shipments::timestamp::Timestamp;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_secs(1_772_366_400);

fn notice(id: &str, status: &str) -> Value {
    samples::notice(id, TRACKING_NUMBER, status, "2026-03-02T08:00:00Z")
}

#[async_harness::test]
fn a_signature_is_an_hmac_of_time_and_body() {
    // printf '1772366400.{}' | openssl dgst -sha256 -hmac whsec_test
    let expected = "t=1772366400,v1=474c6a8bd0b217b707fb6f0a0ce04beb43fe1e1835a329b06c8f3113a6875edc";
    assert_eq!(sign("whsec_test", NOW, b"{}"), expected);
}

#[async_harness::test]
fn our_own_signature_is_believed() {
    let signature = sign("secret", NOW, b"body");
    assert_eq!(verify("secret", &signature, b"body", NOW), Ok(()));
}

#[async_harness::test]
#[case::of_another_secret(sign("other", NOW, b"body"))]
#[case::of_another_body(sign("secret", NOW, b"Body"))]
#[case::of_another_time(sign("secret", NOW, b"body").replace("t=1772366400", "t=1772366401"))]
fn a_signature_is_not_believed(#[case] signature: String) {
    assert_eq!(verify("secret", &signature, b"body", NOW), Err(SignatureError::Mismatch));
}

#[async_harness::test]
#[case::too_early(-301, Err(SignatureError::Stale))]
#[case::just_in_time(-300, Ok(()))]
#[case::still_in_time(300, Ok(()))]
#[case::too_late(301, Err(SignatureError::Stale))]
fn a_signature_holds_for_five_minutes_either_way(
    #[case] secs: i64,
    #[case] believed: Result<(), SignatureError>,
) {
    let signature = sign("secret", NOW, b"body");
    let then = Timestamp::from_secs(NOW.as_secs() + secs);
    assert_eq!(verify("secret", &signature, b"body", then), believed);
}

#[async_harness::test]
fn while_secrets_change_one_of_two_signatures_is_enough() {
    let (old, new) = (sign("old", NOW, b"body"), sign("new", NOW, b"body"));
    let both = format!("{old},{}", new.split_once(',').unwrap().1);
    assert_eq!(verify("old", &both, b"body", NOW), Ok(()));
    assert_eq!(verify("new", &both, b"body", NOW), Ok(()));
}

#[async_harness::test]
fn what_is_not_a_signature_is_malformed(
    #[values("", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=0", "t=1,v1=zz", "t=1,v1=é")] header: &str,
) {
    assert_eq!(verify("secret", header, b"", NOW), Err(SignatureError::Malformed));
}

#[async_test]
async fn a_webhook_moves_the_shipment(app: &App, buyer: &Customer, bought: &str) {
    let result = app.webhook(notice("evt_1", "in_transit")).await.expect(200);
    assert_eq!(result, json!({ "result": "applied", "state": "in_transit" }));
    assert_eq!(buyer.state(bought).await, "in_transit");
}

#[async_test]
async fn the_last_word_is_delivered(app: &App, buyer: &Customer, bought: &str) {
    for (event, status) in [("evt_1", "accepted"), ("evt_2", "out_for_delivery"), ("evt_3", "delivered")] {
        app.webhook(notice(event, status)).await.expect(200);
    }
    assert_eq!(buyer.state(bought).await, "delivered");
}

#[async_test]
async fn a_webhook_is_taken_once(app: &App, buyer: &Customer, bought: &str) {
    app.webhook(notice("evt_1", "in_transit")).await.expect(200);
    let again = app.webhook(notice("evt_1", "in_transit")).await.expect(200);
    assert_eq!(again, json!({ "result": "repeated" }));
    let events = buyer.get(&format!("/v1/shipments/{bought}/tracking")).await.expect(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 1);
}

#[async_test]
async fn a_webhook_that_comes_late_does_not_lead_back(app: &App, buyer: &Customer, bought: &str) {
    app.webhook(notice("evt_2", "delivered")).await.expect(200);
    let result = app.webhook(notice("evt_1", "in_transit")).await.expect(200);
    assert_eq!(result, json!({ "result": "applied", "state": "delivered" }));
    assert_eq!(buyer.state(bought).await, "delivered");
}

#[async_test]
async fn a_parcel_of_nobody_is_not_an_error(app: &App) {
    let result = app.webhook(notice("evt_1", "delivered")).await.expect(200);
    assert_eq!(result, json!({ "result": "unknown" }));
}

#[async_test]
async fn a_word_that_is_not_known_is_kept_as_unknown(app: &App, buyer: &Customer, bought: &str) {
    app.webhook(notice("evt_1", "teleported")).await.expect(200);
    assert_eq!(buyer.state(bought).await, "purchased");
    let events = buyer.get(&format!("/v1/shipments/{bought}/tracking")).await.expect(200);
    assert_eq!(events["items"][0]["status"], "unknown");
}

#[async_test]
async fn an_unsigned_webhook_is_refused(app: &App, buyer: &Customer, bought: &str) {
    let body = notice("evt_1", "delivered").to_string();
    app.signed_webhook("", body).await.problem(401, "bad_signature");
    assert_eq!(buyer.state(bought).await, "purchased");
}

#[async_test]
async fn a_webhook_signed_by_a_customer_is_refused(app: &App, buyer: &Customer, _bought: &str) {
    let body = notice("evt_1", "delivered").to_string();
    let signature = sign(&buyer.key, NOW, body.as_bytes());
    app.signed_webhook(&signature, body).await.problem(401, "bad_signature");
}

#[async_test]
async fn a_webhook_that_was_overheard_cannot_be_sent_again_later(app: &App, _bought: &str) {
    let body = notice("evt_1", "delivered").to_string();
    let signature = sign(WEBHOOK_SECRET, NOW, body.as_bytes());
    app.hand.advance(Duration::from_secs(301));
    let problem = app.signed_webhook(&signature, body).await.problem(401, "bad_signature");
    assert_eq!(problem["detail"], "the signature is not of these five minutes");
}

#[async_test]
async fn a_signed_webhook_without_sense_is_invalid(app: &App) {
    let reply = app.webhook(json!({ "tracking_number": TRACKING_NUMBER })).await;
    reply.problem(422, "invalid");
}

#[async_test]
async fn a_webhook_needs_no_key(app: &App) {
    let reply = app.webhook(notice("evt_1", "accepted")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}
