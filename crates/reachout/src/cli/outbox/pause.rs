//! `reachout outbox pause`.

use clap::Args;
use serde_json::json;

use super::{Database, Selection, failed, selection::account};
use crate::cli::{call::Access, failure::Failure, output::Output};

/// Send nothing more, through an account, of a campaign, to a person, or at all, until `resume`; what is being sent is finished
///
/// Of an account without --credential, the credential is that of the profile in force. A pause of messages holds those that are queued later
/// too.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox pause --via leonar
  reachout outbox pause --campaign spring
  reachout outbox pause --person ada@example.org")]
pub struct Pause {
    #[command(flatten)]
    selection: Selection,
}

impl Pause {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let Selection { via, credential, .. } = &self.selection;
        let outbox = database.existing().await?;
        if self.selection.is_of_messages() {
            let count = outbox.pause_messages(&self.selection.filter()).await.map_err(failed)?;
            return output.object(&json!({ "paused": self.selection.to_string(), "messages": count }));
        }
        if via.is_none() && credential.is_some() {
            return Err(Failure::usage("--credential names an account of a vendor: give --via too"));
        }
        let account = via.map(|vendor| account(vendor, credential.as_deref(), access));
        outbox.pause(account.as_ref()).await.map_err(failed)?;
        output.object(&json!({ "paused": account.map_or_else(|| "all".to_owned(), |account| account.to_string()) }))
    }
}
