//! Buying labels: the money, the state and the carrier go together or not at all.

use crate::support::fixtures::*;
use crate::support::{Options, TRACKING_NUMBER};
use async_harness::prelude::*;
use serde_json::{Value, json};
use shipments::retry::Retry;
use shipments::service::Service;
use shipments::store::Store;
use std::time::Duration;
use wiremock::ResponseTemplate;

#[async_test]
async fn a_bought_shipment_has_a_label(buyer: &Customer) {
    let (id, rate) = buyer.priced().await;
    let shipment = buyer.buy(&id, &rate).await.expect(200);
    assert_eq!(shipment["state"], "purchased");
    assert_eq!(shipment["label"]["tracking_number"], TRACKING_NUMBER);
    assert_eq!(shipment["label"]["url"], format!("https://labels.example/{TRACKING_NUMBER}.pdf"));
    assert_eq!(shipment["label"]["price"], json!({ "amount": 750, "currency": "EUR" }));
}

#[async_test]
async fn a_label_is_paid_from_the_balance(buyer: &Customer) {
    buyer.bought().await;
    assert_eq!(buyer.balance().await, 9_250);
    assert_eq!(buyer.ledger_kinds().await, ["deposit", "purchase"]);
}

#[async_test]
async fn the_last_cent_can_be_spent(app: &App, carrier: &FakeCarrier) {
    carrier.sells();
    let customer = app.customer_with(750).await;
    customer.bought().await;
    assert_eq!(customer.balance().await, 0);
}

#[async_test]
async fn one_cent_too_little_buys_nothing(app: &App, carrier: &FakeCarrier) {
    carrier.sells();
    let customer = app.customer_with(749).await;
    let (id, rate) = customer.priced().await;
    let problem = customer.buy(&id, &rate).await.problem(402, "not_enough");
    assert_eq!(problem["detail"], "the balance does not cover 7.50 EUR");
    assert_eq!(customer.balance().await, 749);
    assert_eq!(customer.state(&id).await, "priced");
    assert_eq!(carrier.asked(), ["POST /v1/rates"], "the carrier was asked for a label");
}

#[async_test]
async fn the_margin_is_charged_and_not_told(app: &App, carrier: &FakeCarrier) {
    carrier.sells();
    let account = json!({ "name": "Acme", "currency": "EUR", "margin_bp": 1_000 });
    let customer = app.customer_of(account).await;
    customer.pay_in(1_000).await;
    customer.bought().await;
    assert_eq!(customer.balance().await, 1_000 - 825);
    let account = customer.get("/v1/account").await.expect(200);
    assert!(account.get("margin_bp").is_none());
}

#[async_test]
async fn a_draft_cannot_be_bought(buyer: &Customer) {
    let id = buyer.draft().await;
    let problem = buyer.buy(&id, "rat_none").await.problem(409, "wrong_state");
    assert_eq!(problem["detail"], "a shipment that is draft cannot become purchasing");
}

#[async_test]
async fn a_label_is_not_bought_twice(buyer: &Customer) {
    let (id, rate) = buyer.priced().await;
    buyer.buy(&id, &rate).await.expect(200);
    buyer.buy(&id, &rate).await.problem(409, "wrong_state");
    assert_eq!(buyer.balance().await, 9_250);
}

#[async_test]
async fn a_rate_of_another_shipment_is_not_found(buyer: &Customer) {
    let (id, _) = buyer.priced().await;
    let (_, other) = buyer.priced().await;
    let problem = buyer.buy(&id, &other).await.problem(404, "not_found");
    assert_eq!(problem["detail"], "no such rate");
}

#[async_test]
async fn a_replaced_rate_cannot_be_bought(buyer: &Customer) {
    let (id, old) = buyer.priced().await;
    let new = buyer.price(&id).await;
    buyer.buy(&id, &old).await.problem(404, "not_found");
    buyer.buy(&id, &new).await.expect(200);
}

#[async_test]
async fn a_rate_holds_until_its_last_second(app: &App, buyer: &Customer) {
    let (id, rate) = buyer.priced().await;
    app.hand.advance(Duration::from_secs(899));
    buyer.buy(&id, &rate).await.expect(200);
}

#[async_test]
async fn an_expired_rate_cannot_be_bought(app: &App, buyer: &Customer) {
    let (id, rate) = buyer.priced().await;
    app.hand.advance(Duration::from_secs(900));
    let problem = buyer.buy(&id, &rate).await.problem(409, "rate_expired");
    assert_eq!(problem["detail"], "the rate expired at 2026-03-01T12:15:00Z");
    assert_eq!(buyer.balance().await, 10_000);
}

