//! For those who keep it running.

use super::problem::Problem;
use crate::error::Error;
use crate::service::Service;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

pub(super) async fn health(State(service): State<Service>) -> Result<&'static str, Problem> {
    service.store.ping().await.map_err(Error::from)?;
    Ok("ok")
}

pub(super) async fn metrics() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], crate::metrics::render())
}
