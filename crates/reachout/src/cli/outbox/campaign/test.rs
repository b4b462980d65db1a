//! `reachout outbox campaign test`: a campaign's messages to oneself.

use clap::Args;
use reachout_messenger::Recipient;
use serde_json::json;

use super::enrol::Files;
use crate::cli::{
    call::Access,
    failure::Failure,
    outbox::{self, Database, failed},
    output::Output,
};

/// Send the messages of somebody's sequence to oneself, all at once
///
/// They are written as for the first person of the file, and sent to the contact that --recipient names: one's own. They are in no campaign, and
/// the outbox does not keep them.
#[derive(Args)]
#[command(after_long_help = "Examples:
  reachout outbox campaign test roles-in-paris.yaml --from people.csv --recipient a1b2c3d4-5678-90ab-cdef-1234567890ab")]
pub struct Test {
    #[command(flatten)]
    files: Files,
    /// Who gets them: the vendor's id of one's own contact or lead, or the URL of one's own profile
    #[arg(long, value_name = "ID|URL")]
    recipient: String,
    /// The line of the file whose person they are written for; the first one, if absent
    #[arg(long, value_name = "N")]
    line: Option<u64>,
}

impl Test {
    pub async fn run(self, database: &Database, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
        let enrolment = self.files.read(database.region())?;
        let found = enrolment.people.iter().find(|(line, _)| self.line.is_none_or(|wanted| wanted == *line));
        let (_, person) = found.ok_or_else(|| Failure::usage(format!("{} has nobody in this --line", enrolment.name)))?;
        let steps = enrolment.sequence.forecast(person, database.region(), chrono::Utc::now(), 0).map_err(failed)?;
        let mut receipts = Vec::with_capacity(steps.len());
        for ((_, envelope), step) in steps.into_iter().zip(1..) {
            let (vendor, mut message) = (envelope.account.vendor, envelope.message);
            message.to = Recipient::from(self.recipient.as_str());
            outbox::permit(&outbox::Permit::default(), vendor, &message, access, output).await?;
            let receipt = access.messenger(vendor).await?.send(&message).await?;
            receipts.push(json!({ "step": step, "message_id": receipt.message_id(), "status": receipt.status, "note": receipt.note }));
        }
        output.rows(&["step", "message_id", "status", "note"], &receipts)
    }
}