#[async_test]
async fn an_expired_shipment_can_be_priced_again(app: &App, buyer: &Customer) {
    let (id, _) = buyer.priced().await;
    app.hand.advance(Duration::from_secs(3_600));
    let rate = buyer.price(&id).await;
    buyer.buy(&id, &rate).await.expect(200);
}

#[async_test]
async fn a_stranger_cannot_buy_it(app: &App, carrier: &FakeCarrier) {
    carrier.sells();
    let (id, rate) = app.customer_with(10_000).await.priced().await;
    let stranger = app.customer_with(10_000).await;
    stranger.buy(&id, &rate).await.problem(404, "not_found");
    assert_eq!(stranger.balance().await, 10_000);
}

#[async_test]
async fn a_refused_label_is_paid_back(carrier: &FakeCarrier, buyer: &Customer) {
    let refusal = json!({ "code": "embargo", "message": "no service to this street" });
    let answer = ResponseTemplate::new(422).set_body_json(refusal);
    carrier.answers_next(1, "POST", "labels", answer);
    let (id, rate) = buyer.priced().await;
    let problem = buyer.buy(&id, &rate).await.problem(422, "carrier_refused");
    assert_eq!(problem["detail"], "the carrier refused: no service to this street (embargo)");
    assert_eq!(buyer.balance().await, 10_000);
    assert_eq!(buyer.ledger_kinds().await, ["deposit", "purchase", "reversal"]);
    assert_eq!(buyer.state(&id).await, "priced");
}

#[async_test]
async fn a_carrier_that_is_down_costs_nothing(carrier: &FakeCarrier, buyer: &Customer) {
    carrier.answers_next(3, "POST", "labels", ResponseTemplate::new(503));
    let (id, rate) = buyer.priced().await;
    buyer.buy(&id, &rate).await.problem(502, "carrier_failed");
    assert_eq!(buyer.balance().await, 10_000);
}

#[async_test]
async fn a_hiccup_of_the_carrier_goes_unnoticed(carrier: &FakeCarrier, buyer: &Customer) {
    carrier.answers_next(2, "POST", "labels", ResponseTemplate::new(500));
    let id = buyer.bought().await;
    assert_eq!(buyer.state(&id).await, "purchased");
    assert_eq!(buyer.ledger_kinds().await, ["deposit", "purchase"]);
}

