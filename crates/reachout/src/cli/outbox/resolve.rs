//! `reachout outbox resolve`.

use clap::Args;
use reachout_outbox::{Resolution, Sent, State};
use serde_json::json;

use super::{Database, failed};
use crate::cli::{failure::Failure, output::Output};

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
    pub(super) resend: bool,
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
