//! Buying labels: the money, the state and the carrier go together or not at all.

use crate::support::{App, Options, TRACKING_NUMBER, TempDir};
use async_harness::prelude::*;
use serde_json::{Value, json};
use shipments::service::Service;
use std::time::Duration;
use wiremock::ResponseTemplate;

#[async_test]
async fn a_bought_shipment_has_a_label() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let (id, rate) = customer.priced().await;
    let shipment = customer.buy(&id, &rate).await.expect(200);
    assert_eq!(shipment["state"], "purchased");
    assert_eq!(shipment["label"]["tracking_number"], TRACKING_NUMBER);
    assert_eq!(shipment["label"]["url"], format!("https://labels.example/{TRACKING_NUMBER}.pdf"));
    assert_eq!(shipment["label"]["price"], json!({ "amount": 750, "currency": "EUR" }));
}

#[async_test]
async fn a_label_is_paid_from_the_balance() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    customer.bought().await;
    assert_eq!(customer.balance().await, 9_250);
    assert_eq!(customer.ledger_kinds().await, ["deposit", "purchase"]);
}

#[async_test]
async fn the_last_cent_can_be_spent() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(750).await;
    customer.bought().await;
    assert_eq!(customer.balance().await, 0);
}

#[async_test]
async fn one_cent_too_little_buys_nothing() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(749).await;
    let (id, rate) = customer.priced().await;
    let problem = customer.buy(&id, &rate).await.problem(402, "not_enough");
    assert_eq!(problem["detail"], "the balance does not cover 7.50 EUR");
    assert_eq!(customer.balance().await, 749);
    assert_eq!(customer.state(&id).await, "priced");
    assert_eq!(carrier.asked().await, ["POST /v1/rates"], "the carrier was asked for a label");
}

#[async_test]
async fn the_margin_is_charged_and_not_told() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let account = json!({ "name": "Acme", "currency": "EUR", "margin_bp": 1_000 });
    let customer = app.customer_of(account).await;
    customer.pay_in(1_000).await;
    customer.bought().await;
    assert_eq!(customer.balance().await, 1_000 - 825);
    let account = customer.get("/v1/account").await.expect(200);
    assert!(account.get("margin_bp").is_none());
}

#[async_test]
async fn a_draft_cannot_be_bought() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let id = customer.draft().await;
    let problem = customer.buy(&id, "rat_none").await.problem(409, "wrong_state");
    assert_eq!(problem["detail"], "a shipment that is draft cannot become purchasing");
}

#[async_test]
async fn a_label_is_not_bought_twice() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let (id, rate) = customer.priced().await;
    customer.buy(&id, &rate).await.expect(200);
    customer.buy(&id, &rate).await.problem(409, "wrong_state");
    assert_eq!(customer.balance().await, 9_250);
}

#[async_test]
async fn a_rate_of_another_shipment_is_not_found() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let (id, _) = customer.priced().await;
    let (_, other) = customer.priced().await;
    let problem = customer.buy(&id, &other).await.problem(404, "not_found");
    assert_eq!(problem["detail"], "no such rate");
}

#[async_test]
async fn a_replaced_rate_cannot_be_bought() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let (id, old) = customer.priced().await;
    let new = customer.price(&id).await;
    customer.buy(&id, &old).await.problem(404, "not_found");
    customer.buy(&id, &new).await.expect(200);
}

#[async_test]
async fn a_rate_holds_until_its_last_second() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let (id, rate) = customer.priced().await;
    app.hand.advance(Duration::from_secs(899));
    customer.buy(&id, &rate).await.expect(200);
}

#[async_test]
async fn an_expired_rate_cannot_be_bought() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let (id, rate) = customer.priced().await;
    app.hand.advance(Duration::from_secs(900));
    let problem = customer.buy(&id, &rate).await.problem(409, "rate_expired");
    assert_eq!(problem["detail"], "the rate expired at 2026-03-01T12:15:00Z");
    assert_eq!(customer.balance().await, 10_000);
}

#[async_test]
async fn an_expired_shipment_can_be_priced_again() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let (id, _) = customer.priced().await;
    app.hand.advance(Duration::from_secs(3_600));
    let rate = customer.price(&id).await;
    customer.buy(&id, &rate).await.expect(200);
}

#[async_test]
async fn a_stranger_cannot_buy_it() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let (id, rate) = app.customer_with(10_000).await.priced().await;
    let stranger = app.customer_with(10_000).await;
    stranger.buy(&id, &rate).await.problem(404, "not_found");
    assert_eq!(stranger.balance().await, 10_000);
}

