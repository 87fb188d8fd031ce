//! Accounts, their keys, and the money they pay in.

use super::problem::Problem;
use super::request::Json;
use crate::account::{Account, AccountForm, ApiKey};
use crate::error::Error;
use crate::ledger::Entry;
use crate::service::{DepositForm, Opened, Service};
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyForm {
    #[serde(default)]
    label: String,
}

#[derive(Serialize)]
pub(super) struct Issued {
    #[serde(flatten)]
    key: ApiKey,
    secret: String,
}

#[derive(Serialize)]
pub(super) struct Keys {
    items: Vec<ApiKey>,
}

pub(super) async fn open(
    State(service): State<Service>,
    Json(form): Json<AccountForm>,
) -> Result<(StatusCode, axum::Json<Opened>), Problem> {
    Ok((StatusCode::CREATED, axum::Json(service.open_account(&form).await?)))
}

pub(super) async fn deposit(
    State(service): State<Service>,
    Path(id): Path<String>,
    Json(form): Json<DepositForm>,
) -> Result<(StatusCode, axum::Json<Entry>), Problem> {
    Ok((StatusCode::CREATED, axum::Json(service.deposit(&id, &form).await?)))
}

pub(super) async fn show(Extension(account): Extension<Account>) -> axum::Json<Account> {
    axum::Json(account)
}

pub(super) async fn keys(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
) -> Result<axum::Json<Keys>, Problem> {
    let items = service.store.keys(&account.id).await.map_err(Error::from)?;
    Ok(axum::Json(Keys { items }))
}

pub(super) async fn issue_key(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Json(form): Json<KeyForm>,
) -> Result<(StatusCode, axum::Json<Issued>), Problem> {
    let (key, secret) = service.issue_key(&account.id, &form.label).await?;
    Ok((StatusCode::CREATED, axum::Json(Issued { key, secret })))
}

pub(super) async fn revoke_key(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    service.revoke_key(&account.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
