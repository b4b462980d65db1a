//! Whether a message that is sent beside the outbox may be sent, by the outbox that is there.

use std::path::Path;

use clap::Args;
use reachout_messenger::{Delivery, Message, Vendor};
use reachout_outbox::{Account, Envelope, Error, Region};

use super::{DEFAULT, Database, VARIABLE, failed};
use crate::cli::{call::Access, failure::Failure, output::Output, profile::variable_value};

/// The variable of the country of phone numbers.
pub const REGION: &str = "REACHOUT_REGION";

// Not a doc comment, which would describe the command in its help.
#[derive(Args, Default)]
#[command(next_help_heading = "Where an outbox is there: outbox.db in this folder, or the one that REACHOUT_OUTBOX names")]
pub struct Permit {
    /// Send although the outbox's suppression list, pauses or rules say no
    #[arg(long)]
    ignore_outbox: bool,
    /// Country of phone numbers that are written without one, such as FR
    #[arg(long, value_name = "COUNTRY", env = REGION)]
    region: Option<Region>,
}

/// Holds a message against the suppression list, the pauses and the rules of the outbox that is there, if one is, and says so.
pub async fn permit(permit: &Permit, vendor: Vendor, message: &Message, access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
    let named = variable_value(VARIABLE)?;
    if permit.ignore_outbox || (named.is_none() && !Path::new(DEFAULT).exists()) {
        return Ok(());
    }
    let database = Database::new(named.unwrap_or_else(|| DEFAULT.to_owned()), permit.region);
    let outbox = database.existing().await?;
    let account = Account::new(vendor, access.settings.profile());
    let refusal = outbox.refusal(&Envelope::new(account, message.clone()), None).await.map_err(|error| match error {
        Error::Recipient { field, source, .. } => Failure::usage(format!("the {field} is {source}")),
        error => failed(error),
    });
    database.close().await;
    let refusal = refusal?;
    output.note(format!("the message was held against the suppression list and the rules of {}", database.name()));
    let Some(refusal) = refusal else { return Ok(()) };
    let sentence = format!("not sent: {refusal} (outbox {}); --ignore-outbox sends it all the same", database.name());
    if refusal.is_temporary() { Err(Failure::call(Delivery::NotSent, anyhow::Error::msg(sentence))) } else { Err(Failure::usage(sentence)) }
}
