//! Finding shipments again: pages and filters.

use crate::support::fixtures::*;
use crate::support::{TRACKING_NUMBER, samples};
use async_harness::prelude::*;
use serde_json::{Value, json};
use std::time::Duration;

/// The references of a list, in its order.
async fn listed(customer: &Customer, query: &str) -> Vec<String> {
    let page = customer.get(&format!("/v1/shipments{query}")).await.expect(200);
    references(&page)
}

fn references(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["reference"].as_str().unwrap().to_owned()).collect()
}

async fn customer_with_orders(app: &App, count: usize) -> Customer {
    let customer = app.customer("EUR").await;
    for number in 1..=count {
        customer.create(samples::shipment_with(&format!("order {number}"))).await;
    }
    customer
}

#[async_test]
async fn a_new_account_has_an_empty_list(app: &App) {
    let page = app.customer("EUR").await.get("/v1/shipments").await.expect(200);
    assert_eq!(page, json!({ "items": [], "next": null }));
}

#[async_test]
async fn the_newest_comes_first(app: &App) {
    let customer = customer_with_orders(app, 3).await;
    assert_eq!(listed(&customer, "").await, ["order 3", "order 2", "order 1"]);
}

#[async_test]
async fn a_page_has_twenty_unless_asked_otherwise(app: &App) {
    let customer = customer_with_orders(app, 21).await;
    let page = customer.get("/v1/shipments").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 20);
    assert!(page["next"].is_string());
}

#[async_test]
async fn a_full_last_page_promises_no_more(app: &App) {
    let customer = customer_with_orders(app, 2).await;
    let page = customer.get("/v1/shipments?limit=2").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    assert!(page["next"].is_null());
}

#[async_test]
async fn pages_make_up_the_whole_list(app: &App) {
    let customer = customer_with_orders(app, 7).await;
    let (mut all, mut query) = (Vec::new(), "?limit=3".to_owned());
    loop {
        let page = customer.get(&format!("/v1/shipments{query}")).await.expect(200);
        all.extend(references(&page));
        match page["next"].as_str() {
            Some(next) => query = format!("?limit=3&after={next}"),
            None => break,
        }
    }
    let expected: Vec<String> = (1..=7).rev().map(|number| format!("order {number}")).collect();
    assert_eq!(all, expected);
}

#[async_test]
async fn a_shipment_made_between_two_pages_moves_nothing(app: &App) {
    let customer = customer_with_orders(app, 4).await;
    let page = customer.get("/v1/shipments?limit=2").await.expect(200);
    customer.create(samples::shipment_with("order 5")).await;
    let next = page["next"].as_str().unwrap();
    assert_eq!(listed(&customer, &format!("?limit=2&after={next}")).await, ["order 2", "order 1"]);
}

#[async_test]
async fn a_limit_has_its_limits(
    #[values("0", "101", "-1", "many", "1e1", "")] limit: &str,
    customer: &Customer,
) {
    let reply = customer.get(&format!("/v1/shipments?limit={limit}")).await;
    assert_eq!(reply.issues(), ["limit out_of_range"]);
}

#[async_test]
async fn a_hundred_is_the_longest_page(customer: &Customer) {
    customer.get("/v1/shipments?limit=100").await.expect(200);
}

#[async_test]
async fn a_cursor_that_is_nobodys_finds_nothing(app: &App) {
    let customer = customer_with_orders(app, 2).await;
    assert!(listed(&customer, "?after=shp_none").await.is_empty());
}

#[async_test]
async fn a_cursor_of_another_account_finds_nothing(app: &App) {
    let customer = customer_with_orders(app, 2).await;
    let theirs = app.customer("EUR").await.draft().await;
    assert!(listed(&customer, &format!("?after={theirs}")).await.is_empty());
}

#[async_test]
async fn nobody_lists_the_shipments_of_another(app: &App, stranger: &Customer) {
    customer_with_orders(app, 2).await;
    assert!(listed(stranger, "").await.is_empty());
}

#[async_test]
async fn states_can_be_listed_apart(app: &App) {
    let customer = customer_with_orders(app, 2).await;
    let id = customer.create(samples::shipment_with("order 3")).await;
    customer.cancel(&id).await.expect(200);
    assert_eq!(listed(&customer, "?state=cancelled").await, ["order 3"]);
    assert_eq!(listed(&customer, "?state=draft").await, ["order 2", "order 1"]);
    assert!(listed(&customer, "?state=delivered").await.is_empty());
}

#[async_test]
async fn a_state_that_does_not_exist_is_an_issue(customer: &Customer) {
    let problem = customer.get("/v1/shipments?state=lost").await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["message"], "no such state: \"lost\"");
}

#[async_test]
async fn countries_can_be_listed_apart(app: &App) {
    let customer = customer_with_orders(app, 1).await;
    let overseas = samples::with(samples::shipment_with("order 2"), "/to", samples::oakland());
    customer.create(overseas).await;
    assert_eq!(listed(&customer, "?to_country=US").await, ["order 2"]);
    assert_eq!(listed(&customer, "?to_country=nl").await, ["order 1"]);
}

#[async_test]
async fn a_reference_finds_its_shipment(app: &App) {
    let customer = customer_with_orders(app, 3).await;
    assert_eq!(listed(&customer, "?reference=order%202").await, ["order 2"]);
    assert!(listed(&customer, "?reference=order").await.is_empty(), "the whole reference is meant");
}

#[async_test]
async fn a_reference_is_not_a_piece_of_sql(app: &App) {
    let customer = customer_with_orders(app, 2).await;
    assert!(listed(&customer, "?reference=x'%20OR%20'1'='1").await.is_empty());
}

#[async_test]
async fn older_shipments_can_be_left_out(app: &App) {
    let customer = customer_with_orders(app, 1).await;
    app.hand.advance(Duration::from_secs(60));
    customer.create(samples::shipment_with("order 2")).await;
    assert_eq!(listed(&customer, "?created_since=2026-03-01T12:01:00Z").await, ["order 2"]);
    assert_eq!(listed(&customer, "?created_since=2026-03-01T12:00:00Z").await.len(), 2);
}

#[async_test]
async fn filters_go_together(app: &App) {
    let customer = customer_with_orders(app, 2).await;
    assert_eq!(listed(&customer, "?state=draft&to_country=NL&reference=order%201").await, ["order 1"]);
    assert!(listed(&customer, "?state=priced&to_country=NL").await.is_empty());
}

#[async_test]
async fn everything_wrong_with_a_query_is_said_at_once(customer: &Customer) {
    let reply = customer.get("/v1/shipments?limit=0&state=lost&to_country=AQ&created_since=today").await;
    let issues =
        ["limit out_of_range", "state state", "to_country to_country", "created_since created_since"];
    assert_eq!(reply.issues(), issues);
}

#[async_test]
async fn a_misspelt_filter_is_not_ignored(customer: &Customer) {
    let reply = customer.get("/v1/shipments?sate=draft").await;
    assert_eq!(reply.issues(), ["query malformed"]);
}

#[async_test]
async fn a_listed_shipment_is_the_same_as_a_single_one(buyer: &Customer) {
    let id = buyer.bought().await;
    let page = buyer.get("/v1/shipments").await.expect(200);
    assert_eq!(page["items"][0], buyer.get(&format!("/v1/shipments/{id}")).await.expect(200));
    assert_eq!(page["items"][0]["label"]["tracking_number"], TRACKING_NUMBER);
}
