//! The objects of the vendors, and their conversations as threads.

use std::collections::BTreeMap;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Refused, Shared, SharedServer, bad, missing, vendor};
use crate::Vendor;
use crate::engine::{Conversation, Stage};
use crate::fault::unknown;

pub(super) fn router() -> Router<SharedServer> {
    Router::new()
        .route("/_sandbox/objects", get(kinds))
        .route("/_sandbox/objects/{vendor}/{kind}", get(objects))
        .route("/_sandbox/conversations", get(conversations))
        .route("/_sandbox/conversations/{vendor}/{id}", get(thread))
}

/// How many objects there are, by vendor and kind.
async fn kinds(State(server): Shared) -> Json<BTreeMap<Vendor, BTreeMap<String, usize>>> {
    Json(server.stages().iter().map(|stage| (stage.api.vendor, stage.kinds())).collect())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Search {
    /// A text that the object holds somewhere.
    search: String,
    limit: Option<usize>,
}

async fn objects(
    State(server): Shared,
    Path((slug, kind)): Path<(String, String)>,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<Json<Vec<Map<String, Value>>>, Refused> {
    let Query(search) = search.map_err(|rejection| bad(rejection.body_text()))?;
    let stage = server.stage(vendor(&slug)?);
    let kinds = stage.kinds();
    if !kinds.contains_key(&kind) {
        return Err(missing(unknown("kind", &kind, &format!("a kind of object that {slug} has"), kinds.keys().map(String::as_str))));
    }
    Ok(Json(stage.objects(&kind, &search.search, search.limit.unwrap_or(100))))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Whose {
    vendor: Option<Vendor>,
}

/// The conversations of one vendor or of all, the one with the newest message first.
async fn conversations(State(server): Shared, whose: Result<Query<Whose>, QueryRejection>) -> Result<Json<Vec<Conversation>>, Refused> {
    let Query(whose) = whose.map_err(|rejection| bad(rejection.body_text()))?;
    let stages = server.stages().iter().filter(|stage| whose.vendor.is_none_or(|vendor| stage.api.vendor == vendor));
    Ok(Json(stages.flat_map(Stage::conversations).collect()))
}

async fn thread(State(server): Shared, Path((slug, id)): Path<(String, String)>) -> Result<Json<Value>, Refused> {
    let (conversation, messages) =
        server.stage(vendor(&slug)?).thread(&id).ok_or_else(|| missing(format!("{slug} has no conversation {id:?}")))?;
    Ok(Json(json!({ "conversation": conversation, "messages": messages })))
}
