//! An answer of the API.

use axum::http::HeaderMap;
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::Value;

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Self { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The body of an answer of this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// The body of a refusal of this status and code, in the one shape that refusals have.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(body["status"], status);
        assert_eq!(body["code"], code, "{}", self.text);
        assert_eq!(body["type"], format!("https://shipments.example/problems/{code}"));
        body
    }

    /// What is wrong with which field, of a 422: `to.city required`.
    #[track_caller]
    pub(crate) fn issues(&self) -> Vec<String> {
        issue_codes(&self.problem(422, "invalid"))
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no header {name} in {self:?}")).to_str().unwrap()
    }
}

/// `field code` of each error of a problem.
fn issue_codes(problem: &Value) -> Vec<String> {
    let issues = problem["errors"].as_array().cloned().unwrap_or_default();
    let code = |issue: &Value| format!("{} {}", text(&issue["field"]), text(&issue["code"]));
    issues.iter().map(code).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
