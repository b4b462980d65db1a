//! `reachout outbox feed`.

use clap::Args;

use super::{Database, stream::Part};
use crate::cli::{failure::Failure, output::Output};

/// List what happened, for other programs: accepted, rejected, replied, bounced, stopped, paused, …
///
/// Each entry is written in the transaction in which it happened. Remember PLACE, and go on with --after: nothing is skipped.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox feed --after 4711
  reachout outbox feed --follow --json")]
pub struct Feed {
    #[command(flatten)]
    part: Part,
}

impl Feed {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let outbox = database.existing().await?;
        let columns = ["place", "at", "kind", "campaign", "message", "event", "address", "code", "reason"];
        let page = async |after, most| outbox.feed(after, most).await;
        self.part.print(&columns, page, |entry| entry.place, |_| true, output).await
    }
}
