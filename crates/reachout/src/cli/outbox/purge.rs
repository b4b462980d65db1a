//! `reachout outbox purge`.

use clap::Args;
use serde_json::json;

use super::{Database, failed};
use crate::cli::{arguments::time::Age, failure::Failure, output::Output};

/// Remove content, recipient and key of messages that were settled long ago; their outcome is kept
#[derive(Args)]
pub struct Purge {
    /// How long ago at least, such as 30d, or before which day
    #[arg(long, value_name = "DURATION|DATE", value_parser = Age::parse)]
    older_than: Age,
}

impl Purge {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let count = database.existing().await?.purge(self.older_than.duration()).await.map_err(failed)?;
        output.object(&json!({ "purged": count }))
    }
}
