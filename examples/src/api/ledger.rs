//! The ledger, for its account and for the accountants.

use super::problem::Problem;
use super::request::Params;
use crate::account::Account;
use crate::ledger::Entry;
use crate::service::{ListQuery, Page, Service};
use axum::Json;
use axum::extract::{Extension, State};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Exported {
    entries: usize,
}

pub(super) async fn list(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Params(query): Params<ListQuery>,
) -> Result<Json<Page<Entry>>, Problem> {
    Ok(Json(service.ledger(&account, &query).await?))
}

pub(super) async fn export(State(service): State<Service>) -> Result<Json<Exported>, Problem> {
    Ok(Json(Exported { entries: service.export_ledger().await? }))
}
