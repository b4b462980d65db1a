//! The commands that change how the outbox goes on.

use std::time::Duration;

use clap::Args;
use reachout_outbox::{Resolution, Sent, Settler, State};
use serde_json::json;

use super::{Account, Database, Which, accounts::ByProfile, failed, span::span};
use crate::cli::{access::Access, choice::Choice, failure::Failure, output::Output};

/// Send nothing more, through an account or at all, until `resume`; what is being sent is finished
#[derive(Args)]
pub struct Pause {
    #[command(flatten)]
    account: Account,
}

impl Pause {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let lane = self.account.lane(access);
        database.existing().await?.pause(lane.as_ref()).await.map_err(failed)?;
        output.object(&json!({ "paused": lane.map_or_else(|| "all".to_owned(), |lane| lane.to_string()) }))
    }
}

/// End a pause: an account's own, or all of them
#[derive(Args)]
pub struct Resume {
    #[command(flatten)]
    account: Account,
}

impl Resume {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let lane = self.account.lane(access);
        database.existing().await?.resume(lane.as_ref()).await.map_err(failed)?;
        output.object(&json!({ "resumed": lane.map_or_else(|| "all".to_owned(), |lane| lane.to_string()) }))
    }
}

/// Withdraw messages that are queued
#[derive(Args)]
pub struct Cancel {
    #[command(flatten)]
    which: Which,
    /// All of them
    #[arg(long, required_unless_present_any = ["via", "credential"])]
    all: bool,
}

impl Cancel {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let count = database.existing().await?.cancel(&self.which.filter()).await.map_err(failed)?;
        output.object(&json!({ "cancelled": count }))
    }
}

/// Queue messages again that the vendor surely does not have
#[derive(Args)]
pub struct Retry {
    #[command(flatten)]
    which: Which,
    /// Those in this state: failed, rejected, cancelled or suppressed
    #[arg(long, value_parser = Choice::<State>::of(State::ALL.into_iter().filter(|state| state.may_retry()).map(State::name)))]
    state: State,
}

impl Retry {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let count = database.existing().await?.retry(self.state, &self.which.filter()).await.map_err(failed)?;
        output.object(&json!({ "queued": count }))
    }
}

/// Settle messages that are unknown, after a look at the vendor
#[derive(Args)]
#[command(group = clap::ArgGroup::new("found").required(true).args(["sent", "resend"]))]
pub struct Resolve {
    /// Their ids in the outbox
    #[arg(required = true)]
    id: Vec<i64>,
    /// The vendor has them
    #[arg(long)]
    sent: bool,
    /// The vendor does not have them: they are queued again
    #[arg(long)]
    resend: bool,
    /// The vendor's id of the message
    #[arg(long, value_name = "ID", requires = "sent")]
    message_id: Option<String>,
    /// The vendor's id of the conversation
    #[arg(long, value_name = "ID", requires = "sent")]
    conversation_id: Option<String>,
}

impl Resolve {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        if self.message_id.is_some() && self.id.len() > 1 {
            return Err(Failure::usage("--message-id is the id of one message, and several are to be settled"));
        }
        let outbox = database.existing().await?;
        let resolution = if self.resend {
            Resolution::Resend
        } else {
            let mut sent = Sent::new();
            sent.message_ids.extend(self.message_id);
            sent.conversation_id = self.conversation_id;
            Resolution::Sent(sent)
        };
        for id in &self.id {
            let entry = outbox.get(*id).await.map_err(failed)?;
            outbox.resolve(*id, entry.attempts, resolution.clone()).await.map_err(failed)?;
        }
        output.object(&json!({ "resolved": self.id.len(), "state": if self.sent { State::Accepted } else { State::Queued } }))
    }
}

/// Ask the vendors about messages that are unknown, and settle those that can be
///
/// A message is looked for by its content, its recipient and its time. What the vendor cannot tell stays unknown, with the reason: a person
/// decides with `reachout outbox resolve`.
#[derive(Args)]
pub struct Reconcile {
    #[command(flatten)]
    which: Which,
    /// Leave alone what was begun a shorter time ago: the vendor's lists may not have it yet
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = span)]
    grace: Duration,
}

impl Reconcile {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        access.calls.set_read_only();
        let outbox = database.existing().await?;
        let settler = Settler::new(&outbox, ByProfile::new(access)).grace(self.grace);
        let settled = settler.settle(&self.which.filter()).await.map_err(failed)?;
        if settled.is_empty() && output.is_table() {
            return crate::cli::output::line("nothing is unknown");
        }
        output.rows(&["id", "account", "found", "reason"], &settled)
    }
}

/// Remove content, recipient and key of messages that were settled long ago; their outcome is kept
#[derive(Args)]
pub struct Purge {
    /// So long ago at least, such as 30d
    #[arg(long, value_name = "TIME", value_parser = span)]
    older_than: Duration,
}

impl Purge {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let count = database.existing().await?.purge(self.older_than).await.map_err(failed)?;
        output.object(&json!({ "purged": count }))
    }
}