#[async_test]
async fn a_refused_label_is_paid_back() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let refusal = json!({ "code": "embargo", "message": "no service to this street" });
    let answer = ResponseTemplate::new(422).set_body_json(refusal);
    carrier.answers_first(1, "POST", "labels", answer).await;
    let customer = app.customer_with(10_000).await;
    let (id, rate) = customer.priced().await;
    let problem = customer.buy(&id, &rate).await.problem(422, "carrier_refused");
    assert_eq!(problem["detail"], "the carrier refused: no service to this street (embargo)");
    assert_eq!(customer.balance().await, 10_000);
    assert_eq!(customer.ledger_kinds().await, ["deposit", "purchase", "reversal"]);
    assert_eq!(customer.state(&id).await, "priced");
}

#[async_test]
async fn a_carrier_that_is_down_costs_nothing() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    carrier.answers_first(3, "POST", "labels", ResponseTemplate::new(503)).await;
    let customer = app.customer_with(10_000).await;
    let (id, rate) = customer.priced().await;
    customer.buy(&id, &rate).await.problem(502, "carrier_failed");
    assert_eq!(customer.balance().await, 10_000);
}

#[async_test]
async fn a_hiccup_of_the_carrier_goes_unnoticed() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    carrier.answers_first(2, "POST", "labels", ResponseTemplate::new(500)).await;
    let customer = app.customer_with(10_000).await;
    let id = customer.bought().await;
    assert_eq!(customer.state(&id).await, "purchased");
    assert_eq!(customer.ledger_kinds().await, ["deposit", "purchase"]);
}

#[async_test]
async fn every_attempt_asks_for_the_same_label() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    carrier.answers_first(2, "POST", "labels", ResponseTemplate::new(500)).await;
    app.customer_with(10_000).await.bought().await;
    let requests = carrier.requests().await;
    let keys: Vec<_> = requests.iter().filter_map(|request| request.headers.get("idempotency-key")).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[async_test]
async fn buying_again_after_a_failure_finds_the_same_label() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let answer = ResponseTemplate::new(201).set_body_string("{\"tracking_number\":");
    carrier.answers_first(1, "POST", "labels", answer).await;
    let customer = app.customer_with(10_000).await;
    let (id, rate) = customer.priced().await;
    customer.buy(&id, &rate).await.problem(502, "carrier_failed");
    customer.buy(&id, &rate).await.expect(200);
    let requests = carrier.requests().await;
    let keys: Vec<_> = requests.iter().filter_map(|request| request.headers.get("idempotency-key")).collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

#[async_test]
async fn a_label_without_a_real_number_is_not_believed() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let label = json!({ "tracking_number": "SH000000017NL", "label_url": "https://labels.example/1.pdf" });
    carrier.answers_first(1, "POST", "labels", ResponseTemplate::new(201).set_body_json(label)).await;
    let customer = app.customer_with(10_000).await;
    let (id, rate) = customer.priced().await;
    customer.buy(&id, &rate).await.problem(502, "carrier_failed");
    assert_eq!(customer.balance().await, 10_000);
}

#[async_test]
async fn a_carrier_that_hangs_is_a_gateway_timeout() {
    let options = Options::default();
    let retry = shipments::retry::Retry { attempts: 1, timeout: Duration::from_millis(5), ..options.retry };
    let (app, carrier) = App::with_carrier_and(Options { retry, ..Options::default() }).await;
    carrier.answers("POST", "rates", ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
    let customer = app.customer("EUR").await;
    let id = customer.draft().await;
    let problem = customer.act(&format!("/v1/shipments/{id}/rates")).await.problem(504, "carrier_timeout");
    assert_eq!(problem["detail"], "the carrier did not answer within 5ms");
}

#[async_test]
async fn a_choice_needs_a_rate() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let (id, _) = customer.priced().await;
    let reply = customer.post(&format!("/v1/shipments/{id}/buy"), json!({})).await;
    assert_eq!(
        reply.problem(422, "invalid")["errors"][0]["message"],
        "missing field `rate` at line 1 column 2"
    );
}

#[async_test]
async fn the_dearer_service_can_be_chosen() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let id = customer.draft().await;
    let rates = customer.act(&format!("/v1/shipments/{id}/rates")).await.expect(200);
    let express = rates["items"][1]["id"].as_str().unwrap();
    customer.buy(&id, express).await.expect(200);
    assert_eq!(customer.balance().await, 10_000 - 1_990);
}

