//! One person: what was sent to them, its outcome, and what still waits.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    routing::get,
};
use chrono::{DateTime, Utc};
use reachout_outbox::{Address, Entry, Filter, Stop};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    messages::Wanted,
    server::{Page, Refused, Shared},
};
use crate::cli::outbox::waiting::Waiting;

/// How many messages of a person are shown.
const MOST: u32 = 100;

pub(super) fn router() -> Router<Arc<Page>> {
    Router::new().route("/person", get(person))
}

/// Something that happened.
#[derive(Serialize)]
struct Happened {
    at: DateTime<Utc>,
    /// The state that a message came into, `attempt` for one that led to none yet, or `stopped`.
    what: String,
    message: Option<i64>,
    key: Option<String>,
    code: Option<String>,
    reason: Option<String>,
    http_status: Option<u16>,
}

impl Happened {
    fn to(entry: &Entry, at: DateTime<Utc>, what: impl Into<String>) -> Self {
        let (message, key) = (Some(entry.id), entry.key.clone());
        Self { at, what: what.into(), message, key, code: None, reason: None, http_status: None }
    }

    fn because(self, code: Option<String>, reason: Option<String>) -> Self {
        Self { code, reason, ..self }
    }
}

async fn person(State(page): Shared, Query(wanted): Query<Wanted>) -> Result<Json<Value>, Refused> {
    let filter = wanted.filter()?;
    let Some(named) = &filter.person else { return Err(Refused(StatusCode::BAD_REQUEST, "it does not say which person".to_owned())) };
    let canonical = Address::parse(named, page.region).or_else(|_| Address::recipient(named)).ok().map(|address| address.to_string());
    let entries = page.outbox.list(&filter, 0, MOST).await?;
    let mut happened = Vec::new();
    for entry in &entries {
        happened.extend(story(&page, entry).await?);
    }
    happened.extend(page.outbox.stops(&filter).await?.into_iter().map(stopped));
    happened.sort_by_key(|one| one.at);
    let waiting = Waiting::of(&page.outbox, &entries).await?;
    let messages: Vec<_> = entries.into_iter().map(|entry| waiting.row(entry)).collect();
    let theirs = Filter::all().person(canonical.unwrap_or_default());
    let is_paused = page.outbox.pauses().await?.contains(&theirs);
    Ok(Json(json!({ "messages": messages, "happened": happened, "paused": is_paused })))
}

/// What happened to a message, from its row and its attempts.
async fn story(page: &Page, entry: &Entry) -> Result<Vec<Happened>, Refused> {
    let attempts = page.outbox.attempts(entry.id).await?;
    let mut story = vec![Happened::to(entry, entry.created_at, "added")];
    for attempt in &attempts {
        let (at, outcome) = (attempt.finished_at.unwrap_or(attempt.started_at), attempt.outcome.map_or("attempt", |state| state.name()));
        let happened = Happened::to(entry, at, outcome).because(attempt.code.clone(), attempt.reason.clone());
        story.push(Happened { http_status: attempt.http_status, ..happened });
    }
    // What no attempt led to: it was withdrawn, suppressed or settled by a person.
    let is_of_attempt = attempts.last().is_some_and(|last| last.outcome == Some(entry.state));
    if entry.state.is_settled() && !is_of_attempt {
        story.push(Happened::to(entry, entry.changed_at, entry.state.name()).because(entry.code.clone(), entry.reason.clone()));
    }
    Ok(story)
}

fn stopped(stop: Stop) -> Happened {
    let (key, reason) = (stop.sequence, Some(stop.reason));
    Happened { at: stop.stopped_at, what: "stopped".to_owned(), message: None, key, code: None, reason, http_status: None }
}
