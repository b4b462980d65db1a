//! `reachout outbox resume`.

use clap::Args;
use serde_json::json;

use super::{Database, Selection, failed, selection::account};
use crate::cli::{call::Access, failure::Failure, output::Output};

/// End a pause: the one with the same options, or all of them
///
/// Of an account without --credential, the credential is that of the profile in force. A pause of messages holds those that are queued later
/// too.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox resume --via leonar
  reachout outbox resume --campaign spring
  reachout outbox resume --person ada@example.org")]
pub struct Resume {
    #[command(flatten)]
    selection: Selection,
}

impl Resume {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let Selection { via, credential, .. } = &self.selection;
        let outbox = database.existing().await?;
        if self.selection.is_of_messages() {
            let count = outbox.resume_messages(&self.selection.filter()).await.map_err(failed)?;
            return output.object(&json!({ "resumed": self.selection.to_string(), "messages": count }));
        }
        if via.is_none() && credential.is_some() {
            return Err(Failure::usage("--credential names an account of a vendor: give --via too"));
        }
        let lane = via.map(|vendor| account(vendor, credential.as_deref(), access));
        outbox.resume(lane.as_ref()).await.map_err(failed)?;
        output.object(&json!({ "resumed": lane.map_or_else(|| "all".to_owned(), |lane| lane.to_string()) }))
    }
}
