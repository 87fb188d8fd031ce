//! Describing shipments.

use crate::support::fixtures::*;
use crate::support::samples;
use async_harness::prelude::*;
use serde_json::{Value, json};

#[async_test]
async fn a_new_shipment_is_a_draft(customer: &Customer) {
    let shipment = customer.post("/v1/shipments", samples::shipment()).await.expect(201);
    assert_eq!(shipment["state"], "draft");
    assert!(shipment["label"].is_null());
    assert_eq!(shipment["created_at"], "2026-03-01T12:00:00Z");
    assert_eq!(shipment["updated_at"], shipment["created_at"]);
}

#[async_test]
async fn the_answer_says_where_it_is(customer: &Customer) {
    let reply = customer.post("/v1/shipments", samples::shipment()).await;
    let found = customer.get(reply.header("location")).await;
    assert_eq!(found.expect(200), reply.expect(201));
}

#[async_test]
async fn what_was_sent_comes_back_tidied_up(customer: &Customer) {
    let untidy = samples::with(samples::shipment(), "/to/postal_code", " 3511ab ");
    let untidy = samples::with(untidy, "/to/country", "nl");
    let shipment = customer.post("/v1/shipments", untidy).await.expect(201);
    assert_eq!(shipment["to"]["postal_code"], "3511 AB");
    assert_eq!(shipment["to"]["country"], "NL");
}

#[async_test]
async fn the_longest_side_comes_first(customer: &Customer) {
    let upright = json!({ "weight_g": 500, "length_mm": 100, "width_mm": 200, "height_mm": 300 });
    let body = samples::with(samples::shipment(), "/parcel", upright);
    let shipment = customer.post("/v1/shipments", body).await.expect(201);
    let expected = json!({ "weight_g": 500, "length_mm": 300, "width_mm": 200, "height_mm": 100 });
    assert_eq!(shipment["parcel"], expected);
}

#[async_test]
async fn an_address_in_another_script_survives(app: &App) {
    let customer = app.customer("JPY").await;
    let tokyo = json!({
        "name": "山田太郎", "street": "千代田1-1", "city": "千代田区", "postal_code": "1000001", "country": "JP",
    });
    let id = customer.create(samples::with(samples::shipment(), "/to", tokyo)).await;
    let shipment = customer.get(&format!("/v1/shipments/{id}")).await.expect(200);
    assert_eq!(shipment["to"]["name"], "山田太郎");
    assert_eq!(shipment["to"]["postal_code"], "100-0001");
}

#[async_test]
async fn a_reference_is_kept(customer: &Customer) {
    let id = customer.create(samples::shipment_with("order 17")).await;
    let shipment = customer.get(&format!("/v1/shipments/{id}")).await.expect(200);
    assert_eq!(shipment["reference"], "order 17");
}

#[async_test]
async fn a_reference_is_used_once(customer: &Customer) {
    customer.create(samples::shipment_with("order 17")).await;
    let reply = customer.post("/v1/shipments", samples::shipment_with("order 17")).await;
    let problem = reply.problem(409, "duplicate");
    assert_eq!(problem["detail"], "there is a shipment of this reference already");
}

#[async_test]
async fn two_accounts_may_use_one_reference(app: &App) {
    for _ in 0..2 {
        let customer = app.customer("EUR").await;
        customer.post("/v1/shipments", samples::shipment_with("order 17")).await.expect(201);
    }
}

#[async_test]
async fn shipments_without_a_reference_are_not_alike(customer: &Customer) {
    assert_ne!(customer.draft().await, customer.draft().await);
}

#[async_test]
async fn a_shipment_that_is_not_there_is_not_found(customer: &Customer) {
    let problem = customer.get("/v1/shipments/shp_none").await.problem(404, "not_found");
    assert_eq!(problem["detail"], "no such shipment");
}

#[async_test]
async fn a_shipment_of_another_is_not_found_either(customer: &Customer, stranger: &Customer) {
    let id = customer.draft().await;
    let theirs = stranger.get(&format!("/v1/shipments/{id}")).await.problem(404, "not_found");
    let nobodys = stranger.get("/v1/shipments/shp_none").await.problem(404, "not_found");
    assert_eq!(theirs, nobodys);
}

#[async_test]
async fn a_refused_shipment_is_not_kept(customer: &Customer) {
    let bad = samples::without(samples::shipment(), "/parcel/weight_g");
    customer.post("/v1/shipments", bad).await.problem(422, "invalid");
    let list = customer.get("/v1/shipments").await.expect(200);
    assert_eq!(list["items"], Value::Array(Vec::new()));
}
