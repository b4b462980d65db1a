//! What happens, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use futures_util::{Stream, stream};
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::refused::{Shared, SharedServer};
use super::requests::summarize;
use crate::changes::{Change, Topic};
use crate::log::Summary;
use crate::server::Server;

/// How many requests a page is shown at first, and after it fell behind.
const SHOWN: usize = 200;
/// How long the first of several events waits for the others.
const GATHER: Duration = Duration::from_millis(50);

pub(super) fn router() -> Router<SharedServer> {
    Router::new().route("/_sandbox/events", get(events))
}

/// `log` has the last requests, the newest last, and replaces whatever came before; `requests` has those that followed; `changed` has
/// the names of controls that would now respond otherwise.
async fn events(State(server): Shared) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let watcher = Watcher { changes: server.changes.watch(), server, waiting: Vec::new(), whole: true };
    let events = stream::unfold(watcher, |mut watcher| async {
        let event = watcher.next().await?;
        Some((Ok(event), watcher))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

struct Watcher {
    server: SharedServer,
    changes: Receiver<Change>,
    /// Events that are ready.
    waiting: Vec<Event>,
    /// Whether the whole log is to be sent.
    whole: bool,
}

impl Watcher {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop() {
                return Some(event);
            }
            if std::mem::take(&mut self.whole) {
                return event("log", &last(&self.server));
            }
            let first = match self.changes.recv().await {
                Ok(item) => Some(item),
                Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => return None,
            };
            tokio::time::sleep(GATHER).await;
            self.gather(first);
        }
    }

    /// Puts what happened meanwhile into a handful of events, however much it is.
    fn gather(&mut self, first: Option<Change>) {
        let (mut requests, mut topics) = (Vec::new(), Vec::<Topic>::new());
        self.whole = first.is_none();
        let mut item = first;
        loop {
            match item {
                Some(Change::Request(entry)) => requests.push(entry),
                Some(Change::Cleared) => self.whole = true,
                Some(Change::Changed(topic)) if !topics.contains(&topic) => topics.push(topic),
                Some(Change::Changed(_)) | None => {}
            }
            item = match self.changes.try_recv() {
                Ok(item) => Some(item),
                Err(TryRecvError::Lagged(_)) => {
                    self.whole = true;
                    None
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            };
        }
        if !topics.is_empty() {
            self.waiting.extend(event("changed", &json!(topics.into_iter().map(Topic::name).collect::<Vec<_>>())));
        }
        if !requests.is_empty() && !self.whole {
            let summaries: Vec<Summary<'_>> = requests.iter().map(|entry| summarize(&self.server, entry)).collect();
            self.waiting.extend(event("requests", &json!(summaries)));
        }
    }
}

/// The last requests.
fn last(server: &Server) -> serde_json::Value {
    let entries: Vec<_> = server.log().entries().rev().take(SHOWN).cloned().collect();
    let mut summaries: Vec<Summary<'_>> = entries.iter().map(|entry| summarize(server, entry)).collect();
    summaries.reverse();
    json!(summaries)
}

fn event(name: &str, data: &serde_json::Value) -> Option<Event> {
    // Every value here is plain JSON, which never holds a line break.
    Event::default().event(name).json_data(data).ok()
}
