//! Who asks, and whether they ask too much.

use super::problem::Problem;
use crate::account::digest;
use crate::error::Error;
use crate::service::Service;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;

/// Lets an account's requests through, with the [`Account`](crate::account::Account) in their extensions.
pub(super) async fn account(
    State(service): State<Service>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let secret = bearer(&request).ok_or_else(Problem::unauthorized)?;
    let account = service.account_of(secret).await?.ok_or_else(Problem::unauthorized)?;
    let allowed = service.limiter.take(&account.id);
    allowed.map_err(|retry_after| Error::TooMany { retry_after })?;
    request.extensions_mut().insert(account);
    Ok(next.run(request).await)
}

/// Lets the operator's requests through.
pub(super) async fn operator(
    State(service): State<Service>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    // Digests are compared, so that how long it takes tells nothing about the token.
    match bearer(&request) {
        Some(token) if digest(token) == digest(&service.admin_token) => Ok(next.run(request).await),
        _ => Err(Problem::unauthorized()),
    }
}

fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
