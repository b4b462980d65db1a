//! Faults, and the operations that they may meet.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{delete, get};
use axum::{Json, Router};
use reachout_messenger::Vendor;
use serde_json::{Value, json};

use super::refused::{Refused, Shared, SharedServer, bad, missing, vendor};
use crate::api::Operation;
use crate::changes::Topic;
use crate::engine;
use crate::fault::{FaultRule, Match, QueuedFault, operations, unknown};

pub(super) fn router() -> Router<SharedServer> {
    Router::new()
        .route("/_sandbox/faults", get(faults).post(add).delete(clear))
        .route("/_sandbox/faults/{id}", delete(remove))
        .route("/_sandbox/operations", get(list_operations))
        .route("/_sandbox/operations/{vendor}/{id}", get(example))
}

async fn faults(State(server): Shared) -> Json<Vec<QueuedFault>> {
    Json(server.faults().rules().cloned().collect())
}

async fn add(State(server): Shared, rule: Result<Json<FaultRule>, JsonRejection>) -> Result<(StatusCode, Json<QueuedFault>), Refused> {
    let Json(rule) = rule?;
    let waiting = server.add_fault(rule).map_err(bad)?;
    Ok((StatusCode::CREATED, Json(waiting)))
}

async fn clear(State(server): Shared) -> StatusCode {
    server.clear_faults();
    StatusCode::NO_CONTENT
}

async fn remove(State(server): Shared, Path(id): Path<u64>) -> Result<StatusCode, Refused> {
    if !server.faults().remove(id) {
        return Err(missing(format!("fault {id} does not wait for requests, or not any more")));
    }
    server.changes.changed(Topic::Faults);
    Ok(StatusCode::NO_CONTENT)
}

/// The operations that a match is about: what a fault would meet.
async fn list_operations(State(server): Shared, wanted: Result<Query<Match>, QueryRejection>) -> Result<Json<Vec<Value>>, Refused> {
    let Query(wanted) = wanted?;
    let met = operations(server.simulators().iter().map(|simulator| simulator.api), &wanted).map_err(bad)?;
    let show = |(vendor, operation): (Vendor, &Operation)| json!({ "vendor": vendor, "operation": operation.id, "method": operation.method, "path": operation.path });
    Ok(Json(met.into_iter().map(show).collect()))
}

/// A request that the operation takes, with the documented values.
async fn example(State(server): Shared, Path((slug, id)): Path<(String, String)>) -> Result<Json<Value>, Refused> {
    let simulator = server.simulator(vendor(&slug)?);
    let operation = simulator.api.operation(&id).ok_or_else(|| {
        let known = simulator.api.operations.iter().map(|operation| operation.id);
        missing(unknown("operation", &id, &format!("an operation of {slug}"), known))
    })?;
    Ok(Json(engine::request_example(simulator.api, operation)))
}
