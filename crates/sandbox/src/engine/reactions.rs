//! What becomes of messages, in each vendor's fields and events.

use reachout_messenger::Vendor;
use serde_json::json;

use super::call::Call;
use super::outcome::{Consequences, Outcome, SentMessage};
use super::reply::ReplyTo;
use super::simulator::Simulator;
use super::store::fields;
use super::{highlevel, leonar, sendpilot};
use crate::api::refusal::Refusal;
use crate::settings::Settings;

impl Simulator {
    /// Lets something become of a message.
    pub(crate) fn react(&self, message: &SentMessage, outcome: &Outcome, settings: &Settings) -> Result<Consequences, Refusal> {
        let react = |call: &mut Call<'_>| match self.api.vendor.platform() {
            Vendor::Leonar => at_leonar(call, message, outcome),
            Vendor::SendPilot => at_sendpilot(call, message, outcome),
            Vendor::HighLevel => highlevel::react(call, message, outcome),
            vendor => Err(Refusal::Internal(format!("sandbox: nobody reacts at {vendor} yet"))),
        };
        self.outside(settings, react).map(|((), consequences)| consequences)
    }
}

/// Leonar has no status of a message, only when it was read. Its list takes `bounced` as a filter, but no page shows a contact with it.
fn at_leonar(call: &mut Call<'_>, message: &SentMessage, outcome: &Outcome) -> Result<(), Refusal> {
    if let Some(text) = outcome.text() {
        leonar::reply(call, &ReplyTo::conversation(Vendor::Leonar, &message.conversation, text))?;
    }
    let now = call.now();
    let (kind, id, change) = match outcome {
        Outcome::Read => ("message", &message.id, json!({ "read_at": now })),
        Outcome::OptedOut(_) => ("contact", &message.recipient, json!({ "do_not_contact": true })),
        _ => return Ok(()),
    };
    call.change(kind, id, fields(change)).map(drop)
}

/// SendPilot shows replies. Of a message over LinkedIn it shows nothing else, and it has no record of consent.
fn at_sendpilot(call: &mut Call<'_>, message: &SentMessage, outcome: &Outcome) -> Result<(), Refusal> {
    let Some(text) = outcome.text() else { return Ok(()) };
    sendpilot::reply(call, &ReplyTo::conversation(Vendor::SendPilot, &message.conversation, text)).map(drop)
}
