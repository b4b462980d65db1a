//! `reachout outbox status`.

use clap::Args;
use serde_json::json;

use super::{Database, failed};
use crate::cli::{arguments::time::clock, failure::Failure, output::Output};

/// Show how many messages are in which state, and how each account is
#[derive(Args)]
pub struct Status {}

impl Status {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let status = database.existing().await?.status().await.map_err(failed)?;
        if !output.is_table() {
            let counts: serde_json::Map<_, _> =
                status.counts.iter().map(|(state, count)| (state.name().to_owned(), (*count).into())).collect();
            let (paused, next) = (status.paused, status.next_due_at);
            return output.object(
                &json!({ "counts": counts, "paused": paused, "next_due_at": next, "waits": status.waits, "accounts": status.accounts }),
            );
        }
        let counts: Vec<_> = status.counts.iter().map(|(state, count)| json!({ "state": state.name(), "messages": count })).collect();
        output.rows(&["state", "messages"], &counts)?;
        if status.paused {
            output.note("everything is paused; `reachout outbox resume` ends that".to_owned());
        }
        for account in status.accounts.iter().filter(|account| account.paused) {
            let reason = account.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
            output.note(format!("{}/{} is paused{reason}", account.vendor, account.credential));
        }
        for wait in &status.waits {
            let code = wait.code.as_deref().unwrap_or("not-due");
            output.note(format!("{} queued until {} or later: {code}", wait.count, clock(wait.next_due_at)));
        }
        Ok(())
    }
}
