//! Whether a contact of HighLevel replied: by their conversations.

use reachout_runtime::{Core, ErrorKind};
use serde_json::Value;

use super::look::{EMAILS, Reading, email_ids};
use super::{Edition, contact, text, time};
use crate::vendor::replies::Inbound;
use crate::{Error, FollowUp, Replied};

/// Nobody replied only where everything was read, and understood.
pub(in crate::vendor) async fn replied(edition: &Edition, core: &Core, follow_up: &FollowUp<'_>) -> Result<Replied, Error> {
    let mut reading = Reading::new(edition, core);
    let conversations = match (&follow_up.conversation_id, contact(follow_up.envelope)) {
        (Some(id), _) => vec![id.clone()],
        (None, None) => return Ok(Replied::Unclear("the recipient is not a contact".to_owned())),
        (None, Some(id)) => match reading.conversations(id).await? {
            Ok(conversations) => conversations,
            Err(reason) => return Ok(Replied::Unclear(reason)),
        },
    };
    for conversation in &conversations {
        for entry in reading.messages(conversation).await? {
            if is_reply(&mut reading, &entry, follow_up).await? {
                return Ok(Replied::Yes);
            }
        }
    }
    Ok(reading.gap().map_or(Replied::No, Replied::Unclear))
}

/// Whether an entry of a conversation is a reply, or one of its emails is.
async fn is_reply(reading: &mut Reading<'_>, entry: &Value, follow_up: &FollowUp<'_>) -> Result<bool, Error> {
    let emails = email_ids(entry);
    if emails.is_empty() {
        return Ok(is_inbound(reading, entry, follow_up));
    }
    if emails.len() > EMAILS {
        reading.missed("not all emails of a thread could be read");
    }
    // The list has one entry for all emails of a thread.
    for id in emails.into_iter().rev().take(EMAILS) {
        let response = match reading.email(&id).await {
            Ok(response) => response,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                reading.missed("an email of a thread cannot be read");
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let email = response.get("emailMessage").filter(|email| email.is_object()).unwrap_or(&response);
        if is_inbound(reading, email, follow_up) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a message is a reply. What has no direction may be one, but for what the vendor itself writes into a conversation.
fn is_inbound(reading: &mut Reading<'_>, message: &Value, follow_up: &FollowUp<'_>) -> bool {
    let inbound = Inbound { subject: text(message, "subject"), text: text(message, "body"), at: time(message, "dateAdded") };
    match text(message, "direction") {
        Some("inbound") => inbound.is_reply(follow_up),
        Some(_) => false,
        None => {
            if !text(message, "messageType").is_some_and(|kind| kind.starts_with("TYPE_ACTIVITY")) && inbound.is_reply(follow_up) {
                reading.missed("a message of the conversation does not say who wrote it");
            }
            false
        }
    }
}
