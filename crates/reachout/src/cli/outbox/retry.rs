//! `reachout outbox retry`.

use clap::Args;
use reachout_outbox::State;
use serde_json::json;

use super::{Database, Selection, failed};
use crate::cli::{arguments::Choice, failure::Failure, output::Output};

/// Queue messages again that the vendor surely does not have
///
/// Follow-ups that a reply stopped are not among them: `resume --follow-ups` queues those. Recipients whom a vendor refused are asked about
/// again, and nothing is sent to them before the vendor permits it, --no-vendor-check or not.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox retry --state failed
  reachout outbox retry --state rejected --campaign spring")]
pub struct Retry {
    #[command(flatten)]
    selection: Selection,
    /// Those in this state: failed, rejected, cancelled or suppressed
    #[arg(long, value_parser = Choice::<State>::of(State::ALL.into_iter().filter(|state| state.may_retry()).map(State::name)))]
    state: State,
}

impl Retry {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let count = database.existing().await?.retry(self.state, &self.selection.filter()).await.map_err(failed)?;
        output.object(&json!({ "queued": count }))
    }
}
