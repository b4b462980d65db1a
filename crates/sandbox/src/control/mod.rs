//! The controls of the sandbox, under `/_sandbox`.

mod consent;
mod events;
mod faults;
mod objects;
mod page;
mod requests;
mod webhooks;

use std::fmt::Display;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use crate::api::Api;
use crate::engine::Stage;
use crate::fault::unknown;
use crate::limit::Meter;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::{ReplyTo, Settings, Vendor};

pub(crate) use self::consent::CONSENT;

type SharedServer = Arc<Server>;
type Shared = State<SharedServer>;

pub(crate) fn router() -> Router<SharedServer> {
    Router::new()
        .route("/_sandbox", get(overview))
        .route("/_sandbox/", get(overview))
        .route("/_sandbox/reset", post(reset))
        .route("/_sandbox/settings", get(settings).patch(change_settings))
        .route("/_sandbox/limits", get(limits))
        .route("/_sandbox/replies", post(reply))
        .route("/_sandbox/uploads/{id}", put(upload))
        .merge(consent::router())
        .merge(events::router())
        .merge(faults::router())
        .merge(objects::router())
        .merge(page::router())
        .merge(requests::router())
        .merge(webhooks::router())
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

fn missing(message: impl Display) -> Refused {
    Refused(StatusCode::NOT_FOUND, format!("{message}"))
}

/// The vendor that an address of a control names.
fn vendor(name: &str) -> Result<Vendor, Refused> {
    name.parse().map_err(|_| missing(unknown("vendor", name, "a vendor", Vendor::ALL.map(Vendor::slug).into_iter())))
}

/// The operations of all vendors, ready to be asked for by name.
fn apis(server: &Server) -> impl Iterator<Item = &'static Api> {
    server.stages().iter().map(|stage| stage.api)
}

async fn overview(State(server): Shared, headers: HeaderMap) -> Json<Value> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let vendor = |stage: &Stage| {
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

/// How much of the documented limits each credential has used, enforced or not.
async fn limits(State(server): Shared) -> Json<Vec<Meter>> {
    Json(server.limits().meters(apis(&server)))
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
