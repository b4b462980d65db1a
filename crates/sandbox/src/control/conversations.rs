//! The conversations of all vendors as threads.

use std::cmp::Reverse;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use reachout_messenger::Vendor;
use serde::Deserialize;
use serde_json::{Value, json};

use super::paging::cut;
use super::refused::{Refused, Shared, SharedServer, missing, vendor};
use crate::engine::Conversation;

/// A message of HTML is shown in a frame of its own, in which nothing runs and nothing is fetched.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; \
                      frame-ancestors 'self'; sandbox";

pub(super) fn router() -> Router<SharedServer> {
    Router::new()
        .route("/_sandbox/conversations", get(conversations))
        .route("/_sandbox/conversations/{vendor}/{id}", get(thread))
        .route("/_sandbox/messages/{vendor}/{id}", get(html))
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ConversationFilter {
    vendor: Option<Vendor>,
    /// A text in the name or in a message.
    search: String,
    offset: usize,
    limit: usize,
}

impl Default for ConversationFilter {
    fn default() -> Self {
        Self { vendor: None, search: String::new(), offset: 0, limit: 100 }
    }
}

/// The conversations of one vendor or of all, the one with the newest message first.
async fn conversations(
    State(server): Shared,
    uri: Uri,
    filter: Result<Query<ConversationFilter>, QueryRejection>,
) -> Result<(HeaderMap, Json<Vec<Conversation>>), Refused> {
    let Query(filter) = filter?;
    let simulators = server.simulators().iter().filter(|simulator| filter.vendor.is_none_or(|vendor| simulator.api.vendor == vendor));
    let mut all: Vec<Conversation> = simulators.flat_map(|simulator| simulator.conversations(&filter.search)).collect();
    all.sort_by_key(|conversation| Reverse(conversation.written_at));
    let rest = all.into_iter().skip(filter.offset).collect();
    let (headers, page) = cut(&uri, rest, filter.offset, filter.limit);
    Ok((headers, Json(page)))
}

async fn thread(State(server): Shared, Path((slug, id)): Path<(String, String)>) -> Result<Json<Value>, Refused> {
    let (conversation, messages) =
        server.simulator(vendor(&slug)?).thread(&id).ok_or_else(|| missing(format!("{slug} has no conversation {id:?}")))?;
    Ok(Json(json!({ "conversation": conversation, "messages": messages })))
}

/// A message of HTML as a page.
async fn html(State(server): Shared, Path((slug, id)): Path<(String, String)>) -> Result<impl IntoResponse, Refused> {
    let html = server.simulator(vendor(&slug)?).html(&id).ok_or_else(|| missing(format!("{slug} has no message {id:?} of HTML")))?;
    let header = |name: HeaderName, value| (name, HeaderValue::from_static(value));
    Ok(([header(header::CONTENT_SECURITY_POLICY, POLICY), header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")], Html(html)))
}
