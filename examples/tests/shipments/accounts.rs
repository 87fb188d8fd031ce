//! Accounts and their keys: who gets in, and who does not.

use crate::support::fixtures::*;
use crate::support::{ADMIN_TOKEN, Options};
use async_harness::prelude::*;
use serde_json::{Value, json};
use shipments::store::Store;
use std::time::Duration;

#[async_test]
async fn a_new_account_comes_with_a_key(app: &App) {
    let account = json!({ "name": " Acme ", "currency": "GBP" });
    let opened = app.admin("POST", "/v1/accounts", Some(account)).await.expect(201);
    assert_eq!(opened["name"], "Acme");
    assert_eq!(opened["balance"], json!({ "amount": 0, "currency": "GBP" }));
    let key = opened["api_key"].as_str().unwrap();
    app.request("GET", "/v1/account", Some(key), &[], None).await.expect(200);
}

#[async_test]
#[case::nobody(None)]
#[case::an_empty_token(Some(""))]
#[case::a_wrong_token(Some("adm_wrong"))]
#[case::more_than_the_token(Some("adm_test2"))]
async fn only_the_operator_opens_accounts(#[case] token: Option<&str>, app: &App) {
    let account = json!({ "name": "Acme", "currency": "EUR" });
    let reply = app.request("POST", "/v1/accounts", token, &[], Some(account)).await;
    reply.problem(401, "unauthorized");
}

#[async_test]
async fn an_account_is_checked_as_a_whole(app: &App) {
    let account = json!({ "name": " ", "currency": "XAU", "margin_bp": 10_001 });
    let reply = app.admin("POST", "/v1/accounts", Some(account)).await;
    assert_eq!(reply.issues(), ["name required", "currency currency", "margin_bp out_of_range"]);
}

#[async_test]
async fn two_accounts_may_share_a_name(app: &App) {
    let (one, two) = (app.customer("EUR").await, app.customer("EUR").await);
    assert_ne!(one.id, two.id);
    assert_ne!(one.key, two.key);
}

#[async_test]
async fn an_account_sees_itself(customer: &Customer) {
    let account = customer.get("/v1/account").await.expect(200);
    assert_eq!(account["id"], customer.id);
    assert_eq!(account["created_at"], "2026-03-01T12:00:00Z");
    assert!(account.get("api_key").is_none(), "a key is shown once");
}

#[async_test]
async fn without_a_key_nobody_gets_in(app: &App) {
    let reply = app.request("GET", "/v1/shipments", None, &[], None).await;
    reply.problem(401, "unauthorized");
    assert_eq!(reply.header("www-authenticate"), "Bearer");
}

#[async_test]
async fn a_wrong_key_and_no_key_are_refused_alike(app: &App) {
    let none = app.request("GET", "/v1/account", None, &[], None).await;
    let wrong = app.request("GET", "/v1/account", Some("sk_wrong"), &[], None).await;
    assert_eq!(none.problem(401, "unauthorized"), wrong.problem(401, "unauthorized"));
}

#[async_test]
async fn the_operator_is_not_a_customer(app: &App) {
    app.request("GET", "/v1/account", Some(ADMIN_TOKEN), &[], None).await.problem(401, "unauthorized");
}

#[async_test]
async fn another_scheme_is_not_a_key(app: &App, customer: &Customer) {
    let basic = format!("Basic {}", customer.key);
    let reply = app.request("GET", "/v1/account", None, &[("authorization", &basic)], None).await;
    reply.problem(401, "unauthorized");
}

#[async_test]
async fn the_scheme_may_be_written_in_small_letters(app: &App, customer: &Customer) {
    let bearer = format!("bearer {}", customer.key);
    app.request("GET", "/v1/account", None, &[("authorization", &bearer)], None).await.expect(200);
}

#[async_test]
async fn a_further_key_opens_the_same_account(app: &App, customer: &Customer) {
    let issued = customer.post("/v1/keys", json!({ "label": "warehouse" })).await.expect(201);
    assert_eq!(issued["label"], "warehouse");
    let secret = issued["secret"].as_str().unwrap();
    let account = app.request("GET", "/v1/account", Some(secret), &[], None).await.expect(200);
    assert_eq!(account["id"], customer.id);
}

#[async_test]
#[case::some(json!({}), "label required")]
#[case::a_short_one(json!({ "label": "x".repeat(41) }), "label too_long")]
async fn a_key_needs_a_label(#[case] key: Value, #[case] issue: &str, customer: &Customer) {
    assert_eq!(customer.post("/v1/keys", key).await.issues(), [issue]);
}

#[async_test]
async fn keys_are_listed_without_their_secrets(customer: &Customer) {
    customer.post("/v1/keys", json!({ "label": "warehouse" })).await.expect(201);
    let reply = customer.get("/v1/keys").await;
    let keys = reply.expect(200);
    assert_eq!(keys["items"][0]["label"], "first key");
    assert_eq!(keys["items"][1]["label"], "warehouse");
    assert!(!reply.text.contains("sk_"), "{}", reply.text);
}

#[async_test]
async fn a_revoked_key_opens_nothing(app: &App, customer: &Customer) {
    let issued = customer.post("/v1/keys", json!({ "label": "laptop" })).await.expect(201);
    let (id, secret) = (issued["id"].as_str().unwrap(), issued["secret"].as_str().unwrap());
    assert_eq!(customer.delete(&format!("/v1/keys/{id}")).await.status, 204);
    app.request("GET", "/v1/account", Some(secret), &[], None).await.problem(401, "unauthorized");
    customer.get("/v1/account").await.expect(200);
}

#[async_test]
async fn revoking_a_key_again_does_not_move_its_end(app: &App, customer: &Customer) {
    let issued = customer.post("/v1/keys", json!({ "label": "laptop" })).await.expect(201);
    let path = format!("/v1/keys/{}", issued["id"].as_str().unwrap());
    assert_eq!(customer.delete(&path).await.status, 204);
    app.hand.advance(Duration::from_secs(60));
    assert_eq!(customer.delete(&path).await.status, 204);
    let keys = customer.get("/v1/keys").await.expect(200);
    assert_eq!(keys["items"][1]["revoked_at"], "2026-03-01T12:00:00Z");
}

#[async_test]
async fn a_stranger_cannot_revoke_a_key(app: &App, customer: &Customer) {
    let keys = customer.get("/v1/keys").await.expect(200);
    let path = format!("/v1/keys/{}", keys["items"][0]["id"].as_str().unwrap());
    app.customer("EUR").await.delete(&path).await.problem(404, "not_found");
    customer.get("/v1/account").await.expect(200);
}

#[async_test]
async fn too_many_requests_are_told_when_to_come_back(store: &Store, carrier: &FakeCarrier) {
    let app = App::start_with(store, Options { burst: 2, ..Options::new(carrier) });
    let customer = app.customer("EUR").await;
    customer.get("/v1/account").await.expect(200);
    customer.get("/v1/account").await.expect(200);
    let reply = customer.get("/v1/account").await;
    reply.problem(429, "too_many_requests");
    assert_eq!(reply.header("retry-after"), "1");
    app.customer("EUR").await.get("/v1/account").await.expect(200);
}
