//! Shipments, from draft to door.

use super::problem::Problem;
use super::request::{Json, Params};
use crate::account::Account;
use crate::rates::Rate;
use crate::service::{ListQuery, Page, Service};
use crate::shipment::{Shipment, ShipmentForm};
use crate::tracking::Event;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};

/// What is chosen when buying.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    rate: String,
}

#[derive(Serialize)]
pub(super) struct Items<T> {
    items: Vec<T>,
}

type Listed<T> = Result<axum::Json<Items<T>>, Problem>;
type Created = (StatusCode, [(HeaderName, String); 1], axum::Json<Shipment>);

pub(super) async fn create(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Json(form): Json<ShipmentForm>,
) -> Result<Created, Problem> {
    let shipment = service.create(&account, &form).await?;
    let location = format!("/v1/shipments/{}", shipment.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], axum::Json(shipment)))
}

pub(super) async fn show(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Path(id): Path<String>,
) -> Result<axum::Json<Shipment>, Problem> {
    Ok(axum::Json(service.shipment(&account, &id).await?))
}

pub(super) async fn list(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Params(query): Params<ListQuery>,
) -> Result<axum::Json<Page<Shipment>>, Problem> {
    Ok(axum::Json(service.list(&account, &query).await?))
}

pub(super) async fn price(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Path(id): Path<String>,
) -> Listed<Rate> {
    Ok(axum::Json(Items { items: service.price(&account, &id).await? }))
}

pub(super) async fn rates(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Path(id): Path<String>,
) -> Listed<Rate> {
    Ok(axum::Json(Items { items: service.rates(&account, &id).await? }))
}

pub(super) async fn buy(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Path(id): Path<String>,
    Json(choice): Json<Choice>,
) -> Result<axum::Json<Shipment>, Problem> {
    Ok(axum::Json(service.buy(&account, &id, &choice.rate).await?))
}

pub(super) async fn cancel(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Path(id): Path<String>,
) -> Result<axum::Json<Shipment>, Problem> {
    Ok(axum::Json(service.cancel(&account, &id).await?))
}

pub(super) async fn tracking(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Path(id): Path<String>,
) -> Listed<Event> {
    Ok(axum::Json(Items { items: service.events(&account, &id).await? }))
}

pub(super) async fn refresh(
    State(service): State<Service>,
    Extension(account): Extension<Account>,
    Path(id): Path<String>,
) -> Listed<Event> {
    Ok(axum::Json(Items { items: service.refresh(&account, &id).await? }))
}
