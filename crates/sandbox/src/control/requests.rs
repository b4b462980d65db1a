//! The log of requests.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use super::{Refused, Shared, SharedServer, bad, missing};
use crate::fault::{Match, operations};
use crate::log::RecordedRequest;
use crate::{Vendor, api};

pub(super) fn router() -> Router<SharedServer> {
    Router::new().route("/_sandbox/requests", get(requests).delete(clear)).route("/_sandbox/requests/{number}", get(request))
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

async fn requests(State(server): Shared, which: Result<Query<Which>, QueryRejection>) -> Result<Json<Vec<RecordedRequest>>, Refused> {
    let Query(which) = which.map_err(|rejection| bad(rejection.body_text()))?;
    operations(api::all().map_err(bad)?, &Match { vendor: which.vendor, operation: which.operation.clone(), ..Match::default() })
        .map_err(bad)?;
    let log = server.log();
    let chosen = log.entries().rev().filter(|entry| {
        let request = entry.request();
        which.vendor.is_none_or(|vendor| request.vendor == vendor)
            && which.operation.as_ref().is_none_or(|operation| request.operation.as_ref() == Some(operation))
            && which.status.is_none_or(|status| request.status == Some(status))
    });
    let mut entries: Vec<RecordedRequest> = chosen.take(which.limit.unwrap_or(usize::MAX)).map(|entry| entry.show()).collect();
    entries.reverse();
    Ok(Json(entries))
}

async fn request(State(server): Shared, Path(number): Path<u64>) -> Result<Json<RecordedRequest>, Refused> {
    let entry = server.log().entries().rev().find(|entry| entry.number() == number).cloned();
    entry.map(|entry| Json(entry.show())).ok_or_else(|| missing(format!("request {number} is not in the log, or not any more")))
}

async fn clear(State(server): Shared) -> StatusCode {
    server.clear_log();
    StatusCode::NO_CONTENT
}
