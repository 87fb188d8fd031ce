//! What the carrier tells us without being asked.

use super::problem::Problem;
use super::request::{body, read};
use crate::metrics;
use crate::service::{Applied, Notice, Service};
use crate::signature;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;

/// Takes a webhook. The body is read only after its signature was found to be the carrier's.
pub(super) async fn receive(
    State(service): State<Service>,
    request: Request,
) -> Result<Json<Applied>, Problem> {
    let header = request.headers().get("carrier-signature").and_then(|value| value.to_str().ok());
    let header = header.unwrap_or_default().to_owned();
    let body = body(request).await?;
    signature::verify(&service.webhook_secret, &header, &body, service.clock.now()).map_err(|error| {
        metrics::WEBHOOKS_REFUSED.increment();
        tracing::warn!(%error, "a webhook that is not believed");
        Problem::new(StatusCode::UNAUTHORIZED, "bad_signature", error.to_string())
    })?;
    let notice: Notice = read(&body)?;
    Ok(Json(service.take_notice(&notice).await?))
}
