//! The objects of the vendors.

use std::collections::BTreeMap;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::routing::get;
use axum::{Json, Router};
use reachout_messenger::Vendor;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::paging::cut;
use super::refused::{Refused, Shared, SharedServer, missing, vendor};
use crate::fault::unknown;

pub(super) fn router() -> Router<SharedServer> {
    Router::new().route("/_sandbox/objects", get(kinds)).route("/_sandbox/objects/{vendor}/{kind}", get(objects))
}

/// How many objects there are, by vendor and kind.
async fn kinds(State(server): Shared) -> Json<BTreeMap<Vendor, BTreeMap<String, usize>>> {
    Json(server.simulators().iter().map(|simulator| (simulator.api.vendor, simulator.kinds())).collect())
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ObjectFilter {
    /// A text that the object holds somewhere.
    search: String,
    offset: usize,
    limit: usize,
}

impl Default for ObjectFilter {
    fn default() -> Self {
        Self { search: String::new(), offset: 0, limit: 100 }
    }
}

type Objects = Vec<Map<String, Value>>;

async fn objects(
    State(server): Shared,
    uri: Uri,
    Path((slug, kind)): Path<(String, String)>,
    filter: Result<Query<ObjectFilter>, QueryRejection>,
) -> Result<(HeaderMap, Json<Objects>), Refused> {
    let Query(ObjectFilter { search, offset, limit }) = filter?;
    let simulator = server.simulator(vendor(&slug)?);
    let kinds = simulator.kinds();
    if !kinds.contains_key(&kind) {
        return Err(missing(unknown("kind", &kind, &format!("a kind of object that {slug} has"), kinds.keys().map(String::as_str))));
    }
    let (headers, page) = cut(&uri, simulator.objects(&kind, &search, (offset, limit.saturating_add(1))), offset, limit);
    Ok((headers, Json(page)))
}
