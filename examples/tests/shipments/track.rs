//! Following shipments: what the events say, and asking the carrier for more.

use crate::support::fixtures::*;
use crate::support::{TRACKING_NUMBER, samples};
use async_harness::prelude::*;
use serde_json::{Value, json};
use shipments::shipment::State;
use shipments::timestamp::Timestamp;
use shipments::tracking::Status::{self, *};
use shipments::tracking::{Event, state_after};
use wiremock::ResponseTemplate;

/// Events at one second after the other.
fn events(statuses: &[Status]) -> Vec<Event> {
    let event = |(at, &status): (i64, &Status)| Event {
        id: format!("evt_{at}"),
        status,
        location: None,
        occurred_at: Timestamp::from_secs(at),
    };
    (0..).zip(statuses).map(event).collect()
}

fn statuses(events: &Value) -> Vec<&str> {
    events["items"].as_array().unwrap().iter().map(|event| event["status"].as_str().unwrap()).collect()
}

#[async_harness::test]
#[case::a_scan_puts_it_on_its_way(State::Purchased, &[Accepted], State::InTransit)]
#[case::the_whole_way_ends_at_the_door(
    State::Purchased,
    &[Accepted, InTransit, Exception, InTransit, OutForDelivery, Delivered],
    State::Delivered,
)]
#[case::in_any_order(State::Purchased, &[InTransit, Delivered, Returned], State::Returned)]
#[case::in_another_order(State::Purchased, &[Returned, InTransit, Delivered], State::Returned)]
#[case::in_a_third_order(State::Purchased, &[Delivered, Returned, InTransit], State::Returned)]
#[case::an_exception_changes_nothing(State::InTransit, &[Exception], State::InTransit)]
#[case::a_late_scan_does_not_undo_the_delivery(State::Delivered, &[InTransit], State::Delivered)]
#[case::a_refused_parcel_comes_back(State::Delivered, &[Returned], State::Returned)]
#[case::a_cancelled_label_is_not_revived(State::Cancelled, &[Accepted], State::Cancelled)]
fn events_move_a_shipment(#[case] from: State, #[case] told: &[Status], #[case] to: State) {
    assert_eq!(state_after(from, &events(told)), to);
}

#[async_harness::test]
fn a_word_that_is_not_known_is_taken_and_ignored() {
    let event = json!({ "id": "e", "status": "teleported", "occurred_at": "2026-03-01T12:00:00Z" });
    let event: Event = serde_json::from_value(event).unwrap();
    assert_eq!(event.status, Unknown);
    assert_eq!(state_after(State::Purchased, &[event]), State::Purchased);
}

#[async_test]
async fn a_new_label_has_no_events(buyer: &Customer, bought: &str) {
    let events = buyer.get(&format!("/v1/shipments/{bought}/tracking")).await.expect(200);
    assert_eq!(events, json!({ "items": [] }));
}

#[async_test]
async fn events_are_listed_in_the_order_in_which_they_happened(app: &App, buyer: &Customer, bought: &str) {
    let late = samples::notice("evt_2", TRACKING_NUMBER, "in_transit", "2026-03-02T08:00:00Z");
    let early = samples::notice("evt_1", TRACKING_NUMBER, "accepted", "2026-03-01T18:00:00Z");
    for notice in [late, early] {
        app.webhook(notice).await.expect(200);
    }
    let events = buyer.get(&format!("/v1/shipments/{bought}/tracking")).await.expect(200);
    assert_eq!(statuses(&events), ["accepted", "in_transit"]);
    assert_eq!(events["items"][0]["location"], "Utrecht");
}

#[async_test]
async fn a_stranger_cannot_follow_it(bought: &str, stranger: &Customer) {
    stranger.get(&format!("/v1/shipments/{bought}/tracking")).await.problem(404, "not_found");
}

#[async_test]
async fn a_refresh_finds_what_the_webhooks_missed(carrier: &FakeCarrier, buyer: &Customer, bought: &str) {
    let body = json!({ "events": [
        { "id": "evt_1", "status": "accepted", "occurred_at": "2026-03-01T18:00:00Z" },
        { "id": "evt_2", "status": "delivered", "occurred_at": "2026-03-03T09:00:00Z", "location": "Utrecht" },
    ]});
    carrier.answers("GET", "tracking/.+", ResponseTemplate::new(200).set_body_json(body));
    let events = buyer.act(&format!("/v1/shipments/{bought}/tracking/refresh")).await.expect(200);
    assert_eq!(statuses(&events), ["accepted", "delivered"]);
    assert_eq!(buyer.state(bought).await, "delivered");
}

#[async_test]
async fn a_refresh_repeats_nothing(app: &App, carrier: &FakeCarrier, buyer: &Customer, bought: &str) {
    let notice = samples::notice("evt_1", TRACKING_NUMBER, "accepted", "2026-03-01T18:00:00Z");
    app.webhook(notice.clone()).await.expect(200);
    let body = json!({ "events": [notice] });
    carrier.answers("GET", "tracking/.+", ResponseTemplate::new(200).set_body_json(body));
    for _ in 0..2 {
        let events = buyer.act(&format!("/v1/shipments/{bought}/tracking/refresh")).await.expect(200);
        assert_eq!(statuses(&events), ["accepted"]);
    }
}

#[async_test]
async fn before_the_first_scan_there_is_nothing_to_tell(
    carrier: &FakeCarrier,
    buyer: &Customer,
    bought: &str,
) {
    carrier.answers("GET", "tracking/.+", ResponseTemplate::new(404));
    let events = buyer.act(&format!("/v1/shipments/{bought}/tracking/refresh")).await.expect(200);
    assert_eq!(events, json!({ "items": [] }));
}

#[async_test]
async fn a_failed_refresh_forgets_nothing(app: &App, carrier: &FakeCarrier, buyer: &Customer, bought: &str) {
    let notice = samples::notice("evt_1", TRACKING_NUMBER, "accepted", "2026-03-01T18:00:00Z");
    app.webhook(notice).await.expect(200);
    carrier.answers("GET", "tracking/.+", ResponseTemplate::new(503));
    buyer.act(&format!("/v1/shipments/{bought}/tracking/refresh")).await.problem(502, "carrier_failed");
    let events = buyer.get(&format!("/v1/shipments/{bought}/tracking")).await.expect(200);
    assert_eq!(statuses(&events), ["accepted"]);
}

#[async_test]
async fn a_draft_cannot_be_followed(customer: &Customer) {
    let id = customer.draft().await;
    let problem =
        customer.act(&format!("/v1/shipments/{id}/tracking/refresh")).await.problem(404, "not_found");
    assert_eq!(problem["detail"], "no such label");
}
