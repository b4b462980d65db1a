//! Export and import of the state: objects, faults and webhooks.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use super::refused::{Refused, Shared, SharedServer, bad};
use crate::state::SavedState;

pub(super) fn router() -> Router<SharedServer> {
    // The guard limits how long it may be.
    Router::new().route("/_sandbox/state", get(export).put(import).layer(DefaultBodyLimit::disable()))
}

/// The state, as a file that `--state` takes too.
async fn export(State(server): Shared) -> impl IntoResponse {
    let name = [(header::CONTENT_DISPOSITION, "attachment; filename=\"sandbox-state.json\"")];
    (name, axum::Json(SavedState::of(&server)))
}

/// Replaces the state, all of it or nothing.
async fn import(State(server): Shared, json: Bytes) -> Result<StatusCode, Refused> {
    SavedState::parse(&json).and_then(|state| state.apply(&server)).map_err(bad)?;
    Ok(StatusCode::NO_CONTENT)
}
