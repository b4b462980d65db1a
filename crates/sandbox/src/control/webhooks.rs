//! Receivers of webhooks, and how deliveries to them went.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::refused::{Refused, Shared, SharedServer, bad, missing};
use crate::webhook::Subscription;
use crate::webhook::Webhook;

pub(super) fn router() -> Router<SharedServer> {
    Router::new()
        .route("/_sandbox/webhooks", get(webhooks).post(add).delete(clear))
        .route("/_sandbox/webhooks/{id}", delete(remove))
        .route("/_sandbox/deliveries/{id}/resend", post(resend))
}

/// The registered webhooks, and how their last deliveries went.
async fn webhooks(State(server): Shared) -> Json<Value> {
    Json(json!({ "webhooks": server.webhooks.subscriptions(), "deliveries": server.webhooks.deliveries() }))
}

async fn add(State(server): Shared, webhook: Result<Json<Webhook>, JsonRejection>) -> Result<(StatusCode, Json<Subscription>), Refused> {
    let Json(webhook) = webhook?;
    let subscription = server.webhooks.subscribe(server.simulator(webhook.vendor).api, webhook).map_err(bad)?;
    Ok((StatusCode::CREATED, Json(subscription)))
}

async fn clear(State(server): Shared) -> StatusCode {
    server.webhooks.clear();
    StatusCode::NO_CONTENT
}

async fn remove(State(server): Shared, Path(id): Path<String>) -> Result<StatusCode, Refused> {
    if server.webhooks.unsubscribe(&id) { Ok(StatusCode::NO_CONTENT) } else { Err(missing(format!("there is no webhook {id:?}"))) }
}

async fn resend(State(server): Shared, Path(id): Path<u64>) -> Result<StatusCode, Refused> {
    if server.webhooks.resend(id) { Ok(StatusCode::ACCEPTED) } else { Err(missing(format!("delivery {id} is not known, or not any more"))) }
}
