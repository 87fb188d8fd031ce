//! Every refusal in one shape: `application/problem+json` after RFC 9457, with a code for programs.

use crate::carrier::CarrierError;
use crate::error::Error;
use crate::issues::{Issue, Issues};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::time::Duration;

/// A refusal.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    issues: Vec<Issue>,
    retry_after: Option<Duration>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [Issue],
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), issues: Vec::new(), retry_after: None }
    }

    /// Without saying why: to whom has no key, the difference between a wrong and a revoked one is nobody's business.
    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "give a valid key: Authorization: Bearer sk_…")
    }

    /// Something of ours is broken: it is logged in full, and its details are not for the client.
    fn internal(error: &Error) -> Self {
        tracing::error!(error = error as &dyn std::error::Error, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong on our side")
    }

    fn retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }
}

impl From<Issues> for Problem {
    fn from(issues: Issues) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", issues.to_string());
        Self { issues: issues.list().to_vec(), ..problem }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Invalid(issues) => issues.into(),
            Error::NotFound(_) => Self::new(StatusCode::NOT_FOUND, "not_found", detail),
            Error::Duplicate(..) => Self::new(StatusCode::CONFLICT, "duplicate", detail),
            Error::WrongState(_) => Self::new(StatusCode::CONFLICT, "wrong_state", detail),
            Error::Changed => Self::new(StatusCode::CONFLICT, "changed", detail),
            Error::RateExpired { .. } => Self::new(StatusCode::CONFLICT, "rate_expired", detail),
            Error::NotEnough { .. } => Self::new(StatusCode::PAYMENT_REQUIRED, "not_enough", detail),
            Error::TooMany { retry_after } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).retry_after(retry_after)
            }
            Error::Carrier(error) => carrier(&error, detail),
            error @ (Error::Store(_) | Error::Export(_) | Error::BrokenOff(_)) => Self::internal(&error),
        }
    }
}

fn carrier(error: &CarrierError, detail: String) -> Problem {
    tracing::warn!(error = error as &dyn std::error::Error, "the carrier did not do it");
    match error {
        // It is the client who can do something about this one, and only about this one.
        CarrierError::Refused { .. } => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "carrier_refused", detail)
        }
        CarrierError::TimedOut(_) => Problem::new(StatusCode::GATEWAY_TIMEOUT, "carrier_timeout", detail),
        CarrierError::Limited { retry_after } => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "carrier_busy", detail)
                .retry_after(retry_after.unwrap_or(Duration::from_secs(1)))
        }
        CarrierError::Resting { retry_after } => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "carrier_resting", detail).retry_after(*retry_after)
        }
        CarrierError::Credentials
        | CarrierError::Unknown
        | CarrierError::Failed(_)
        | CarrierError::Unreachable(_)
        | CarrierError::Malformed(_) => Problem::new(StatusCode::BAD_GATEWAY, "carrier_failed", detail),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            kind: format!("https://shipments.example/problems/{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
            errors: &self.issues,
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after {
            // In whole seconds, rounded up: who comes back at that second must not come too early.
            let secs = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

pub(super) async fn no_such_path() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no_such_path", "there is nothing here")
}

pub(super) async fn no_such_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "no_such_method", "this cannot be done here")
}
