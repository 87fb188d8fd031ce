//! The HTTP API: routes, and who may use them. Handlers only translate; what is done is `service`'s business.

mod accounts;
mod auth;
mod idempotency;
mod ledger;
mod ops;
mod problem;
mod request;
mod shipments;
mod webhooks;

use crate::service::Service;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};

/// The API of a service.
pub fn router(service: Service) -> Router {
    Router::new()
        .merge(customer(&service))
        .merge(operator(&service))
        .route("/v1/webhooks/carrier", post(webhooks::receive))
        .route("/health", get(ops::health))
        .route("/metrics", get(ops::metrics))
        .fallback(problem::no_such_path)
        .method_not_allowed_fallback(problem::no_such_method)
        .with_state(service)
}

/// What an account does with its key.
fn customer(service: &Service) -> Router<Service> {
    let acts = Router::new()
        .route("/v1/shipments", post(shipments::create))
        .route("/v1/shipments/{id}/rates", post(shipments::price))
        .route("/v1/shipments/{id}/buy", post(shipments::buy))
        .route("/v1/shipments/{id}/cancel", post(shipments::cancel))
        .route_layer(from_fn_with_state(service.clone(), idempotency::answer_once));
    Router::new()
        .route("/v1/account", get(accounts::show))
        .route("/v1/keys", get(accounts::keys).post(accounts::issue_key))
        .route("/v1/keys/{id}", delete(accounts::revoke_key))
        .route("/v1/ledger", get(ledger::list))
        .route("/v1/shipments", get(shipments::list))
        .route("/v1/shipments/{id}", get(shipments::show))
        .route("/v1/shipments/{id}/rates", get(shipments::rates))
        .route("/v1/shipments/{id}/tracking", get(shipments::tracking))
        .route("/v1/shipments/{id}/tracking/refresh", post(shipments::refresh))
        .merge(acts)
        .route_layer(from_fn_with_state(service.clone(), auth::account))
}

/// What the operator does with the admin token.
fn operator(service: &Service) -> Router<Service> {
    Router::new()
        .route("/v1/accounts", post(accounts::open))
        .route("/v1/accounts/{id}/deposits", post(accounts::deposit))
        .route("/v1/ledger/export", post(ledger::export))
        .route_layer(from_fn_with_state(service.clone(), auth::operator))
}
