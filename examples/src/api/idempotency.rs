//! `Idempotency-Key`: a request that is sent twice is answered twice and done once.
//!
//! Answers are kept for a day, refusals too; but not our own failures, since trying again is the way out of those.

use super::problem::Problem;
use super::request::{MAX_BODY, body};
use crate::account::Account;
use crate::error::Error;
use crate::issues::Issues;
use crate::service::Service;
use crate::store::{Claim, Reply};
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const MAX_KEY: usize = 64;

/// Answers a request with a key from what was answered before, if it was.
pub(super) async fn answer_once(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(key) = key(&request)? else { return Ok(next.run(request).await) };
    let (parts, unread) = request.into_parts();
    let sent = body(Request::new(unread)).await?;
    let fingerprint = fingerprint(&parts.method, parts.uri.path(), &sent);
    let claim = service.store.claim(&account.id, &key, &fingerprint, service.clock.now()).await;
    match claim.map_err(Error::from)? {
        Claim::New => {}
        Claim::Answered(reply) => return Ok(replay(reply)),
        Claim::UnderWay => {
            let detail = "a request with this idempotency key is under way";
            return Err(Problem::new(StatusCode::CONFLICT, "under_way", detail));
        }
        Claim::Other => {
            let detail = "this idempotency key was used for another request";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", detail));
        }
    }
    let answer = next.run(Request::from_parts(parts, Body::from(sent))).await;
    Ok(keep(&service, &account, &key, answer).await?)
}

/// The key of a request, if it has one.
fn key(request: &Request) -> Result<Option<String>, Problem> {
    let Some(value) = request.headers().get(KEY) else { return Ok(None) };
    match value.to_str() {
        Ok(key) if !key.trim().is_empty() && key.len() <= MAX_KEY => Ok(Some(key.trim().to_owned())),
        _ => {
            let message = format!("must be 1 to {MAX_KEY} visible characters");
            Err(Issues::one("Idempotency-Key", "malformed", message).into())
        }
    }
}

fn fingerprint(method: &Method, path: &str, body: &[u8]) -> String {
    let hash = Sha256::new().chain_update(method.as_str()).chain_update(path).chain_update(body);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn keep(service: &Service, account: &Account, key: &str, answer: Response) -> Result<Response, Error> {
    let status = answer.status();
    if status.is_server_error() {
        service.store.release(&account.id, key).await?;
        return Ok(answer);
    }
    let (parts, unread) = answer.into_parts();
    // Our own answers are whole and short.
    let sent = axum::body::to_bytes(unread, 16 * MAX_BODY).await.unwrap_or_default();
    let reply = Reply { status: status.as_u16(), body: sent.to_vec() };
    service.store.keep_reply(&account.id, key, &reply).await?;
    Ok(Response::from_parts(parts, Body::from(sent)))
}

fn replay(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (REPLAYED, HeaderValue::from_static("true")),
    ];
    (status, headers, reply.body).into_response()
}
