//! `reachout outbox reconcile`.

use std::time::Duration;

use clap::Args;
use reachout_messenger::Delivery;
use reachout_outbox::Settler;

use super::{Database, Selection, accounts::ByProfile, failed};
use crate::cli::{
    arguments::time::duration,
    call::Access,
    failure::Failure,
    output::{Output, line},
};

/// Ask the vendors about messages that are unknown, and settle those that can be
///
/// A message is looked for by its content, its recipient and its time. What the vendor does not show stays unknown, with the reason: a person
/// decides with `reachout outbox resolve`.
#[derive(Args)]
pub struct Reconcile {
    #[command(flatten)]
    selection: Selection,
    /// Leave alone what was begun a shorter time ago: the vendor's lists may not have it yet
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = duration)]
    grace: Duration,
}

impl Reconcile {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        access.calls.set_read_only();
        let outbox = database.existing().await?;
        let settler = Settler::new(&outbox, ByProfile::new(access)).grace(self.grace);
        let settled = settler.settle(&self.selection.filter()).await.map_err(failed)?;
        if !settled.is_empty() {
            access.calls.record(Delivery::Accepted);
        }
        if settled.is_empty() && output.is_table() {
            return line("nothing is unknown");
        }
        output.rows(&["id", "account", "found", "reason"], &settled)
    }
}
