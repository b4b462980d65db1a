//! SendPilot: leads that unsubscribed, and the messages of the conversation with a profile.

mod leads;
mod look;
mod replies;

use reachout_messenger::Recipient;
use reachout_messenger::sendpilot::{routes::GET_LEAD, types::LeadStatus};
use reachout_runtime::Core;
use serde_json::Value;

use super::absent;
use crate::{Address, Envelope, Error, Verdict};

pub(super) use leads::Leads;
pub(super) use look::look;
pub(super) use replies::replied;

/// The status of whoever wants nothing more.
const UNSUBSCRIBED: &str = "UNSUBSCRIBED";

/// Whether the lead, or the profile, may be written to. A person is a lead once for each campaign, and has unsubscribed if one of them has.
pub(super) async fn check(leads: &Leads, core: &Core, envelope: &Envelope) -> Result<Verdict, Error> {
    let message = &envelope.message;
    let (lead, mut profile) = match &message.to {
        Recipient::Contact(lead) => (Some(lead), None),
        Recipient::LinkedinProfile(url) => (message.sendpilot.lead_id.as_ref(), Address::recipient(url).ok()),
        _ => return Ok(Verdict::NotFound("the recipient is neither a lead of SendPilot nor a profile".to_owned())),
    };
    if let Some(id) = lead {
        let lead = match core.operation(&GET_LEAD).path_param("id", id).send::<Value>().await {
            Ok(lead) => lead,
            Err(error) => return absent::verdict("SendPilot", "lead", error),
        };
        match read(&lead, id) {
            Ok((status, _)) if is_unsubscribed(status) => return Ok(suppressed()),
            Ok((_, url)) => profile = profile.or(Some(url)),
            Err(problem) => return Ok(Verdict::Unclear(format!("what SendPilot says about the lead is not understood: {problem}"))),
        }
    }
    Ok(if leads.has_unsubscribed(core, &envelope.account, profile.as_ref()).await? { suppressed() } else { Verdict::Eligible })
}

/// Status and profile of a lead, if it is the one asked for and both are understood.
fn read<'a>(lead: &'a Value, id: &str) -> Result<(&'a str, Address), String> {
    if lead["id"] != id {
        return Err("it is about another lead, or about none".to_owned());
    }
    let status = lead["status"].as_str().ok_or("it has no status")?;
    if !is_unsubscribed(status) && !LeadStatus::KNOWN.iter().any(|known| known.eq_ignore_ascii_case(status)) {
        return Err(format!("its status {status:?} is not a known one"));
    }
    let profile = lead["linkedinUrl"].as_str().and_then(|url| Address::recipient(url).ok()).ok_or("its profile is not named")?;
    Ok((status, profile))
}

fn is_unsubscribed(status: &str) -> bool {
    status.trim().eq_ignore_ascii_case(UNSUBSCRIBED)
}

fn suppressed() -> Verdict {
    let reason = "SendPilot has the person as a lead that unsubscribed".to_owned();
    Verdict::Suppressed { code: "unsubscribed".to_owned(), reason, channel: None }
}
