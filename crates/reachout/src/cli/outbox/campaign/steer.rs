//! `reachout outbox campaign pause` and `resume`.

use clap::Args;
use serde_json::json;

use crate::cli::{
    failure::Failure,
    outbox::{Database, failed},
    output::Output,
};

/// Send nothing more of a campaign until `resume`; what is being sent is finished
#[derive(Args)]
pub struct Pause {
    /// Name of the campaign
    name: String,
}

/// Go on with a campaign, also where it paused by itself
#[derive(Args)]
pub struct Resume {
    /// Name of the campaign
    name: String,
}

impl Pause {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let count = database.existing().await?.pause_campaign(&self.name).await.map_err(failed)?;
        output.object(&json!({ "paused": self.name, "messages": count }))
    }
}

impl Resume {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let count = database.existing().await?.resume_campaign(&self.name).await.map_err(failed)?;
        output.object(&json!({ "resumed": self.name, "messages": count }))
    }
}
