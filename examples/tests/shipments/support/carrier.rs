//! A carrier that says what it is told to, over real HTTP.
//!
//! One server serves the run. As at a real carrier, a token says on whose account a request is: each test has one of its
//! own, with what is answered there and what was asked, so tests on one server do not see each other.

use serde_json::{Value, json};
use shipments::breaker::Breaker;
use shipments::carrier::Carrier;
use shipments::id;
use shipments::retry::Retry;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use wiremock::matchers::{any, method, path_regex};
use wiremock::{Match, Mock, MockServer, Request, Respond, ResponseTemplate};

/// The number on the first label that [`FakeCarrier::sells`]; the next ones count up.
pub(crate) const TRACKING_NUMBER: &str = "SH000000014NL";

/// The server, and the accounts on it.
pub(crate) struct CarrierServer {
    server: MockServer,
    accounts: Accounts,
}

/// Accounts by their tokens.
#[derive(Clone, Default)]
struct Accounts(Arc<Mutex<HashMap<String, Account>>>);

#[derive(Default)]
struct Account {
    answers: Vec<Answer>,
    asked: Vec<Request>,
    unanswered: Vec<String>,
}

/// What is answered to which requests, and how often; `None` is always.
struct Answer {
    to: [Box<dyn Match>; 2],
    left: Option<u64>,
    what: Box<dyn Respond>,
}

impl CarrierServer {
    pub(crate) async fn start() -> Self {
        // Each account keeps its own requests.
        let server = MockServer::builder().disable_request_recording().start().await;
        let accounts = Accounts::default();
        Mock::given(any()).respond_with(accounts.clone()).mount(&server).await;
        Self { server, accounts }
    }

    /// A new account.
    pub(crate) fn account(&self) -> FakeCarrier {
        let token = id::secret("car");
        self.accounts.lock().insert(token.clone(), Account::default());
        FakeCarrier { url: self.server.uri(), token, accounts: self.accounts.clone() }
    }
}

impl Accounts {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Account>> {
        // A test that panics while it holds the lock is nobody else's business.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Respond for Accounts {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let token = request
            .headers
            .get("authorization")
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        match token.and_then(|token| self.lock().get_mut(token).map(|account| account.answer(request))) {
            Some(answer) => answer,
            None => ResponseTemplate::new(401),
        }
    }
}

impl Account {
    /// What was said last holds, unless it was said for so many times and these are over.
    fn answer(&mut self, request: &Request) -> ResponseTemplate {
        self.asked.push(request.clone());
        let fits =
            |answer: &&mut Answer| answer.left != Some(0) && answer.to.iter().all(|to| to.matches(request));
        let Some(answer) = self.answers.iter_mut().rev().find(fits) else {
            self.unanswered.push(line(request));
            return ResponseTemplate::new(501);
        };
        answer.left = answer.left.map(|left| left - 1);
        answer.what.respond(request)
    }
}

/// An account there.
pub(crate) struct FakeCarrier {
    pub(crate) url: String,
    pub(crate) token: String,
    accounts: Accounts,
}

impl FakeCarrier {
    /// What it answers, until something else is said.
    pub(crate) fn answers(&self, verb: &str, path: &str, what: impl Respond + 'static) {
        self.say(None, verb, path, what);
    }

    /// What it answers the next so many times.
    pub(crate) fn answers_next(&self, times: u64, verb: &str, path: &str, what: impl Respond + 'static) {
        self.say(Some(times), verb, path, what);
    }

    fn say(&self, left: Option<u64>, verb: &str, path: &str, what: impl Respond + 'static) {
        let to: [Box<dyn Match>; 2] = [Box::new(method(verb)), Box::new(path_regex(format!("^/v1/{path}$")))];
        self.with(|account| account.answers.push(Answer { to, left, what: Box::new(what) }));
    }

    /// Offers these rates.
    pub(crate) fn offers(&self, rates: Value) {
        let body = json!({ "rates": rates });
        self.answers("POST", "rates", ResponseTemplate::new(200).set_body_json(body));
    }

    /// Offers ground for 7.50 € and express for 19.90 €, and sells labels, each with a number of its own.
    pub(crate) fn sells(&self) {
        self.offers(json!([
            { "id": "c-ground", "service": "ground", "amount": 750, "currency": "EUR", "days": 4 },
            { "id": "c-express", "service": "express", "amount": 1990, "currency": "EUR", "days": 1 },
        ]));
        self.sells_labels();
    }

    /// Sells labels: as at a real carrier, one for each key, however often it is asked.
    pub(crate) fn sells_labels(&self) {
        let keys = Mutex::new(Vec::new());
        self.answers("POST", "labels", move |request: &Request| {
            let Some(key) = request.headers.get("idempotency-key").cloned() else {
                return ResponseTemplate::new(400);
            };
            let mut keys = keys.lock().unwrap();
            let at = keys.iter().position(|known| *known == key).unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            });
            let number = tracking_number(at as u32 + 1);
            let url = format!("https://labels.example/{number}.pdf");
            ResponseTemplate::new(201).set_body_json(json!({ "tracking_number": number, "label_url": url }))
        });
    }

    /// Takes labels back.
    pub(crate) fn takes_back(&self) {
        self.answers("DELETE", "labels/.+", ResponseTemplate::new(204));
    }

    /// The requests that came, as `POST /v1/rates`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.requests().iter().map(line).collect()
    }

    /// Waits for the first request.
    pub(crate) async fn is_asked(&self) {
        let asked = async {
            while self.with(|account| account.asked.is_empty()) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), asked).await.expect("nobody asks the carrier");
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.with(|account| account.asked.clone())
    }

    /// A client that tries three times, fast.
    pub(crate) fn client(&self) -> Carrier {
        self.client_with(Duration::from_secs(10), 50)
    }

    pub(crate) fn client_with(&self, timeout: Duration, breaker_threshold: u32) -> Carrier {
        let retry =
            Retry { attempts: 3, timeout, base: Duration::from_millis(1), cap: Duration::from_millis(2) };
        let breaker = Breaker::new(breaker_threshold, Duration::from_secs(30));
        Carrier::new(&self.url, &self.token, retry, breaker).unwrap()
    }

    /// Closes the account.
    ///
    /// # Errors
    ///
    /// The first request that nobody had said an answer to.
    pub(crate) async fn leave(self) -> Result<(), String> {
        let account = self.accounts.lock().remove(&self.token);
        match account.and_then(|account| account.unanswered.into_iter().next()) {
            Some(request) => Err(format!("the carrier was not told what to answer to {request}")),
            None => Ok(()),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Account) -> T) -> T {
        act(self.accounts.lock().get_mut(&self.token).expect("the account is open while its test runs"))
    }
}

fn line(request: &Request) -> String {
    format!("{} {}", request.method, request.url.path())
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
