//! The controls of the sandbox, under `/_sandbox`.

mod page;

use std::fmt::Display;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::fault::FaultRule;
use crate::log::RecordedRequest;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::{ReplyTo, Settings, Subscription, Vendor, Webhook};

type SharedServer = Arc<Server>;
type Shared = State<SharedServer>;

pub(crate) fn router() -> Router<SharedServer> {
    page::router()
        .route("/_sandbox", get(overview))
        .route("/_sandbox/reset", post(reset))
        .route("/_sandbox/requests", get(requests).delete(clear_requests))
        .route("/_sandbox/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/_sandbox/settings", get(settings).patch(change_settings))
        .route("/_sandbox/webhooks", get(webhooks).post(add_webhook).delete(clear_webhooks))
        .route("/_sandbox/replies", post(reply))
        .route("/_sandbox/uploads/{id}", put(upload))
}

/// A control that is refused: a status and a sentence.
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<JsonRejection> for Refused {
    fn from(rejection: JsonRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

fn bad(message: impl Display) -> Refused {
    Refused(StatusCode::BAD_REQUEST, format!("{message}"))
}

async fn overview(State(server): Shared, headers: HeaderMap) -> Json<Value> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let vendor = |stage: &crate::engine::Stage| {
        let vendor = stage.api.vendor;
        let root = stage.api.document.root();
        let scheme = root["security"][0].as_object().and_then(|schemes| schemes.keys().next());
        let description = json!({
            "name": root["x-client"]["name"], "security_scheme": scheme, "base_url": format!("http://{host}{}", stage.api.mount), "api_key": vendor.api_key(), "refused_key": vendor.refused_key(),
            "operations": stage.api.operations.len(), "openapi": format!("http://{host}/_sandbox/openapi/{vendor}.json"),
        });
        (vendor.slug().to_owned(), description)
    };
    Json(json!({ "vendors": server.stages().iter().map(vendor).collect::<Map<_, _>>(), "settings": server.settings() }))
}

async fn reset(State(server): Shared) -> StatusCode {
    server.reset();
    StatusCode::NO_CONTENT
}

/// Which requests of the log are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Which {
    vendor: Option<Vendor>,
    operation: Option<String>,
    status: Option<u16>,
    /// The last so many.
    limit: Option<usize>,
}

async fn requests(State(server): Shared, Query(which): Query<Which>) -> Json<Vec<RecordedRequest>> {
    let chosen = |entry: &&RecordedRequest| {
        which.vendor.is_none_or(|vendor| entry.vendor == vendor)
            && which.operation.as_ref().is_none_or(|operation| entry.operation.as_ref() == Some(operation))
            && which.status.is_none_or(|status| entry.status == Some(status))
    };
    let log = server.log();
    let mut entries: Vec<RecordedRequest> = log.entries().rev().filter(chosen).take(which.limit.unwrap_or(usize::MAX)).cloned().collect();
    entries.reverse();
    Json(entries)
}

async fn clear_requests(State(server): Shared) -> StatusCode {
    server.log().clear();
    StatusCode::NO_CONTENT
}

async fn faults(State(server): Shared) -> Json<Vec<FaultRule>> {
    Json(server.faults().iter().cloned().collect())
}

async fn add_fault(State(server): Shared, rule: Result<Json<FaultRule>, JsonRejection>) -> Result<(StatusCode, Json<FaultRule>), Refused> {
    let Json(rule) = rule?;
    rule.check().map_err(bad)?;
    server.faults().push_back(rule.clone());
    Ok((StatusCode::CREATED, Json(rule)))
}

async fn clear_faults(State(server): Shared) -> StatusCode {
    server.faults().clear();
    StatusCode::NO_CONTENT
}

async fn settings(State(server): Shared) -> Json<Settings> {
    Json(server.settings())
}

async fn change_settings(State(server): Shared, patch: Result<Json<Map<String, Value>>, JsonRejection>) -> Result<Json<Settings>, Refused> {
    let mut settings = serde_json::to_value(server.settings()).map_err(bad)?;
    for (name, value) in patch?.0 {
        settings[name] = value;
    }
    let settings: Settings = serde_json::from_value(settings).map_err(bad)?;
    server.set_settings(settings.clone());
    Ok(Json(settings))
}

/// The registered webhooks, and how their last deliveries went.
async fn webhooks(State(server): Shared) -> Json<Value> {
    Json(json!({ "webhooks": server.hub.subscriptions(), "deliveries": server.hub.deliveries() }))
}

async fn add_webhook(
    State(server): Shared,
    webhook: Result<Json<Webhook>, JsonRejection>,
) -> Result<(StatusCode, Json<Subscription>), Refused> {
    let Json(webhook) = webhook?;
    let subscription = server.hub.subscribe(server.stage(webhook.vendor).api, webhook).map_err(bad)?;
    Ok((StatusCode::CREATED, Json(subscription)))
}

async fn clear_webhooks(State(server): Shared) -> StatusCode {
    server.hub.clear();
    StatusCode::NO_CONTENT
}

async fn reply(State(server): Shared, reply: Result<Json<ReplyTo>, JsonRejection>) -> Result<(StatusCode, Json<Value>), Refused> {
    let Json(reply) = reply?;
    let message = server.reply(&reply).map_err(|refusal| refused(&refusal, reply.vendor))?;
    Ok((StatusCode::CREATED, Json(message)))
}

fn refused(refusal: &Refusal, vendor: Vendor) -> Refused {
    Refused(refusal.status(vendor), refusal.sentence(vendor))
}

/// The place that an initiated upload is told to put its file at.
async fn upload(State(server): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<StatusCode, Refused> {
    if server.stages().iter().any(|stage| stage.upload(&id, bytes.len())) {
        Ok(StatusCode::OK)
    } else {
        Err(Refused(StatusCode::NOT_FOUND, "upload not found".to_owned()))
    }
}
