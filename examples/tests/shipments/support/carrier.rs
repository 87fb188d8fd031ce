//! A carrier that says what it is told to, over real HTTP.

use serde_json::{Value, json};
use shipments::breaker::Breaker;
use shipments::carrier::Carrier;
use shipments::retry::Retry;
use std::time::Duration;
use wiremock::matchers::{method, path_regex};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// The number on the first label that [`FakeCarrier::sells`]; the next ones count up.
pub(crate) const TRACKING_NUMBER: &str = "SH000000014NL";

pub(crate) struct FakeCarrier {
    server: MockServer,
}

impl FakeCarrier {
    pub(crate) async fn start() -> Self {
        Self { server: MockServer::start().await }
    }

    pub(crate) fn url(&self) -> String {
        self.server.uri()
    }

    /// What it answers to, when nothing more special was said before.
    pub(crate) async fn answers(&self, verb: &str, path: &str, answer: ResponseTemplate) {
        let mock = Mock::given(method(verb)).and(path_regex(format!("^/v1/{path}$")));
        mock.respond_with(answer).mount(&self.server).await;
    }

    /// What it answers to the next so many times.
    pub(crate) async fn answers_first(&self, times: u64, verb: &str, path: &str, answer: ResponseTemplate) {
        let mock = Mock::given(method(verb)).and(path_regex(format!("^/v1/{path}$")));
        let mock = mock.respond_with(answer).up_to_n_times(times).with_priority(1);
        mock.mount(&self.server).await;
    }

    /// Offers these rates.
    pub(crate) async fn offers(&self, rates: Value) {
        let body = json!({ "rates": rates });
        self.answers("POST", "rates", ResponseTemplate::new(200).set_body_json(body)).await;
    }

    /// Offers ground for 7.50 € and express for 19.90 €, and sells labels, each with a number of its own.
    pub(crate) async fn sells(&self) {
        self.offers(json!([
            { "id": "c-ground", "service": "ground", "amount": 750, "currency": "EUR", "days": 4 },
            { "id": "c-express", "service": "express", "amount": 1990, "currency": "EUR", "days": 1 },
        ]))
        .await;
        self.sells_labels().await;
    }

    /// Sells labels: as at a real carrier, one for each key, however often it is asked.
    pub(crate) async fn sells_labels(&self) {
        let keys = std::sync::Mutex::new(Vec::<String>::new());
        let label = move |request: &Request| {
            let key = request.headers["idempotency-key"].to_str().unwrap().to_owned();
            let mut keys = keys.lock().unwrap();
            let at = keys.iter().position(|known| *known == key).unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            });
            let number = tracking_number(at as u32 + 1);
            let url = format!("https://labels.example/{number}.pdf");
            ResponseTemplate::new(201).set_body_json(json!({ "tracking_number": number, "label_url": url }))
        };
        let mock = Mock::given(method("POST")).and(path_regex("^/v1/labels$"));
        mock.respond_with(label).mount(&self.server).await;
    }

    /// Takes labels back.
    pub(crate) async fn takes_back(&self) {
        self.answers("DELETE", "labels/.+", ResponseTemplate::new(204)).await;
    }

    /// The requests that came, as `POST /v1/rates`.
    pub(crate) async fn asked(&self) -> Vec<String> {
        let requests = self.requests().await;
        requests.iter().map(|request| format!("{} {}", request.method, request.url.path())).collect()
    }

    pub(crate) async fn requests(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }

    /// A client of this carrier that tries three times, fast.
    pub(crate) fn client(&self) -> Carrier {
        self.client_with(Duration::from_secs(10), 50)
    }

    pub(crate) fn client_with(&self, timeout: Duration, breaker_threshold: u32) -> Carrier {
        let retry =
            Retry { attempts: 3, timeout, base: Duration::from_millis(1), cap: Duration::from_millis(2) };
        let breaker = Breaker::new(breaker_threshold, Duration::from_secs(30));
        Carrier::new(&self.url(), "car_test", retry, breaker).unwrap()
    }
}

/// A carrier and nothing else.
pub(crate) async fn bare_carrier() -> (FakeCarrier, Carrier) {
    let fake = FakeCarrier::start().await;
    let client = fake.client();
    (fake, client)
}

/// A number after UPU S10, with its check digit.
fn tracking_number(serial: u32) -> String {
    let digits = format!("{serial:08}");
    let weights = [8, 6, 4, 2, 3, 5, 9, 7];
    let sum: u32 =
        weights.iter().zip(digits.bytes()).map(|(weight, digit)| weight * u32::from(digit - b'0')).sum();
    let check = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    };
    format!("SH{digits}{check}NL")
}
