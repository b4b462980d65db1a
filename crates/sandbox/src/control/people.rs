//! Scripted people, and what they did.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::get;
use axum::{Json, Router};
use reachout_messenger::Vendor;
use serde::Deserialize;

use super::paging::cut;
use super::refused::{Refused, Shared, SharedServer, bad};
use crate::people::{People, Reaction};

pub(super) fn router() -> Router<SharedServer> {
    Router::new().route("/_sandbox/people", get(people).put(replace).delete(clear)).route("/_sandbox/people/reactions", get(reactions))
}

/// Which reactions are asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ReactionFilter {
    vendor: Option<Vendor>,
    /// An id, an address or a name.
    recipient: Option<String>,
    limit: usize,
    offset: usize,
}

impl Default for ReactionFilter {
    fn default() -> Self {
        Self { vendor: None, recipient: None, limit: 1_000, offset: 0 }
    }
}

impl ReactionFilter {
    fn fits(&self, reaction: &Reaction) -> bool {
        let is = |name: &String| {
            reaction.recipient == *name || reaction.address.as_ref().is_some_and(|address| address.eq_ignore_ascii_case(name))
        };
        self.vendor.is_none_or(|vendor| reaction.vendor == vendor) && self.recipient.as_ref().is_none_or(is)
    }
}

async fn people(State(server): Shared) -> Json<People> {
    Json(server.cast().people.clone())
}

async fn replace(State(server): Shared, people: Result<Json<People>, JsonRejection>) -> Result<Json<People>, Refused> {
    let Json(people) = people?;
    server.set_people(people.clone()).map_err(bad)?;
    Ok(Json(people))
}

async fn clear(State(server): Shared) -> Result<StatusCode, Refused> {
    server.set_people(People::default()).map_err(bad)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The first one first.
async fn reactions(
    State(server): Shared,
    uri: Uri,
    filter: Result<Query<ReactionFilter>, QueryRejection>,
) -> Result<(HeaderMap, Json<Vec<Reaction>>), Refused> {
    let Query(filter) = filter?;
    let cast = server.cast();
    let found = cast.reactions().filter(|reaction| filter.fits(reaction));
    let rest = found.skip(filter.offset).take(filter.limit.saturating_add(1)).cloned().collect();
    let (headers, shown) = cut(&uri, rest, filter.offset, filter.limit);
    Ok((headers, Json(shown)))
}
