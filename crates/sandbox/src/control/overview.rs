//! Where everything is, settings, rate limits and the reset.

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::refused::{Refused, Shared, SharedServer, bad};
use crate::api::Api;
use crate::credentials;
use crate::engine::Simulator;
use crate::rate_limit::Meter;
use crate::server::Server;
use crate::settings::Settings;

pub(super) fn router() -> Router<SharedServer> {
    Router::new()
        .route("/_sandbox", get(overview))
        .route("/_sandbox/", get(overview))
        .route("/_sandbox/reset", post(reset))
        .route("/_sandbox/limits", get(limits))
        .route("/_sandbox/settings", get(settings).patch(change_settings))
}

/// The operations of all vendors, ready to be asked for by name.
fn apis(server: &Server) -> impl Iterator<Item = &'static Api> {
    server.simulators().iter().map(|simulator| simulator.api)
}

async fn overview(State(server): Shared, headers: HeaderMap) -> Json<Value> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let vendor = |simulator: &Simulator| {
        let vendor = simulator.api.vendor;
        let scheme = simulator.api.document.json()["security"][0].as_object().and_then(|schemes| schemes.keys().next());
        let description = json!({
            "name": vendor.name(), "security_scheme": scheme, "base_url": format!("http://{host}{}", simulator.api.mount), "api_key": credentials::api_key(vendor), "refused_key": credentials::refused_key(vendor),
            "operations": simulator.api.operations.len(), "openapi": format!("http://{host}/_sandbox/openapi/{vendor}.json"),
        });
        (vendor.id().to_owned(), description)
    };
    let vendors: Map<String, Value> = server.simulators().iter().map(vendor).collect();
    let log = server.log();
    let requests = json!({ "received": log.received(), "kept": log.entries().len() });
    drop(log);
    Json(json!({ "vendors": vendors, "settings": server.settings(), "requests": requests }))
}

async fn reset(State(server): Shared) -> StatusCode {
    server.reset();
    StatusCode::NO_CONTENT
}

/// How much of the documented limits each credential has used, enforced or not.
async fn limits(State(server): Shared) -> Json<Vec<Meter>> {
    Json(server.rate_limits().meters(apis(&server)))
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
