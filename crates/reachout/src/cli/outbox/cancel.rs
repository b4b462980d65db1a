//! `reachout outbox cancel`.

use clap::Args;
use serde_json::json;

use super::{Database, Selection, failed};
use crate::cli::{failure::Failure, output::Output};

/// Withdraw messages that are queued or held
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox cancel --campaign spring
  reachout outbox cancel --person ada@example.org
  reachout outbox cancel --all")]
pub struct Cancel {
    #[command(flatten)]
    selection: Selection,
    /// All of them
    #[arg(long, required_unless_present_any = ["via", "credential", "campaign", "key", "person"])]
    all: bool,
}

impl Cancel {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let count = database.existing().await?.cancel(&self.selection.filter()).await.map_err(failed)?;
        output.object(&json!({ "cancelled": count }))
    }
}
