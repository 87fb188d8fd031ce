//! Counters of the process. Every test of a purchase moves them, so those that count exactly run alone.

use crate::support::fixtures::*;
use crate::support::{TRACKING_NUMBER, samples};
use async_harness::prelude::*;
use shipments::metrics;
use wiremock::ResponseTemplate;

#[async_test]
#[serial]
async fn labels_are_counted_when_they_are_bought_and_when_they_are_cancelled(
    carrier: &FakeCarrier,
    buyer: &Customer,
) {
    carrier.takes_back();
    metrics::reset();
    let id = buyer.bought().await;
    buyer.bought().await;
    buyer.cancel(&id).await.expect(200);
    assert_eq!((metrics::LABELS_BOUGHT.get(), metrics::LABELS_CANCELLED.get()), (2, 1));
}

#[async_test]
#[serial]
async fn failures_are_counted_though_a_retry_hides_them(carrier: &FakeCarrier, buyer: &Customer) {
    carrier.answers_next(2, "POST", "rates", ResponseTemplate::new(500));
    metrics::reset();
    buyer.priced().await;
    assert_eq!(metrics::CARRIER_FAILURES.get(), 2);
}

#[async_test]
#[serial]
async fn forged_webhooks_are_counted(app: &App) {
    metrics::reset();
    let notice = samples::notice("evt_1", TRACKING_NUMBER, "delivered", "2026-03-02T08:00:00Z");
    app.signed_webhook("t=0,v1=00", notice.to_string()).await.problem(401, "bad_signature");
    app.webhook(notice).await.expect(200);
    assert_eq!(metrics::WEBHOOKS_REFUSED.get(), 1);
}

#[async_test]
#[serial]
async fn a_new_process_has_counted_nothing(app: &App) {
    metrics::reset();
    let reply = app.request("GET", "/metrics", None, &[], None).await;
    assert_eq!(reply.header("content-type"), "text/plain; version=0.0.4");
    let values = reply.text.lines().filter(|line| !line.starts_with('#'));
    assert_eq!(values.filter(|line| line.ends_with(" 0")).count(), 4, "{}", reply.text);
}

#[async_harness::test]
fn every_counter_is_explained() {
    let text = metrics::render();
    let names =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' ').next().unwrap());
    for name in names {
        assert!(text.contains(&format!("# HELP {name} ")), "{name}");
        assert!(text.contains(&format!("# TYPE {name} counter")), "{name}");
    }
}
