//! What comes in: bodies and queries, with every refusal as a [`Problem`].

use super::problem::Problem;
use crate::issues::Issues;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;

/// The most that a request may bring.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// A body in JSON.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(&request) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                "send a body of content-type: application/json",
            ));
        }
        read(&body(request).await?).map(Self)
    }
}

fn is_json(request: &Request) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// The bytes of a body that is not too long.
pub(super) async fn body(request: Request) -> Result<Bytes, Problem> {
    axum::body::to_bytes(request.into_body(), MAX_BODY).await.map_err(|_| {
        let detail = format!("a body must be whole and at most {MAX_BODY} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    })
}

/// Reads JSON; what is wrong with it is said of the field it is about.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value: T = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        if error.inner().is_data() {
            let field = error.path().to_string();
            Issues::one(&field, "malformed", error.inner().to_string()).into()
        } else {
            not_well_formed(error.inner())
        }
    })?;
    json.end().map_err(|error| not_well_formed(&error))?;
    Ok(value)
}

fn not_well_formed(error: &serde_json::Error) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "not_json", format!("the body is not JSON: {error}"))
}

/// The query of a URL.
pub(super) struct Params<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(Issues::one("query", "malformed", rejection.body_text()).into()),
        }
    }
}
