//! A message as `list` and `show` print it.

use chrono::{DateTime, Utc};
use reachout_messenger::Channel;
use reachout_outbox::{Entry, State};
use serde::Serialize;

/// A message without its content.
#[derive(Serialize)]
pub struct Row {
    pub id: i64,
    pub state: State,
    pub account: String,
    pub channel: Option<&'static str>,
    pub key: Option<String>,
    pub attempts: u32,
    pub due_at: Option<DateTime<Utc>>,
    pub changed_at: DateTime<Utc>,
    pub code: Option<String>,
    pub reason: Option<String>,
    pub vendor_ids: Vec<String>,
    pub conversation_id: Option<String>,
}

impl From<Entry> for Row {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            state: entry.state,
            account: entry.account.to_string(),
            channel: entry.envelope.as_ref().and_then(|envelope| envelope.message.channel).map(Channel::name),
            key: entry.key,
            attempts: entry.attempts,
            due_at: (entry.state == State::Queued).then_some(entry.due_at),
            changed_at: entry.changed_at,
            code: entry.code,
            reason: entry.reason,
            vendor_ids: entry.vendor_ids,
            conversation_id: entry.conversation_id,
        }
    }
}
