//! `reachout outbox status`, `list` and `show`.

use chrono::{DateTime, Utc};
use clap::Args;
use reachout::Channel;
use reachout_outbox::{Entry, State};
use serde::Serialize;
use serde_json::json;

use super::{Database, Which, failed};
use crate::cli::{choice::Choice, failure::Failure, output::Output};

/// Show how many messages are in which state, and how each account is
#[derive(Args)]
pub struct Status {}

impl Status {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let status = database.existing().await?.status().await.map_err(failed)?;
        if !output.is_table() {
            let counts: serde_json::Map<_, _> =
                status.counts.iter().map(|(state, count)| (state.name().to_owned(), (*count).into())).collect();
            let (paused, next, lanes) = (status.paused, status.next_due_at, &status.lanes);
            return output.object(&json!({ "counts": counts, "paused": paused, "next_due_at": next, "accounts": lanes }));
        }
        let counts: Vec<_> = status.counts.iter().map(|(state, count)| json!({ "state": state.name(), "messages": count })).collect();
        output.rows(&["state", "messages"], &counts)?;
        if status.paused {
            output.note("everything is paused; `reachout outbox resume` ends that".to_owned());
        }
        for lane in status.lanes.iter().filter(|lane| lane.paused) {
            let reason = lane.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
            output.note(format!("{}/{} is paused{reason}", lane.vendor, lane.credential));
        }
        Ok(())
    }
}

/// List messages, the oldest first, without their content
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    which: Which,
    /// Those in this state
    #[arg(long, value_parser = Choice::<State>::of(State::ALL.map(State::name)))]
    state: Option<State>,
    /// Those after the one with this id
    #[arg(long, value_name = "ID", default_value_t = 0)]
    after: i64,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
}

#[derive(Serialize)]
struct Row {
    id: i64,
    state: State,
    account: String,
    channel: Option<&'static str>,
    key: Option<String>,
    attempts: u32,
    due_at: Option<DateTime<Utc>>,
    changed_at: DateTime<Utc>,
    code: Option<String>,
    reason: Option<String>,
    vendor_ids: Vec<String>,
    conversation_id: Option<String>,
}

impl Row {
    fn of(entry: Entry) -> Self {
        Self {
            id: entry.id,
            state: entry.state,
            account: entry.lane.to_string(),
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

impl List {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let outbox = database.existing().await?;
        let mut filter = self.which.filter();
        filter.state = self.state;
        let entries = outbox.list(&filter, self.after, self.limit).await.map_err(failed)?;
        let more = entries.len() == self.limit as usize;
        let rows: Vec<_> = entries.into_iter().map(Row::of).collect();
        let last = rows.last().map_or(0, |row| row.id);
        if rows.is_empty() && output.is_table() {
            return crate::cli::output::line("nothing found");
        }
        output.rows(&["id", "state", "account", "key", "attempts", "changed_at", "code", "reason"], &rows)?;
        if more {
            output.hint(&format!("There may be more: --after {last}"));
        }
        Ok(())
    }
}

/// Show a message with its content and its attempts
#[derive(Args)]
pub struct Show {
    /// Its id in the outbox
    id: i64,
}

impl Show {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let outbox = database.existing().await?;
        let entry = outbox.get(self.id).await.map_err(failed)?;
        let attempts = outbox.attempts(self.id).await.map_err(failed)?;
        let attempts: Vec<_> = attempts
            .iter()
            .map(|attempt| {
                json!({
                    "number": attempt.number,
                    "started_at": attempt.started_at,
                    "finished_at": attempt.finished_at,
                    "outcome": attempt.outcome,
                    "reason": attempt.reason,
                    "code": attempt.code,
                    "http_status": attempt.http_status,
                    "request_id": attempt.request_id,
                })
            })
            .collect();
        let envelope = entry.envelope.clone();
        let mut object = serde_json::to_value(Row::of(entry)).map_err(|error| Failure::Output(error.into()))?;
        object["message"] = json!(envelope.as_ref().map(|envelope| &envelope.message));
        object["sequence"] = json!(envelope.as_ref().and_then(|envelope| envelope.sequence.as_deref()));
        object["time_zone"] = json!(envelope.as_ref().and_then(|envelope| envelope.time_zone.as_deref()));
        object["sends"] = json!(attempts);
        output.object(&object)
    }
}
