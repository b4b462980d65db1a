//! Messages: a part of the list, and one of them.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, Uri},
    routing::get,
};
use reachout_dashboard::next_link;
use reachout_messenger::Vendor;
use reachout_outbox::{Entry, Filter, Recipient};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::server::{Page, Refused, Shared};
use crate::cli::outbox::{row::Row, show, waiting::Waiting};

/// How many messages a part of the list has.
const PART: usize = 50;

pub(super) fn router() -> Router<Arc<Page>> {
    Router::new().route("/messages", get(list)).route("/messages/{id}", get(one))
}

/// Which messages are meant, and after which the part begins.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    state: Option<String>,
    campaign: Option<String>,
    via: Option<String>,
    credential: Option<String>,
    pub(super) person: Option<String>,
    after: Option<i64>,
}

impl Wanted {
    pub(super) fn filter(&self) -> Result<Filter, Refused> {
        let mut filter = Filter::all();
        let wrong = |error: &dyn std::fmt::Display| Refused(axum::http::StatusCode::BAD_REQUEST, error.to_string());
        filter.state = self.state.as_deref().map(str::parse).transpose().map_err(|error| wrong(&error))?;
        filter.vendor = self.via.as_deref().map(str::parse::<Vendor>).transpose().map_err(|error| wrong(&error))?;
        filter.campaign.clone_from(&self.campaign);
        filter.credential.clone_from(&self.credential);
        filter.person.clone_from(&self.person);
        Ok(filter)
    }
}

/// A message in a list.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    row: Row,
    /// The recipient, until that was purged.
    to: Option<String>,
}

/// The part of the list after a message, in the order of the ids.
async fn list(State(page): Shared, uri: Uri, Query(wanted): Query<Wanted>) -> Result<(HeaderMap, Json<Value>), Refused> {
    let most = u32::try_from(PART + 1).unwrap_or(u32::MAX);
    let mut entries = page.outbox.list(&wanted.filter()?, wanted.after.unwrap_or(0), most).await?;
    let is_cut = entries.len() > PART;
    entries.truncate(PART);
    let next = entries.last().filter(|_| is_cut).map(|last| ("after", last.id.to_string()));
    Ok((next_link(&uri, next), Json(json!(listed(&page, entries).await?))))
}

async fn listed(page: &Page, entries: Vec<Entry>) -> Result<Vec<Listed>, Refused> {
    let waiting = Waiting::of(&page.outbox, &entries).await?;
    let listed = |entry: Entry| Listed { to: recipient(&entry), row: waiting.row(entry) };
    Ok(entries.into_iter().map(listed).collect())
}

/// The recipient, until that was purged.
pub(super) fn recipient(entry: &Entry) -> Option<String> {
    match &entry.envelope.as_ref()?.message.to {
        Recipient::Contact(to) | Recipient::LinkedinProfile(to) => Some(to.clone()),
        _ => None,
    }
}

/// A message with its content and its attempts.
async fn one(State(page): Shared, Path(id): Path<i64>) -> Result<Json<Value>, Refused> {
    let entry = page.outbox.get(id).await?;
    let (to, waiting) = (recipient(&entry), Waiting::of(&page.outbox, std::slice::from_ref(&entry)).await?);
    let mut message = show::object(&page.outbox, &waiting, entry).await?;
    message["to"] = json!(to);
    Ok(Json(message))
}
