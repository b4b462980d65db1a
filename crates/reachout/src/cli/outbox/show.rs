//! `reachout outbox show`.

use clap::Args;
use reachout_outbox::{Attempt, Entry, Outbox};
use serde_json::{Value, json};

use super::{Database, Selection, failed, waiting::Waiting};
use crate::cli::{
    failure::Failure,
    output::{Output, line},
};

/// Show messages with their content and their attempts, by id, key, campaign or person
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox show 17
  reachout outbox show --key spring/a1b2c3d4
  reachout outbox show --person ada@example.org --json")]
pub struct Show {
    /// Their ids in the outbox
    #[arg(required_unless_present_any = ["via", "credential", "campaign", "key", "person"])]
    id: Vec<i64>,
    #[command(flatten)]
    selection: Selection,
    /// Maximum number of messages, where they are not named by their ids
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
}

impl Show {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        if !self.id.is_empty() && self.selection.is_given() {
            return Err(Failure::usage("give either ids, or --campaign, --key, --person, --via or --credential"));
        }
        let outbox = database.existing().await?;
        let mut entries = Vec::new();
        for id in &self.id {
            entries.push(outbox.get(*id).await.map_err(failed)?);
        }
        let one = self.id.len() == 1 || self.selection.key.is_some();
        if self.id.is_empty() {
            entries = outbox.list(&self.selection.filter(), 0, self.limit).await.map_err(failed)?;
        }
        let waiting = Waiting::of(&outbox, &entries).await?;
        let mut objects = Vec::with_capacity(entries.len());
        for entry in entries {
            objects.push(object(&outbox, &waiting, entry).await?);
        }
        match objects.as_slice() {
            [] if one => Err(Failure::usage("no message has this --key")),
            [] if output.is_table() => line("nothing found"),
            [object] if one => output.object(object),
            objects if output.is_table() => objects.iter().enumerate().try_for_each(|(index, object)| {
                if index > 0 {
                    line("")?;
                }
                output.object(object)
            }),
            objects => output.rows(&["id", "state", "account", "key", "attempts", "changed_at", "code", "reason"], objects),
        }
    }
}

/// A message with its content and its attempts.
pub async fn object(outbox: &Outbox, waiting: &Waiting, entry: Entry) -> Result<Value, Failure> {
    let attempts = outbox.attempts(entry.id).await.map_err(failed)?;
    let envelope = entry.envelope.clone();
    let mut object = serde_json::to_value(waiting.row(entry)).map_err(|error| Failure::Output(error.into()))?;
    object["message"] = json!(envelope.as_ref().map(|envelope| &envelope.message));
    object["sequence"] = json!(envelope.as_ref().and_then(|envelope| envelope.sequence.as_deref()));
    object["time_zone"] = json!(envelope.as_ref().and_then(|envelope| envelope.time_zone.as_deref()));
    object["sends"] = attempts.iter().map(attempt).collect();
    Ok(object)
}

fn attempt(attempt: &Attempt) -> Value {
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
}
