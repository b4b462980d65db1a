//! What comes from outside the APIs: replies of contacts, and the bytes of uploads.

use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{post, put};
use axum::{Json, Router};
use serde_json::Value;

use super::refused::{Refused, Shared, SharedServer, refused};
use crate::engine::ReplyTo;

pub(super) fn router() -> Router<SharedServer> {
    Router::new().route("/_sandbox/replies", post(reply)).route("/_sandbox/uploads/{id}", put(upload))
}

async fn reply(State(server): Shared, reply: Result<Json<ReplyTo>, JsonRejection>) -> Result<(StatusCode, Json<Value>), Refused> {
    let Json(reply) = reply?;
    let message = server.reply(&reply).map_err(|refusal| refused(&refusal, reply.vendor))?;
    Ok((StatusCode::CREATED, Json(message)))
}

/// The place that an initiated upload is told to put its file at.
async fn upload(State(server): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<StatusCode, Refused> {
    if server.simulators().iter().any(|simulator| simulator.upload(&id, bytes.len())) {
        Ok(StatusCode::OK)
    } else {
        Err(Refused(StatusCode::NOT_FOUND, "upload not found".to_owned()))
    }
}
