//! `reachout outbox resume`.

use clap::Args;
use serde_json::json;

use super::{Database, Selection, failed, selection::account};
use crate::cli::{call::Access, failure::Failure, output::Output};

/// End a pause: the one with the same options, or all of them; or, with --follow-ups, the stop of a sequence
///
/// Of an account without --credential, the credential is that of the profile in force. A pause of messages holds those that are queued later
/// too.
///
/// A reply, a bounce or an unsubscription stops the sequence of a message for good. --follow-ups undoes that for the sequences of the messages
/// that --person, --key or --campaign selects: the follow-ups that were withdrawn are queued again, at the times that they had. Nothing that
/// was sent, or may have been, is sent again, and the suppression list stays as it is.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox resume --via leonar
  reachout outbox resume --campaign spring
  reachout outbox resume --person ada@example.org
  reachout outbox resume --follow-ups --person ada@example.org")]
pub struct Resume {
    #[command(flatten)]
    selection: Selection,
    /// Undo the stop of their sequences by a reply, a bounce or an unsubscription, instead of a pause
    #[arg(long)]
    follow_ups: bool,
}

impl Resume {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let Selection { via, credential, .. } = &self.selection;
        let outbox = database.existing().await?;
        if self.follow_ups {
            if !self.selection.is_of_messages() {
                return Err(Failure::usage("--follow-ups needs to know whose: give --person, --key or --campaign, too"));
            }
            let (stops, count) = outbox.resume_follow_ups(&self.selection.filter()).await.map_err(failed)?;
            return output.object(&json!({ "resumed": self.selection.to_string(), "stops": stops, "messages": count }));
        }
        if self.selection.is_of_messages() {
            let count = outbox.resume_messages(&self.selection.filter()).await.map_err(failed)?;
            return output.object(&json!({ "resumed": self.selection.to_string(), "messages": count }));
        }
        if via.is_none() && credential.is_some() {
            return Err(Failure::usage("--credential names an account of a vendor: give --via too"));
        }
        let account = via.map(|vendor| account(vendor, credential.as_deref(), access));
        outbox.resume(account.as_ref()).await.map_err(failed)?;
        output.object(&json!({ "resumed": account.map_or_else(|| "all".to_owned(), |account| account.to_string()) }))
    }
}
