//! Somebody with a key.

use super::{App, Reply, samples};
use serde_json::{Value, json};

pub(crate) struct Customer {
    pub(crate) app: App,
    pub(crate) id: String,
    pub(crate) key: String,
    currency: String,
}

impl Customer {
    pub(crate) fn new(app: App, opened: &Value) -> Self {
        let text = |field: &str| opened[field].as_str().unwrap().to_owned();
        Self { app, id: text("id"), key: text("api_key"), currency: text("currency") }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.app.request("GET", path, Some(&self.key), &[], None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.app.request("DELETE", path, Some(&self.key), &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.app.request("POST", path, Some(&self.key), &[], Some(body)).await
    }

    /// A post without a body.
    pub(crate) async fn act(&self, path: &str) -> Reply {
        self.app.request("POST", path, Some(&self.key), &[], None).await
    }

    /// A post under an idempotency key.
    pub(crate) async fn post_once(&self, key: &str, path: &str, body: Value) -> Reply {
        let headers = [("idempotency-key", key)];
        self.app.request("POST", path, Some(&self.key), &headers, Some(body)).await
    }

    /// Pays in so many minor units.
    pub(crate) async fn pay_in(&self, amount: i64) {
        let body = json!({ "amount": { "amount": amount, "currency": self.currency }, "memo": "wire" });
        let path = format!("/v1/accounts/{}/deposits", self.id);
        self.app.admin("POST", &path, Some(body)).await.expect(201);
    }

    pub(crate) async fn balance(&self) -> i64 {
        let account = self.get("/v1/account").await.expect(200);
        account["balance"]["amount"].as_i64().unwrap()
    }

    /// The kinds of the ledger's entries, oldest first.
    pub(crate) async fn ledger_kinds(&self) -> Vec<String> {
        let page = self.get("/v1/ledger?limit=100").await.expect(200);
        let kind = |entry: &Value| entry["kind"].as_str().unwrap().to_owned();
        page["items"].as_array().unwrap().iter().rev().map(kind).collect()
    }

    /// The id of a new draft.
    pub(crate) async fn draft(&self) -> String {
        self.create(samples::shipment()).await
    }

    pub(crate) async fn create(&self, shipment: Value) -> String {
        let shipment = self.post("/v1/shipments", shipment).await.expect(201);
        shipment["id"].as_str().unwrap().to_owned()
    }

    /// The ids of a new priced shipment and of its cheapest rate.
    pub(crate) async fn priced(&self) -> (String, String) {
        let id = self.draft().await;
        let rate = self.price(&id).await;
        (id, rate)
    }

    /// The id of the cheapest rate.
    pub(crate) async fn price(&self, id: &str) -> String {
        let rates = self.act(&format!("/v1/shipments/{id}/rates")).await.expect(200);
        rates["items"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn buy(&self, id: &str, rate: &str) -> Reply {
        self.post(&format!("/v1/shipments/{id}/buy"), json!({ "rate": rate })).await
    }

    /// The id of a new shipment with a label at its cheapest rate.
    pub(crate) async fn bought(&self) -> String {
        let (id, rate) = self.priced().await;
        self.buy(&id, &rate).await.expect(200);
        id
    }

    pub(crate) async fn cancel(&self, id: &str) -> Reply {
        self.act(&format!("/v1/shipments/{id}/cancel")).await
    }

    pub(crate) async fn state(&self, id: &str) -> String {
        let shipment = self.get(&format!("/v1/shipments/{id}")).await.expect(200);
        shipment["state"].as_str().unwrap().to_owned()
    }
}