#[async_test]
async fn every_attempt_asks_for_the_same_label(carrier: &FakeCarrier, buyer: &Customer) {
    carrier.answers_next(2, "POST", "labels", ResponseTemplate::new(500));
    buyer.bought().await;
    let requests = carrier.requests();
    let keys: Vec<_> = requests.iter().filter_map(|request| request.headers.get("idempotency-key")).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[async_test]
async fn buying_again_after_a_failure_finds_the_same_label(carrier: &FakeCarrier, buyer: &Customer) {
    let answer = ResponseTemplate::new(201).set_body_string("{\"tracking_number\":");
    carrier.answers_next(1, "POST", "labels", answer);
    let (id, rate) = buyer.priced().await;
    buyer.buy(&id, &rate).await.problem(502, "carrier_failed");
    buyer.buy(&id, &rate).await.expect(200);
    let requests = carrier.requests();
    let keys: Vec<_> = requests.iter().filter_map(|request| request.headers.get("idempotency-key")).collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

#[async_test]
async fn a_label_without_a_real_number_is_not_believed(carrier: &FakeCarrier, buyer: &Customer) {
    let label = json!({ "tracking_number": "SH000000017NL", "label_url": "https://labels.example/1.pdf" });
    carrier.answers_next(1, "POST", "labels", ResponseTemplate::new(201).set_body_json(label));
    let (id, rate) = buyer.priced().await;
    buyer.buy(&id, &rate).await.problem(502, "carrier_failed");
    assert_eq!(buyer.balance().await, 10_000);
}

#[async_test]
async fn a_carrier_that_hangs_is_a_gateway_timeout(store: &Store, carrier: &FakeCarrier) {
    let retry = Retry { attempts: 1, timeout: Duration::from_millis(5), ..Retry::default() };
    let app = App::start_with(store, Options { retry, ..Options::new(carrier) });
    carrier.answers("POST", "rates", ResponseTemplate::new(200).set_delay(Duration::from_secs(60)));
    let customer = app.customer("EUR").await;
    let id = customer.draft().await;
    let problem = customer.act(&format!("/v1/shipments/{id}/rates")).await.problem(504, "carrier_timeout");
    assert_eq!(problem["detail"], "the carrier did not answer within 5ms");
}

#[async_test]
async fn a_choice_needs_a_rate(buyer: &Customer) {
    let (id, _) = buyer.priced().await;
    let reply = buyer.post(&format!("/v1/shipments/{id}/buy"), json!({})).await;
    assert_eq!(
        reply.problem(422, "invalid")["errors"][0]["message"],
        "missing field `rate` at line 1 column 2"
    );
}

#[async_test]
async fn the_dearer_service_can_be_chosen(buyer: &Customer) {
    let id = buyer.draft().await;
    let rates = buyer.act(&format!("/v1/shipments/{id}/rates")).await.expect(200);
    let express = rates["items"][1]["id"].as_str().unwrap();
    buyer.buy(&id, express).await.expect(200);
    assert_eq!(buyer.balance().await, 10_000 - 1_990);
}

#[async_test(flavor = "multi_thread", worker_threads = 2)]
async fn two_buys_at_once_do_not_spend_the_same_money(#[from(app_on_disk)] app: &App, carrier: &FakeCarrier) {
    carrier.sells();
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
async fn one_shipment_bought_by_many_at_once_is_bought_once(
    #[from(app_on_disk)] app: &App,
    carrier: &FakeCarrier,
) {
    carrier.sells();
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
async fn a_client_that_hangs_up_leaves_nothing_half_done(app: &App, carrier: &FakeCarrier, buyer: &Customer) {
    let (id, rate) = buyer.priced().await;
    let label = json!({ "tracking_number": TRACKING_NUMBER, "label_url": "https://labels.example/1.pdf" });
    let answer = ResponseTemplate::new(201).set_body_json(label).set_delay(Duration::from_millis(20));
    carrier.answers_next(1, "POST", "labels", answer);
    // Until the money is gone; then the client is gone too.
    tokio::select! {
        reply = buyer.buy(&id, &rate) => panic!("answered before the client was gone: {reply:?}"),
        () = purchase_is_open(app) => {}
    }
    while buyer.state(&id).await == "purchasing" {
        tokio::task::yield_now().await;
    }
    assert_eq!(buyer.state(&id).await, "purchased");
}

async fn purchase_is_open(app: &App) {
    while app.service.store.open_purchases().await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

/// Leaves a shipment as a crash in the middle of its purchase would.
async fn crashed_purchase(app: &App) -> (Customer, String) {
    let customer = app.customer_with(10_000).await;
    let (id, rate) = customer.priced().await;
    let account = app.service.store.account(&customer.id).await.unwrap().unwrap();
    let now = app.service.clock.now();
    app.service.store.begin_purchase(&account, &id, &rate, now).await.unwrap();
    (customer, id)
}

#[async_test]
async fn a_purchase_that_a_crash_broke_off_is_finished(
    app: &App,
    carrier: &FakeCarrier,
) -> anyhow::Result<()> {
    carrier.sells();
    let (customer, id) = crashed_purchase(app).await;
    assert_eq!(app.service.resume_purchases().await?, 1);
    assert_eq!(customer.state(&id).await, "purchased");
    assert_eq!(customer.balance().await, 9_250);
    Ok(())
}

#[async_test]
async fn a_purchase_that_cannot_be_finished_is_undone(
    app: &App,
    carrier: &FakeCarrier,
) -> anyhow::Result<()> {
    carrier.sells();
    carrier.answers_next(3, "POST", "labels", ResponseTemplate::new(500));
    let (customer, id) = crashed_purchase(app).await;
    app.service.resume_purchases().await?;
    assert_eq!(customer.state(&id).await, "priced");
    assert_eq!(customer.balance().await, 10_000);
    assert_eq!(app.service.resume_purchases().await?, 0, "it was undone once");
    Ok(())
}

#[async_test]
async fn the_sandbox_sells_a_label(sandbox: Sandbox, store: &Store, carrier: &FakeCarrier) {
    let options = Options { carrier_url: sandbox.url, carrier_token: sandbox.token, ..Options::new(carrier) };
    let app = App::start_with(store, options);
    let customer = app.customer_with(100_000).await;
    let (id, rate) = customer.priced().await;
    let shipment: Value = customer.buy(&id, &rate).await.expect(200);
    assert_eq!(shipment["state"], "purchased");
}
