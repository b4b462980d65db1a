//! `reachout outbox approve`.

use clap::Args;
use serde_json::json;

use super::{Database, Selection, failed};
use crate::cli::{failure::Failure, output::Output};

/// Approve messages that wait for it: they are sent at their time
///
/// `list --state held` lists them, and `show` has their content. Pauses, the suppression list and the vendor's check count as for any message.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox approve --key spring/a1b2c3d4
  reachout outbox approve --campaign spring")]
pub struct Approve {
    #[command(flatten)]
    selection: Selection,
    /// All of them
    #[arg(long, required_unless_present_any = ["via", "credential", "campaign", "key", "person"])]
    all: bool,
}

impl Approve {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let count = database.existing().await?.approve(&self.selection.filter()).await.map_err(failed)?;
        output.object(&json!({ "approved": count }))
    }
}
