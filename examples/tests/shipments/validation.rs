//! Refusals: all in one shape, everything that is wrong at once, each at its field.

use crate::support::fixtures::*;
use crate::support::{Reply, samples};
use async_harness::prelude::*;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

/// What a customer's post of a body is answered, whatever it is.
async fn post_raw(customer: &Customer, kind: &str, body: impl Into<Body>) -> Reply {
    let request = Request::post("/v1/shipments")
        .header("authorization", format!("Bearer {}", customer.key))
        .header("content-type", kind)
        .body(body.into())
        .unwrap();
    customer.app.send(request).await
}

async fn post(customer: &Customer, body: Value) -> Reply {
    post_raw(customer, "application/json", body.to_string()).await
}

#[async_test]
async fn an_empty_shipment_lacks_everything(customer: &Customer) {
    let issues = post(customer, json!({})).await.issues();
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
async fn each_issue_has_words_for_people(customer: &Customer) {
    let reply = post(customer, samples::with(samples::shipment(), "/parcel/weight_g", 80_000)).await;
    let problem = reply.problem(422, "invalid");
    assert_eq!(problem["detail"], "parcel.weight_g must be between 1 and 70000 (was 80000)");
    assert_eq!(problem["errors"][0]["message"], "must be between 1 and 70000 (was 80000)");
    assert_eq!(problem["title"], "Unprocessable Entity");
}

#[async_test]
#[case::a_street("/to/street", json!("Oudegracht 5\n6"), "to.street control_character")]
#[case::a_name_that_fits_no_label("/from/name", json!("x".repeat(61)), "from.name too_long")]
#[case::a_postal_code("/from/postal_code", json!("1"), "from.postal_code postal_code")]
#[case::a_country("/to/country", json!("AQ"), "to.country country")]
#[case::a_long_reference("/reference", json!("x".repeat(41)), "reference too_long")]
#[case::a_number_in_quotes("/parcel/weight_g", json!("1200"), "parcel.weight_g malformed")]
#[case::half_a_millimetre("/parcel/length_mm", json!(300.5), "parcel.length_mm malformed")]
#[case::a_misspelt_field("/parcel/wieght_g", json!(1_200), "parcel.wieght_g malformed")]
async fn what_is_wrong_is_told_at_its_field(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] issue: &str,
    customer: &Customer,
) {
    let reply = post(customer, samples::with(samples::shipment(), pointer, value)).await;
    assert_eq!(reply.issues(), [issue]);
}

#[async_test]
async fn issues_of_both_addresses_are_told_apart(customer: &Customer) {
    let bad = samples::with(samples::shipment(), "/from/postal_code", "1");
    let bad = samples::with(bad, "/to/postal_code", "2");
    let reply = post(customer, bad).await;
    assert_eq!(reply.issues(), ["from.postal_code postal_code", "to.postal_code postal_code"]);
}

#[async_test]
async fn a_misspelt_field_is_named(customer: &Customer) {
    let reply = post(customer, samples::with(samples::shipment(), "/parcel/wieght_g", 1_200)).await;
    let problem = reply.problem(422, "invalid");
    assert!(problem["detail"].as_str().unwrap().contains("unknown field `wieght_g`"), "{problem}");
}

#[async_test]
async fn a_list_is_not_a_shipment(customer: &Customer) {
    assert_eq!(post(customer, json!([1, 2])).await.issues().len(), 1);
}

#[async_test]
#[case::nothing(b"")]
#[case::half_of_it(b"{\"from\": ")]
#[case::something_after_it(b"{} again")]
#[case::bytes_that_are_no_text(b"{\"reference\": \"\xff\xfe\"}")]
async fn what_is_not_json_is_a_bad_request(#[case] body: &'static [u8], customer: &Customer) {
    post_raw(customer, "application/json", body).await.problem(400, "not_json");
}

#[async_test]
async fn deeply_nested_json_does_no_harm(customer: &Customer) {
    let status = post_raw(customer, "application/json", "[".repeat(60_000)).await.status;
    assert!((400..500).contains(&status), "{status}");
}

#[async_test]
#[case::a_form("application/x-www-form-urlencoded")]
#[case::text("text/plain")]
#[case::almost_json("application/jsonp")]
#[case::json_of_a_vendor("application/vnd.acme+json")]
async fn another_media_type_is_not_supported(#[case] kind: &str, customer: &Customer) {
    post_raw(customer, kind, samples::shipment().to_string()).await.problem(415, "not_json");
}

#[async_test]
#[case::plain("application/json")]
#[case::with_a_charset("Application/JSON; charset=utf-8")]
async fn the_media_type_has_many_forms(#[case] kind: &str, customer: &Customer) {
    post_raw(customer, kind, samples::shipment().to_string()).await.expect(201);
}

#[async_test]
async fn a_body_past_the_limit_is_too_large(customer: &Customer) {
    post_raw(customer, "application/json", " ".repeat(64 * 1024 + 1)).await.problem(413, "too_large");
}

#[async_test]
async fn a_body_at_the_limit_is_read(customer: &Customer) {
    let mut body = samples::shipment().to_string();
    body.push_str(&" ".repeat(64 * 1024 - body.len()));
    post_raw(customer, "application/json", body).await.expect(201);
}

#[async_test]
async fn a_path_that_is_not_there_is_a_problem_too(app: &App) {
    app.request("GET", "/v2/shipments", None, &[], None).await.problem(404, "no_such_path");
}

#[async_test]
async fn a_method_that_is_not_there_is_a_problem_too(customer: &Customer) {
    customer.delete("/v1/shipments").await.problem(405, "no_such_method");
}

#[async_test]
async fn a_broken_store_gives_nothing_away(app: &App, customer: &Customer) {
    app.service.store.close().await;
    let reply = customer.get("/v1/account").await;
    reply.problem(500, "internal");
    assert!(!reply.text.contains("sqlx") && !reply.text.contains("pool"), "{}", reply.text);
}
