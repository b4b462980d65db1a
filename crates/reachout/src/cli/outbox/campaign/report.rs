//! `reachout outbox campaign list`, `show` and `report`.

use chrono::{DateTime, Utc};
use clap::Args;
use reachout_outbox::{Campaign, State};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::cli::{
    failure::Failure,
    outbox::{Database, failed},
    output::{Output, line},
};

/// List the campaigns, and how far each is
#[derive(Args)]
pub struct List {}

/// Show a campaign: its steps, and how many messages of each are in which state
#[derive(Args)]
pub struct Show {
    /// Name of the campaign
    name: String,
}

/// Report the outcomes of the steps of a campaign, and of their variants: how many were accepted, and how many people replied
#[derive(Args)]
pub struct Report {
    /// Name of the campaign
    name: String,
}

/// A campaign as a row.
#[derive(Serialize)]
struct Row {
    name: String,
    people: u64,
    accepted: u64,
    waiting: u64,
    replied: u64,
    stopped: u64,
    unknown: u64,
    refused: u64,
    paused: bool,
    reason: Option<String>,
    created_at: DateTime<Utc>,
}

impl From<Campaign> for Row {
    fn from(campaign: Campaign) -> Self {
        let count = |states: &[State]| states.iter().map(|state| campaign.count(*state)).sum();
        Self {
            people: campaign.people,
            accepted: count(&[State::Accepted]),
            waiting: count(&[State::Held, State::Queued, State::Sending]),
            replied: campaign.stopped("replied"),
            stopped: campaign.stopped.iter().map(|(_, count)| count).sum(),
            unknown: count(&[State::Unknown]),
            refused: count(&[State::Rejected, State::Failed, State::Suppressed]),
            paused: campaign.paused,
            reason: campaign.reason,
            created_at: campaign.created_at,
            name: campaign.name,
        }
    }
}

impl List {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let campaigns = database.existing().await?.campaigns().await.map_err(failed)?;
        let rows: Vec<Row> = campaigns.into_iter().map(Row::from).collect();
        if rows.is_empty() && output.is_table() {
            return line("nothing found");
        }
        output.rows(&["name", "people", "accepted", "waiting", "replied", "stopped", "unknown", "refused", "paused"], &rows)
    }
}

impl Show {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let campaign = database.existing().await?.campaign(&self.name).await.map_err(failed)?;
        let steps = campaign.sequence.steps.iter().zip(&campaign.steps).zip(1..);
        let steps: Vec<Value> = steps
            .map(|((step, report), number)| {
                let mut row = Map::new();
                row.insert("step".to_owned(), json!(number));
                row.insert("channel".to_owned(), json!(step.channel.map(reachout_messenger::Channel::name)));
                row.insert("after".to_owned(), json!(step.after.to_string()));
                row.extend(report.counts.iter().map(|(state, count)| (state.name().to_owned(), json!(count))));
                row.into()
            })
            .collect();
        let accounts: Vec<_> = campaign.sequence.accounts.iter().map(ToString::to_string).collect();
        let stopped: Map<_, _> = campaign.stopped.iter().map(|(reason, count)| (reason.clone(), json!(count))).collect();
        output.object(&json!({
            "name": campaign.name, "people": campaign.people, "accounts": accounts, "paused": campaign.paused, "reason": campaign.reason,
            "created_at": campaign.created_at, "stopped": stopped, "steps": steps,
        }))
    }
}

impl Report {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let outbox = database.existing().await?;
        let variants = outbox.variants(&self.name).await.map_err(failed)?;
        let rows: Vec<_> = variants
            .iter()
            .map(|variant| {
                json!({
                    "step": variant.step, "template": variant.template, "messages": variant.messages, "accepted": variant.accepted,
                    "replied": variant.replied, "accepted_share": share(variant.accepted, variant.messages),
                    "replied_share": share(variant.replied, variant.accepted),
                })
            })
            .collect();
        output.rows(&["step", "template", "messages", "accepted", "accepted_share", "replied", "replied_share"], &rows)
    }
}

/// `12.5 %`; nothing of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts become shares")]
fn share(part: u64, whole: u64) -> Option<String> {
    (whole > 0).then(|| format!("{:.1} %", part as f64 * 100.0 / whole as f64))
}
