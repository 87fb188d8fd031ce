//! Refusals: all in one shape, everything that is wrong at once, each at its field.

use crate::support::{App, issue_codes, samples};
use async_harness::prelude::*;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

/// The answer to a body as it is, from somebody with a key.
async fn post_raw(kind: &str, body: impl Into<Body>) -> crate::support::Reply {
    let app = App::start().await;
    let customer = app.customer("EUR").await;
    let request = Request::post("/v1/shipments")
        .header("authorization", format!("Bearer {}", customer.key))
        .header("content-type", kind)
        .body(body.into())
        .unwrap();
    app.send(request).await
}

async fn post(body: Value) -> crate::support::Reply {
    post_raw("application/json", body.to_string()).await
}

#[async_test]
async fn an_empty_shipment_lacks_everything() {
    let issues = post(json!({})).await.issues();
    let required = [
        "from.name required",
        "from.street required",
        "from.city required",
        "from.country required",
        "to.name required",
        "to.street required",
        "to.city required",
        "to.country required",
        "parcel.weight_g required",
        "parcel.length_mm required",
        "parcel.width_mm required",
        "parcel.height_mm required",
    ];
    assert_eq!(issues, required);
}

#[async_test]
async fn each_issue_has_words_for_people() {
    let reply = post(samples::with(samples::shipment(), "/parcel/weight_g", 80_000)).await;
    let problem = reply.problem(422, "invalid");
    assert_eq!(problem["detail"], "parcel.weight_g must be between 1 and 70000 (was 80000)");
    assert_eq!(problem["errors"][0]["message"], "must be between 1 and 70000 (was 80000)");
    assert_eq!(problem["title"], "Unprocessable Entity");
}

#[async_test]
async fn issues_of_both_addresses_are_told_apart() {
    let bad = samples::with(samples::shipment(), "/from/postal_code", "1");
    let bad = samples::with(bad, "/to/postal_code", "2");
    assert_eq!(post(bad).await.issues(), ["from.postal_code postal_code", "to.postal_code postal_code"]);
}

#[async_test]
async fn a_number_in_quotes_is_not_a_number() {
    let reply = post(samples::with(samples::shipment(), "/parcel/weight_g", "1200")).await;
    assert_eq!(reply.issues(), ["parcel.weight_g malformed"]);
}

#[async_test]
async fn a_misspelt_field_is_found() {
    let reply = post(samples::with(samples::shipment(), "/parcel/wieght_g", 1_200)).await;
    let problem = reply.problem(422, "invalid");
    assert_eq!(issue_codes(&problem), ["parcel.wieght_g malformed"]);
    assert!(problem["detail"].as_str().unwrap().contains("unknown field `wieght_g`"), "{problem}");
}

#[async_test]
async fn a_list_is_not_a_shipment() {
    assert_eq!(post(json!([1, 2])).await.issues().len(), 1);
}

#[async_test]
async fn what_is_not_json_is_a_bad_request() {
    post_raw("application/json", "{\"from\": ").await.problem(400, "not_json");
}

#[async_test]
async fn something_after_the_json_is_a_bad_request() {
    let body = format!("{} again", samples::shipment());
    post_raw("application/json", body).await.problem(400, "not_json");
}

#[async_test]
async fn bytes_that_are_no_text_are_a_bad_request() {
    post_raw("application/json", b"{\"reference\": \"\xff\xfe\"}".to_vec()).await.problem(400, "not_json");
}

#[async_test]
async fn deeply_nested_json_does_no_harm() {
    let status = post_raw("application/json", "[".repeat(60_000)).await.status;
    assert!((400..500).contains(&status), "{status}");
}

#[async_test]
async fn a_form_is_an_unsupported_media_type() {
    post_raw("application/x-www-form-urlencoded", "from=a&to=b").await.problem(415, "not_json");
}

#[async_test]
async fn the_media_type_may_have_a_charset() {
    let reply = post_raw("Application/JSON; charset=utf-8", samples::shipment().to_string()).await;
    reply.expect(201);
}

#[async_test]
async fn a_body_past_the_limit_is_too_large() {
    post_raw("application/json", " ".repeat(64 * 1024 + 1)).await.problem(413, "too_large");
}

#[async_test]
async fn a_body_at_the_limit_is_read() {
    let mut body = samples::shipment().to_string();
    body.push_str(&" ".repeat(64 * 1024 - body.len()));
    post_raw("application/json", body).await.expect(201);
}

#[async_test]
async fn a_path_that_is_not_there_is_a_problem_too() {
    let app = App::start().await;
    app.request("GET", "/v2/shipments", None, &[], None).await.problem(404, "no_such_path");
}

#[async_test]
async fn a_method_that_is_not_there_is_a_problem_too() {
    let app = App::start().await;
    let customer = app.customer("EUR").await;
    customer.delete("/v1/shipments").await.problem(405, "no_such_method");
}

#[async_test]
async fn a_broken_store_gives_nothing_away() {
    let app = App::start().await;
    let customer = app.customer("EUR").await;
    app.service.store.close().await;
    let reply = customer.get("/v1/account").await;
    reply.problem(500, "internal");
    assert!(!reply.text.contains("sqlx") && !reply.text.contains("pool"), "{}", reply.text);
}