#[async_test(flavor = "multi_thread", worker_threads = 2)]
async fn two_buys_at_once_do_not_spend_the_same_money() {
    let dir = TempDir::new();
    let (app, carrier) = App::on_disk(&dir).await;
    carrier.sells().await;
    // Enough for one, and both are ready to be bought.
    let customer = app.customer_with(1_000).await;
    let account = app.service.store.account(&customer.id).await.unwrap().unwrap();
    let mut buys = Vec::new();
    for _ in 0..2 {
        let (id, rate) = customer.priced().await;
        let (service, account): (Service, _) = (app.service.clone(), account.clone());
        buys.push(tokio::spawn(async move { service.buy(&account, &id, &rate).await.is_ok() }));
    }
    let mut bought = 0;
    for buy in buys {
        bought += usize::from(buy.await.unwrap());
    }
    assert_eq!(bought, 1);
    assert_eq!(customer.balance().await, 250);
}

#[async_test(flavor = "multi_thread", worker_threads = 2)]
async fn one_shipment_bought_by_many_at_once_is_bought_once() {
    let dir = TempDir::new();
    let (app, carrier) = App::on_disk(&dir).await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let account = app.service.store.account(&customer.id).await.unwrap().unwrap();
    let (id, rate) = customer.priced().await;
    let buys: Vec<_> = (0..6)
        .map(|_| {
            let (service, account, id, rate) =
                (app.service.clone(), account.clone(), id.clone(), rate.clone());
            tokio::spawn(async move { service.buy(&account, &id, &rate).await.is_ok() })
        })
        .collect();
    let mut bought = 0;
    for buy in buys {
        bought += usize::from(buy.await.unwrap());
    }
    assert_eq!(bought, 1);
    assert_eq!(customer.balance().await, 9_250);
}

#[async_test]
async fn a_client_that_hangs_up_leaves_nothing_half_done() {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let customer = app.customer_with(10_000).await;
    let (id, rate) = customer.priced().await;
    let label = json!({ "tracking_number": TRACKING_NUMBER, "label_url": "https://labels.example/1.pdf" });
    let answer = ResponseTemplate::new(201).set_body_json(label).set_delay(Duration::from_millis(20));
    carrier.answers_first(1, "POST", "labels", answer).await;
    // Until the money is gone; then the client is gone too.
    tokio::select! {
        reply = customer.buy(&id, &rate) => panic!("answered before the client was gone: {reply:?}"),
        () = purchase_is_open(&app) => {}
    }
    while customer.state(&id).await == "purchasing" {
        tokio::task::yield_now().await;
    }
    assert_eq!(customer.state(&id).await, "purchased");
}

async fn purchase_is_open(app: &App) {
    while app.service.store.open_purchases().await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

/// Leaves a shipment as a crash in the middle of its purchase would.
async fn crashed_purchase(app: &App) -> (crate::support::Customer, String) {
    let customer = app.customer_with(10_000).await;
    let (id, rate) = customer.priced().await;
    let account = app.service.store.account(&customer.id).await.unwrap().unwrap();
    let now = app.service.clock.now();
    app.service.store.begin_purchase(&account, &id, &rate, now).await.unwrap();
    (customer, id)
}

#[async_test]
async fn a_purchase_that_a_crash_broke_off_is_finished() -> anyhow::Result<()> {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    let (customer, id) = crashed_purchase(&app).await;
    assert_eq!(app.service.resume_purchases().await?, 1);
    assert_eq!(customer.state(&id).await, "purchased");
    assert_eq!(customer.balance().await, 9_250);
    Ok(())
}

#[async_test]
async fn a_purchase_that_cannot_be_finished_is_undone() -> anyhow::Result<()> {
    let (app, carrier) = App::with_carrier().await;
    carrier.sells().await;
    carrier.answers_first(3, "POST", "labels", ResponseTemplate::new(500)).await;
    let (customer, id) = crashed_purchase(&app).await;
    app.service.resume_purchases().await?;
    assert_eq!(customer.state(&id).await, "priced");
    assert_eq!(customer.balance().await, 10_000);
    assert_eq!(app.service.resume_purchases().await?, 0, "it was undone once");
    Ok(())
}

#[async_test]
#[ignore = "needs the carrier's sandbox: SHIPMENTS_SANDBOX_URL and SHIPMENTS_SANDBOX_TOKEN"]
async fn the_sandbox_sells_a_label() -> anyhow::Result<()> {
    let carrier_url = std::env::var("SHIPMENTS_SANDBOX_URL")?;
    let carrier_token = std::env::var("SHIPMENTS_SANDBOX_TOKEN")?;
    let options = Options { carrier_url, carrier_token, ..Options::default() };
    let app = App::start_with(options).await;
    let customer = app.customer_with(100_000).await;
    let (id, rate) = customer.priced().await;
    let shipment: Value = customer.buy(&id, &rate).await.expect(200);
    assert_eq!(shipment["state"], "purchased");
    Ok(())
}
