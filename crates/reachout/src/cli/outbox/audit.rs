//! `reachout outbox audit`.

use clap::Args;

use super::{Database, failed};
use crate::cli::{
    failure::Failure,
    output::{Output, line},
};

/// List what assistants asked for, the newest first
///
/// One row a call of a tool of `reachout mcp`: the client, the session, the tool, the arguments without the content of messages, the message
/// that it was about, and how it ended. PERMITTED is set at the call that let a message be sent.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox audit
  reachout outbox audit --json --jq '.[] | select(.permitted)'")]
pub struct Audit {
    /// Those before the one with this id
    #[arg(long, value_name = "ID")]
    before: Option<i64>,
    /// Maximum number of calls
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
}

impl Audit {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let outbox = database.existing().await?;
        let calls = outbox.audit(self.before, self.limit).await.map_err(failed)?;
        if calls.is_empty() && output.is_table() {
            return line("nothing found");
        }
        output.rows(&["id", "started_at", "client", "tool", "account", "message", "permitted", "result"], &calls)?;
        if let Some(last) = calls.last().filter(|_| calls.len() == self.limit as usize) {
            output.hint(&format!("There may be more: --before {}", last.id));
        }
        Ok(())
    }
}
