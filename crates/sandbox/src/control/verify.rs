//! Whether requests were performed as often as expected.

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;

use super::refused::{Refused, Shared, SharedServer, bad};
use crate::verify::{Expected, Verification};

pub(super) fn router() -> Router<SharedServer> {
    Router::new().route("/_sandbox/verify", post(verify))
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    #[serde(default)]
    request: Expected,
    #[serde(default = "once")]
    times: usize,
}

const fn once() -> usize {
    1
}

/// 200 where it is so, and 409 where it is not, so that `curl --fail` fails.
async fn verify(
    State(server): Shared,
    question: Result<Json<Question>, JsonRejection>,
) -> Result<(StatusCode, Json<Verification>), Refused> {
    let Json(Question { request, times }) = question?;
    let verification = server.verify(&request, times).map_err(bad)?;
    let status = if verification.verified { StatusCode::OK } else { StatusCode::CONFLICT };
    Ok((status, Json(verification)))
}
