//! `reachout outbox events`.

use clap::Args;

use super::{Database, failed, stream::Part};
use crate::cli::{failure::Failure, output::Output};

/// List the events that vendors' webhooks delivered, the oldest first
///
/// KIND is what an event says of somebody, such as `replied`; it is empty where nothing follows from it. PROBLEM says why an event, or whom it names,
/// could not be understood: look at those, for somebody may have said no.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox events --problems
  reachout outbox events --follow --json
  reachout outbox events --json --jq '.[] | select(.kind == \"replied\") | .body'")]
pub struct Events {
    #[command(flatten)]
    part: Part,
    /// Only those that could not be understood
    #[arg(long)]
    problems: bool,
}

impl Events {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let outbox = database.existing().await?;
        let columns = ["id", "received_at", "vendor", "name", "kind", "messages", "stopped", "suppressed", "problem"];
        let page = async |after, most| outbox.events(after, most).await;
        self.part.print(&columns, page, |event| event.id, |event| !self.problems || event.problem.is_some(), output).await?;
        if let Some(forwarding) = outbox.forwarding().await.map_err(failed)?.filter(|forwarding| forwarding.waiting > 0) {
            let why = forwarding.problem.map(|problem| format!(": {problem}")).unwrap_or_default();
            output.hint(&format!("{} to be forwarded{why}", forwarding.waiting));
        }
        Ok(())
    }
}
